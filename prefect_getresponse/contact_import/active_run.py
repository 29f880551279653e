"""A run of a job: what its phases are given, and what they work with while they do."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Generator, Sequence
from contextlib import AbstractContextManager, ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from typing import TypeVar

from prefect_getresponse.client.send import AsyncClient
from prefect_getresponse.contact_import.account import Account
from prefect_getresponse.contact_import.job import Job
from prefect_getresponse.contact_import.ledger import Phase, Run
from prefect_getresponse.contact_import.ledger.copies.copy import saved_at_the_end
from prefect_getresponse.contact_import.polling import COSTLY, looks
from prefect_getresponse.runtime.event_loops import apart

T = TypeVar("T")


@dataclass(frozen=True)
class JobRun:
    """A run of a job; `at_work` opens it.

    Attributes:
        job: The job.
        run_id: Id of the run.
        is_plan: Whether it is only planned: what has no verdict yet counts so.
    """

    job: Job
    run_id: str
    is_plan: bool = False

    def as_plan(self) -> JobRun:
        """It, to report what is planned instead of what was done."""
        return replace(self, is_plan=True)


class ActiveRun:
    """An open run, and all that its work is done with.

    Args:
        job: The job.
        kept: The run in the ledger, open for writing.
        client: The account's client.

    Attributes:
        job: The job.
        kept: The run in the ledger; its books are those below.
        client: The account's client.
        account: The account, by that client.
        progress: Shows how far the work is.
        turn: Held by whoever uses the ledger, where several tasks do.
    """

    def __init__(self, job: Job, kept: Run, client: AsyncClient) -> None:
        self.job = job
        self.kept = kept
        self.client = client
        self.account = Account(client)
        self.progress = job.progress
        self.turn = asyncio.Lock()
        self.rows = kept.rows
        self.plan = kept.plan
        self.cutting = kept.cutting
        self.chunks = kept.chunks
        self.imports = kept.imports
        self.as_before = kept.as_before
        self.people = kept.people
        self.awaited = kept.awaited
        self.removals = kept.removals
        self.outcomes = kept.outcomes

    def now(self) -> float:
        """Seconds since the epoch, as GetResponse tells."""
        return self.job.time.now()

    @property
    def campaign_id(self) -> str:
        """Id of the list."""
        assert self.job.campaign is not None  # a dry run sends nothing
        return self.job.campaign.campaign_id

    def transaction(self) -> AbstractContextManager[None]:
        """Make everything inside durable at once, or not at all; within another one, with that."""
        return self.kept.transaction()

    async def in_turn(self, work: Callable[[], T]) -> T:
        """Use the ledger on a thread, when no other task does, while the event loop goes on."""
        async with self.turn:
            return await apart(work)

    @asynccontextmanager
    async def transaction_apart(self) -> AsyncGenerator[None]:
        """Such a transaction, which what others do in their turns belongs to.

        What it takes to make much durable does not keep the loop. It is not for a time in which
        people are sent: the intent of a call would belong to it, and not be durable before it.
        """
        stack = ExitStack()
        async with self.turn:
            stack.enter_context(self.transaction())
        try:
            yield
            await self.turn.acquire()
        except BaseException as error:
            async with self.turn:
                stack.__exit__(type(error), error, error.__traceback__)
            raise
        try:
            await apart(stack.close)
        finally:
            self.turn.release()

    def looks(self, deadline: float, first: Sequence[int] = COSTLY) -> AsyncIterator[bool]:
        """Wait for each moment to look again, see `polling.looks`."""
        return looks(self.client, self.now, deadline, first)

    def note_calls(self) -> None:
        """Add the calls made since the last time to the run's account of calls."""
        self.kept.add_calls(self.client.statistics.take())


@contextmanager
def at_work(run: JobRun, client: AsyncClient, phase: Phase) -> Generator[ActiveRun | None]:
    """Open a run to work on it; its calls are counted, and what was sent is copied at the end.

    Args:
        run: The run.
        client: The account's client.
        phase: The phase that the run has to be in.

    Returns:
        The open run; None if it is in another phase.
    """
    job = run.job
    copy = job.copy if phase is Phase.SENDING else None
    with saved_at_the_end(copy), job.open_ledger() as ledger:
        kept = ledger.run(run.run_id)
        if kept.phase is not phase:
            yield None
            return
        active = ActiveRun(job, kept, client)
        try:
            yield active
        finally:
            active.note_calls()
