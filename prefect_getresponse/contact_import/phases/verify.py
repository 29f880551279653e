"""Verify: read back what became of the rows that were sent.

GetResponse takes contacts with an empty 202 and adds them minutes later, or never, without a word.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from prefect_getresponse.client.send import AsyncClient
from prefect_getresponse.contact_import.active_run import ActiveRun, JobRun, at_work
from prefect_getresponse.contact_import.ledger import Action, ChunkState, Phase
from prefect_getresponse.contact_import.ledger.books.imports import ImportChunk, ImportState
from prefect_getresponse.contact_import.ledger.records import NIGHT
from prefect_getresponse.contact_import.report_data import tally_up
from prefect_getresponse.contact_import.sending.import_lane import outcome_of
from prefect_getresponse.contact_import.sending.read_back import ReadBack
from prefect_getresponse.contact_import.sending.remove import check_removed
from prefect_getresponse.contact_import.sending.sender import plan_more, send_planned
from prefect_getresponse.contact_import.verdicts import Verdict
from prefect_getresponse.limits.budgets import DAY
from prefect_getresponse.runtime.event_loops import apart, left_apart

PATIENCE = 1.5
"""How many times longer than others a person in the queue is waited for."""
STALE = 0.1
"""Part of the retention after which it is noted again that a source still has a person."""
LOOKS_APART = 60.0
"""Seconds between looks: nobody knows better when somebody appeared."""
_OPEN = frozenset({Verdict.NOT_VISIBLE_YET, Verdict.UNKNOWN})
ATTEMPTS = 3
"""How often a chunk whose outcome stays in doubt is sent at most."""


async def verify(run: JobRun, client: AsyncClient) -> None:
    """Wait for the queue and give every sent row its verdict; resend what provably never arrived.

    Args:
        run: The run.
        client: The account's client.

    Raises:
        PeopleNotRemoved: Everybody has a verdict, but people could not be removed.
        GetResponseError: The list cannot be read; the ledger stays resumable.
    """
    async with left_apart(at_work(run, client, Phase.SENDING)) as active:
        if active is None:
            return
        verification = Verification(active)
        await verification.run_all()
        active.note_calls()
        await verification.end(Phase.FINISHED)
        check_removed(active)


def _night(run: ActiveRun) -> dict[str, Any]:
    """What the history of the list keeps of a run, whose rows are forgotten one day."""
    verdicts, _ = tally_up(run.kept.rows.tally(Verdict.UNKNOWN))
    counts = {verdict: rows for verdict, rows in verdicts.items() if rows}
    _, removed = run.removals.count()
    listed = run.people.count_listed() - removed
    return {"counts": counts, "removed": removed, "listed": listed}


class Verification:
    """Reading back one run.

    Args:
        run: The run.
    """

    def __init__(self, run: ActiveRun) -> None:
        self._run = run
        self._book = run.imports
        self._read_back = ReadBack(run, run.kept.started, is_alone=True)
        self._has_open = True  # until a look has left nobody

    async def run_all(self) -> None:
        """Watch, and resend what provably never arrived."""
        if not self._run.job.options.verify:
            self._conclude_unverified()
        while True:
            await self.watch()
            again = self._plan_again()
            if not await plan_more(self._run):
                break
            if again:
                note = "nothing of a doubtful call has arrived: it is sent again"
                self._run.progress.note(note)
            await send_planned(self._run)

    def _plan_again(self) -> int:
        """Plan doubtful calls again of which nothing has arrived, if that means anything."""
        if not self._run.chunks.in_state(ChunkState.IN_DOUBT):
            return 0
        if not self._run.awaited.has_queue_moved():
            return 0  # they may wait behind people whom GetResponse took, and has not added yet
        return self._run.chunks.resend(ATTEMPTS)

    async def end(self, phase: Phase) -> None:
        """Give everybody a verdict, remember it for the next run, and end the run: all at once.

        Args:
            phase: How it ends.
        """
        await apart(partial(self._end, phase))

    def _end(self, phase: Phase) -> None:
        with self._run.transaction():
            self._conclude_all()
            night = _night(self._run)
            self._run.chunks.conclude(anybody_left=not _OPEN.isdisjoint(night["counts"]))
            fresh = self._run.job.options.retention_days * DAY * STALE
            self._run.people.remember_outcomes(self._run.now(), fresh)
            self._run.kept.add_facts({NIGHT: night})
            self._run.kept.end(phase, self._run.now())

    async def watch(self) -> None:
        """Look at the list until all awaited people have appeared or their time is up."""
        left = awaited = await apart(self._run.awaited.most)
        self._has_open = await apart(self._run.awaited.is_any)
        if not self._has_open:
            return
        self._run.progress.start("verifying", awaited)
        settle = self._run.job.options.settle_seconds
        sent, now = await apart(self._run.awaited.since), self._run.now()
        deadline = min(sent, now) + settle
        latest = datetime.fromtimestamp(deadline).astimezone()
        self._run.progress.note(
            f"people appear in minutes; looking until {latest:%H:%M:%S} at most"
        )
        async for _ in self._run.looks(deadline):
            left -= await self._read_back.look()
            if left:
                await apart(self._conclude_counted_imports)
                left = await apart(self._run.awaited.count)
            self._run.progress.advance(awaited - left)
            if not left:
                self._has_open = False
                return
        await self._read_back.look_for_departed()

    def _conclude_counted_imports(self) -> None:
        """As many people have appeared as the import says: the others never will."""
        for chunk, state in self._book.states():
            if state.accounts_for(chunk.rows):
                became = self._book.became(chunk.chunk)
                if became.is_open and became.seen >= state.arrived:
                    self._settle_import(chunk, Verdict.REJECTED, outcome_of(state))

    def _conclude_imports(self, *, new_people: bool) -> None:
        for chunk, state in self._book.with_states():
            if chunk.new_people and not new_people:
                continue
            if chunk.state == ChunkState.IN_DOUBT or self._is_lost(chunk, state):
                self._settle_import(chunk, Verdict.UNKNOWN, {"reason": "in_doubt"})
            elif state is not None and state.is_active:
                why = {"reason": "import_at_work", "detail": state.status}
                self._settle_import(chunk, Verdict.NOT_VISIBLE_YET, why)
            elif state is not None:
                self._settle_import(chunk, Verdict.REJECTED, outcome_of(state))

    def _is_lost(self, chunk: ImportChunk, state: ImportState | None) -> bool:
        """Whether nobody can say what became of an import that was taken.

        GetResponse knows it no more, or has not said its id and nobody has come by it: then it may
        have been rejected as a whole, and says nothing about its people.
        """
        if state is not None:
            return state.is_gone
        was_taken = chunk.state == ChunkState.ACKNOWLEDGED
        return was_taken and not self._book.has_left_traces(chunk.chunk)

    def _settle_import(
        self, chunk: ImportChunk, verdict: Verdict, why: Mapping[str, str | None]
    ) -> None:
        self._book.settle(chunk.chunk, verdict, why["reason"], why.get("detail"))

    def _conclude_all(self) -> None:
        """Give verdicts to people who did not appear in time."""
        is_anybody_awaited = self._has_open and self._run.awaited.is_any()
        self._conclude_imports(new_people=is_anybody_awaited)
        if is_anybody_awaited:
            self._conclude_awaited()

    def _conclude_awaited(self) -> None:
        self._run.awaited.settle_queued()
        if self._is_queue_empty():
            self._conclude(ChunkState.ACKNOWLEDGED, Verdict.REJECTED, "silent_rejection")
        self._conclude(ChunkState.ACKNOWLEDGED, Verdict.NOT_VISIBLE_YET, "in_queue")
        self._conclude(ChunkState.IN_DOUBT, Verdict.UNKNOWN, "in_doubt")
        self._conclude(Action.AWAIT, Verdict.REJECTED, "silent_rejection")

    def _is_queue_empty(self) -> bool:
        """Whether people who have not come through the queue by now were dropped by GetResponse.

        They were if most have come, or if those who have took much less time than has passed.
        """
        awaited = self._run.awaited
        if not awaited.anybody_arrived():
            return False
        if awaited.has_queue_moved():
            return True
        longest = awaited.longest_way()
        waited = self._run.now() - awaited.since()
        return longest is not None and waited >= PATIENCE * longest + LOOKS_APART

    def _conclude_unverified(self) -> None:
        for chunk, state in self._book.with_states():
            if state is not None and state.has_failed:
                self._settle_import(chunk, Verdict.REJECTED, outcome_of(state))
            elif self._is_lost(chunk, state):
                self._settle_import(chunk, Verdict.UNKNOWN, {"reason": "in_doubt"})
        self._conclude(ChunkState.ACKNOWLEDGED, Verdict.NOT_VISIBLE_YET, "not_verified")
        self._conclude(Action.AWAIT, Verdict.NOT_VISIBLE_YET, "not_verified")

    def _conclude(self, state: ChunkState | Action, verdict: Verdict, reason: str) -> None:
        self._run.awaited.settle_awaited(state, verdict, reason)
