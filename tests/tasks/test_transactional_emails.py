"""Transactional mail: what is refused before anything is sent, and what becomes of a message."""

from typing import Any

import pytest

from prefect_getresponse import InvalidArguments
from prefect_getresponse.tasks.transactional_emails import (
    MAX_CONTENT_BYTES,
    create_transactional_email,
)

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
        ({"recipients": {"cc": [JANE]}}, "recipients.to: Field required"),
        ({"content": {}}, "content: .*plain text or HTML is needed"),
        ({"content": {"html": "ł" * (MAX_CONTENT_BYTES // 2), "plain": "."}}, "16777217 bytes"),
        (
            {"attachments": [{"fileName": "a.txt", "mimeType": "text/plain", "content": "!"}]},
            "attachments.0.content: .*not base64",
        ),
        ({"subject": ""}, "subject: String should have at least 1"),
        ({"content_type": "html"}, "content_type: Input should be 'direct' or 'template'"),
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
