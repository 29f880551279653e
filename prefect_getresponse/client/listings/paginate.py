"""Walking a listing page by page.

Pages are counted from 1 and hold up to 1000 items.  The header TotalPages says how many there are;
without it a short page is the last.  Source: GetResponse API v3, Pagination.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeGuard

from prefect_getresponse.client.request import ApiAnswer, ApiRequest, UnreadableSuccess
from prefect_getresponse.client.send import AsyncClient, Client

PER_PAGE = 1000
SIDE_BY_SIDE = 10


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a listing.

    Attributes:
        number: Its number, from 1.
        items: What it holds.
        total_count: Items of the whole listing when this page was read, if the API said so.
        total_pages: Pages of the whole listing when this page was read, if the API said so.
        is_last: Whether the listing ends with it.
    """

    number: int
    items: list[Any]
    total_count: int | None
    total_pages: int | None
    is_last: bool


def page_request(request: ApiRequest, number: int) -> ApiRequest:
    """The request for one page of a listing; keeps a page size that is already set."""
    return request.with_query(perPage=str(page_size(request)), page=str(number))


def page_size(request: ApiRequest) -> int:
    """Items per page that a request asks for; the most the API gives if it does not say."""
    return int(dict(request.query).get("perPage", PER_PAGE))


def read_page(request: ApiRequest, answer: ApiAnswer) -> Page:
    """The page that an answer to `page_request` holds.

    Raises:
        UnreadableSuccess: It is no list; taking it for an empty one would end the walk too early.
    """
    items = answer.data
    if not _is_list(items):
        raise UnreadableSuccess(
            "the API's answer is no list",
            method=request.method,
            path=request.template,
            status=answer.status,
        )
    number = int(dict(request.query)["page"])
    total = answer.paging.total_pages
    is_last = not items or (len(items) < page_size(request) if total is None else number >= total)
    return Page(number, items, answer.paging.total_count, total, is_last)


def _is_list(data: object) -> TypeGuard[list[Any]]:
    return isinstance(data, list)


def iterate_pages(
    client: Client, request: ApiRequest, first: int = 1, side_by_side: int = 1
) -> Generator[Page]:
    """Read pages in order.

    Args:
        client: Sends the calls.
        request: The listing; its page is ignored.
        first: Number of the page to start with.
        side_by_side: Pages to read at once on threads, as soon as their number is known.
    """

    def read(number: int) -> Page:
        asked = page_request(request, number)
        return read_page(asked, client.send(asked))

    page = read(first)
    yield page
    ahead: deque[Callable[[], Page]] = deque()
    pool = ThreadPoolExecutor(side_by_side, thread_name_prefix="getresponse-pages")

    def later(number: int) -> Callable[[], Page]:
        # One at a time needs no thread: the caller's own can be interrupted.
        return pool.submit(read, number).result if side_by_side > 1 else partial(read, number)

    try:
        while not page.is_last:
            ahead.extend(map(later, _wanted(page, len(ahead), side_by_side)))
            page = ahead.popleft()()
            yield page
    finally:
        pool.shutdown(cancel_futures=True)


async def aiterate_pages(
    client: AsyncClient, request: ApiRequest, first: int = 1, side_by_side: int = 1
) -> AsyncGenerator[Page]:
    """Read pages in order; the async twin of `iterate_pages`."""

    async def read(number: int) -> Page:
        asked = page_request(request, number)
        return read_page(asked, await client.send(asked))

    page = await read(first)
    yield page
    ahead: deque[asyncio.Task[Page]] = deque()
    try:
        while not page.is_last:
            for number in _wanted(page, len(ahead), side_by_side):
                ahead.append(asyncio.create_task(read(number)))
            page = await ahead[0]
            ahead.popleft()
            yield page
    finally:
        for task in ahead:
            task.cancel()
        await asyncio.gather(*ahead, return_exceptions=True)


def _wanted(page: Page, asked: int, side_by_side: int) -> range:
    """Numbers of the pages to ask for now: `asked` after `page` already are.

    Without TotalPages only the next one, since nobody knows whether there are more.
    """
    if page.total_pages is None:
        side_by_side, end = 1, page.number + 1
    else:
        end = page.total_pages
    start = page.number + 1 + asked
    return range(start, min(end, page.number + side_by_side) + 1)
