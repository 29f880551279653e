"""Resume: what to do about a run that was begun and not ended.

With the same source it continues where it stopped.  If the source has changed meanwhile, the old
run is settled first: its doubtful calls are read back, nothing is sent, and it is closed for good.
"""

from __future__ import annotations

from collections.abc import Callable

from prefect_getresponse.client.errors import GetResponseError
from prefect_getresponse.client.send import AsyncClient
from prefect_getresponse.contact_import.active_run import ActiveRun
from prefect_getresponse.contact_import.job import Job
from prefect_getresponse.contact_import.ledger import Phase
from prefect_getresponse.contact_import.phases.verify import Verification
from prefect_getresponse.contact_import.routes import UpdateRoute
from prefect_getresponse.contact_import.routes.import_lane import ImportLane
from prefect_getresponse.reporting.progress import Progress


class InterruptedRun(GetResponseError):
    """An interrupted run waits, and its source has changed since."""


async def settle_interrupted(
    job: Job, client: AsyncClient, progress: Progress, clock: Callable[[], float]
) -> None:
    """Settle an interrupted run if its source has changed; leave it to be resumed otherwise.

    Args:
        job: The job.
        client: The account's client.
        progress: Shows how many rows have appeared.
        clock: Seconds since the epoch.

    Raises:
        InterruptedRun: There is one, and the options say to refuse.
    """
    with job.open_ledger() as ledger:
        run = ledger.unfinished(job.key)
        if run is None or run.phase is not Phase.SENDING or job.options.dry_run:
            return
        if job.open_source().fingerprint() == run.fingerprint:
            return
        if job.options.reopen == "refuse":
            raise InterruptedRun(
                f"run {run.run_id} was interrupted, and {job.source_name} has changed since",
                advice="Add --new-run to settle the old run and import the new source.",
            )
        progress.note(f"the source has changed: settling the interrupted run {run.run_id}")
        ledger.recover(run.number, harmless=UpdateRoute.name, now=clock())
        active = ActiveRun(job, run.number, ledger, client, progress, clock)
        await ImportLane(active).settle()
        verification = Verification(active, run.started)
        await verification.watch()
        verification.end(Phase.INTERRUPTED)
