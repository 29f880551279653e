"""Resume: what to do about a run that was begun and not ended.

With the same source it continues where it stopped.  If the source has changed meanwhile, the old
run is settled first: its doubtful calls are read back, nothing is sent, and it is closed for good.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from prefect_getresponse.client.errors import GetResponseError
from prefect_getresponse.client.send import AsyncClient
from prefect_getresponse.contact_import.active_run import ActiveRun
from prefect_getresponse.contact_import.job import Job
from prefect_getresponse.contact_import.ledger import Phase, Run
from prefect_getresponse.contact_import.options import ImportOptions
from prefect_getresponse.contact_import.phases.read import WAITS
from prefect_getresponse.contact_import.phases.verify import Verification
from prefect_getresponse.contact_import.planning.first_run import wait_for_imports
from prefect_getresponse.contact_import.sending.import_lane import ImportLane
from prefect_getresponse.contact_import.sending.sender import recover
from prefect_getresponse.runtime.event_loops import apart


class InterruptedRun(GetResponseError):
    """An interrupted run waits, and its source has changed since."""


async def settle_interrupted(job: Job, client: AsyncClient) -> None:
    """Settle interrupted runs of the list, whatever they imported: a list has one memory.

    Only a run of the same job, whose source is as it was, is left to be resumed.

    Args:
        job: The job.
        client: The account's client.

    Raises:
        InterruptedRun: There is one, and the options say to refuse.
    """
    if job.options.dry_run:
        return
    with job.open_ledger() as ledger:
        for run in ledger.all_unfinished():
            if run.phase is not Phase.SENDING:
                run.end(Phase.INTERRUPTED, job.time.now())  # it has sent nothing
                continue
            if not job.has_forgotten and run.job == job.key:
                if job.open_source().fingerprint() == run.fingerprint:
                    continue
                _may_be_closed(job, run)
            job.progress.note(f"settling the interrupted run {run.run_id} of {run.source}")
            theirs = replace(job, order=replace(job.order, options=_waits_of(run, job.options)))
            await _settle(ActiveRun(theirs, run, client))
        if job.has_forgotten:
            await _wait_for_what_is_forgotten(job, client)
            ledger.identity.catch_up()


def _waits_of(run: Run, options: ImportOptions) -> ImportOptions:
    """Options for settling a run: it is waited for as long as it would have waited itself."""
    return options.model_copy(update=run.facts.get(WAITS, {}))


def _may_be_closed(job: Job, run: Run) -> None:
    """Make sure that an interrupted run of another state of the source may be closed."""
    if job.options.reopen == "refuse":
        raise InterruptedRun(
            f"run {run.run_id} was interrupted, and {job.source_name} has changed since",
            advice="Add --new-run to settle the old run and import the new source.",
        )


async def _settle(active: ActiveRun) -> None:
    """Learn what became of all that a run has sent, and close it; sends nothing."""
    await apart(partial(recover, active))
    await ImportLane(active).settle()
    verification = Verification(active)
    await verification.watch()
    await verification.end(Phase.INTERRUPTED)


async def _wait_for_what_is_forgotten(job: Job, client: AsyncClient) -> None:
    """Let those appear on the list who were sent by calls of which the ledger knows nothing.

    It was cut off, replaced by an older one or lost its journal: what was sent since may still be
    in GetResponse's queue. Whoever has appeared when this ends is found by the plan.
    """
    seconds = job.options.settle_seconds
    job.progress.note(
        f"the ledger of {job.campaign_name} knows less than was sent: waiting {seconds:,.0f} s for"
        " people who may be on their way"
    )
    await client.sleep(seconds)
    await wait_for_imports(job, client)
