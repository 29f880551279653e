"""Import contacts from another tool into a GetResponse list, every night, accounting for each row.

Deploy it with `deployments/prefect.yaml`, or call it from a flow of your own.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Coroutine
from typing import Any, Literal, TypeVar

from prefect import flow, get_run_logger, task
from prefect.cache_policies import NO_CACHE
from prefect.exceptions import TerminationSignal
from prefect.runtime import flow_run

from prefect_getresponse.client.errors import GetResponseError
from prefect_getresponse.client.send import AsyncClient
from prefect_getresponse.contact_import.display.flow_artifacts import (
    ROWS_SHOWN,
    artifact_key,
    import_name,
    show_plan,
    show_report,
)
from prefect_getresponse.contact_import.display.flow_events import emit_ending
from prefect_getresponse.contact_import.errors import ImportInputError
from prefect_getresponse.contact_import.job import (
    ImportOptions,
    Job,
    Mode,
    RouteChoice,
    holding,
    import_options,
)
from prefect_getresponse.contact_import.ledger import anything_sent
from prefect_getresponse.contact_import.phases.check import check
from prefect_getresponse.contact_import.phases.plan import plan
from prefect_getresponse.contact_import.phases.read import read
from prefect_getresponse.contact_import.phases.report import attention_rows, report
from prefect_getresponse.contact_import.phases.resume import settle_interrupted
from prefect_getresponse.contact_import.phases.send import send
from prefect_getresponse.contact_import.phases.verify import verify
from prefect_getresponse.contact_import.report import (
    ImportReport,
    Interrupted,
    failure,
    interrupted,
)
from prefect_getresponse.credentials import GetResponseCredentials
from prefect_getresponse.reporting.flow_progress import FlowProgress
from prefect_getresponse.reporting.progress import Progress
from prefect_getresponse.runtime.event_loops import run_on_loop
from prefect_getresponse.runtime.failed_states import fails_in_a_sentence

T = TypeVar("T")


def _flow_run_name() -> str:
    parameters = flow_run.parameters
    return import_name(
        str(parameters["campaign"]), str(parameters["source"]), dry_run=parameters["dry_run"]
    )


@flow(name="nightly-contact-import", flow_run_name=_flow_run_name)
@fails_in_a_sentence
def nightly_contact_import(
    credentials: GetResponseCredentials,
    source: str,
    campaign: str,
    mapping: dict[str, str] | None = None,
    mode: Mode = "add_and_update",
    tags: list[str] | None = None,
    dry_run: bool = False,
    route: RouteChoice = "auto",
    verify: bool = True,
    max_reject_ratio: float = 0.05,
    state_dir: str = "",
    ledger_copy: str = "",
    encoding: str | None = None,
    query: str = "",
    create_campaign: bool = False,
    skip_confirmation: bool = False,
    resubscribe: str = "",
    max_removal_ratio: float = 0.1,
    reject_rows: Literal["keys", "full"] = "keys",
    settle_seconds: float | None = None,
    import_seconds: float | None = None,
) -> ImportReport:
    """Import a contact export into a list (campaign) and say what became of every row.

    Running it again after an interruption resumes where it stopped; running it again with the same
    source sends nothing.

    Args:
        credentials: Block of the GetResponse account; a deployment's own unless another is chosen.
        source: What to import, as the worker sees it: a CSV, TSV, JSONL (gzip, zip) or Parquet
            file, a pattern of several, the URL of one (s3://...), or SQLAlchemy's URL of a
            database, where a password is best ${NAME}.
        campaign: Name of the list (campaign), or its id.
        mapping: Field by column name, for columns that are not recognised by themselves, such as
            {"Mail": "email", "Old id": "-"}; - leaves a column out.
        mode: What becomes of people who are on the list already. add_and_update changes them,
            add_only leaves them, mirror changes them and removes those gone from the source.
        tags: Tags for every person, besides those of the source.
        dry_run: Stop after the plan; nothing is sent.
        route: How people are sent. auto takes the quickest way; contacts sends a call each, batch
            1000 a call, import 20 MB a call and changes people of the list too.
        verify: Read the list back and give every sent row its verdict.
        max_reject_ratio: Share of rejected rows above which the run fails, from 0 to 1.
        state_dir: Folder of the ledger, which must outlive the worker. Empty: below Prefect's home.
        ledger_copy: Folder or URL (s3://...) to which the ledger is copied as it grows, for workers
            whose disk does not outlive them.
        encoding: Encoding of the file, if it is not UTF-8 or UTF-16.
        query: What to read from a database: SELECT ... ORDER BY ...
        create_campaign: Create the list if it is missing.
        skip_confirmation: Let route import add people to a double opt-in list unconfirmed.
        resubscribe: Column that says when somebody agreed; who was removed from the list before
            that is imported again. Never unless given.
        max_removal_ratio: Share of the list that mode mirror may remove, from 0 to 1; more ends the
            run before anything is sent.
        reject_rows: Whether the file of rejects holds keyed hashes (keys) or whole rows (full).
        settle_seconds: Longest wait for queued contacts, in seconds; 600 unless set elsewhere.
        import_seconds: Longest wait for GetResponse to do an import, its review included, in
            seconds; 3600 unless set elsewhere.

    Returns:
        What became of every row.

    Raises:
        ImportInputError: The source cannot be used; nothing was sent.
        ImportFailed: The rows do not balance, or too many were rejected; carries the report.
        GetResponseError: Anything else that kept it from sending anything.
    """
    waits = {"settle_seconds": settle_seconds, "import_seconds": import_seconds}
    options = import_options(
        source=source,
        query=query,
        campaign=campaign,
        mapping=mapping or {},
        mode=mode,
        tags=tuple(tags or ()),
        dry_run=dry_run,
        route=route,
        verify=verify,
        max_reject_ratio=max_reject_ratio,
        state_dir=state_dir,
        encoding=encoding,
        create_campaign=create_campaign,
        skip_confirmation=skip_confirmation,
        max_removal_ratio=max_removal_ratio,
        ledger_copy=ledger_copy,
        resubscribe=resubscribe,
        reject_rows=reject_rows,
        **{name: seconds for name, seconds in waits.items() if seconds is not None},
    )
    job = check_import(credentials, options)
    with holding(job) as job, FlowProgress(artifact_key("progress", job)) as progress:
        run_id = read_source(credentials, job, progress)
        error: GetResponseError | None = None
        try:
            plan_import(credentials, job, run_id, progress)
            send_contacts(credentials, job, run_id, progress)
            verify_contacts(credentials, job, run_id, progress)
        except GetResponseError as raised:
            if not anything_sent(job.ledger, run_id):
                raise
            error = raised
        except (TerminationSignal, KeyboardInterrupt):
            report_cancelled(job, run_id)
            raise
        result = report_import(job, run_id, error)
    if result.problem:
        raise failure(result)
    return result


@task(name="check", task_run_name="check", cache_policy=NO_CACHE)
def check_import(credentials: GetResponseCredentials, options: ImportOptions) -> Job:
    """Check source, columns, key, list and custom fields before anything is written."""
    return _run(
        credentials, lambda client: check(options, credentials.account_name, client, time.time)
    )


@task(name="read", task_run_name="read", cache_policy=NO_CACHE)
def read_source(credentials: GetResponseCredentials, job: Job, progress: Progress) -> str:
    """Read the source into the ledger, or find the interrupted run to go on with."""
    _run(credentials, lambda client: settle_interrupted(job, client, progress, time.time))
    return read(job, progress, time.time)


@task(name="plan", task_run_name="plan", cache_policy=NO_CACHE)
def plan_import(
    credentials: GetResponseCredentials, job: Job, run_id: str, progress: Progress
) -> None:
    """Compare the rows with the list; the plan becomes an artifact."""
    estimate = _run(credentials, lambda client: plan(job, run_id, client, progress))
    if estimate is None:
        return
    show_plan(job, report(job, run_id, time.time, planned=True))
    progress.note(f"plan: {estimate.sentence()}")


@task(name="send", task_run_name="send", cache_policy=NO_CACHE)
def send_contacts(
    credentials: GetResponseCredentials, job: Job, run_id: str, progress: Progress
) -> None:
    """Send what the plan says, under the ledger."""
    _run(credentials, lambda client: send(job, run_id, client, progress, time.time))


@task(name="verify", task_run_name="verify", cache_policy=NO_CACHE)
def verify_contacts(
    credentials: GetResponseCredentials, job: Job, run_id: str, progress: Progress
) -> None:
    """Read the list back and give every sent row its verdict."""
    _run(credentials, lambda client: verify(job, run_id, client, progress, time.time))


@task(name="report", task_run_name="report", cache_policy=NO_CACHE)
def report_import(job: Job, run_id: str, error: GetResponseError | None) -> ImportReport:
    """Account for every row: report and rejects as artifacts, and one event."""
    result = report(job, run_id, time.time, error)
    show_report(job, result, attention_rows(job, run_id, ROWS_SHOWN))
    emit_ending(job, result, "failed" if result.problem else "completed")
    get_run_logger().info("%s", result.line())
    return result


def report_cancelled(job: Job, run_id: str) -> None:
    """Leave the report of what was done so far; the next run goes on from there."""
    result = report(job, run_id, time.time, interrupted())
    # First, as whoever ended the run may not wait until Prefect has taken the rest.
    get_run_logger().warning("stopped: %s. %s", result.line(), Interrupted.default_advice)
    show_report(job, result, attention_rows(job, run_id, ROWS_SHOWN))
    emit_ending(job, result, "cancelled")


def _run(
    credentials: GetResponseCredentials, phase: Callable[[AsyncClient], Coroutine[Any, Any, T]]
) -> T:
    try:
        return run_on_loop(lambda: phase(credentials.get_async_client()))
    except (GetResponseError, ImportInputError) as error:
        raise error.with_traceback(None) from None  # it says all: Prefect logs its way from here
