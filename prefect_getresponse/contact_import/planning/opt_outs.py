"""Whom not to write to: read for the plan, and looked at again for as long as the run sends.

A look costs a few calls: the last page of the people removed from the list, which also says how
many they are, and the blocklists. Who has left since the last look stands there if GetResponse
orders by time, or if a page holds everybody; if their number says that others have left, the whole
listing is read. Every half an hour it is read whole in any case: whoever left as another one came
back leaves the number as it was. Until it is known who has left, nothing is sent.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, NamedTuple

from prefect_getresponse.contact_import.account import moment
from prefect_getresponse.contact_import.active_run import ActiveRun
from prefect_getresponse.contact_import.evidence import MACHINES_APART
from prefect_getresponse.contact_import.ledger import Decision, Listed, Person, Standing
from prefect_getresponse.contact_import.ledger.books.people import People
from prefect_getresponse.contact_import.planning.decision import (
    UNKNOWN_REMOVAL,
    refusal,
    refusing_reason,
    was_back,
)
from prefect_getresponse.contact_import.planning.exclusions import Exclusions, OptOutsNotUnderstood
from prefect_getresponse.contact_import.rows.addresses import listed_key
from prefect_getresponse.contact_import.verdicts import Verdict

FRESH = 300.0
"""Seconds for which what is known of opt-outs is good enough to send by."""
WHOLE = 1_800.0
"""Seconds after which the removed people are read whole, whatever their number says."""
SHARE = 0.05
"""Share of the account's calls that reading them whole may take."""
CALLS_A_SECOND = 50.0
"""Calls that GetResponse allows an account, over a frame."""
ROWS_AT_ONCE = 5_000
TAIL = 1_000
"""People of a page that is read from the end of the listing."""
TAIL_PAGES = 3
OPT_OUTS_READ = "opt_outs_read"
"""Fact of a run: when opt-outs were looked at last."""
_WHOLE, _REMOVED = "opt_outs_whole", "people_removed"
_PLANNED = "opt_outs_planned"


class OptOutsAged(Exception):
    """What is known of opt-outs is too old to send by: raised before the first byte of a call."""


async def read_opt_outs(run: ActiveRun) -> Exclusions:
    """Read who was removed from the list, and which addresses are blocked.

    Args:
        run: The run.
    """
    _, total = await run.account.removed_page(run.campaign_id, 1, 1)
    await read_removed(run)
    exclusions = await run.account.exclusions(run.campaign_id)
    now, known = run.job.started, {_REMOVED: -1 if total is None else total}
    run.kept.add_facts({OPT_OUTS_READ: now, _WHOLE: now, _PLANNED: now, **known})
    return exclusions


async def read_removed(run: ActiveRun) -> None:
    """Read who was removed from the list and must not simply be subscribed again.

    Args:
        run: The run.
    """
    async for page in run.account.search(run.campaign_id, "removed"):
        _note_removed(run.people, page)


def _note_removed(known: People, people: Iterable[dict[str, Any]]) -> None:
    """Take down people who were removed, as far as that keeps them away.

    Raises:
        OptOutsNotUnderstood: Nobody can tell who was removed.
    """
    removed: list[Listed] = []
    for person in people:
        email = person.get("email")
        if not isinstance(email, str) or not email:
            raise OptOutsNotUnderstood("somebody was removed from the list, and has no address")
        if reason := refusing_reason(person.get("reason")):
            removed.append(
                Listed(
                    listed_key(email),
                    person["contactId"],
                    reason,
                    moment(person.get("deletedOn")),
                    person.get("origin"),
                    moment(person.get("createdOn")),
                )
            )
    known.add_listed(Standing.REMOVED, removed)


class _End(NamedTuple):
    """What the end of the listing of removed people told.

    Attributes:
        total: How many they are; None if nobody says.
        has_news: Whether somebody is there who left since the last look.
        is_enough: Whether all who left since must be among those who were read.
        is_whole: Whether everybody was read, at once.
    """

    total: int | None
    has_news: bool
    is_enough: bool
    is_whole: bool


