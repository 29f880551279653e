"""Verify: read back what became of the rows that were sent.

GetResponse takes contacts with an empty 202 and adds them minutes later, or never, without a word.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from prefect_getresponse.client.send import AsyncClient
from prefect_getresponse.contact_import.active_run import ActiveRun
from prefect_getresponse.contact_import.job import Job
from prefect_getresponse.contact_import.ledger import Action, ChunkState, Phase
from prefect_getresponse.contact_import.ledger.copy import saved_at_the_end
from prefect_getresponse.contact_import.ledger.import_book import ImportChunk
from prefect_getresponse.contact_import.phases.import_lane import outcome_of
from prefect_getresponse.contact_import.phases.remove import check_removed
from prefect_getresponse.contact_import.phases.send import plan_more, send_planned
from prefect_getresponse.contact_import.polling import looks
from prefect_getresponse.contact_import.read_back import ReadBack
from prefect_getresponse.contact_import.verdicts import Verdict
from prefect_getresponse.reporting.progress import Progress

PATIENCE = 1.5
"""How many times longer than others a person in the queue is waited for."""
LOOKS_APART = 60.0
"""Seconds between looks: nobody knows better when somebody appeared."""
ATTEMPTS = 3
"""How often a chunk whose outcome stays in doubt is sent at most."""


async def verify(
    job: Job, run_id: str, client: AsyncClient, progress: Progress, clock: Callable[[], float]
) -> None:
    """Wait for the queue and give every sent row its verdict; resend what provably never arrived.

    Args:
        job: The job.
        run_id: The run.
        client: The account's client.
        progress: Shows how many rows have appeared.
        clock: Seconds since the epoch.

    Raises:
        PeopleNotRemoved: Everybody has a verdict, but people could not be removed.
        GetResponseError: The list cannot be read; the ledger stays resumable.
    """
    with saved_at_the_end(job.copy), job.open_ledger() as ledger:
        run = ledger.run(run_id)
        if run.phase is not Phase.SENDING:
            return
        active = ActiveRun(job, run.number, ledger, client, progress, clock)
        verification = Verification(active, run.started)
        try:
            await verification.run_all()
        finally:
            ledger.add_calls(run.number, client.statistics.take())
        verification.end(Phase.FINISHED)
        check_removed(ledger.run(run_id))


class Verification:
    """Reading back one run.

    Args:
        run: The run.
        started: Start of the run, in seconds since the epoch.
    """

    def __init__(self, run: ActiveRun, started: float) -> None:
        self._run = run
        self._book = run.ledger.imports(run.number)
        self._read_back = ReadBack(run, started)

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
        if not self._run.ledger.has_queue_moved(self._run.number):
            return 0  # they may wait behind people whom GetResponse took, and has not added yet
        return self._run.ledger.resend(self._run.number, ATTEMPTS)

    def end(self, phase: Phase) -> None:
        """Give everybody a verdict, remember it for the next run, and end the run: all at once.

        Args:
            phase: How it ends.
        """
        with self._run.ledger.transaction():
            self._conclude_all()
            self._run.ledger.remember_outcomes(self._run.number, self._run.clock())
            self._run.ledger.end(self._run.number, phase, self._run.clock())

    async def watch(self) -> None:
        """Look at the list until all awaited people have appeared or their time is up."""
        awaited = self._run.ledger.count_awaited(self._run.number)
        if not awaited:
            return
        self._run.progress.start("verifying", awaited)
        settle = self._run.job.options.settle_seconds
        sent, now = self._run.ledger.awaited_since(self._run.number), self._run.clock()
        deadline = min(sent, now) + settle
        latest = datetime.fromtimestamp(deadline).astimezone()
        self._run.progress.note(
            f"people appear in minutes; looking until {latest:%H:%M:%S} at most"
        )
        async for _ in looks(self._run.client, self._run.clock, deadline):
            await self._read_back.look()
            self._conclude_counted_imports()
            left = self._run.ledger.count_awaited(self._run.number)
            self._run.progress.advance(awaited - left)
            if not left:
                return
        await self._read_back.look_for_departed()

    def _conclude_counted_imports(self) -> None:
        """As many people have appeared as the import says: the others never will."""
        for chunk, state in self._book.states():
            if state.accounts_for(chunk.rows) and chunk.seen >= state.arrived:
                self._settle_import(chunk, Verdict.REJECTED, outcome_of(state))

    def _conclude_imports(self) -> None:
        known = {chunk.chunk: state for chunk, state in self._book.states()}
        for chunk in self._book.chunks():
            state = known.get(chunk.chunk)
            if chunk.state == ChunkState.IN_DOUBT or (state is not None and state.is_gone):
                self._settle_import(chunk, Verdict.UNKNOWN, {"reason": "in_doubt"})
            elif state is not None and state.is_active:
                why = {"reason": "import_at_work", "detail": state.status}
                self._settle_import(chunk, Verdict.NOT_VISIBLE_YET, why)
            elif state is not None:
                self._settle_import(chunk, Verdict.REJECTED, outcome_of(state))

    def _settle_import(
        self, chunk: ImportChunk, verdict: Verdict, why: Mapping[str, str | None]
    ) -> None:
        self._book.settle(chunk.chunk, verdict, why["reason"], why.get("detail"))

    def _conclude_all(self) -> None:
        """Give verdicts to people who did not appear in time."""
        self._conclude_imports()
        self._run.ledger.settle_queued(self._run.number)
        if self._is_queue_empty():
            self._conclude(ChunkState.ACKNOWLEDGED, Verdict.REJECTED, "silent_rejection")
        self._conclude(ChunkState.ACKNOWLEDGED, Verdict.NOT_VISIBLE_YET, "in_queue")
        self._conclude(ChunkState.IN_DOUBT, Verdict.UNKNOWN, "in_doubt")
        self._conclude(Action.AWAIT, Verdict.REJECTED, "silent_rejection")
        self._run.ledger.conclude(self._run.number)

    def _is_queue_empty(self) -> bool:
        """Whether people who have not come through the queue by now were dropped by GetResponse.

        They were if most have come, or if those who have took much less time than has passed.
        """
        ledger, run = self._run.ledger, self._run.number
        if not ledger.anybody_arrived(run):
            return False
        if ledger.has_queue_moved(run):
            return True
        longest = ledger.longest_way(run)
        waited = self._run.clock() - ledger.awaited_since(run)
        return longest is not None and waited >= PATIENCE * longest + LOOKS_APART

    def _conclude_unverified(self) -> None:
        for chunk, state in self._book.states():
            if state.has_failed:
                self._settle_import(chunk, Verdict.REJECTED, outcome_of(state))
        self._conclude(ChunkState.ACKNOWLEDGED, Verdict.NOT_VISIBLE_YET, "not_verified")
        self._conclude(Action.AWAIT, Verdict.NOT_VISIBLE_YET, "not_verified")

    def _conclude(self, state: ChunkState | Action, verdict: Verdict, reason: str) -> None:
        self._run.ledger.settle_awaited(self._run.number, state, verdict, reason)
