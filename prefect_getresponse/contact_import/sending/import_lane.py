"""The imports of one list, one after another: sent, watched to their end, and accounted for.

GetResponse works on one import per list at a time and may have it reviewed by people; it does not
name invalid rows, it only counts them.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

from prefect_getresponse.client.errors import (
    Conflict,
    GetResponseError,
    InvalidArguments,
    NotFound,
    OutcomeUnknown,
    PayloadTooLarge,
    ValidationFailed,
)
from prefect_getresponse.client.request import ApiAnswer, ApiRequest
from prefect_getresponse.contact_import.active_run import ActiveRun
from prefect_getresponse.contact_import.evidence import MACHINES_APART
from prefect_getresponse.contact_import.ledger import (
    FINAL_STATES,
    ChunkState,
    Contacts,
    Decision,
    RowToSend,
)
from prefect_getresponse.contact_import.ledger.books.imports import (
    ACTIVE,
    OLDEST,
    ImportChunk,
    ImportState,
)
from prefect_getresponse.contact_import.ledger.copies.copy import Announcer
from prefect_getresponse.contact_import.planning.decision import steps_to
from prefect_getresponse.contact_import.planning.imports import ImportsUsedUp, left_of_day
from prefect_getresponse.contact_import.planning.opt_outs import OptOutsAged, OptOutWatch
from prefect_getresponse.contact_import.polling import CHEAP
from prefect_getresponse.contact_import.routes import imports
from prefect_getresponse.contact_import.rows.contacts import unpack
from prefect_getresponse.contact_import.sending.read_back import ReadBack
from prefect_getresponse.contact_import.sending.sent_rows import SentRows
from prefect_getresponse.contact_import.verdicts import Verdict

ATTEMPTS = 3
"""How often an import of which no trace is found is sent at most."""
SMALL = 2_000
"""Rows of a refused import that go by other calls instead of being halved once more."""
MOST_HALVED = 6
"""How often imports of a run are halved for one bad row: each part takes GetResponse minutes."""
LOOKED_AT = 20
"""People of the list who are read to see whether an import was executed."""
ACTIVE_AT_ONCE = 2
"""Imports of an account that GetResponse works on at the same time, at most one per list."""
PEOPLE_AT_ONCE = 100
_SHORTEST_WAIT = 60.0
"""Seconds that an import waits for its turn at least."""


class ImportUnfinished(GetResponseError):
    """An import is at work for longer than a run waits, and further ones must wait for it."""

    default_advice = "Look at it in GetResponse; the same import run again later resumes."


class NoTurn(Exception):
    """No import may begin while the run still waits."""


class ImportLane:
    """Brings the imports of a run in.

    Args:
        run: The run.
        announcer: Lists each import in the copy of the ledger; None if none will be sent.
        sent: Counts rows when they are sent, and when they are to be sent again.
        opt_outs: Knows whom not to write to.
    """

    def __init__(
        self,
        run: ActiveRun,
        announcer: Announcer | None = None,
        sent: SentRows | None = None,
        opt_outs: OptOutWatch | None = None,
    ) -> None:
        self._run = run
        self._book = run.imports
        self._announcer = announcer or Announcer(None, run.kept.run_id, 0)
        self._sent = sent or SentRows(run.progress)
        self._opt_outs = opt_outs or OptOutWatch(run)
        self._halved = 0
        self._is_day_used_up = False
        self._has_turn = True

    async def run_all(self) -> None:
        """Send every import that is planned, each when the one before is done with.

        Raises:
            ImportUnfinished: One is not done with in time, and others wait behind it.
            GetResponseError: An import could not be sent, and not because of its rows.
        """
        done: set[int] = set()
        while chunk := next((each for each in self._open() if each.chunk not in done), None):
            if chunk.state != ChunkState.PLANNED or await self._send(chunk):
                await self._bring_in(chunk)
            if chunk.chunk not in self._book.planned():  # else it was halved
                done.add(chunk.chunk)
        await self._account_for_all()

    async def settle(self) -> None:
        """Learn what became of imports that were sent; sends nothing."""
        for chunk in self._open():
            if chunk.state != ChunkState.PLANNED:
                await self._bring_in(chunk, resend=False)
        await self._account_for_all()

    def _open(self) -> list[ImportChunk]:
        """Chunks whose import is not sent, not known, or at work."""
        return [
            chunk
            for chunk, state in self._book.with_states()
            if chunk.state not in FINAL_STATES and (state is None or state.is_active)
        ]

    async def _bring_in(self, chunk: ImportChunk, *, resend: bool = True) -> None:
        """Find the import of a chunk that was sent, and watch it to its end."""
        found = self._book.state(chunk.chunk) or await self._find(chunk)
        while found is None and resend and await self._send_again(chunk):
            found = self._book.state(chunk.chunk) or await self._find(chunk)
        if found is not None:
            await self._watch(chunk, found)

    async def _send_again(self, chunk: ImportChunk) -> bool:
        """Send an import that never arrived once more; False if that is not to be."""
        now = self._book.chunk(chunk.chunk)
        if now.state != ChunkState.PLANNED:
            return False
        self._run.progress.note("nothing of a doubtful import has arrived: it is sent again")
        self._sent.again(now.rows)
        return await self._send(now)

    async def _send(self, chunk: ImportChunk) -> bool:
        """Send an import; False if nothing of it was taken, or nobody of it is left."""
        await self._announcer.announce(chunk.chunk)
        deadline = self._run.now() + self._run.job.options.import_seconds
        waits = self._run.looks(deadline, CHEAP)
        if not await self._has_room():
            await self._wait_for_room(waits)
        if self._is_day_used_up or not self._has_turn:
            self._go_otherwise(chunk)
            return False
        await self._opt_outs.look()
        while True:
            news = await self._opt_outs.take_out(chunk.chunk)
            if not (contacts := self._book.contacts(chunk.chunk)):
                return False
            try:
                await self._call(chunk, contacts, news)
            except OptOutsAged:  # what was tried before was refused
                self._run.chunks.retract(chunk.chunk, chunk.attempt)
                await self._opt_outs.look()
                continue
            except NoTurn:
                self._has_turn = False
                self._go_otherwise(chunk)
                return False
            except Conflict:
                if not await self._candidates(self._begun(chunk)):
                    # Another import was there before. Nothing was taken.
                    self._run.chunks.retract(chunk.chunk, chunk.attempt)
                    await self._wait_for_room(waits)
                    await self._opt_outs.look()
                    continue
                # One has begun since: a gateway may have sent ours twice, and tell of the second.
                self._answer(chunk, ChunkState.IN_DOUBT)
            except OutcomeUnknown:
                self._answer(chunk, ChunkState.IN_DOUBT)
            except PayloadTooLarge as error:
                self._announcer.take_back(chunk.chunk)
                if not self._run.cutting.halve(chunk.chunk):
                    self._refuse(chunk, error)
                return False
            except (InvalidArguments, ValidationFailed) as error:
                self._find_the_row(chunk, error)
                return False
            except GetResponseError:
                self._run.chunks.retract(chunk.chunk, chunk.attempt)
                raise
            self._sent.add(sum(some.number for some in contacts))
            return True

    async def _call(self, chunk: ImportChunk, contacts: list[Contacts], news: int) -> None:
        """Make the call, and write down its answer."""
        texts = [some.text for some in contacts]
        request = imports.request(texts, self._run.campaign_id, new_people=chunk.new_people)

        def intend() -> None:
            self._announcer.check()
            self._opt_outs.check(news)
            self._run.chunks.intend(chunk.chunk, self._run.now())

        answer = await self._begun_in_time(request, intend)
        with self._run.transaction():
            if state := ImportState.of(answer.data):  # else accepted, but nobody knows its id
                self._book.note(chunk.chunk, state)
            self._run.chunks.set_state(chunk.chunk, ChunkState.ACKNOWLEDGED, self._run.now())

    async def _begun_in_time(self, request: ApiRequest, intend: Callable[[], None]) -> ApiAnswer:
        """Send a call, if its turn comes while the run still waits.

        Other workers, and calls of which nobody knows whether they were executed, may have used up
        the imports of a day: the next turn is then hours away.

        Raises:
            NoTurn: Its turn does not come, and nothing was sent.
        """
        has_begun = asyncio.Event()

        def begin() -> None:
            intend()
            has_begun.set()

        sending = asyncio.ensure_future(self._run.client.send(request, on_start=begin))
        beginning = asyncio.ensure_future(has_begun.wait())
        try:
            waits = {sending, beginning}
            most = max(_SHORTEST_WAIT, self._run.job.options.import_seconds)
            await asyncio.wait(waits, timeout=most, return_when=asyncio.FIRST_COMPLETED)
            if sending.done() or has_begun.is_set():
                return await sending
            raise NoTurn
        finally:
            beginning.cancel()
            if not sending.done():
                sending.cancel()
                await asyncio.wait({sending})

    def _begun(self, chunk: ImportChunk) -> float:
        """When an import was first sent, as far as anybody knows."""
        now = self._book.chunk(chunk.chunk)
        return now.begun or now.sent or self._run.now()

    def _find_the_row(self, chunk: ImportChunk, error: GetResponseError) -> None:
        """Let one row that GetResponse does not take keep no others out.

        Rows that the answer names go alone; if it names none, an import is halved as long as it is
        large, and its rows then go by the calls that answer for fewer.
        """
        cutting = self._run.cutting
        self._announcer.take_back(chunk.chunk)
        rows = self._run.chunks.rows(chunk.chunk)
        named = imports.blamed(len(rows), error)
        if len(rows) == 1:
            self._refuse(chunk, error)
        elif named:
            self._run.progress.note(f"an import was refused, {len(named)} of its rows go alone")
            cutting.divert(chunk.chunk, [rows[place].row for place in named], one_by_one=True)
        elif len(rows) <= SMALL or not self._may_halve() or not cutting.halve(chunk.chunk):
            self._run.progress.note(f"an import was refused, its {len(rows):,} rows go otherwise")
            cutting.divert(chunk.chunk, [row.row for row in rows], one_by_one=False)

    def _go_otherwise(self, chunk: ImportChunk) -> None:
        """Let rows of an import go by other calls: those of the day are used up.

        The plan has counted them, but halves of one that was too large, and those of others, come
        on top.

        Raises:
            ImportsUsedUp: Only imports were asked for.
        """
        self._announcer.take_back(chunk.chunk)
        if self._run.job.options.route == imports.NAME:
            raise ImportsUsedUp(
                f"all {self._run.job.tuning.imports_a_day} imports of today are used,"
                f" and {chunk.rows:,} rows or more are not sent"
            )
        self._run.progress.note(f"no imports are left today, {chunk.rows:,} rows go by batch")
        rows = self._run.chunks.rows(chunk.chunk)
        self._run.cutting.divert(chunk.chunk, [row.row for row in rows], one_by_one=False)

    def _may_halve(self) -> bool:
        self._halved += 1
        return self._halved <= MOST_HALVED

    async def _has_room(self) -> bool:
        """Whether GetResponse works on no import of the list, and at most one of the account."""
        listed = await self._run.account.imports(self._run.now() - OLDEST)
        self._is_day_used_up = (
            left_of_day(listed, self._run.now(), self._run.job.tuning.imports_a_day) < 1
        )
        active = [each for each in listed if each.get("status") in ACTIVE]
        lists: list[dict[str, Any]] = [each.get("campaign") or {} for each in active]
        is_free = all(each.get("campaignId") != self._run.campaign_id for each in lists)
        return is_free and len(lists) < ACTIVE_AT_ONCE

    async def _wait_for_room(self, waits: AsyncIterator[bool]) -> None:
        """Wait until GetResponse may take an import of the list."""
        self._run.progress.note("another import is at work: waiting for it")
        async for last in waits:
            if await self._has_room():
                return
            if last:
                break
        raise _unfinished("another import of the list or the account")

    def _refuse(self, chunk: ImportChunk, error: GetResponseError) -> None:
        self._answer(chunk, ChunkState.REJECTED)
        reason, detail = "import_not_taken", str(error.args[0])
        self._sent.add(self._book.settle(chunk.chunk, Verdict.REJECTED, reason, detail))

    async def _find(self, chunk: ImportChunk) -> ImportState | None:
        """Look for what became of an import whose answer is missing.

        It was executed if somebody is there who can only have come by it, or if people of the list
        are now as it says and were not before. If nobody is when the settle time is over and no
        import that may be it is at work, it is planned again; people of the list once only. One of
        which it is known that GetResponse took it is never sent again.

        Returns:
            The import, if it was executed and exactly one can be it.

        Raises:
            ImportUnfinished: One that may be it is at work for longer than a run waits.
        """
        self._run.progress.note("looking for an import whose answer is missing")
        chunk, begun = self._book.chunk(chunk.chunk), self._begun(chunk)
        was_taken = chunk.state == ChunkState.ACKNOWLEDGED
        settled = self._run.now() + self._run.job.options.settle_seconds
        if chunk.sent is not None:
            settled = min(settled, chunk.sent + self._run.job.options.settle_seconds)
        deadline = max(settled, self._run.now() + self._run.job.options.import_seconds)
        async for last in self._run.looks(deadline, CHEAP):
            found = [each for each in await self._candidates(begun) if each.may_have(chunk.rows)]
            certain = [each for each in found if each.counters.get("uploaded") == chunk.rows]
            now = self._run.now()
            is_at_work = now < begun + OLDEST and any(each.is_active for each in found)
            is_over = now >= settled and not is_at_work
            if was_taken and certain == found and len(found) == 1:
                return self._adopt(chunk, certain[0])
            if (certain or is_over) and not was_taken and await self._left_traces(chunk, begun):
                return self._adopt(chunk, certain[0] if len(certain) == 1 else None)
            if is_at_work:
                if last:
                    raise _unfinished("an import that may be the one in doubt")
                settled = max(settled, now + self._run.job.options.settle_seconds)
            elif is_over:
                if was_taken:  # who has come tells whether anything came of it
                    await ReadBack(self._run, begun).read_list()
                elif chunk.attempt < (ATTEMPTS if chunk.new_people else 2):
                    self._answer(chunk, ChunkState.PLANNED)
                break
        return None

    def _adopt(self, chunk: ImportChunk, state: ImportState | None) -> ImportState | None:
        """Take an import for ours."""
        with self._run.transaction():
            if state is not None:
                self._book.note(chunk.chunk, state)
            self._answer(chunk, ChunkState.ACKNOWLEDGED)
        return state

    async def _left_traces(self, chunk: ImportChunk, begun: float) -> bool:
        """Whether people are now as only the import of a chunk can have made them."""
        if chunk.new_people:
            await ReadBack(self._run, begun).read_list()
            return self._book.has_left_traces(chunk.chunk)
        for contact_id, name in self._book.renamed(chunk.chunk, LOOKED_AT):
            try:
                details = await self._run.account.contact(contact_id)
            except NotFound:
                continue
            if details.get("name") == name:
                return True
        return False

    async def _candidates(self, begun: float) -> list[ImportState]:
        """Imports of the list that began since, and are none of ours."""
        known = self._book.known_ids()
        listed = await self._run.account.imports(begun - MACHINES_APART, self._run.campaign_id)
        states = [state for each in listed if (state := ImportState.of(each))]
        return [state for state in states if state.import_id not in known]

    async def _watch(self, chunk: ImportChunk, state: ImportState) -> None:
        """Wait until GetResponse has done with an import."""
        self._run.progress.note(f"import {state.import_id}: {chunk.rows:,} rows, waiting for it")
        deadline = self._run.now() + self._run.job.options.import_seconds
        async for _ in self._run.looks(deadline, CHEAP):
            before, state = state.status, await self._read(state.import_id)
            if state.status != before:
                self._run.progress.note(f"import {state.import_id}: {state.status}")
            if not state.is_active:
                break
        self._book.note(chunk.chunk, state)
        if not state.is_active:  # waiting for its people counts from here
            self._answer(chunk, ChunkState.ACKNOWLEDGED)
        elif self._anything_waits():
            raise _unfinished(f"import {state.import_id} ({state.status})")

    async def _account_for_all(self) -> None:
        """Give rows of imports that are over their verdicts, as far as the imports tell."""
        for chunk, state in self._book.states():
            if chunk.state not in FINAL_STATES and not state.is_active:
                counted = await self._count(chunk, state)
                await self._settle_people_of_list(chunk, counted)

    async def _count(self, chunk: ImportChunk, state: ImportState) -> ImportState:
        """Wait for the counters of a finished import: the first ones may be incomplete."""
        deadline = self._run.now() + self._run.job.options.settle_seconds
        if state.status != "finished" or state.accounts_for(chunk.rows):
            return state
        async for _ in self._run.looks(deadline, CHEAP):
            state = await self._read(state.import_id)
            if state.accounts_for(chunk.rows):
                break
        return state

    async def _read(self, import_id: str) -> ImportState:
        return await self._run.account.read_import(import_id)

    async def _settle_people_of_list(self, chunk: ImportChunk, state: ImportState) -> None:
        """Give people who were on the list their verdicts; new ones are looked for on the list."""
        self._book.note(chunk.chunk, state)
        if chunk.new_people:
            return
        decisions: list[Decision] = []
        confirmed = state.accounts_for(chunk.rows) and state.arrived == chunk.rows
        if not confirmed:
            decisions = await self._compare(chunk, state)
        done = ChunkState.VERIFIED if state.status == "finished" else ChunkState.FAILED
        with self._run.transaction():
            self._run.chunks.set_state(chunk.chunk, done, self._run.now())
            self._run.rows.settle(decisions)
            if confirmed:
                self._book.settle(chunk.chunk, Verdict.UPDATED, None, None)

    async def _compare(self, chunk: ImportChunk, state: ImportState) -> list[Decision]:
        """Read who of the list is as the source says: the counters do not account for all."""
        self._run.progress.note(f"import {state.import_id}: reading back {chunk.rows:,} people")
        decisions: list[Decision] = []
        rows = self._run.chunks.rows(chunk.chunk)
        for start in range(0, len(rows), PEOPLE_AT_ONCE):
            part = rows[start : start + PEOPLE_AT_ONCE]
            decisions += await asyncio.gather(*(self._compare_one(row, state) for row in part))
        return decisions

    async def _compare_one(self, row: RowToSend, state: ImportState) -> Decision:
        try:
            details = await self._run.account.contact(row.contact_id or "")
        except NotFound:
            return Decision(row.row, verdict=Verdict.EXCLUDED, reason="left_meanwhile")
        if not steps_to(unpack(row.contact), details):
            return Decision(row.row, verdict=Verdict.UPDATED)
        return Decision(row.row, verdict=Verdict.REJECTED, **outcome_of(state))

    def _anything_waits(self) -> bool:
        return bool(self._book.planned())

    def _answer(self, chunk: ImportChunk, state: ChunkState) -> None:
        self._run.chunks.answer(chunk.chunk, state, self._run.now())


def outcome_of(state: ImportState) -> dict[str, str | None]:
    """Why a row of an import did not arrive, as reason and detail of its verdict."""
    if state.has_failed:
        return {"reason": f"import_{state.status}", "detail": None}
    return {"reason": "import_invalid", "detail": state.complaints() or None}


def _unfinished(what: str) -> ImportUnfinished:
    return ImportUnfinished(f"{what} is still at work, and further imports wait for it")
