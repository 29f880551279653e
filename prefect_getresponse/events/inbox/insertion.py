"""Adds entries whose keys are new, by one statement that is compiled once.

SQLAlchemy compiles a statement with a clause for known keys again at each execution, which costs
more than the rows do. And a driver lets other threads run after every row of a SQLite `executemany`
and then waits for its turn, so that a busy receiver would wait a few milliseconds a row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields
from functools import cache
from operator import attrgetter
from typing import Any, TypeVar

from sqlalchemy import Connection, Dialect, Insert, Table, insert, select
from sqlalchemy.dialects import mysql, postgresql, sqlite

from prefect_getresponse.events.inbox.entries import Entry

T = TypeVar("T")
COLUMNS = tuple(each.name for each in fields(Entry))
_ROWS_A_STATEMENT = 60
"""Below the 999 values that the oldest SQLite takes in one statement."""
_KEYS_AT_ONCE = 500

Add = Callable[[Connection, Sequence[Entry]], None]
_values: Callable[[Entry], tuple[Any, ...]] = attrgetter(*COLUMNS)


def insertion(table: Table, dialect: Dialect) -> Add:
    """How entries with keys of their own are added to a table; those that are known are left.

    Args:
        table: The table of entries.
        dialect: The database's.
    """
    statement = _insert_if_new(table, dialect)
    if statement is None:
        return lambda connection, entries: _add_missing(connection, table, entries)
    compiled = statement.compile(dialect=dialect, column_keys=list(COLUMNS))
    text, order = str(compiled), compiled.positiontup
    if dialect.name == "sqlite" and order is not None:
        return _several_rows_a_statement(text, attrgetter(*order))
    values: Callable[[Entry], Any] = _by_name if order is None else attrgetter(*order)

    def add(connection: Connection, entries: Sequence[Entry]) -> None:
        connection.exec_driver_sql(text, [values(entry) for entry in entries])

    return add


def _several_rows_a_statement(statement: str, values: Callable[[Entry], Any]) -> Add:
    one = f"({', '.join('?' * len(COLUMNS))})"

    @cache
    def of(rows: int) -> str:
        return statement.replace(one, ", ".join([one] * rows), 1)

    def add(connection: Connection, entries: Sequence[Entry]) -> None:
        for some in slices(entries, _ROWS_A_STATEMENT):
            given = tuple(value for entry in some for value in values(entry))
            connection.exec_driver_sql(of(len(some)), given)

    return add


def _add_missing(connection: Connection, table: Table, entries: Sequence[Entry]) -> None:
    """Add entries to a database that cannot pass over what it has."""
    for some in slices(entries):
        keys = [entry.key for entry in some]
        known = set(connection.scalars(select(table.c.key).where(table.c.key.in_(keys))))
        rows = [_by_name(entry) for entry in some if entry.key not in known]
        if rows:
            connection.execute(insert(table), rows)


def _insert_if_new(table: Table, dialect: Dialect) -> Insert | None:
    if dialect.name == "postgresql":
        return postgresql.insert(table).on_conflict_do_nothing()
    if dialect.name == "sqlite":
        return sqlite.insert(table).on_conflict_do_nothing()
    if dialect.name in ("mysql", "mariadb"):
        return mysql.insert(table).on_duplicate_key_update(key=table.c.key)
    return None


def _by_name(entry: Entry) -> dict[str, Any]:
    return dict(zip(COLUMNS, _values(entry), strict=True))


def slices(items: Sequence[T], most: int = _KEYS_AT_ONCE) -> Iterator[Sequence[T]]:
    """Parts of many keys or entries: databases take only so many at once."""
    for start in range(0, len(items), most):
        yield items[start : start + most]
