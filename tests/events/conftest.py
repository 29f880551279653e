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
from tests.events.loop import Loop
from tests.events.samples import NOW, PREVIOUS, SECRET
from tests.support.asgi import AsgiClient


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


@pytest.fixture(params=["one database", "two databases"])
def loop(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Loop]:
    made = Loop(tmp_path, together=request.param == "one database")
    yield made
    made.close()
