"""Write what the webhook receiver took in into your tables, and give it to your handlers.

Deployed with a schedule of five minutes and started by the event `getresponse.inbox.filled`: the
event is a doorbell, the schedule finds what nobody rang for.
"""

from __future__ import annotations

from prefect import flow, get_run_logger, task
from prefect.cache_policies import NO_CACHE
from prefect.runtime import flow_run

from prefect_getresponse.client.errors import GetResponseError
from prefect_getresponse.credentials import GetResponseCredentials
from prefect_getresponse.events.draining.drain import DrainOptions
from prefect_getresponse.events.draining.report import DrainReport
from prefect_getresponse.events.engine import drain
from prefect_getresponse.events.opening import opened
from prefect_getresponse.events.reports_markdown import drain_markdown
from prefect_getresponse.events.run_display import record, show, tell_ending
from prefect_getresponse.runtime.ending_states import ends_in_a_sentence
from prefect_getresponse.runtime.event_loops import run_on_loop

NAME = "drain-events"


class EventsGivenUp(GetResponseError):
    """Some events could not be handled in as many tries as are allowed."""

    default_advice = (
        "`prefect-getresponse inbox show --state dead` says why; `inbox replay` lets them be tried"
        " again."
    )


def _flow_run_name() -> str:
    return f"drain events of {flow_run.parameters['credentials'].account_name}"


@flow(name=NAME, flow_run_name=_flow_run_name)
@ends_in_a_sentence
def drain_events(
    credentials: GetResponseCredentials,
    to: str,
    inbox: str = "",
    handlers: str = "",
    max_tries: int = 10,
    batch: int = 1000,
) -> DrainReport:
    """Empty the inbox into a table.

    Args:
        credentials: The GetResponse account.
        to: Where rows go: URL of a database as the export takes it. With the inbox in the same
            database, row and mark are one transaction.
        inbox: URL of the inbox's database; the setting `INBOX_URL` if empty.
        handlers: Module, or Python file, with functions marked by `@on_event`; none if empty.
        max_tries: After so many failures an event is given up.
        batch: Events taken at once.

    Returns:
        What became of them.

    Raises:
        EventsGivenUp: Some were given up in this run.
        GetResponseError: Account, inbox or destination cannot be used.
    """
    options = DrainOptions(max_tries=max_tries, batch=batch)
    try:
        report = empty_inbox(credentials, to, inbox, handlers, options)
    except GetResponseError as error:
        tell_ending(NAME, credentials.account_name, "failed", {"problem": str(error)})
        raise
    tell_ending(NAME, report.account, "failed" if report.problem else "completed", report.as_dict())
    record(to, report, report.done)
    if report.problem:
        raise EventsGivenUp(report.problem)
    return report


@task(name="empty the inbox", task_run_name="empty the inbox", cache_policy=NO_CACHE)
def empty_inbox(
    credentials: GetResponseCredentials,
    to: str,
    inbox: str,
    handlers: str,
    options: DrainOptions,
) -> DrainReport:
    """Take entries until nothing waits that could be done now; the report becomes an artifact."""
    with opened(inbox) as place:
        report = run_on_loop(
            lambda: drain(
                credentials.get_async_client(),
                credentials.account_name,
                place,
                to,
                handlers,
                options,
            )
        )
    if report.dead:
        report.problem = f"{report.dead:,} events were given up after {options.max_tries} tries"
    elif not report.balanced:
        report.problem = f"of {report.taken:,} events taken, not all are accounted for"
    sentence = f"{report.done:,} of {report.taken:,} events in the table"
    get_run_logger().info("%s, %d still waiting", sentence, report.waiting)
    if report.taken:
        show(NAME, report.account, drain_markdown(report), sentence)
    return report
