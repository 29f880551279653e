"""Many rows at once: what SQLite does for each of them otherwise, it does once."""

from __future__ import annotations

import sqlite3
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from itertools import chain, islice

from prefect_getresponse.contact_import.ledger.books.book import transaction
from prefect_getresponse.contact_import.ledger.records import Contacts

AT_ONCE = 50
"""Rows of a statement that inserts them: up to twice as fast as one after another."""
MANY = 10_000
"""Rows from which on it is worth the change of the schema."""


def insert(
    db: sqlite3.Connection,
    into: str,
    values: str,
    rows: Iterable[Sequence[object]],
    otherwise: str = "",
) -> int:
    """Insert rows within a transaction.

    Args:
        db: Connection to the ledger.
        into: Table and columns.
        values: What a row is, in SQL.
        rows: Values of the rows.
        otherwise: What happens to those that are there, in SQL.

    Returns:
        Number of rows written.
    """
    assert db.in_transaction
    written, every = 0, iter(rows)
    while some := list(islice(every, AT_ONCE)):
        written += db.execute(
            # `OR FAIL`: else SQLite would copy each page before a statement changes it, to undo
            # that alone. What fails here undoes the whole transaction.
            f"INSERT OR FAIL INTO {into} VALUES {', '.join([values] * len(some))}{otherwise}",
            list(chain.from_iterable(some)),
        ).rowcount
    return written


def contacts(
    db: sqlite3.Connection, rows: str, values: Sequence[object], after: int, size: int
) -> Contacts | None:
    """Read contacts of open rows, in a third of the time that a row after another takes.

    Args:
        db: Connection to the ledger.
        rows: Which rows, in SQL: what stands behind `FROM`, conditions included.
        values: Values of these conditions.
        after: Row to start behind.
        size: Most contacts to return.

    Returns:
        The contacts; None if there are none.
    """
    first, last, number, text = db.execute(
        "SELECT min(row), max(row), count(*), group_concat(contact) FROM (SELECT row, contact"
        f" FROM {rows} AND verdict IS NULL AND row > ? ORDER BY row LIMIT ?)",
        (*values, after, size),
    ).fetchone()
    return Contacts(first, last, number, text) if number else None


@contextmanager
def changing_rows(db: sqlite3.Connection, rows: int) -> Generator[None]:
    """Change rows by statements that keep the laws: only open rows, none undecided again.

    Many of them take half the time so.

    Args:
        db: Connection to the ledger.
        rows: About how many rows are changed.
    """
    if rows < MANY:
        yield
        return
    with transaction(db):  # as long as it lasts, the ledger gets no other holder
        # The fence of `runs` asks who holds it now.
        db.execute("UPDATE runs SET job = job WHERE run = (SELECT max(run) FROM runs)")
        with without_triggers(db, "rows"):
            yield


@contextmanager
def without_triggers(db: sqlite3.Connection, table: str) -> Generator[None]:
    """Let a table have no triggers for a while; within a transaction, so that it has them again.

    Args:
        db: The connection.
        table: The table.
    """
    assert db.in_transaction
    found = [
        (name, text if kind == "main" else text.replace("CREATE", "CREATE TEMP", 1))
        for kind, schema in (("main", "sqlite_master"), ("temp", "sqlite_temp_master"))
        for name, text in db.execute(
            f"SELECT name, sql FROM {schema} WHERE type = 'trigger' AND tbl_name = ?", (table,)
        ).fetchall()
    ]
    for name, _ in found:
        db.execute(f"DROP TRIGGER {name}")
    yield
    for _, text in found:
        db.execute(text)
