"""Release a newsletter that was checked and approved, once.

Deployed, a run suspends with a form in Prefect's UI that shows the plan, and goes on when it is
approved. Deploy it with `deployments/prefect.yaml`, or call it from a flow of your own.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, TypeVar

from prefect import flow, get_client, get_run_logger, task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE
from prefect.deployments import run_deployment
from prefect.exceptions import ObjectNotFound
from prefect.runtime import flow_run
from pydantic import Field

from prefect_getresponse.client.errors import GetResponseError, KnownError
from prefect_getresponse.client.privacy.masking import mask, mask_deep
from prefect_getresponse.client.send import AsyncClient
from prefect_getresponse.credentials import GetResponseCredentials
from prefect_getresponse.newsletters.content.links import LinkCheck
from prefect_getresponse.newsletters.engine import Approval, Releasing
from prefect_getresponse.newsletters.plan import ReleasePlan
from prefect_getresponse.newsletters.release_file import read_release
from prefect_getresponse.newsletters.report import ReleaseReport, release_failed
from prefect_getresponse.reporting.streams import never_stopping
from prefect_getresponse.runtime.approvals import (
    HOURS,
    Answer,
    ApprovalPolicy,
    Ending,
    Question,
    Subject,
    ask_in_run,
    tell_ending,
)
from prefect_getresponse.runtime.artifact_keys import artifact_key
from prefect_getresponse.runtime.assets import Made, getresponse_key, record_assets
from prefect_getresponse.runtime.ending_states import ends_in_a_sentence
from prefect_getresponse.runtime.event_loops import run_on_loop
from prefect_getresponse.runtime.starters import starter
from prefect_getresponse.sources.storage.places import short_name

T = TypeVar("T")

STATISTICS_AFTER = (timedelta(hours=1), timedelta(hours=24), timedelta(days=7))
"""When statistics are read after a newsletter was sent."""


def _flow_run_name() -> str:
    parameters = flow_run.parameters
    release = str(parameters["release"])
    name = "a newsletter" if "\n" in release.strip() else Path(short_name(release)).stem
    ending = " (dry run)" if parameters["dry_run"] else ""
    return mask(f"release of {name} to {parameters['credentials'].account_name}{ending}")


@flow(name="release-newsletter", flow_run_name=_flow_run_name)
@ends_in_a_sentence
def release_newsletter(
    credentials: GetResponseCredentials,
    release: str,
    approval: ApprovalPolicy = "always",
    approve: str = "",
    approval_hours: Annotated[float, Field(gt=0, le=24 * 30)] = HOURS,
    statistics: str = "release-statistics/release-statistics",
    check_links: bool = True,
    dry_run: bool = False,
) -> ReleaseReport:
    """Check a release against its account, have it approved, and send it once.

    Running it again, whatever became of an earlier run, sends nothing twice.

    Args:
        credentials: Block of the GetResponse account; a deployment's own unless another is chosen.
        release: Release file (path or URL), or its YAML.
        approval: When a person is asked. over_limit means if checks have warnings.
        approve: Hash of the plan that you approve, for runs that cannot wait for a form.
        approval_hours: How long an answer is waited for; then the run fails with nothing sent.
        statistics: Deployment that reads statistics after an hour, a day and a week; none if empty.
        check_links: Follow the links of the newsletter; dead ones are errors.
        dry_run: Stop after the plan.

    Returns:
        What became of the release.

    Raises:
        ApprovalNeeded: It waits for an approval and cannot ask for it here; nothing was sent.
        ReleaseFailed: It is not what it must be; carries the report.
        GetResponseError: Anything else that kept it from being sent.
    """
    links = LinkCheck.from_settings() if check_links else None
    run = Releasing(read_release(release), credentials.account_name, time.time, links)
    plan = plan_newsletter(credentials, run)
    if dry_run:
        return run.report(plan)
    about = _subject(run.account_name, plan.key)
    answer = _answer(plan, about, approval, approve, approval_hours)
    said = Approval(plan.hash, answer.by, answer.note)
    if not answer.approved:
        report = run.report(plan, "declined", said)
    else:
        report = send_newsletter(credentials, run, plan, said)
    _show(report)
    with never_stopping("the asset"):
        record_assets(*_made(plan, report))
    if report.problem:
        raise release_failed(report)
    if report.status == "released" and statistics:
        with never_stopping("the later statistics"):
            follow_up(statistics, plan, report)
    return report


@task(name="plan", task_run_name="plan", cache_policy=NO_CACHE)
def plan_newsletter(credentials: GetResponseCredentials, run: Releasing) -> ReleasePlan:
    """Check the release against its account; the plan becomes an artifact."""
    plan = _run(credentials, run.plan)
    with never_stopping("the plan"):
        create_markdown_artifact(
            plan.markdown(),
            key=artifact_key("release-plan", plan.key),
            description=f"Plan of the release {plan.key}, hash {plan.hash}",
        )
    return plan


@task(name="send", task_run_name="send", cache_policy=NO_CACHE)
def send_newsletter(
    credentials: GetResponseCredentials, run: Releasing, plan: ReleasePlan, said: Approval
) -> ReleaseReport:
    """Send what was approved, once, and read it back."""
    try:
        return _run(credentials, lambda client: run.release(client, plan, said))
    except GetResponseError as error:
        with never_stopping("the event"):
            _tell(run.report(plan, approval=said, problem=str(error)), "failed")
        raise


def follow_up(deployment: str, plan: ReleasePlan, report: ReleaseReport) -> None:
    """Have the statistics read later, by runs of their own."""
    sent = datetime.fromisoformat(report.send_on) if report.send_on else datetime.now().astimezone()
    try:
        with get_client(sync_client=True) as client:
            client.read_deployment_by_name(deployment)
    except ObjectNotFound:
        get_run_logger().info("no statistics will be read: there is no deployment %s", deployment)
        return
    for after in STATISTICS_AFTER:
        run_deployment(
            deployment,
            parameters={"key": plan.key},
            scheduled_time=sent + after,
            timeout=0,
            as_subflow=False,
            idempotency_key=f"release-{report.newsletter_id}-{after}",
        )


def _answer(
    plan: ReleasePlan, about: Subject, policy: ApprovalPolicy, approve: str, hours: float
) -> Answer:
    """Return who approves a plan; what was released before needs no approval."""
    if plan.before:
        return Answer(approved=True, by="released before")
    question = Question(plan.hash, plan.markdown(), plan.has_warnings, about)
    return ask_in_run(question, policy, approve=approve, by=starter().name, hours=hours)


def _show(report: ReleaseReport) -> None:
    """Leave report and event in Prefect."""
    get_run_logger().info("%s", report.line())
    ending: Ending = "failed" if report.problem else "completed"
    with never_stopping("the event"):
        _tell(report, "cancelled" if report.status == "declined" else ending)
    with never_stopping("the report"):
        create_markdown_artifact(
            mask(report.markdown()),
            key=artifact_key("release-report", report.key),
            description=f"Release {report.key}; run {report.run_id}",
        )


def _made(plan: ReleasePlan, report: ReleaseReport) -> tuple[list[Made], list[str]]:
    """The newsletter that is on its way, and the list that it goes to."""
    account, audience = plan.resolved.account_id, plan.resolved.list.id
    made = Made(
        getresponse_key(account, "newsletters", report.newsletter_id),
        f"newsletter {report.key}",
        {"people": report.people, "send_on": report.send_on, "hash": report.hash},
    )
    to = getresponse_key(account, "lists", audience, "contacts")
    return [made] if report.status == "released" else [], [to]


def _subject(account: str, key: str) -> Subject:
    return Subject("release_newsletter", f"getresponse.release.{account}.{key}", key, account)


def _tell(report: ReleaseReport, ending: Ending) -> None:
    about = _subject(report.account, report.key)
    tell_ending(about, ending, report.status, mask_deep(report.as_dict()))


def _run(
    credentials: GetResponseCredentials, work: Callable[[AsyncClient], Coroutine[Any, Any, T]]
) -> T:
    try:
        return run_on_loop(lambda: work(credentials.get_async_client()))
    except KnownError as error:
        raise error.with_traceback(None) from None  # it says all: Prefect logs its way from here
