"""Read a listing that changes meanwhile, and miss nobody who was in it the whole time.

GetResponse counts pages by number. When a row before a page goes, the rows behind it move up, and
one of them slips from a page that is still to be read into one that was read already: read page by
page, it is never seen. So each page here begins some rows before the one before it has ended. A
page is one answer, so it has everybody between its first row and its last; two pages that share a
row leave no gap between them. Pages that share none are read again, from further up the listing; if
that does not help, the reading begins again, and in the end it fails with `ListingMoved`.

That holds in whatever order the pages are answered and whatever comes and goes, as long as rows
keep their order among each other: sort by something that is unique and lasts, such as the address
(`sort[email]`). Rows of the same `createdOn` have no order that GetResponse promises.

A listing that fits on one page costs one call. Longer ones cost a few per cent more than page by
page, and several of their pages are read at once. Every listing that must be complete is to be read
by this: of an import the people on a list, those removed from it, and the suppression lists.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from prefect_getresponse.client.errors import GetResponseError
from prefect_getresponse.client.listings.paginate import PER_PAGE, Page, read_page
from prefect_getresponse.client.request import ApiRequest, UnreadableSuccess
from prefect_getresponse.client.send import AsyncClient

OVERLAPS = (20, 150, 900)
"""Rows that a page shares with the one before: at first, and when it is read again."""
READINGS = 3
"""How often a listing is read from its beginning at most."""


class ListingMoved(GetResponseError):
    """A listing changed so much while it was read that somebody may have been missed."""

    default_advice = "Run it again when fewer people come and go."


@dataclass(frozen=True, slots=True)
class Slice:
    """A page that is to be read.

    Attributes:
        size: Rows of it.
        number: Its number, from 1.
    """

    size: int
    number: int

    @property
    def start(self) -> int:
        """Rows before it."""
        return self.size * (self.number - 1)

    @property
    def end(self) -> int:
        """Rows up to its end, if it is full."""
        return self.size * self.number


def slice_behind(end: int, overlap: int, largest: int = PER_PAGE) -> Slice:
    """Find the page that begins some rows before a place and reaches as far as possible.

    A page can only begin at a multiple of its size, so the size is what is chosen.

    Args:
        end: Rows up to that place.
        overlap: Fewest rows by which the page begins before it.
        largest: Most rows of a page.
    """
    if end <= overlap:
        return Slice(largest, 1)
    best = Slice(1, end - overlap + 1)
    for size in range(largest, 0, -1):
        found = Slice(size, (end - overlap) // size + 1)
        if found.end > best.end:
            best = found
        if best.end >= end - overlap + size - 1 or best.end - end > size - 2 * overlap:
            break  # no smaller page reaches further, or not by much
    return best


def slices(end: int, overlap: int, largest: int = PER_PAGE) -> Iterator[Slice]:
    """Pages from a place on, each beginning before the one before it has ended.

    Args:
        end: Rows that were read already.
        overlap: Fewest rows that neighbours share.
        largest: Most rows of a page.
    """
    while True:
        found = slice_behind(end, overlap, largest)
        yield found
        end = found.end


async def read_whole(
    client: AsyncClient, request: ApiRequest, id_name: str, *, side_by_side: int = 1
) -> AsyncGenerator[list[dict[str, Any]]]:
    """Read a listing whole, in pieces; a row may come twice when the listing changes meanwhile.

    Args:
        client: Sends the calls.
        request: The listing, sorted by something unique that lasts; its page is ignored.
        id_name: Member of a row that tells it from all others.
        side_by_side: Pages to read at once, as soon as their number is known.

    Returns:
        Rows that are new since the page before.

    Raises:
        ListingMoved: It changes too fast for being read.
        UnreadableSuccess: An answer is no list of such rows.
    """
    for _ in range(READINGS):
        reading = _Reading(client, request, id_name, side_by_side)
        async for rows in reading.pieces():
            yield rows
        if reading.is_whole:
            return
    raise ListingMoved(
        "a listing changed so much while it was read that somebody may have been missed",
        method=request.method,
        path=request.template,
    )


class _Reading:
    """One reading of a listing, from its beginning.

    Attributes:
        is_whole: Whether it has come to the end without a gap.
    """

    def __init__(
        self, client: AsyncClient, request: ApiRequest, id_name: str, side_by_side: int
    ) -> None:
        self._client = client
        self._request = request
        self._id_name = id_name
        self._side_by_side = side_by_side
        self._seen: frozenset[str] = frozenset()
        self._ahead: deque[tuple[Slice, asyncio.Task[Page]]] = deque()
        self.is_whole = False

    async def pieces(self) -> AsyncGenerator[list[dict[str, Any]]]:
        """New rows of each page, until there are no more or a gap cannot be closed."""
        try:
            wanted = Slice(PER_PAGE, 1)
            page = await self._read(wanted)
            ids = self._ids(page)
            while True:
                rows = zip(page.items, ids, strict=True)
                yield [row for row, key in rows if key not in self._seen]
                self._seen = frozenset(ids)
                self.is_whole = _is_end(wanted, page)
                if self.is_whole:
                    return
                found = await self._next(wanted, page.total_count)
                if found is None:
                    return
                wanted, page, ids = found
        finally:
            await self._drop_ahead()

    async def _next(
        self, last: Slice, total: int | None
    ) -> tuple[Slice, Page, Sequence[str]] | None:
        """The next page that leaves no gap behind the last one, and its ids; None without one."""
        self._read_ahead(last, total)
        wanted, task = self._ahead.popleft()
        page = await task
        if not self._seen.isdisjoint(ids := self._ids(page)):
            return wanted, page, ids
        await self._drop_ahead()
        for overlap in OVERLAPS[1:]:
            wanted = slice_behind(last.end, overlap, PER_PAGE)
            page = await self._read(wanted)
            if not self._seen.isdisjoint(ids := self._ids(page)):
                return wanted, page, ids
        return None

    def _read_ahead(self, last: Slice, total: int | None) -> None:
        """Ask for the next pages; without a TotalCount nobody knows whether there are more."""
        end = self._ahead[-1][0].end if self._ahead else last.end
        for wanted in slices(end, OVERLAPS[0], PER_PAGE):
            if self._ahead and (
                len(self._ahead) >= self._side_by_side or total is None or wanted.start >= total
            ):
                return
            self._ahead.append((wanted, asyncio.create_task(self._read(wanted))))

    async def _drop_ahead(self) -> None:
        tasks = [task for _, task in self._ahead]
        self._ahead.clear()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _read(self, wanted: Slice) -> Page:
        asked = self._request.with_query(perPage=str(wanted.size), page=str(wanted.number))
        return read_page(asked, await self._client.send(asked))

    def _ids(self, page: Page) -> Sequence[str]:
        try:
            return list(map(str, map(itemgetter(self._id_name), page.items)))
        except (TypeError, KeyError, IndexError):
            raise UnreadableSuccess(
                f"a row of the API's answer has no {self._id_name}",
                method=self._request.method,
                path=self._request.template,
                status=200,
            ) from None


def _is_end(wanted: Slice, page: Page) -> bool:
    """Whether the listing ends with a page."""
    if len(page.items) < wanted.size:
        return True
    return page.total_count is not None and wanted.start + len(page.items) >= page.total_count
