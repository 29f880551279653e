"""What the books of a run have in common."""

from __future__ import annotations

import sqlite3
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager, suppress


@contextmanager
def transaction(db: sqlite3.Connection) -> Generator[None]:
    """Make everything inside durable at once, or not at all; within another one, with that."""
    if db.in_transaction:
        yield
        return
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        with suppress(sqlite3.Error):  # a full disk has rolled it back itself
            db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")


def exists(
    db: sqlite3.Connection, rows: str, values: Sequence[object] | Mapping[str, object] = ()
) -> bool:
    """Whether there is any row; the first one that is found will do.

    Args:
        db: Connection to the ledger.
        rows: Which rows, in SQL: what stands behind `FROM`, conditions included.
        values: Values of these conditions.
    """
    (found,) = db.execute(f"SELECT EXISTS (SELECT 1 FROM {rows})", values).fetchone()
    return bool(found)


class Book:
    """A part of what the ledger knows of one run.

    Args:
        db: Connection to the ledger.
        number: Number of the run.
    """

    def __init__(self, db: sqlite3.Connection, number: int) -> None:
        self._db = db
        self._run = number
