"""A receiver without sockets, its inbox, and what it rang."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from prefect_getresponse.events.inbox.entries import Entry
from prefect_getresponse.events.inbox.inbox import Inbox
from prefect_getresponse.events.receiving.doorbell import Notice
from prefect_getresponse.webhooks import receiver
from tests.support.asgi import AsgiClient

SECRET, PREVIOUS = "new-" + "s" * 40, "old-" + "s" * 40
NOW = 1_790_000_000.0
ADDRESS = "canary.ann@mail.example"


class Endpoint:
    """A receiver that can be restarted, with its inbox in a file."""

    def __init__(self, folder: Path) -> None:
        self.now = NOW
        self.file = folder / "inbox.sqlite"
        self.rang: list[Notice] = []
        self.start()

    def start(self) -> None:
        """Start it, or start another process of it."""
        self.close()
        self.inbox = Inbox(str(self.file), clock=lambda: self.now)
        secrets = [SecretStr(SECRET), SecretStr(PREVIOUS)]
        self.asgi = receiver(
            secrets, inbox=self.inbox, send=self._send, clock=lambda: self.now, emit="each"
        )
        self.client = AsgiClient(self.asgi)

    def close(self) -> None:
        if hasattr(self, "client"):
            self.client.close()
            self.inbox.close()

    def _send(self, notices: Sequence[Notice]) -> None:
        self.rang += notices

    def post(
        self,
        body: Any,
        *,
        secret: str = SECRET,
        webhook_id: str = "",
        path: str = "/webhooks",
        **headers: str,
    ) -> httpx.Response:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        if webhook_id:
            headers["X-Webhook-ID"] = webhook_id
        return self.client.post(path, params={"secret": secret}, content=content, headers=headers)

    @property
    def entries(self) -> list[Entry]:
        """What is in the inbox, in the order of the keys."""
        return sorted(self.inbox.show(), key=lambda each: each.key)


@pytest.fixture
def endpoint(tmp_path: Path) -> Iterator[Endpoint]:
    made = Endpoint(tmp_path)
    yield made
    made.close()


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
