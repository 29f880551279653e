"""Look after a GetResponse account: will the next import work, and is its key still alive?

GetResponse deletes API keys that nobody used for 90 days. Deployed with a weekly schedule, this
flow keeps an otherwise unused key alive, and fails while something needs somebody.
"""

from __future__ import annotations

import hashlib

from prefect import flow, get_run_logger, task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE
from prefect.runtime import flow_run
from slugify import slugify

from prefect_getresponse.client.errors import GetResponseError
from prefect_getresponse.contact_import.columns.source_mapping import read_mapping
from prefect_getresponse.contact_import.options import MappingText
from prefect_getresponse.credentials import GetResponseCredentials
from prefect_getresponse.doctor import AccountReport, CheckOptions, Outcome, check_account
from prefect_getresponse.doctor.report_markdown import report_markdown
from prefect_getresponse.runtime.ending_states import ends_in_a_sentence
from prefect_getresponse.runtime.event_loops import run_on_loop


class AccountCheckFailed(GetResponseError):
    """Something about an account would keep an import from working."""

    default_advice = "See the artifact of the run; each finding says what to do."


def _flow_run_name() -> str:
    return f"account check of {flow_run.parameters['credentials'].account_name}"


@flow(name="account-check", flow_run_name=_flow_run_name)
@ends_in_a_sentence
def account_check(
    credentials: GetResponseCredentials,
    list_name: str = "",
    source: str = "",
    mapping: MappingText = "",
) -> AccountReport:
    """Check an account, and a source if one is given; writes nothing.

    Args:
        credentials: The GetResponse account.
        list_name: Name or id of the list (campaign) that is imported into; all lists if empty.
        source: Source that is imported, as the nightly import takes it; none if empty.
        mapping: What you say about columns, as the nightly import takes it.

    Returns:
        The findings.

    Raises:
        AccountCheckFailed: There are problems, or not all could be checked.
    """
    options = CheckOptions(
        list_name=list_name,
        source=source,
        mapping=read_mapping(mapping),
    )
    report = check_everything(credentials, options)
    failed = report.of(Outcome.PROBLEM, Outcome.UNKNOWN)
    if failed:
        raise AccountCheckFailed("; ".join(f"{each.check}: {each.found}" for each in failed))
    return report


@task(name="check account", task_run_name="check account", cache_policy=NO_CACHE)
def check_everything(credentials: GetResponseCredentials, options: CheckOptions) -> AccountReport:
    """Make all checks; the findings become one artifact."""
    report = run_on_loop(
        lambda: check_account(options, credentials.account_name, credentials.get_async_client())
    )
    create_markdown_artifact(
        report_markdown(report),
        key=_key(report.account),
        description=f"Account {report.account}: {report.outcome}",
    )
    for each in report.findings:
        level = "info" if each.outcome is Outcome.OK else "warning"
        line = f"{each.outcome}: {each.check}: {each.found} {each.advice}".rstrip()
        getattr(get_run_logger(), level)("%s", line)
    return report


def _key(account: str) -> str:
    digits = hashlib.blake2b(account.encode(), digest_size=3).hexdigest()
    return "-".join(filter(None, ["getresponse-account-check", slugify(account), digits]))
