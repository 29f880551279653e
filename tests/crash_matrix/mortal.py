"""Where a real process dies: before and after each commit, before, within and after each write."""

from __future__ import annotations

import os
import signal
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import httpx

from tests.contact_import.lab import is_write

_CHANGES = ("INSERT", "UPDATE", "DELETE", "CREATE", "DROP")


class Steps:
    """Counts steps; at one of them the process kills itself.

    Args:
        deadly: Number of that step, or its name; 0 for none.
        told: File that is told which step it was.
    """

    def __init__(self, deadly: int | str, told: Path) -> None:
        self._deadly = deadly
        self._told = told
        self._number = 0

    def __call__(self, name: str) -> None:
        """Come to a step."""
        self._number += 1
        if self._deadly in (self._number, name):
            self._told.write_text(name)
            os.kill(os.getpid(), signal.SIGKILL)


class _Connection(sqlite3.Connection):
    """A connection to a ledger whose commits are steps."""

    steps: Steps

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        if not self._commits(sql):
            return super().execute(sql, parameters)
        self.steps(f"before a commit ({sql.split(maxsplit=1)[0]})")
        cursor = super().execute(sql, parameters)
        self.steps(f"after a commit ({sql.split(maxsplit=1)[0]})")
        return cursor

    def executemany(self, sql: str, parameters: Iterable[Any], /) -> sqlite3.Cursor:
        # Outside of a transaction each row is a commit of its own.
        rows = self._each(parameters) if self._commits(sql) else parameters
        return super().executemany(sql, rows)

    def _each(self, rows: Iterable[Any]) -> Iterator[Any]:
        for row in rows:
            self.steps("before a commit of a row")
            yield row

    def _commits(self, sql: str) -> bool:
        return sql == "COMMIT" or (not self.in_transaction and sql.startswith(_CHANGES))


def mortal_ledgers(steps: Steps) -> None:
    """Make each commit of a ledger a step, for the rest of this process."""
    connect: Any = sqlite3.connect

    def connected(path: Any, *arguments: Any, **options: Any) -> sqlite3.Connection:
        if Path(path).suffix != ".sqlite":
            opened: sqlite3.Connection = connect(path, *arguments, **options)
            return opened
        ledger: _Connection = connect(path, *arguments, factory=_Connection, **options)
        ledger.steps = steps
        return ledger

    sqlite3.connect = connected  # type: ignore[assignment]


class MortalTransport(httpx.AsyncHTTPTransport):
    """Real sockets; each writing call is three steps."""

    def __init__(self, steps: Steps) -> None:
        super().__init__()
        self._steps = steps

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if not is_write(request.method, request.url.path):
            return await super().handle_async_request(request)
        call = f"{request.method} {request.url.path}"

        async def trace(event: str, _info: Any) -> None:
            if event.endswith("send_request_body.complete"):
                self._steps(f"bytes of {call} sent")

        self._steps(f"before {call}")
        request.extensions = {**request.extensions, "trace": trace}
        response = await super().handle_async_request(request)
        self._steps(f"answer to {call} begun")
        await response.aread()
        self._steps(f"answer to {call} read")
        return response
