"""Transactional mail: what is refused before anything is sent, and what becomes of a message."""

from typing import Any

import pytest

from prefect_getresponse import OMIT, GetResponseCredentials, InvalidArguments, ValidationFailed
from prefect_getresponse.tasks.from_fields import list_from_fields
from prefect_getresponse.tasks.tags import create_tag
from prefect_getresponse.tasks.transactional_emails import (
    MAX_CONTENT_BYTES,
    create_transactional_email,
    get_transactional_email,
    get_transactional_emails_statistics,
    list_transactional_emails,
)
from prefect_getresponse.tasks.transactional_emails_templates import (
    create_transactional_email_template,
)
from tests.conftest import Run
from tests.support.running_sandbox import RunningSandbox

JANE = {"email": "jane@example.com"}
MAIL: dict[str, Any] = {
    "from_field": {"fromFieldId": "V"},
    "recipients": {"to": JANE},
    "content_type": "direct",
    "subject": "Your order",
    "content": {"plain": "Thank you."},
}


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"recipients": {"to": JANE, "cc": [JANE] * 4, "bcc": [JANE] * 4}}, "9 recipients, 8 are"),
        ({"recipients": {"cc": [JANE]}}, "recipients.to: is missing"),
        ({"content": {}}, "content: .*plain text or HTML is needed"),
        ({"content": {"html": "ł" * (MAX_CONTENT_BYTES // 2), "plain": "."}}, "16777217 bytes"),
        (
            {"attachments": [{"fileName": "a.txt", "mimeType": "text/plain", "content": "!"}]},
            "attachments.0.content: .*not base64",
        ),
        ({"subject": ""}, "subject: must not be empty"),
        ({"content_type": "html"}, "content_type: must be 'direct' or 'template'"),
    ],
)
def test_what_cannot_be_sent_is_refused(changed: dict[str, Any], named: str) -> None:
    with pytest.raises(InvalidArguments, match=named) as caught:
        create_transactional_email.operation.request({**MAIL, **changed})
    assert "jane@" not in str(caught.value)


def test_limits_may_be_reached() -> None:
    full = {
        "recipients": {"to": JANE, "cc": [JANE] * 7},
        "content": {
            "html": "h" * (MAX_CONTENT_BYTES // 2),
            "plain": "p" * (MAX_CONTENT_BYTES // 2),
        },
    }
    request = create_transactional_email.operation.request({**MAIL, **full})

    assert request.body["recipients"] == full["recipients"]


def send(run: Run, credentials: GetResponseCredentials, **changed: Any) -> str:
    sender = {"fromFieldId": run(list_from_fields, credentials)[0]["fromFieldId"]}
    members: dict[str, Any] = {**MAIL, "from_field": sender, **changed}
    return run(create_transactional_email, credentials, **members)["transactionalEmailId"]


def test_what_becomes_of_a_message(
    run: Run, credentials: GetResponseCredentials, sandbox: RunningSandbox
) -> None:
    to = {"email": "jane@complaint.example", "name": "Jane"}
    copies = [{"email": "joe@bounced.example"}, {"email": "jim@rejected.example"}]
    mail_id = send(run, credentials, recipients={"to": to, "cc": copies})

    waiting = run(get_transactional_email, credentials, mail_id)
    assert "recipients" in waiting
    assert waiting["recipients"]["to"].get("status") == "unknown"
    sandbox.clock.advance(86_400)
    mail = run(get_transactional_email, credentials, mail_id)
    assert "recipients" in mail
    done = mail["recipients"]
    statuses = [done["to"].get("status"), *(each.get("status") for each in done.get("cc", []))]
    assert statuses == ["reported_spam", "bounced", "rejected"]
    assert done["to"].get("statuses", {}).get("openedOn") is not None


def test_statistics_grow_with_time(
    run: Run, credentials: GetResponseCredentials, sandbox: RunningSandbox
) -> None:
    def count() -> list[Any]:
        [row] = run(get_transactional_emails_statistics, credentials, group_by="total")
        return [row.get(name) for name in ("sent", "opened", "bounced", "complaint")]

    for to in ("a@complaint.example", "b@bounced.example", "c@rejected.example"):
        send(run, credentials, recipients={"to": {"email": to}})
    counted = [count()]
    for seconds in (10, 60, 86_400):
        sandbox.clock.advance(seconds)
        counted.append(count())

    assert counted == [[0, 0, 0, 0], [2, 0, 0, 0], [2, 0, 1, 0], [2, 1, 1, 1]]
    days = run(get_transactional_emails_statistics, credentials, group_by="day")
    assert sum(each.get("sent", 0) for each in days) == 2


def test_messages_are_found_by_tag_and_date(
    run: Run, credentials: GetResponseCredentials, sandbox: RunningSandbox
) -> None:
    tag_id = run(create_tag, credentials, name="receipt")["tagId"]
    tagged = send(run, credentials, tag={"tagId": tag_id})
    plain = send(run, credentials)
    sandbox.clock.advance(60)

    def found(**filters: Any) -> list[str]:
        rows = run(list_transactional_emails, credentials, **filters)
        return [each["transactionalEmailId"] for each in rows]

    assert found() == [tagged, plain]
    assert found(tag_id=tag_id) == found(tagged="true") == [tagged]
    assert found(tagged="false", sent_from="2020-01-01") == [plain]
    assert found(sent_to="2020-01-01") == []


def test_a_template_gives_the_subject(run: Run, credentials: GetResponseCredentials) -> None:
    made = run(create_transactional_email_template, credentials, subject="Invoice")
    mail_id = send(
        run,
        credentials,
        content_type="template",
        subject=OMIT,
        content=OMIT,
        template={"templateId": made["templateId"], "lexpad": {"number": 7}},
    )

    assert run(get_transactional_email, credentials, mail_id).get("subject") == "Invoice"


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"content_type": "template"}, "contentType template.*template.*required"),
        ({"template": {"templateId": "none"}}, "There is no such resource: none"),
        ({"content": {"plain": ""}}, "Plain text or HTML is required"),
    ],
)
def test_content_must_fit_its_type(
    changed: dict[str, Any], named: str, credentials: GetResponseCredentials
) -> None:
    with pytest.raises(ValidationFailed, match=named):
        create_transactional_email.fn(credentials, **{**MAIL, **changed})
