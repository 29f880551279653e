"""An export in virtual time: a sandbox with a past, a wire that can break, and the engine."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import closing
from functools import cache
from typing import Any

import httpx
from pydantic import SecretStr

from prefect_getresponse.client.auth import ApiKeyAuth
from prefect_getresponse.client.send import AsyncClient
from prefect_getresponse.client.server_time import ServerTime
from prefect_getresponse.export.engine import run_export
from prefect_getresponse.export.options import export_options
from prefect_getresponse.export.report import ExportReport
from prefect_getresponse.export.schema.catalogue import shaped_tables
from prefect_getresponse.limits.throttle import Throttle
from prefect_getresponse.sandbox import Sandbox
from prefect_getresponse.sandbox.past import Past
from prefect_getresponse.sinks.opening import open_sink
from prefect_getresponse.sinks.sink import Sink
from prefect_getresponse.sinks.tables import SYNCED_AT, Table
from tests.support.virtual_time import VirtualTime

KEY = "canary-key-0123456789"
URL = "https://sandbox.test/v3"

Row = dict[str, Any]
OF_THE_RUN = {SYNCED_AT, "_deleted_at", "_details_at"}
"""Columns that say when a row was written, which no two runs do at the same moment."""


class Killed(BaseException):
    """The process is gone."""


class Wire(httpx.AsyncBaseTransport):
    """Carries calls to the sandbox.

    Attributes:
        before: Called before each call; what it raises happens to the call.
    """

    def __init__(self, sandbox: Sandbox) -> None:
        self._inner = sandbox.async_transport()
        self.before: Callable[[httpx.Request], None] = lambda _request: None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.before(request)
        return await self._inner.handle_async_request(request)


class Lab:
    """An account that can be exported.

    Args:
        past: Days of its past; without any it is empty.
        options: Of the sandbox.
    """

    def __init__(self, *, past: int = 0, arrivals: int = 4, **options: Any) -> None:
        self.time = VirtualTime()
        self.sandbox = Sandbox(api_key=KEY, clock=self.time, **options)
        self.wire = Wire(self.sandbox)
        self.web: httpx.BaseTransport = self.sandbox.transport(sleep=self.time.advance)
        self.http = httpx.Client(
            transport=self.sandbox.transport(sleep=self.time.advance),
            base_url=URL,
            headers={"X-Auth-Token": f"api-key {KEY}"},
        )
        self.past = Past(self.http, self.time, past, arrivals)
        if past:
            self.past.live()

    def api(self, method: str, path: str, body: Any = None, **query: Any) -> Any:
        """Call the API, a moment after the last call."""
        self.time.advance(0.05)
        answer = self.http.request(method, f"{URL}{path}", json=body, params=query)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    def control(self, action: str, body: Any) -> Any:
        answer = self.http.post(f"{URL[:-3]}/_sandbox/{action}", json=body)
        assert answer.is_success, answer.text
        return answer.json()

    def calls(self) -> list[str]:
        """Methods and paths of all calls so far."""
        log = self.http.get(f"{URL[:-3]}/_sandbox/log").json()["calls"]
        return [f"{each['method']} {each['path']}" for each in log]

    def export(self, to: str, **options: Any) -> ExportReport:
        """Export the account."""

        async def work() -> ExportReport:
            client = AsyncClient(
                URL,
                ApiKeyAuth(SecretStr(KEY), URL, {}),
                throttle=Throttle(clock=self.time, chance=random.Random(1)),
                transport=self.wire,
                chance=random.Random(1),
                clock=lambda: self.time.elapsed,
            )
            client.time = ServerTime(passed=lambda: self.time.elapsed)
            chosen = export_options(to=to, **options)
            with closing(open_sink(to)) as sink:
                async with client:
                    return await run_export(
                        chosen,
                        "lab",
                        client,
                        sink,
                        web=self.web,
                    )

        return self.time.run(work())

    def people(self) -> dict[str, Row]:
        """Everybody who is subscribed now, by id, as the API's details show them."""
        rows: list[Row] = []
        page = 1
        while found := self.api("GET", "/contacts", perPage=1000, page=page):
            rows += found
            page += 1
        return {row["contactId"]: row for row in rows}


@cache
def tables() -> dict[str, Table]:
    """All tables of an account by name."""
    return {name: shaped.table for name, shaped in shaped_tables().items()}


def contents(to: str, name: str, without: set[str] = OF_THE_RUN) -> list[Row]:
    """Rows of a table, sorted, without the columns that say when they were written."""
    with closing(open_sink(to)) as sink:
        return _sorted_rows(sink, tables()[name], without)


def everything(to: str) -> dict[str, list[Row]]:
    """All tables of a destination, in the same way."""
    with closing(open_sink(to)) as sink:
        return {name: _sorted_rows(sink, table, OF_THE_RUN) for name, table in tables().items()}


def _sorted_rows(sink: Sink, table: Table, without: set[str]) -> list[Row]:
    columns = [column for column in table.names if column not in without]
    rows = [dict(zip(columns, row, strict=True)) for row in sink.select(table, columns)]
    return sorted(rows, key=lambda row: [str(row[part]) for part in table.key])


def present(to: str) -> set[str]:
    """Ids of people whom the destination has and who are not gone."""
    return {
        row["contact_id"] for row in contents(to, "contacts", set()) if row["_deleted_at"] is None
    }