class OptOutWatch:
    """Knows whom not to write to, for as long as a run sends.

    Args:
        run: The run.

    Attributes:
        news: How often a look has found somebody who opted out.
    """

    def __init__(self, run: ActiveRun) -> None:
        self._run = run
        self._now = run.client.time.latest
        self._looking = asyncio.Lock()
        self._exclusions: Exclusions | None = None
        self._read_at = self._fact(OPT_OUTS_READ)
        self._took = 0.0
        self.news = int(run.chunks.last_sent() > 0)  # an earlier look may have found somebody

    async def why_blocked(self, key: str) -> str:
        """Why GetResponse calls somebody blocked, as far as the blocklists tell.

        Args:
            key: Comparison key of the address.
        """
        exclusions = self._exclusions or await self._run.account.exclusions(self._run.campaign_id)
        return exclusions.reason(key) or f"removed_{UNKNOWN_REMOVAL}"

    def check(self, news: int) -> None:
        """Make sure that a call goes by what is known; right before its first byte.

        Args:
            news: What `news` was when the rows of the call were read.

        Raises:
            OptOutsAged: What is known is too old, or more is known than when they were read.
        """
        if news != self.news or not self._is_fresh():
            raise OptOutsAged

    async def take_out(self, chunk: int) -> int:
        """Take whoever has opted out of a call that is to be made now.

        A look takes them out of calls that are planned by then. This one may have been on its way,
        or in doubt.

        Args:
            chunk: The call.

        Returns:
            The `news` by which its rows may be read.
        """
        if self.news:
            async with self._looking:
                if self._exclusions is None:
                    await self.look()
            people = partial(self._run.people.of_chunk, chunk)
            self._withdraw(people, self._exclusions or Exclusions(), self._read_at)
        return self.news

    async def keep_fresh(self) -> None:
        """Look again if the last look is too long ago; takes who has left out of planned calls."""
        async with self._looking:
            if not self._is_fresh():
                await self.look()

    async def look(self) -> None:
        """Look again, and take people who have opted out since out of planned calls."""
        before, now = self._fact(OPT_OUTS_READ), self._now()
        exclusions = await self._run.account.exclusions(self._run.campaign_id)
        anybody = await self._read_new(before, now)
        if anybody or exclusions != self._exclusions:
            self.news += 1
            left = self._withdraw(self._run.people.planned, exclusions, now)
            if left:
                self._run.progress.note(
                    f"{left:,} people have opted out since the plan: they are left out"
                )
        self._exclusions = exclusions
        self._run.kept.add_facts({OPT_OUTS_READ: now})
        self._read_at, self._took = now, self._now() - now

    async def _read_new(self, before: float, now: float) -> bool:
        """Read who was removed since the last look; False if that is nobody."""
        known = self._fact(_REMOVED)
        end = await self._read_end(known, before)
        is_due = not 0 <= now - self._fact(_WHOLE) < WHOLE
        if end.is_whole:
            self._run.kept.add_facts({_WHOLE: now})
        elif is_due or not end.is_enough:
            await self._read_whole(end.total or 0)
        self._run.kept.add_facts({_REMOVED: -1 if end.total is None else end.total})
        return end.total is None or end.total != known or end.has_news or is_due

    async def _read_end(self, known: float, before: float) -> _End:
        """Read from the end of the listing until as many are found as were removed since."""
        first = math.ceil(known / TAIL) if known > 0 else 1
        people, total = await self._run.account.removed_page(self._run.campaign_id, first, TAIL)
        found = self._note_since(people, before)
        if total is None:
            return _End(None, bool(found), is_enough=False, is_whole=False)
        if total <= TAIL and first == 1:
            return _End(total, bool(found), is_enough=True, is_whole=True)
        last = math.ceil(total / TAIL)
        for page in range(last, max(0, last - TAIL_PAGES), -1):
            if page != first:
                people, _ = await self._run.account.removed_page(self._run.campaign_id, page, TAIL)
                found |= self._note_since(people, before)
            if len(found) >= total - known >= 0 and known >= 0 and not math.isinf(before):
                return _End(total, bool(found), is_enough=True, is_whole=False)
        return _End(total, bool(found), is_enough=False, is_whole=False)

    def _note_since(self, people: list[dict[str, Any]], before: float) -> set[str]:
        """Take people down; ids of those who left since the last look."""
        _note_removed(self._run.people, people)
        times = ((person["contactId"], moment(person.get("deletedOn"))) for person in people)
        return {each for each, at in times if at is not None and at >= before - MACHINES_APART}

    async def _read_whole(self, total: int) -> None:
        """Read all who were removed, but not so often that it takes calls that sending needs."""
        pause = math.ceil(total / 1_000) / (SHARE * CALLS_A_SECOND)
        wait = self._fact(_WHOLE) + pause - self._now()
        if 0 < wait <= pause:
            await self._run.client.sleep(wait)
        await read_removed(self._run)
        self._run.kept.add_facts({_WHOLE: self._now()})

    def _withdraw(
        self, rows: Callable[..., list[Person]], exclusions: Exclusions, now: float
    ) -> int:
        """Take people out of calls, with their verdicts."""
        if exclusions.are_none and not self._run.people.is_anybody(Standing.REMOVED):
            return 0
        rows = partial(rows, removed=exclusions.are_none)  # nothing else keeps anybody away then
        planned = self._fact(_PLANNED)
        withdrawn = last = 0
        while people := rows(last, ROWS_AT_ONCE):
            reasons = [
                (person.row, reason)
                for person in people
                if (reason := _reason(person, exclusions, planned, now))
            ]
            self._run.cutting.withdraw(
                [Decision(row, verdict=Verdict.EXCLUDED, reason=reason) for row, reason in reasons],
            )
            withdrawn += len(reasons)
            last = people[-1].row
        return withdrawn

    def _is_fresh(self) -> bool:
        # A look that takes long must not be too old as soon as it ends.
        return 0 <= self._now() - self._read_at < FRESH + self._took

    def _fact(self, name: str) -> float:
        known = self._run.kept.fact(name)
        return -math.inf if known is None else known


def _reason(person: Person, exclusions: Exclusions, planned: float, now: float) -> str | None:
    """Why somebody in a planned call must not be written to; None if one may."""
    if was_back(person, planned):
        person = person._replace(removed_for=None)
    return refusal(person, exclusions, now)
