"""What the books of a run have in common."""

from __future__ import annotations

import sqlite3
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager, suppress

from prefect_getresponse.contact_import.ledger.records import BY_ACTION, BY_VERDICT

_HAS_ACTION = f"rows {BY_ACTION} WHERE run = :run AND action IS NOT NULL"
_HAS_VERDICT = f"rows {BY_VERDICT} WHERE run = :run AND action IS NULL AND verdict IS NOT NULL"
_FEW = 20
"""Rows are few that are no more than one of so many."""


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

    def _number_in(self, table: str) -> int:
        """Number of rows that a table has of the run.

        SQLite counts a whole table by its pages, four times as fast as some of its rows; mostly all
        of them are those of one run.
        """
        of_others = any(
            exists(self._db, f"{table} WHERE run {than} ?", (self._run,)) for than in "<>"
        )
        which, values = (" WHERE run = ?", (self._run,)) if of_others else ("", ())
        (rows,) = self._db.execute(f"SELECT count(*) FROM {table}{which}", values).fetchone()
        return int(rows)

    def _decided(self, columns: str) -> str | None:
        """What to ask for the rows about which something is decided, in SQL.

        They have an action, a verdict, or both; two indexes have them. Most nights they are few,
        and a night then costs what is done in it.

        Args:
            columns: Columns that are needed.

        Returns:
            What stands behind `FROM`, called `rows`, for a statement with the value `run`; None if
            they are many: to go through all rows takes less then.
        """
        of_both = f"SELECT 1 FROM {_HAS_ACTION} UNION ALL SELECT 1 FROM {_HAS_VERDICT}"
        few, found = self._db.execute(
            "WITH few (number) AS (SELECT max(row) / :share FROM rows WHERE run = :run)"
            " SELECT number, (SELECT count(*) FROM"
            f"  (SELECT 1 FROM ({of_both}) LIMIT (SELECT number + 1 FROM few))) FROM few",
            {"run": self._run, "share": _FEW},
        ).fetchone()
        if found > (few or 0):
            return None
        parts = (f"SELECT run, {columns} FROM {some}" for some in (_HAS_ACTION, _HAS_VERDICT))
        return f"({' UNION ALL '.join(parts)}) AS rows"

    def _count_decided(self) -> int:
        """Number of rows about which something is decided, counted and not visited."""
        counts = (f"(SELECT count(*) FROM {some})" for some in (_HAS_ACTION, _HAS_VERDICT))
        (number,) = self._db.execute(f"SELECT {' + '.join(counts)}", {"run": self._run}).fetchone()
        return int(number)
