"""A release goes out once, as it was approved, whatever happens on the way."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any, cast

import httpx
import pytest

from prefect_getresponse.client.errors import GetResponseError, InvalidArguments, OutcomeUnknown
from prefect_getresponse.client.send import AsyncClient
from prefect_getresponse.newsletters.account_side import AccountSide
from prefect_getresponse.newsletters.afterwards import (
    NotReleased,
    cancel_release,
    release_statistics,
)
from prefect_getresponse.newsletters.drafts import AlreadySent
from prefect_getresponse.newsletters.engine import Approval, Releasing
from prefect_getresponse.newsletters.plan import ReleaseHasErrors
from prefect_getresponse.newsletters.release_file import InvalidRelease, read_release
from prefect_getresponse.newsletters.report import ReleaseReport
from tests.newsletters.lab import AT, PEOPLE, Killed, Lab, once
from tests.support.troubles import Trouble

SEND = ("POST", "/v3/newsletters/send-draft")
CREATE = ("POST", "/v3/newsletters")


@pytest.fixture
def lab() -> Lab:
    return Lab()


def test_a_plan_says_what_goes_to_whom_and_writes_nothing(lab: Lab) -> None:
    plan = lab.plan(lab.text())
    text = plan.markdown()
    assert plan.audience.people == PEOPLE
    for words in ("News of spring", f"{PEOPLE} people", lab.sender["email"], plan.hash, "UTC"):
        assert words in text
    assert lab.newsletters == []


def test_it_is_sent_once_at_its_time_to_its_audience(lab: Lab) -> None:
    report = lab.release(lab.text())
    assert (report.status, report.problem, report.people) == ("released", "", PEOPLE)
    assert report.balanced
    [sent] = lab.broadcasts
    assert sent["name"] == f"release spring {report.hash}"
    assert sent["sendSettings"]["selectedCampaigns"] == [lab.campaign_id]
    again = lab.release(lab.text())
    assert (again.status, again.newsletter_id) == ("already_released", report.newsletter_id)
    assert again.balanced
    assert lab.calls(*SEND) == 1
    assert len(lab.newsletters) == 1


def test_a_new_text_needs_a_new_key(lab: Lab) -> None:
    lab.release(lab.text())
    with pytest.raises(AlreadySent, match="new key"):
        lab.release(lab.text("Other news"))
    assert len(lab.newsletters) == 1


def test_only_the_approved_plan_is_released(lab: Lab) -> None:
    with pytest.raises(InvalidArguments, match="was approved"):
        lab.release(lab.text(), approve="0123456789ab")
    assert lab.newsletters == []


@pytest.mark.parametrize(
    "trouble", [Trouble.LOST_AFTER, Trouble.TRUNCATED, Trouble.FAILED_AFTER, Trouble.KILLED_AFTER]
)
def test_a_lost_answer_sends_nothing_twice(lab: Lab, trouble: Trouble) -> None:
    lab.wire.plan = once(*SEND, trouble)
    if trouble is Trouble.KILLED_AFTER:
        with pytest.raises(Killed):
            lab.release(lab.text())
    else:
        assert lab.release(lab.text()).balanced
    assert lab.release(lab.text()).status == "already_released"
    assert (lab.calls(*SEND), len(lab.broadcasts)) == (1, 1)


@pytest.mark.parametrize("trouble", [Trouble.LOST_AFTER, Trouble.KILLED_AFTER, Trouble.TRUNCATED])
def test_a_draft_whose_answer_was_lost_is_found_by_its_name(lab: Lab, trouble: Trouble) -> None:
    lab.wire.plan = once(*CREATE, trouble)
    if trouble is Trouble.KILLED_AFTER:
        with pytest.raises(Killed):
            lab.release(lab.text())
    assert lab.release(lab.text()).status == "released"
    assert len(lab.newsletters) == 1


@pytest.mark.parametrize("trouble", [Trouble.LOST_BEFORE, Trouble.FAILED_BEFORE])
def test_a_send_that_never_arrived_is_told_and_done_by_the_next_run(
    lab: Lab, trouble: Trouble
) -> None:
    lab.wire.plan = once(*SEND, trouble)
    report = lab.release(lab.text())
    assert (report.status, report.sent) == ("unknown", 0)
    assert "nothing is sent twice" in report.advice
    assert lab.release(lab.text()).status == "released"
    assert len(lab.newsletters) == 1


def test_an_edited_draft_is_left_alone(lab: Lab) -> None:
    lab.wire.plan = once(*SEND, Trouble.KILLED_BEFORE)
    with pytest.raises(Killed):
        lab.release(lab.text())
    [draft] = lab.newsletters
    lab.edit(draft["newsletterId"])
    report = lab.release(lab.text())
    assert report.left_drafts == (f"{draft['newsletterId']} (edited)",)
    [sent] = lab.broadcasts
    assert sent["subject"] == "News of spring"


def test_an_edit_just_before_it_is_sent_is_found_and_cancelled(lab: Lab) -> None:
    def before(request: httpx.Request) -> None:
        if request.url.path == SEND[1]:
            lab.edit(lab.newsletters[0]["newsletterId"])

    lab.wire.before = before
    report = lab.release(lab.text())
    assert (report.status, report.sent, report.balanced) == ("changed", 0, True)
    assert lab.broadcasts == []
    lab.wire.before = lambda _request: None
    assert lab.release(lab.text()).status == "released"
    assert [each["subject"] for each in lab.broadcasts] == ["News of spring"]


@pytest.mark.parametrize(
    "change",
    [
        {"subject": "Other"},
        {"html": "<p>Other</p>"},
        {"plain": "Other"},
        {"sender": "other"},
        {"sendOn": (AT + timedelta(hours=1)).isoformat()},
        {"sendSettings": {"timeTravel": "true"}},
        {"sendSettings": {"perfectTiming": "true"}},
        {"sendSettings": {"selectedCampaigns": []}},
        {"sendSettings": {"excludedSegments": ["x1"]}},
        {"sendSettings": {"selectedContacts": ["x1"]}},
    ],
    ids=str,
)
def test_whatever_is_edited_of_what_waits_the_next_run_cancels_it(
    lab: Lab, change: dict[str, Any]
) -> None:
    report = lab.release(lab.text())
    lab.edit(report.newsletter_id, **change)
    assert lab.release(lab.text()).status == "changed"
    assert lab.broadcasts == []


@pytest.mark.parametrize("hours", [-30, 30])
def test_the_clock_of_this_machine_may_be_wrong(lab: Lab, hours: int) -> None:
    async def work(client: AsyncClient) -> ReleaseReport:
        run = Releasing(read_release(text), "lab", lambda: lab.time() + hours * 3600)
        plan = await run.plan(client)
        return await run.release(client, plan, Approval(plan.hash))

    text = lab.text()
    assert lab.run(work).status == "released"
    text = lab.text("Yesterday", at=AT - timedelta(hours=7)).replace("spring", "past")
    with pytest.raises(ReleaseHasErrors, match="send-on-past"):
        lab.run(work)


def test_a_changed_text_of_getresponse_is_compared_with_its_own_answer(lab: Lab) -> None:
    def changed(answer: httpx.Response) -> httpx.Response:
        answer.read()
        content = answer.content.replace(b"<p>Hi ", b"<p class=x>Hi ")
        kept = {
            name: value
            for name, value in answer.headers.items()
            if name.lower() not in ("content-length", "content-encoding")
        }
        return httpx.Response(answer.status_code, headers=kept, content=content)

    lab.wire.change = changed
    lab.wire.plan = once(*SEND, Trouble.KILLED_BEFORE)
    with pytest.raises(Killed):
        lab.release(lab.text())
    assert lab.release(lab.text()).status == "released"
    assert lab.release(lab.text()).status == "already_released"
    assert len(lab.broadcasts) == 1


def test_it_is_not_sent_too_late(lab: Lab) -> None:
    text = lab.text()

    def before(request: httpx.Request) -> None:
        if request.method == "POST" and request.url.path == CREATE[1]:
            lab.time.advance(5.9 * 3600)

    lab.wire.before = before
    with pytest.raises(InvalidArguments, match="nothing was sent"):
        lab.release(text)
    assert lab.broadcasts == []


def test_errors_stop_a_release_before_anything_is_created(lab: Lab) -> None:
    with pytest.raises(ReleaseHasErrors, match="send-on-past"):
        lab.release(lab.text(at=AT.replace(year=2020)))
    with pytest.raises(ReleaseHasErrors, match="unknown-tag"):
        lab.release(lab.text().replace("{{CONTACT", "{{CONTRACT"))
    assert lab.newsletters == []


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("list: Newsletter", "list: Newsletters", "no list 'Newsletters'"),
        ("list: Newsletter", "list: Newsletter\n  segments: VIP", "no segment 'VIP'"),
        ("sender: ", "sender: x", "no such sender"),
        ("audience:", "exclusions:\n  suppressions: Rivals\naudience:", "no suppression list"),
    ],
)
def test_a_name_that_the_account_lacks_stops_it(lab: Lab, old: str, new: str, says: str) -> None:
    with pytest.raises(InvalidRelease, match=says):
        lab.plan(lab.text().replace(old, new))


def test_two_of_a_name_are_a_question(lab: Lab) -> None:
    section = {
        "campaignIdsList": [lab.campaign_id],
        "logicOperator": "and",
        "subscriberCycle": ["receiving_autoresponder", "not_receiving_autoresponder"],
        "subscriptionDate": "all_time",
        "conditions": [],
    }
    body = {
        "name": "Active",
        "subscribersType": ["subscribed"],
        "sectionLogicOperator": "or",
        "section": [section],
    }
    one = lab.api("POST", "/search-contacts", body)
    text = lab.text().replace("list: Newsletter", "list: Newsletter\n  segments: Active")
    plan = lab.plan(text)
    assert plan.audience.in_segments == (PEOPLE,)
    lab.wire.change = doubled
    with pytest.raises(InvalidRelease, match="2 segments"):
        lab.plan(text)
    by_id = lab.plan(text.replace("segments: Active", f"segments: {one['searchContactId']}"))
    assert by_id.hash == plan.hash


def doubled(answer: httpx.Response) -> httpx.Response:
    """Show one segment as two of the same name."""
    content = json.loads(answer.read() or b"null")
    rows = cast("list[dict[str, Any]]", content) if isinstance(content, list) else []
    if len(rows) == 1 and rows[0].keys() >= {"searchContactId", "name"}:
        rows.append({**rows[0], "searchContactId": "other"})
        return httpx.Response(answer.status_code, json=rows)
    return answer


def test_a_release_that_waits_can_be_cancelled(lab: Lab) -> None:
    report = lab.release(lab.text())
    stats = lab.run(lambda client: release_statistics(AccountSide(client, lab.time), "spring"))
    assert (stats.newsletter_id, stats.state) == (report.newsletter_id, "scheduled")
    assert lab.run(lambda client: cancel_release(AccountSide(client, lab.time), "spring"))
    assert lab.broadcasts == []
    with pytest.raises(NotReleased):
        lab.run(lambda client: cancel_release(AccountSide(client, lab.time), "spring"))


def test_a_dead_account_is_an_error_and_nothing_was_sent(lab: Lab) -> None:
    lab.wire.plan = lambda _request: Trouble.UNAUTHORIZED
    with pytest.raises(GetResponseError):
        lab.release(lab.text())
    assert lab.newsletters == []


def test_another_text_that_is_sent_at_the_same_moment_stays_the_only_one(lab: Lab) -> None:
    def before(request: httpx.Request) -> None:
        if request.url.path == SEND[1] and not lab.broadcasts:
            [ours] = lab.newsletters
            sent = json.loads(request.content)
            other = {
                "name": "release spring 0123456789ab",
                "type": "draft",
                "subject": "Other news",
                "fromField": {"fromFieldId": lab.sender["fromFieldId"]},
                "campaign": {"campaignId": lab.campaign_id},
                "content": {part: ours["content"][part] for part in ("html", "plain")},
                "sendSettings": {"selectedCampaigns": [lab.campaign_id]},
            }
            made = lab.api("POST", "/newsletters", other)
            body = {**sent, "messageId": made["newsletterId"]}
            lab.api("POST", "/newsletters/send-draft", body)

    lab.wire.before = before
    report = lab.release(lab.text())
    assert (report.status, report.sent) == ("sent_twice", 1)
    assert [each["subject"] for each in lab.broadcasts] == ["Other news"]


def test_a_draft_that_is_edited_just_before_it_is_sent_is_not_sent(lab: Lab) -> None:
    looked_at: list[str] = []

    def before(request: httpx.Request) -> None:
        path = request.url.path
        if request.method == "GET" and path.startswith("/v3/newsletters/"):
            looked_at.append(path.rpartition("/")[2])
        elif request.method == "GET" and path == CREATE[1] and len(looked_at) == 1:
            lab.edit(looked_at[0])  # after it was chosen

    lab.wire.before = before
    with pytest.raises(OutcomeUnknown, match="edited or sent just now"):
        lab.release(lab.text())
    assert lab.calls(*SEND) == 0


def findings(lab: Lab, text: str) -> set[str]:
    try:
        return {each.rule for each in lab.plan(text).findings}
    except ReleaseHasErrors as error:
        return {each.rule for each in error.findings}


def test_a_sender_that_mail_does_not_leave_from_is_found(lab: Lab) -> None:
    made = lab.api("POST", "/from-fields", {"name": "New", "email": "new@example.com"})
    text = lab.text().replace(f"sender: {lab.sender['fromFieldId']}", "sender: new@example.com")
    assert findings(lab, text) == {"sender-inactive"}
    lab.control("/confirm-sender", {"email": "new@example.com"})
    assert findings(lab, text) == set()

    def warned(answer: httpx.Response) -> httpx.Response:
        rows = json.loads(answer.read() or b"null")
        if isinstance(rows, list) and rows and "fromFieldId" in rows[0]:
            found = cast("list[dict[str, Any]]", rows)
            for row in found:
                if row["fromFieldId"] == made["fromFieldId"]:
                    row["domain"]["DKIMWarning"] = {"code": "dkim"}
            return httpx.Response(answer.status_code, json=found)
        return answer

    lab.wire.change = warned
    assert findings(lab, text) == {"sender-dkim"}


def test_an_audience_is_compared_with_the_last_sends_and_a_text_with_theirs(lab: Lab) -> None:
    empty = lab.api("POST", "/campaigns", {"name": "Empty"})
    text = lab.text()
    assert findings(lab, text.replace("Newsletter", empty["name"])) == {"audience-empty"}
    first = AT.replace(minute=0)
    lab.release(lab.text(at=first))
    lab.time.advance(24 * 3600)
    later = lab.text(at=AT + timedelta(days=3)).replace("key: spring", "key: again")
    assert findings(lab, later) == {"same-content"}
    for number in range(3 * PEOPLE):
        person = {"email": f"new{number}@example.com", "campaign": {"campaignId": lab.campaign_id}}
        lab.api("POST", "/contacts", person)
    lab.time.advance(400)
    assert findings(lab, later) == {"same-content", "audience-unusual"}


def test_statistics_far_from_the_last_ones_are_told(lab: Lab) -> None:
    def opened(answer: httpx.Response) -> httpx.Response:
        """Let people open what came before, and nobody this one."""
        content = json.loads(answer.read() or b"null")
        rows = cast("list[dict[str, Any]]", content if isinstance(content, list) else [content])
        for row in rows:
            if "sendMetrics" in row:
                is_last = row["name"].startswith("release last")
                row["sendMetrics"] |= {"openRate": "0.01" if is_last else "0.4", "clickRate": "0.1"}
            elif "uniqueOpened" in row:
                row["sent"] = 60
        return httpx.Response(answer.status_code, json=content)

    for day, key in enumerate(("first", "second", "last"), start=1):
        lab.release(
            lab.text(f"News {key}", at=AT + timedelta(days=day)).replace(
                "key: spring", f"key: {key}"
            )
        )
    lab.time.advance(5 * 24 * 3600)
    lab.wire.change = opened
    read = lab.run(lambda client: release_statistics(AccountSide(client, lab.time), "last"))
    assert (read.state, read.far_off) == ("finished", ("openRate 1.0% instead of 40.0%",))
    assert "Far from usual: openRate" in read.markdown()
