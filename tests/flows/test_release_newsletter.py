"""The release as a flow: it suspends for an approval, and goes on with what was approved."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from uuid import UUID

import pytest
from prefect import flow
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.objects import State
from prefect.exceptions import ObjectNotFound
from prefect.flow_engine import run_flow
from prefect.states import Pending

from prefect_getresponse import GetResponseCredentials
from prefect_getresponse.cli.automation_definitions import shipped
from prefect_getresponse.flows.approval_expired import approval_expired
from prefect_getresponse.flows.release_newsletter import release_newsletter
from prefect_getresponse.flows.release_statistics import release_statistics
from prefect_getresponse.newsletters.report import ReleaseReport
from prefect_getresponse.runtime.approvals import ApprovalNeeded
from tests.support.fast_sandbox import CAMPAIGN, KEY, FastSandbox, fast_sandbox

pytestmark = pytest.mark.xdist_group("prefect")

[EXPIRED] = [each for each in shipped() if each.key == "approval-expired"]
RELEASE = """key: {key}
subject: {subject}
sender: {sender}
html: "<p>Hi {{{{CONTACT `subscriber_first_name` `you`}}}}</p>"
plain: Hi {{{{CONTACT `subscriber_first_name` `you`}}}}
audience:
  list: {list}
send_on: 2097-01-31T10:00:00+01:00
"""


@pytest.fixture(scope="module")
def account() -> Iterator[FastSandbox]:
    with fast_sandbox() as running:
        person = {"email": "ann@example.com", "campaign": {"campaignId": running.campaign_id}}
        running.api("POST", "/contacts", person)
        yield running


@pytest.fixture
def credentials(account: FastSandbox, prefect_server: str) -> GetResponseCredentials:
    values = {"api_key": KEY, "base_url": account.url, "allow_custom_host": True}
    return GetResponseCredentials.model_validate({"account_name": "releases", **values})


def text(account: FastSandbox, key: str, subject: str = "News of spring") -> str:
    sender = account.api("GET", "/from-fields")[0]["fromFieldId"]
    return RELEASE.format(key=key, subject=subject, sender=sender, list=CAMPAIGN)


def sent(account: FastSandbox, key: str) -> list[dict[str, Any]]:
    rows = account.api("GET", "/newsletters", **{"query[name]": f"release {key} "})
    return [each for each in rows if each["type"] == "broadcast"]


class Deployed:
    """A run of a deployment, which is begun again as workers do."""

    def __init__(self, client: SyncPrefectClient, parameters: dict[str, Any]) -> None:
        self.client = client
        self.parameters = parameters
        flow_id = client.create_flow(release_newsletter)
        deployment_id = client.create_deployment(flow_id, name=f"test-{id(self)}")
        self.id: UUID = client.create_flow_run_from_deployment(deployment_id).id

    def go_on(self) -> State[Any]:
        """Run it in this process until it ends or suspends."""
        self.client.set_flow_run_state(self.id, Pending(), force=True)
        run = self.client.read_flow_run(self.id)
        arguments: Any = {"flow_run": run, "parameters": self.parameters, "return_type": "state"}
        try:
            run_flow(cast(Any, release_newsletter), **arguments)
        except BaseException as pause:
            if type(pause).__name__ != "Pause":
                raise
        state = self.client.read_flow_run(self.id).state
        assert state is not None
        return state

    def answer(self, **said: str) -> str:
        """Fill in the form; return why it was not taken."""
        result = self.client.resume_flow_run(self.id, run_input=said)
        return str(getattr(result.details, "reason", "") or "")


def defaults(credentials: GetResponseCredentials, release: str, **others: Any) -> dict[str, Any]:
    return {
        "credentials": credentials,
        "release": release,
        "approval": "always",
        "approve": "",
        "approval_hours": 24,
        "statistics": "",
        "check_links": True,
        "dry_run": False,
        **others,
    }


def test_it_waits_for_a_form_and_goes_on_with_what_was_approved(
    account: FastSandbox, credentials: GetResponseCredentials
) -> None:
    with get_client(sync_client=True) as client:
        run = Deployed(client, defaults(credentials, text(account, "form")))
        assert run.go_on().name == "Suspended"
        assert account.api("GET", "/newsletters") == []
        assert run.answer(decision="maybe", your_name="Ann")
        assert run.answer(decision="approve", your_name="")
        assert run.answer(decision="approve", your_name="Ann", note="go") == ""
        assert run.go_on().is_completed()
        [newsletter] = sent(account, "form")
        assert newsletter["subject"] == "News of spring"


def test_an_approval_that_comes_too_late_sends_nothing_and_is_told(
    account: FastSandbox, credentials: GetResponseCredentials, monkeypatch: pytest.MonkeyPatch
) -> None:
    with get_client(sync_client=True) as client:
        run = Deployed(client, defaults(credentials, text(account, "late"), approval_hours=2))
        waiting = run.go_on()
        expires = waiting.state_details.pause_timeout
        assert expires is not None
        assert timedelta(hours=1.9) < expires - datetime.now(UTC) < timedelta(hours=2.1)
        # Two hours later:
        over = {"pause_timeout": datetime.now(UTC) - timedelta(seconds=1)}
        details = waiting.state_details.model_copy(update=over)
        waiting = waiting.model_copy(update={"state_details": details})
        client.set_flow_run_state(run.id, waiting, force=True)
        assert run.answer(decision="approve", your_name="Ann")
        state = client.read_flow_run(run.id).state
        assert state is not None
        assert state.is_failed()
        assert state.message in EXPIRED.trigger["match"]["prefect.state-message"]
        assert sent(account, "late") == []
    told: list[tuple[str, str]] = []

    def emit(event: str, resource: dict[str, str], **_others: object) -> None:
        told.append((event, resource["prefect.resource.id"]))

    monkeypatch.setattr("prefect.events.emit_event", emit)
    assert approval_expired(f"prefect.flow-run.{run.id}") == "late"
    assert told == [
        ("getresponse.release_newsletter.cancelled", "getresponse.release.releases.late")
    ]


def test_a_plan_that_changed_meanwhile_is_asked_about_again(
    account: FastSandbox, credentials: GetResponseCredentials
) -> None:
    with get_client(sync_client=True) as client:
        run = Deployed(client, defaults(credentials, text(account, "again")))
        assert run.go_on().name == "Suspended"
        assert run.answer(decision="approve", your_name="Ann") == ""
        run.parameters["release"] = text(account, "again", "Another text")
        assert run.go_on().name == "Suspended"
        assert sent(account, "again") == []
        assert run.answer(decision="decline", your_name="Ann") == ""
        assert run.go_on().is_completed()
        assert sent(account, "again") == []


def test_runs_that_cannot_wait_end_before_they_do_anything(
    account: FastSandbox, credentials: GetResponseCredentials
) -> None:
    release = text(account, "alone")
    before = account.writes

    @flow
    def night() -> ReleaseReport:
        return release_newsletter(credentials, release)

    with pytest.raises(ApprovalNeeded, match="needs approval: approve=") as caught:
        night()
    assert account.writes == before
    report = release_newsletter(credentials, release, approve=caught.value.hash)
    assert report.status == "released"
    with get_client(sync_client=True) as client:
        made = [each for each in client.read_task_runs() if each.name == "assets"]
        assert made
        assert all(each.state and each.state.is_completed() for each in made)
    assert release_newsletter(credentials, release).status == "already_released"
    assert release_statistics(credentials, "alone").state == "scheduled"


def test_statistics_are_read_by_later_runs(
    account: FastSandbox, credentials: GetResponseCredentials
) -> None:
    name = "release-statistics/later"
    with get_client(sync_client=True) as client:
        flow_id = client.create_flow(release_statistics)
        deployment_id = client.create_deployment(flow_id, name="later")
        release_newsletter(credentials, text(account, "later"), approval="never", statistics=name)
        runs = [
            each
            for each in client.read_flow_runs()
            if each.deployment_id == deployment_id and each.parameters == {"key": "later"}
        ]
        assert len(runs) == 3
        assert all(each.state and each.state.is_scheduled() for each in runs)
        with pytest.raises(ObjectNotFound):
            client.read_deployment_by_name("release-statistics/none")


def test_a_dry_run_ends_after_the_plan(
    account: FastSandbox, credentials: GetResponseCredentials
) -> None:
    before = account.writes
    assert release_newsletter(credentials, text(account, "dry"), dry_run=True).status == "planned"
    assert account.writes == before
