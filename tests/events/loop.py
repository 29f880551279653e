"""The whole loop without sockets: a sandbox that sends, a receiver, drain and reconciliation."""

from __future__ import annotations

import asyncio
import random
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx
from pydantic import SecretStr

from prefect_getresponse.client.auth import ApiKeyAuth
from prefect_getresponse.client.send import AsyncClient
from prefect_getresponse.events.draining.destination import Destination
from prefect_getresponse.events.draining.drain import Drain, DrainOptions
from prefect_getresponse.events.draining.handlers import Handlers
from prefect_getresponse.events.draining.report import DrainReport
from prefect_getresponse.events.inbox.inbox import Inbox
from prefect_getresponse.events.reconciling.reconcile import ReconcileOptions, Reconciliation
from prefect_getresponse.events.reconciling.report import ReconcileReport
from prefect_getresponse.limits.throttle import Throttle
from prefect_getresponse.webhooks import receiver
from tests.events.samples import SECRET
from tests.sandbox.conftest import KEY, Api
from tests.support.asgi import AsgiClient
from tests.support.sqlite_file import sqlite_file

API = "https://api.getresponse.com/v3"
URL = f"http://127.0.0.1:9/webhooks?secret={SECRET}"


class Loop:
    """Everything, in the sandbox's time.

    Args:
        folder: Where the databases are.
        together: Whether inbox and destination are one database.
        to: Another destination.
    """

    def __init__(self, folder: Path, *, together: bool = True, to: str = "") -> None:
        self.api = Api()
        self.transport: httpx.AsyncBaseTransport = self.api.sandbox.async_transport()
        self.campaign = self.api.create_list("customers")
        self.table = folder / "tables.sqlite"
        self.inbox_url = f"sqlite:///{self.table if together else folder / 'inbox.sqlite'}"
        self.to = to or f"sqlite:///{self.table}"
        self.start()

    def start(self) -> None:
        """Start the receiver, or another process of it."""
        self.close()
        self.inbox = Inbox(self.inbox_url, clock=self.now)
        asgi = receiver([SecretStr(SECRET)], inbox=self.inbox, emit="none", clock=self.now)
        self.http = AsgiClient(asgi)

    def close(self) -> None:
        if hasattr(self, "http"):
            self.http.close()
            self.inbox.close()

    def now(self) -> float:
        return self.api.now

    def listen(self, **settings: Any) -> None:
        """Let the sandbox send webhooks to the receiver."""
        self.api.control("POST", "webhooks", {"url": URL, **settings})

    def deliver(self) -> None:
        """Send all that is due, now and within the next hours."""
        for _ in range(4):
            self.api.sandbox.send_notices(self.http.send)
            self.api.advance(3600)

    def post(self, request: httpx.Request) -> httpx.Response:
        return self.http.send(request)

    def client(self) -> AsyncClient:
        async def sleep(seconds: float) -> None:
            self.api.advance(seconds)
            await asyncio.sleep(0)

        return AsyncClient(
            API,
            ApiKeyAuth(SecretStr(KEY), API, {}),
            throttle=Throttle(clock=self.now, chance=random.Random(1)),
            transport=self.transport,
            sleep=sleep,
        )

    def drain(self, handlers: Handlers | None = None, **options: Any) -> DrainReport:
        async def run() -> DrainReport:
            destination = Destination(self.to, self.inbox)
            try:
                async with self.client() as client:
                    options_ = DrainOptions(**options)
                    drain = Drain(client, self.inbox, destination, handlers, options_, self.now)
                    return await drain.run("main")
            finally:
                destination.close()

        self.api.advance(1)
        report = asyncio.run(run())
        assert report.balanced, report.as_dict()
        return report

    def reconcile(self, **options: Any) -> ReconcileReport:
        async def run() -> ReconcileReport:
            destination = Destination(self.to, self.inbox)
            try:
                async with self.client() as client:
                    wanted = ReconcileOptions(**options)
                    work = Reconciliation(client, self.inbox, destination, wanted, self.now)
                    return await work.run("main")
            finally:
                destination.close()

        self.api.advance(1)
        report = asyncio.run(run())
        assert report.balanced, report.as_dict()
        return report

    def rows(self, columns: str = "*") -> list[dict[str, Any]]:
        """The table of events."""
        with sqlite_file(self.table) as database:
            database.row_factory = sqlite3.Row
            found = database.execute(f"SELECT {columns} FROM getresponse_events").fetchall()
        return [dict(row) for row in found]

    def log(self) -> list[dict[str, Any]]:
        """What the sandbox sent, or lost on purpose."""
        sent: list[dict[str, Any]] = self.api.control("GET", "webhooks")["deliveries"]
        return sent

    def remove(self, email: str, reason: str = "unsubscribe") -> None:
        person = {"list": self.campaign, "email": email, "reason": reason}
        self.api.control("POST", "remove", person)


def keys(rows: Sequence[dict[str, Any]]) -> list[str]:
    return sorted(row["event_id"] for row in rows)
