"""Secrets and notices that tests share."""

from __future__ import annotations

from typing import Any

SECRET, PREVIOUS = "new-" + "s" * 40, "old-" + "s" * 40
NOW = 1_790_000_000.0
ADDRESS = "canary.ann@mail.example"


def opened(occurred: str = "2026-09-21T13:20:00+00:00", **more: Any) -> dict[str, Any]:
    return {
        "type": "contact_opened_message",
        "contact": {
            "contactId": "Kp5",
            "email": ADDRESS,
            "name": "Ann Canary",
            "href": "https://evil.example/contacts/Kp5",
            "campaign": {"campaignId": "Cx2", "name": "news"},
        },
        "message": {"resourceType": "autoresponders", "resourceId": "Mz3", "subject": "Spring"},
        "account": {"accountId": "Ab1"},
        "event": {"occurredAt": occurred},
        **more,
    }
