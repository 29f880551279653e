"""Files of SQLite that tests look into or change, and whether connections to them are closed."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Generator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Literal

import pytest


@contextmanager
def sqlite_file(
    path: Path, isolation_level: Literal["DEFERRED"] | None = "DEFERRED"
) -> Generator[sqlite3.Connection]:
    """Open a file, commit what the block changes unless it fails, and close the file.

    `with sqlite3.connect(path)` alone does not close it. From Python 3.13 on that is a warning, in
    whichever test runs when the garbage collector comes by.
    """
    with closing(sqlite3.connect(path, isolation_level=isolation_level)) as db, db:
        yield db


def connections(monkeypatch: pytest.MonkeyPatch) -> list[sqlite3.Connection]:
    """All connections that are made from now on."""
    made: list[sqlite3.Connection] = []
    connect: Callable[..., sqlite3.Connection] = sqlite3.connect

    def connected(*arguments: Any, **options: Any) -> sqlite3.Connection:
        made.append(connect(*arguments, **options))
        return made[-1]

    monkeypatch.setattr(sqlite3, "connect", connected)
    return made


def is_closed(connection: sqlite3.Connection) -> bool:
    """Whether a connection has been closed."""
    try:
        connection.cursor()
    except sqlite3.ProgrammingError:
        return True
    return False
