"""Find by reading what webhooks should have brought, and add it to your tables.

Deployed with a schedule of once a day. If something was missing, the event
`getresponse.webhooks.silent` says so.
"""

from __future__ import annotations

from prefect import flow, get_run_logger, task
from prefect.cache_policies import NO_CACHE
from prefect.runtime import flow_run

from prefect_getresponse.client.errors import GetResponseError
from prefect_getresponse.credentials import GetResponseCredentials
from prefect_getresponse.events.engine import reconcile
from prefect_getresponse.events.opening import opened
from prefect_getresponse.events.reconciling.reconcile import ReconcileOptions
from prefect_getresponse.events.reconciling.report import ReconcileReport
from prefect_getresponse.events.reports_markdown import reconcile_markdown
from prefect_getresponse.events.run_display import SILENT, record, show, tell, tell_ending
from prefect_getresponse.runtime.ending_states import ends_in_a_sentence
from prefect_getresponse.runtime.event_loops import run_on_loop

NAME = "reconcile-events"


def _flow_run_name() -> str:
    return f"reconcile events of {flow_run.parameters['credentials'].account_name}"


@flow(name=NAME, flow_run_name=_flow_run_name)
@ends_in_a_sentence
def reconcile_events(
    credentials: GetResponseCredentials,
    to: str,
    inbox: str = "",
    lists: list[str] = [],  # noqa: B006 - Prefect shows it, and nobody changes it
    since: str = "",
    types: list[str] = [],  # noqa: B006
) -> ReconcileReport:
    """Compare the account with the inbox, and add what is missing to inbox and table.

    Args:
        credentials: The GetResponse account.
        to: Where rows go: URL of a database as the export takes it.
        inbox: URL of the inbox's database; the setting `INBOX_URL` if empty.
        lists: Names or ids of lists (campaigns); all if empty.
        since: From when on, such as 2026-05-04, at most 30 days ago; if empty, where the last run
            ended and a day more.
        types: Types of webhooks that the panel sends you; all that reading can find if empty.

    Returns:
        What was found.

    Raises:
        GetResponseError: Account, inbox or destination cannot be used.
    """
    options = ReconcileOptions(lists=lists, since=since, types=types)
    try:
        report = read_and_compare(credentials, to, inbox, options)
    except GetResponseError as error:
        tell_ending(NAME, credentials.account_name, "failed", {"problem": str(error)})
        raise
    if report.is_silent:
        missed = {"missed": dict(report.missed), "brought": dict(report.brought)}
        tell(SILENT, report.account, missed)
    tell_ending(NAME, report.account, "completed", report.as_dict())
    record(to, report, report.added.total())
    return report


@task(name="read and compare", task_run_name="read and compare", cache_policy=NO_CACHE)
def read_and_compare(
    credentials: GetResponseCredentials, to: str, inbox: str, options: ReconcileOptions
) -> ReconcileReport:
    """Read what happened and add what is missing; the report becomes an artifact."""
    with opened(inbox) as place:
        report = run_on_loop(
            lambda: reconcile(
                credentials.get_async_client(), credentials.account_name, place, to, options
            )
        )
    sentence = f"{report.added.total():,} of {report.found.total():,} events were missing"
    level = "warning" if report.is_silent or report.unexplained else "info"
    getattr(get_run_logger(), level)("%s", sentence)
    show(NAME, report.account, reconcile_markdown(report), sentence)
    return report
