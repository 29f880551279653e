"""Reading a list back: who of a run has appeared on it."""

from __future__ import annotations

from collections.abc import Callable, Set
from contextlib import AbstractAsyncContextManager, nullcontext
from datetime import UTC, datetime, timedelta
from itertools import repeat
from typing import TypeVar

import orjson

from prefect_getresponse.contact_import.account import moment
from prefect_getresponse.contact_import.active_run import ActiveRun
from prefect_getresponse.contact_import.ledger import Listed, Standing
from prefect_getresponse.contact_import.ledger.books.awaited import Awaited
from prefect_getresponse.contact_import.ledger.books.people import People
from prefect_getresponse.contact_import.planning.opt_outs import read_removed
from prefect_getresponse.contact_import.rows.addresses import listed_keys
from prefect_getresponse.contact_import.verdicts import Verdict
from prefect_getresponse.runtime.event_loops import apart

T = TypeVar("T")

MOST_KNOWN = 100_000
"""People whom a reading may know from the one before; 7 MB."""


def note_listed(known: People | Awaited, standing: Standing, page: list[dict[str, str]]) -> None:
    """Remember a page of people of the list.

    Args:
        known: What the run knows of people; the awaited ones, if they may be settled by it.
        standing: How they are on the list.
        page: The people, as GetResponse lists them.
    """
    people = [person for person in page if person.get("email")]
    columns = (
        listed_keys([person["email"] for person in people]),
        [person["contactId"] for person in people],
        [person.get("name") for person in people],
        repeat(None),
        [person.get("origin") for person in people],
        [moment(person.get("createdOn")) for person in people],
    )
    known.add_listed(standing, map(Listed._make, zip(*columns, strict=False)))


class ReadBack:
    """Looks at the list of a job.

    Args:
        run: The run.
        since: When its first person may have been sent, in seconds since the epoch.
        is_alone: Whether nothing else uses the ledger meanwhile: what takes long is then apart.
    """

    def __init__(self, run: ActiveRun, since: float, *, is_alone: bool = False) -> None:
        self._run = run
        self._is_alone = is_alone
        # A day earlier, because server and client need not agree about the time.
        self._created_from = f"{datetime.fromtimestamp(since, UTC) - timedelta(days=1):%Y-%m-%d}"
        self._last: Set[int] = frozenset()

    async def read_list(self) -> None:
        """Take down who is on the list now, of those who may have come since."""
        if self._run.job.campaign is None:
            return
        campaign_id = self._run.job.campaign.campaign_id
        last, found = self._last, set[int]()
        self._last = frozenset()  # a reading that breaks off is none to compare with
        async for page in self._run.account.subscribers(campaign_id, self._created_from):
            async with self._durable():
                self._note(Standing.SUBSCRIBED, page, last, found)
        if self._run.job.campaign.double_optin:
            async for page in self._run.account.search(campaign_id, "unconfirmed"):
                async with self._durable():
                    self._note(Standing.UNCONFIRMED, page, last, found)
        self._last = found

    def _durable(self) -> AbstractAsyncContextManager[None]:
        return self._run.transaction_apart() if self._is_alone else nullcontext()

    async def _do(self, work: Callable[[], T]) -> T:
        return await apart(work) if self._is_alone else work()

    def _note(
        self, standing: Standing, page: list[dict[str, str]], last: Set[int], found: set[int]
    ) -> None:
        """Take down whom the reading before did not find as they are now: each lists all again."""
        if not last and len(found) >= MOST_KNOWN:
            note_listed(self._run.awaited, standing, page)
            return
        try:
            marks = [hash((standing, orjson.dumps(person))) for person in page]
        except TypeError:  # numbers and letters that no JSON has; they are taken down each time
            marks, news = list[int](), page
        else:
            both = zip(page, marks, strict=True)
            news = [person for person, mark in both if mark not in last]
        if news:
            note_listed(self._run.awaited, standing, news)
        found.update(marks[: max(0, MOST_KNOWN - len(found))])

    async def look(self) -> int:
        """Give rows whose person is on the list now their verdicts.

        Returns:
            Number of rows that are not awaited any more.
        """
        await self.read_list()
        return await self._do(self._settle)

    def _settle(self) -> int:
        awaited = self._run.awaited
        awaited.acknowledge_proved()
        return (
            awaited.hand_over_strangers()
            + awaited.settle_visible(Standing.SUBSCRIBED, Verdict.ADDED)
            + awaited.settle_visible(Standing.UNCONFIRMED, Verdict.AWAITING_CONFIRMATION)
        )

    async def look_for_departed(self) -> None:
        """Give rows whose person has left the list since the plan theirs: they had arrived."""
        if self._run.job.campaign is None:
            return
        await read_removed(self._run)
        await self._do(self._run.awaited.acknowledge_proved)
        await self._do(self._run.awaited.settle_departed)
