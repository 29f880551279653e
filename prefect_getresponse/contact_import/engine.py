"""The phases of an import in their order, without Prefect: what the command line runs.

`flows/nightly_contact_import.py` runs the same phases as tasks.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import partial

from prefect_getresponse.client.errors import GetResponseError
from prefect_getresponse.client.send import AsyncClient
from prefect_getresponse.client.server_time import ServerTime
from prefect_getresponse.contact_import.account import Account
from prefect_getresponse.contact_import.job import Order, holding
from prefect_getresponse.contact_import.ledger import anything_sent
from prefect_getresponse.contact_import.ledger.trouble import (
    failing_after_send,
    told_in_a_sentence,
)
from prefect_getresponse.contact_import.options import ImportOptions
from prefect_getresponse.contact_import.phases.check import check
from prefect_getresponse.contact_import.phases.plan import plan
from prefect_getresponse.contact_import.phases.read import read
from prefect_getresponse.contact_import.phases.report import report
from prefect_getresponse.contact_import.phases.resume import settle_interrupted
from prefect_getresponse.contact_import.phases.send import send
from prefect_getresponse.contact_import.phases.verify import verify
from prefect_getresponse.contact_import.planning.stops import PlanStopped
from prefect_getresponse.contact_import.report import ImportReport, interrupted
from prefect_getresponse.contact_import.tuning import AS_ALLOWED, Tuning
from prefect_getresponse.reporting.progress import Progress, Silent
from prefect_getresponse.runtime.event_loops import apart
from prefect_getresponse.sources import Source


async def run_import(
    options: ImportOptions,
    account_name: str,
    client: AsyncClient,
    *,
    source: Source | None = None,
    progress: Progress | None = None,
    clock: Callable[[], float] | None = None,
    wall: Callable[[], float] = time.time,
    tuning: Tuning = AS_ALLOWED,
) -> ImportReport:
    """Run an import from beginning to end, or go on with one that was interrupted.

    Args:
        options: What is to be imported, where to and how.
        account_name: Name of the account.
        client: The account's client.
        source: Source to read, such as `RowsSource`; `options.source` is then only a name.
        progress: Shows where the import is.
        clock: Seconds that pass, by a clock that nobody sets; the machine's if not given.
        wall: Seconds since the epoch by this machine, for as long as GetResponse has not told.
        tuning: Sizes and thresholds to go by.

    Returns:
        What became of every row, also when the run broke off or was cancelled after its first send.

    Raises:
        UndecidedColumns: Something about the source has to be decided first; nothing was sent.
        PlanStopped: The plan must not be carried out; nothing was sent.  It carries the plan.
        ImportInputError: The source cannot be used; nothing was sent.
        GetResponseError: Anything else that kept it from sending anything.
    """
    if clock is not None:
        client.time = ServerTime(clock, wall)
    with told_in_a_sentence(), _interruptible():
        job = await check(Order(options, source, tuning), Account(client, account_name))
    with told_in_a_sentence(job.ledger), holding(job.shown_by(progress or Silent())) as job:
        await settle_interrupted(job, client)
        with _interruptible():
            run = await read(job, client)
        error: GetResponseError | None = None
        try:
            with told_in_a_sentence(job.ledger):
                await plan(run, client)
                await send(run, client)
                await verify(run, client)
        except (GetResponseError, asyncio.CancelledError) as raised:
            if not anything_sent(job.ledger, run.run_id):
                if isinstance(raised, PlanStopped):
                    raised.report = await apart(partial(report, run.as_plan(), raised))
                raise
            error = raised if isinstance(raised, GetResponseError) else interrupted()
        with failing_after_send():
            return await apart(partial(report, run, error))


@contextmanager
def _interruptible() -> Generator[None]:
    """Let an interrupt cancel what sends nothing: a second Ctrl-C arrives within a long reading."""
    try:
        yield
    except KeyboardInterrupt:
        raise asyncio.CancelledError from None
