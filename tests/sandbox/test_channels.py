"""What the sandbox refuses of transactional mail, SMS, custom events and files."""

from typing import Any

import pytest

from tests.sandbox.conftest import Api
from tests.support.faults import fault_paths

JANE = {"email": "jane@example.com"}
FILE = {"name": "a", "extension": "txt", "content": "aGk=", "folder": None}
EVENT = {"name": "paid", "attributes": [{"name": "shop", "type": "string"}] * 2}
SMS = {"name": "Sale", "content": "Today", "recipientsType": "importedNumbers"}
NUMBER = {"phone": "+48500000000", "countryCode": "PL"}


def faults(api: Api, path: str, body: Any) -> set[str]:
    answer = api.call("POST", path, body)
    assert answer.status_code == 400
    return set(fault_paths(answer))


@pytest.fixture
def mail(api: Api) -> dict[str, Any]:
    sender = api.ok("GET", "/from-fields")[0]["fromFieldId"]
    return {
        "fromField": {"fromFieldId": sender},
        "recipients": {"to": JANE},
        "contentType": "direct",
        "content": {"plain": "Thank you"},
    }


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"recipients": {"to": JANE, "cc": [JANE] * 4, "bcc": [JANE] * 4}}, "recipients"),
        ({"recipients": {"to": JANE, "cc": [{"name": "x"}]}}, "recipients.cc[0].email"),
        ({"content": {"html": "x" * (16 * 1024 * 1024), "plain": "x"}}, "content"),
        ({"content": {}}, "content"),
        ({"template": {}}, "template.templateId"),
        ({"contentType": "template"}, "template"),
        (
            {"attachments": [{"fileName": "a.txt", "mimeType": "text/plain", "content": "!"}]},
            "attachments[0].content",
        ),
    ],
)
def test_transactional_mail(
    changed: dict[str, Any], named: str, api: Api, mail: dict[str, Any]
) -> None:
    assert named in faults(api, "/transactional-emails", mail | changed)


def test_a_copy_is_in_the_details_only(api: Api, mail: dict[str, Any]) -> None:
    recipients = {"to": JANE, "cc": [{"email": "joe@example.com", "name": "Joe"}]}
    sent = api.ok("POST", "/transactional-emails", mail | {"recipients": recipients})
    [row] = api.ok("GET", "/transactional-emails")
    details = api.ok("GET", f"/transactional-emails/{sent['transactionalEmailId']}")

    assert row["recipients"].keys() == {"to"}
    assert row["recipients"]["to"]["statuses"] == {"sentOn": None}
    assert [each["name"] for each in details["recipients"]["cc"]] == ["Joe"]
    assert details["subject"] == "(no subject)"


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({}, "sendSettings.importedNumbers"),
        ({"importedNumbers": [NUMBER], "contacts": {}}, "sendSettings.contacts"),
        ({"importedNumbers": [{"phone": "1"}]}, "sendSettings.importedNumbers[0].countryCode"),
        ({"importedNumbers": [NUMBER], "senderNameId": "none"}, "sendSettings.senderNameId"),
    ],
)
def test_sms(settings: dict[str, Any], named: str, api: Api) -> None:
    assert named in faults(api, "/sms", SMS | {"sendSettings": settings})


def test_attributes_of_an_event_have_different_names(api: Api) -> None:
    assert faults(api, "/custom-events", EVENT) == {"attributes[1].name"}


def test_files(api: Api) -> None:
    assert faults(api, "/file-library/files", FILE | {"content": "hi!"}) == {"content"}
    assert faults(api, "/file-library/files", FILE | {"folder": {"folderId": "none"}}) == {
        "folder.folderId"
    }
    both = {"query[allFolders]": "true", "query[folderId]": "x"}
    assert api.call("GET", "/file-library/files", **both).status_code == 400
