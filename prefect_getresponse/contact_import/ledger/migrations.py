"""Migrations: how a ledger of an earlier version becomes one of this version.

SQLite's `user_version` counts them.  A new ledger has none to go through; -N says that an index of
version N was put off.  Before versions were counted, the number was a checksum of the schema.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import NamedTuple

from prefect_getresponse.client.errors import GetResponseError
from prefect_getresponse.contact_import.ledger.schema import ADDED_COLUMNS, TABLES

_LEAST_CHECKSUM = 1_000
"""Versions below are counted; greater ones are checksums."""


class LedgerTooNew(GetResponseError):
    """The ledger was made by a newer version of this package."""

    default_advice = (
        "Update prefect-getresponse on this machine: an older one must not write to it."
    )


class Migration(NamedTuple):
    """One change of all ledgers that were made before it.

    Attributes:
        name: What it is about.
        script: Its statements; none may need a trigger, as they are made anew afterwards.
    """

    name: str
    script: str


MIGRATIONS = (
    Migration(
        "rows that must not be imported are excluded, not refused",
        """
        UPDATE rows SET verdict = 'excluded' WHERE verdict = 'refused';
        UPDATE rows SET reason = 'rejected_by_api' WHERE reason = 'refused_by_api';
        UPDATE rows SET reason = 'import_not_taken' WHERE reason = 'import_refused';
        UPDATE outcomes SET reason = 'rejected_by_api' WHERE reason = 'refused_by_api';
        """,
    ),
    Migration("what was said about a source is remembered", ""),
    Migration(
        "how and when people came in, and when a call was first made",
        "",  # columns only
    ),
    Migration(
        "rows are found by what is to be done about them, and compared in the order of addresses",
        "DROP INDEX IF EXISTS rows_by_key;\n",  # it is made anew, with the hashes
    ),
    Migration("rows stay that mean what they meant the night before", ""),  # a table only
    Migration("a row is held to the laws once it is changed, and not looked for again", ""),
    Migration(
        "what a row is by itself is kept while a later one wins",
        "DROP TABLE IF EXISTS blocks;\n",  # no row is taken over of which that is not known
    ),
    Migration("rows that have a verdict and no action are found by it", ""),  # an index only
)
"""In their order; the first one leads to version 1."""
VERSION = len(MIGRATIONS)


def bring_up_to_date(db: sqlite3.Connection, *, is_glance: bool = False) -> None:
    """Make whatever the ledger lacks: all of it, or nothing.

    Args:
        db: A connection without a transaction.
        is_glance: Whether what was put off may stay so.

    Raises:
        LedgerTooNew: The ledger was made by a newer version.
    """
    # Looking is enough mostly: who only reads then needs no lock, and opening costs no commit.
    if _stored(db) in ((VERSION, -VERSION) if is_glance else (VERSION,)):
        return
    db.execute("BEGIN IMMEDIATE")
    try:
        _change(db, _version(_stored(db)))
    except BaseException:
        db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")


def put_off_index(db: sqlite3.Connection) -> None:
    """Say that something of this version is missing until the ledger is opened again."""
    db.execute(f"PRAGMA user_version = {-VERSION}")


def _stored(db: sqlite3.Connection) -> int:
    (stored,) = db.execute("PRAGMA user_version").fetchone()
    return int(stored)


def _version(stored: int) -> int:
    """Number of the migrations that the ledger has gone through."""
    version = 0 if stored >= _LEAST_CHECKSUM else abs(stored)
    if version > VERSION:
        raise LedgerTooNew(
            f"the ledger has version {version}, and this prefect-getresponse knows {VERSION}"
        )
    return version


def _change(db: sqlite3.Connection, version: int) -> None:
    triggers = db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for (name,) in triggers:
        db.execute(f"DROP TRIGGER {name}")
    if _columns(db, "rows"):  # else it is a new one
        _add_columns(db)
        for migration in MIGRATIONS[version:]:
            _run(db, migration.script)
    _run(db, TABLES)
    db.execute(f"PRAGMA user_version = {VERSION}")


def _add_columns(db: sqlite3.Connection) -> None:
    for table, column in ADDED_COLUMNS:
        there = _columns(db, table)
        if there and column.split()[0] not in there:
            db.execute(f"ALTER TABLE {table} ADD COLUMN {column}")


def _columns(db: sqlite3.Connection, table: str) -> list[str]:
    return [name for _, name, *_ in db.execute(f"PRAGMA table_info({table})")]


def _run(db: sqlite3.Connection, script: str) -> None:
    for statement in _statements(script):
        db.execute(statement)


def _statements(script: str) -> Iterator[str]:
    """Yield the statements of a script; `executescript` would end the transaction."""
    statement = ""
    for line in script.splitlines():
        statement += f"{line}\n"
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
