"""Import contacts from another tool into a GetResponse list, every night, accounting for each row.

Deploy it with `deployments/prefect.yaml`, or call it from a flow of your own.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from typing import Any, TypeVar

from prefect import flow, get_run_logger, task
from prefect.cache_policies import NO_CACHE
from prefect.exceptions import TerminationSignal
from prefect.runtime import flow_run

from prefect_getresponse.client.errors import GetResponseError, KnownError
from prefect_getresponse.client.send import AsyncClient
from prefect_getresponse.contact_import.account import Account
from prefect_getresponse.contact_import.active_run import JobRun
from prefect_getresponse.contact_import.display.flow_artifacts import (
    ROWS_SHOWN,
    artifact_key,
    import_name,
    show_history,
    show_plan,
    show_questions,
    show_report,
)
from prefect_getresponse.contact_import.display.flow_events import emit_ending
from prefect_getresponse.contact_import.job import Job, Order, holding
from prefect_getresponse.contact_import.ledger import anything_sent
from prefect_getresponse.contact_import.ledger.trouble import (
    failing_after_send,
    told_in_a_sentence,
)
from prefect_getresponse.contact_import.options import (
    ImportOptions,
    MappingText,
    Mode,
    RejectRows,
    RouteChoice,
    among,
    explained_by,
    import_options,
)
from prefect_getresponse.contact_import.phases.check import check
from prefect_getresponse.contact_import.phases.plan import plan
from prefect_getresponse.contact_import.phases.read import read
from prefect_getresponse.contact_import.phases.report import attention_rows, report
from prefect_getresponse.contact_import.phases.resume import settle_interrupted
from prefect_getresponse.contact_import.phases.send import send
from prefect_getresponse.contact_import.phases.verify import verify
from prefect_getresponse.contact_import.planning.stops import PlanStopped
from prefect_getresponse.contact_import.questions import UndecidedColumns
from prefect_getresponse.contact_import.report import (
    ImportReport,
    Interrupted,
    failure,
    interrupted,
)
from prefect_getresponse.credentials import GetResponseCredentials
from prefect_getresponse.reporting.flow_progress import FlowProgress
from prefect_getresponse.reporting.streams import never_stopping
from prefect_getresponse.runtime.assets import Made, getresponse_key, record_assets, source_key
from prefect_getresponse.runtime.ending_states import ends_in_a_sentence
from prefect_getresponse.runtime.event_loops import run_on_loop
from prefect_getresponse.runtime.starters import starter
from prefect_getresponse.sources.errors import ImportInputError

T = TypeVar("T")


def _flow_run_name() -> str:
    parameters = flow_run.parameters
    return import_name(
        str(parameters["list_name"]), str(parameters["source"]), dry_run=parameters["dry_run"]
    )


@flow(name="nightly-contact-import", flow_run_name=_flow_run_name)
@ends_in_a_sentence
@explained_by(ImportOptions)
@told_in_a_sentence()
def nightly_contact_import(  # noqa: D417 - `explained_by` says the rest
    credentials: GetResponseCredentials,
    source: str,
    list_name: str,
    mapping: MappingText = "",
    mode: Mode = "add_and_update",
    vouched: bool = False,
    dry_run: bool = False,
    create_list: bool = False,
    create_fields: bool = False,
    ignore_others: bool = False,
    tags: Sequence[str] = (),
    limit: int = 0,
    route: RouteChoice = "auto",
    max_reject_ratio: float = 0.05,
    max_removal_ratio: float = 0.1,
    resubscribe: str = "",
    skip_confirmation: bool = False,
    verify: bool = True,
    reject_rows: RejectRows = "keys",
    rejects_to: str = "",
    vouched_by: str = "",
) -> ImportReport:
    """Import a contact export into a list (campaign) and say what became of every row.

    Running it again after an interruption resumes where it stopped; running it again with the same
    source sends nothing. Where ledgers are kept and how long it waits are settings.

    Args:
        credentials: Block of the GetResponse account; a deployment's own unless another is chosen.

    Returns:
        What became of every row.

    Raises:
        UndecidedColumns: A column has to be decided by you first; nothing was sent.
        ImportInputError: The source cannot be used; nothing was sent.
        ImportFailed: The rows do not balance, or too many were rejected; carries the report.
        GetResponseError: Anything else that kept it from sending anything.
    """
    who = starter()
    said = among(locals()) | {"vouched_by": vouched_by or who.name}
    options = import_options(**said, is_scheduled=who.is_schedule, is_attended=who.is_person)
    job = _unless_stopped(check_import(credentials, options))
    with holding(job) as job, FlowProgress(artifact_key("progress", job)) as progress:
        run = _unless_stopped(read_source(credentials, job.shown_by(progress)))
        error: GetResponseError | None = None
        try:
            _unless_stopped(plan_import(credentials, run))
            send_contacts(credentials, run)
            verify_contacts(credentials, run)
        except GetResponseError as raised:
            if not anything_sent(job.ledger, run.run_id):
                raise
            error = raised
        except (TerminationSignal, KeyboardInterrupt):
            report_cancelled(run)
            raise
        except ImportInputError:
            raise
        except Exception:  # of Prefect, such as a server that is gone: say what became of the rows
            tell(report(run, interrupted()))
            raise
        with failing_after_send():
            result = report(run, error)
        tell(result)
        with never_stopping("the report"):
            report_import(run, result)
    with never_stopping("the asset"):
        record_assets(_made(job, result), [source_key(job.location)])
    if result.problem:
        raise failure(result)
    return result


@task(name="check", task_run_name="check", cache_policy=NO_CACHE)
def check_import(
    credentials: GetResponseCredentials, options: ImportOptions
) -> Job | UndecidedColumns:
    """Check source, columns, key, list and custom fields before anything is written."""
    try:
        name = credentials.account_name
        return _run(credentials, lambda client: check(Order(options), Account(client, name)))
    except UndecidedColumns as undecided:
        with never_stopping("the questions"):
            show_questions(credentials.account_name, options.list_name, undecided)
        return undecided.with_traceback(None)


@task(name="read", task_run_name="read", cache_policy=NO_CACHE)
def read_source(credentials: GetResponseCredentials, job: Job) -> JobRun | UndecidedColumns:
    """Read source and list into the ledger, or find the interrupted run to go on with."""

    async def settled_and_read(client: AsyncClient) -> JobRun:
        await settle_interrupted(job, client)
        return await read(job, client)

    try:
        return _run(credentials, settled_and_read)
    except UndecidedColumns as undecided:
        with never_stopping("the questions"):
            show_questions(job.account_name, job.campaign_name, undecided)
        return undecided.with_traceback(None)


@task(name="plan", task_run_name="plan", cache_policy=NO_CACHE)
def plan_import(credentials: GetResponseCredentials, run: JobRun) -> PlanStopped | None:
    """Compare the rows with the list; the plan becomes an artifact."""
    job = run.job
    try:
        estimate = _run(credentials, lambda client: plan(run, client))
    except PlanStopped as stopped:
        stopped.report = report(run.as_plan(), stopped)
        with never_stopping("the event"):
            emit_ending(job, stopped.report, "failed")
        with never_stopping("the plan"):
            show_plan(job, stopped.report)
        with never_stopping("the report"):
            show_report(job, stopped.report, attention_rows(run.as_plan(), ROWS_SHOWN))
        return stopped.with_traceback(None)
    if estimate is None:
        return None
    with never_stopping("the plan"):
        show_plan(job, report(run.as_plan()))
    job.progress.note(f"plan: {estimate.sentence()}")
    return None


@task(name="send", task_run_name="send", cache_policy=NO_CACHE)
def send_contacts(credentials: GetResponseCredentials, run: JobRun) -> None:
    """Send what the plan says, under the ledger."""
    _run(credentials, lambda client: send(run, client))


@task(name="verify", task_run_name="verify", cache_policy=NO_CACHE)
def verify_contacts(credentials: GetResponseCredentials, run: JobRun) -> None:
    """Read the list back and give every sent row its verdict."""
    _run(credentials, lambda client: verify(run, client))


@task(name="report", task_run_name="report", cache_policy=NO_CACHE)
def report_import(run: JobRun, result: ImportReport) -> ImportReport:
    """Show what became of every row: report and rejects as artifacts, and one event."""
    with never_stopping("the event"):
        emit_ending(run.job, result, "failed" if result.problem else "completed")
    with never_stopping("the report"):
        show_report(run.job, result, attention_rows(run, ROWS_SHOWN))
    with never_stopping("the history"):
        show_history(run.job)
    return result


def _made(job: Job, result: ImportReport) -> list[Made]:
    """The people of the list, unless nothing was sent."""
    if job.options.dry_run or job.campaign is None:
        return []
    key = getresponse_key(job.account_id, "lists", job.campaign.campaign_id, "contacts")
    counts = {str(verdict): rows for verdict, rows in result.verdicts.items() if rows}
    return [Made(key, f"contacts of {job.campaign_name}", counts)]


def tell(result: ImportReport) -> None:
    """Log what became of the rows, before anything is shown that might fail."""
    get_run_logger().info("%s", result.line())


def _unless_stopped(result: T | UndecidedColumns | PlanStopped) -> T:
    """What a task returns, unless that is why the import stops before it sends anything.

    A task that raised it would have logged the way to it, and the run says why it stops anyway.
    """
    if isinstance(result, UndecidedColumns | PlanStopped):
        raise result
    return result


def report_cancelled(run: JobRun) -> None:
    """Leave the report of what was done so far; the next run goes on from there."""
    result = report(run, interrupted())
    # First, as whoever ended the run may not wait until Prefect has taken the rest.
    get_run_logger().warning("stopped: %s. %s", result.line(), Interrupted.default_advice)
    with never_stopping("the event"):
        emit_ending(run.job, result, "cancelled")
    with never_stopping("the report"):
        show_report(run.job, result, attention_rows(run, ROWS_SHOWN))


def _run(
    credentials: GetResponseCredentials, phase: Callable[[AsyncClient], Coroutine[Any, Any, T]]
) -> T:
    try:
        with told_in_a_sentence():
            return run_on_loop(lambda: phase(credentials.get_async_client()))
    except KnownError as error:
        raise error.with_traceback(None) from None  # it says all: Prefect logs its way from here
