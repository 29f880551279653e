"""Where a real process dies: around each commit, each copy of the ledger, and within each write."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Iterator
from pathlib import Path
from typing import Any

import httpx

from prefect_getresponse.contact_import.ledger.copies.copy_folder import LocalFolder
from tests.contact_import.lab import is_write
from tests.support.virtual_time import VirtualTime

_CHANGE = re.compile(r"\s*(?:INSERT|UPDATE|DELETE|CREATE|DROP|ALTER)\b|PRAGMA user_version =")
_TABLE = re.compile(r"\b(?:INTO|UPDATE|FROM|TABLE|INDEX|PRAGMA)(?: IF(?: NOT)? EXISTS)? (\w+)")
_MOMENTS = {
    "send_request_headers.complete": "head of {} sent",
    "send_request_body.complete": "bytes of {} sent",
}
_PERSON = re.compile(r"(?<=/contacts/)(?!batch$)\w+")
_connect: Any = sqlite3.connect
_put, _get = LocalFolder.put, LocalFolder.get


class Steps:
    """Counts steps; at some of them the process kills itself.

    Args:
        deadly: Numbers of those steps, or their names.
        told: File that is told which steps they were, a line each.

    Attributes:
        taken: Steps so far.
    """

    def __init__(self, deadly: Collection[int | str], told: Path) -> None:
        self._deadly = deadly
        self._told = told
        self.taken = 0

    def __call__(self, name: str) -> None:
        """Come to a step."""
        self.taken += 1
        if self.taken in self._deadly or name in self._deadly:
            with self._told.open("a") as told:
                told.write(f"{name}\n")
            os.kill(os.getpid(), signal.SIGKILL)


class _Connection(sqlite3.Connection):
    """A connection to a ledger whose commits are steps."""

    steps: Steps
    _begun = ""

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        if not self._commits(sql):
            if not self._begun and _CHANGE.match(sql):
                self._begun = _table(sql)  # the transaction is called by its first change
            return super().execute(sql, parameters)
        table = self._begun if sql == "COMMIT" else _table(sql)
        self.steps(f"before a commit to {table or 'nothing'}")
        cursor = super().execute(sql, parameters)
        self._begun = ""
        self.steps(f"after a commit to {table or 'nothing'}")
        return cursor

    def executescript(self, sql: str, /) -> sqlite3.Cursor:
        if "CREATE TABLE" not in sql:
            return super().executescript(sql)
        self.steps("before the tables are made")
        cursor = super().executescript(sql)
        self.steps("after the tables are made")
        return cursor

    def executemany(self, sql: str, parameters: Iterable[Any], /) -> sqlite3.Cursor:
        if not self._commits(sql):
            self._begun = self._begun or _table(sql)
            return super().executemany(sql, parameters)
        # Outside of a transaction each row is a commit of its own.
        return super().executemany(sql, self._each(parameters, _table(sql)))

    def _each(self, rows: Iterable[Any], table: str) -> Iterator[Any]:
        for row in rows:
            self.steps(f"before a row is committed to {table}")
            yield row

    def _commits(self, sql: str) -> bool:
        return sql == "COMMIT" or (not self.in_transaction and bool(_CHANGE.match(sql)))


def _table(sql: str) -> str:
    found = _TABLE.search(sql)
    return found[1] if found else ""


def _ledger(path: Any, *arguments: Any, **options: Any) -> sqlite3.Connection:
    factory = {"factory": _Connection} if Path(path).suffix == ".sqlite" else {}
    opened: sqlite3.Connection = _connect(path, *arguments, **factory, **options)
    return opened


def mortal(steps: Steps) -> None:
    """Make commits of ledgers, and what happens to their copies, steps from now on."""

    def put(folder: LocalFolder, name: str, content: Path) -> None:
        what = "the claim" if content.suffix == ".claim" else "the copy"
        steps(f"before {what} is written")
        _put(folder, name, content)
        steps(f"after {what} is written")

    def get(folder: LocalFolder, name: str, target: Path) -> None:
        steps("before the copy is read")
        _get(folder, name, target)
        steps("after the copy is read")

    _Connection.steps = steps
    folders: Any = LocalFolder
    folders.put, folders.get = put, get
    databases: Any = sqlite3
    databases.connect = _ledger


class MortalTransport(httpx.AsyncHTTPTransport):
    """Real sockets; each writing call is five steps, and time stands still while any is made."""

    def __init__(self, steps: Steps, time: VirtualTime) -> None:
        super().__init__(verify=False)  # nothing is encrypted, and certificates take long to read
        self._steps = steps
        self._time = time

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        call = f"{request.method} {_PERSON.sub('ID', request.url.path)}"
        step = self._steps if is_write(request.method, request.url.path) else _no_step

        async def trace(event: str, _info: Any) -> None:
            for moment, name in _MOMENTS.items():
                if event.endswith(moment):
                    step(name.format(call))

        step(f"before {call}")
        request.extensions = {**request.extensions, "trace": trace}
        self._time.in_flight += 1
        try:
            response = await super().handle_async_request(request)
        except BaseException:
            self._time.in_flight -= 1
            raise
        step(f"answer to {call} begun")
        assert isinstance(response.stream, httpx.AsyncByteStream)
        response.stream = _Answer(
            response.stream, self._time, lambda: step(f"answer to {call} read")
        )
        return response


class _Answer(httpx.AsyncByteStream):
    """What follows the head of an answer, if it comes."""

    def __init__(
        self, stream: httpx.AsyncByteStream, time: VirtualTime, read: Callable[[], None]
    ) -> None:
        self._stream = stream
        self._time = time
        self._read = read

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._stream:
            yield part
        self._read()

    async def aclose(self) -> None:
        self._time.in_flight -= 1
        await self._stream.aclose()


def _no_step(_name: str) -> None:
    pass
