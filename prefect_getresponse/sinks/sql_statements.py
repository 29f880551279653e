"""What is sent to databases: tables by their names there, and writing rows by key.

PostgreSQL, SQLite, MySQL and MariaDB write by key in one statement, sent through the driver as rows
of plain values, which costs a quarter of what SQLAlchemy's own way does. For every other database
rows go into a staging table first, and from there into the table in two statements.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from itertools import repeat
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Dialect,
    Insert,
    MetaData,
    and_,
    bindparam,
    delete,
    insert,
    null,
    or_,
    select,
    update,
)
from sqlalchemy import Table as SqlTable
from sqlalchemy.dialects import mysql, postgresql, sqlite

from prefect_getresponse.sinks.sql_types import Convert, driver_values, sql_type
from prefect_getresponse.sinks.tables import SYNCED_AT, Kind, Row, Table, Where
from prefect_getresponse.sinks.tables import Column as TableColumn

BY_KEY = ("postgresql", "sqlite", "mysql", "mariadb")
"""Databases that write by key in one statement."""
STAGING = "_getresponse_staging_"

_ROWS_AT_ONCE = 5_000
_WORTH_A_STATEMENT = 500
"""Rows for which a statement of their own is compiled: that takes as long as writing some 100."""
_Columns = Sequence[Sequence[Any]]
_Maker = Callable[[_Columns, datetime], Iterable[tuple[Any, ...]]]


class SqlTables:
    """Tables by the names that they have in one database.

    Args:
        schema: Schema of all of them; None for the database's own.
        prefix: What their names begin with; `_getresponse_state` and its like have none.
        staged: Whether rows go through staging tables.
    """

    def __init__(self, schema: str | None, prefix: str, staged: bool) -> None:
        self.schema = schema
        self.staged = staged
        self._prefix = prefix
        self._metadata = MetaData(schema=schema)
        self._statements: dict[
            tuple[Table, tuple[str, ...], frozenset[str]], tuple[str, _Maker]
        ] = {}

    def statement(
        self, table: Table, columns: Sequence[str], empty: frozenset[str], dialect: Dialect
    ) -> tuple[str, _Maker]:
        """The statement that writes rows by key, and how columns become the driver's rows.

        Args:
            table: Where to.
            columns: Names of the columns.
            empty: Those of them that the statement itself sets to null.
            dialect: The database's.
        """
        known = table, tuple(columns), empty
        if known not in self._statements:
            made = _by_key(dialect.name, self.table(table), table.key, columns, empty)
            text, order = _driver_text(made, dialect)
            maker = _values_in_order(table, columns, order, dialect.name)
            self._statements[known] = text, maker
        return self._statements[known]

    def name(self, table: Table) -> str:
        """The table's name in the database, without its schema."""
        return table.name if table.name.startswith("_") else f"{self._prefix}{table.name}"

    def table(self, table: Table) -> SqlTable:
        """The table as SQLAlchemy knows it."""
        return self._made(self.name(table), table)

    def staging(self, table: Table) -> SqlTable:
        """The table that rows go through in databases that cannot write by key."""
        return self._made(f"{STAGING}{table.name}", table)

    def _made(self, name: str, table: Table) -> SqlTable:
        known = self._metadata.tables.get(f"{self.schema}.{name}" if self.schema else name)
        if known is not None and {column.name for column in known.columns} == {
            column.name for column in table.all_columns
        }:
            return known
        columns = [self.column(table, column) for column in table.all_columns]
        return SqlTable(name, self._metadata, *columns, extend_existing=True)

    @staticmethod
    def column(table: Table, column: TableColumn) -> Column[Any]:
        """A column as SQLAlchemy knows it."""
        in_key = column.name in table.key
        key = [table.column(name).kind for name in table.key]
        kind = sql_type(column.kind, key.count(Kind.TEXT) if in_key else 0)
        return Column(
            column.name, kind, primary_key=in_key, nullable=not in_key, autoincrement=False
        )


def holds(table: SqlTable, where: Iterable[Where]) -> ColumnElement[bool]:
    """The conditions as SQL."""
    return and_(True, *(_test(table, condition) for condition in where))


def _test(table: SqlTable, condition: Where) -> ColumnElement[bool]:
    column, value = table.c[condition.column], condition.value
    match condition.test:
        case "in":
            several = condition.several
            assert several is not None
            return column.in_(several)
        case "null":
            return column.is_(None)
        case "not null":
            return column.is_not(None)
        case "differs":
            other = table.c[str(value)]
            return or_(
                column != other,
                and_(column.is_(None), other.is_not(None)),
                and_(column.is_not(None), other.is_(None)),
            )
        case test:
            return column.bool_op({"=": "="}.get(test, test))(bindparam(None, value, column.type))


def upsert(
    connection: Connection,
    tables: SqlTables,
    table: Table,
    names: Sequence[str],
    rows: Sequence[Row],
    at: datetime,
) -> None:
    """Write rows by key.

    Args:
        connection: In a transaction.
        tables: Names of the tables.
        table: Where to.
        names: Names of the columns that the rows have.
        rows: Values in the order of the columns.
        at: When: `_synced_at` of the rows.
    """
    columns = [*names, SYNCED_AT]
    if tables.staged:
        dated = [(*row, at) for row in rows]
        _upsert_through_staging(connection, tables, table, columns, dated)
        return
    for start in range(0, len(rows), _ROWS_AT_ONCE):
        given = list(zip(*rows[start : start + _ROWS_AT_ONCE], strict=True))
        empty = _empty(names, given, connection.dialect)
        text, rows_of = tables.statement(table, columns, empty, connection.dialect)
        connection.exec_driver_sql(text, list(rows_of(given, at)))


def _empty(names: Sequence[str], given: _Columns, dialect: Dialect) -> frozenset[str]:
    """Columns without a value that are better left to the statement."""
    # SQLite's driver looks for an adapter for every None, which costs more than writing a text.
    if dialect.name != "sqlite" or len(given[0]) < _WORTH_A_STATEMENT:
        return frozenset()
    return frozenset(
        name
        for name, values in zip(names, given, strict=True)
        if values[0] is None and values.count(None) == len(values)
    )


def _by_key(
    dialect: str,
    table: SqlTable,
    key: Sequence[str],
    columns: Sequence[str],
    empty: frozenset[str],
) -> Insert:
    """The statement of a database that has one for this."""
    values: dict[str, Any] = {
        name: null() if name in empty else bindparam(name) for name in columns
    }
    others = [name for name in columns if name not in key]
    match dialect:
        case "postgresql":
            on_postgresql = postgresql.insert(table).values(values)
            given = {name: on_postgresql.excluded[name] for name in others}
            return on_postgresql.on_conflict_do_update(index_elements=list(key), set_=given)
        case "sqlite":
            on_sqlite = sqlite.insert(table).values(values)
            given = {name: on_sqlite.excluded[name] for name in others}
            return on_sqlite.on_conflict_do_update(index_elements=list(key), set_=given)
        case _:
            on_mysql = mysql.insert(table).values(values)
            return on_mysql.on_duplicate_key_update(
                {name: on_mysql.inserted[name] for name in others}
            )


def _driver_text(statement: Insert, dialect: Dialect) -> tuple[str, list[str]]:
    """The statement as the driver takes it, and the names of its values in their order."""
    # As a dialect of the same kind whose values are told by place, since rows are plain tuples.
    style = "qmark" if dialect.paramstyle == "qmark" else "format"
    by_place = type(dialect)(paramstyle=style)  # type: ignore[call-arg]
    by_place.identifier_preparer = dialect.identifier_preparer
    compiled = statement.compile(dialect=by_place)
    return str(compiled), list(getattr(compiled, "positiontup", None) or [])


def _values_in_order(
    table: Table, columns: Sequence[str], order: Sequence[str], dialect: str
) -> _Maker:
    """How columns, and the moment that is the last one, become rows of the driver's values."""
    taken = [
        (columns.index(name), driver_values(table.column(name).kind, dialect)) for name in order
    ]
    convert_at = driver_values(Kind.TIMESTAMP, dialect)

    def column(given: _Columns, place: int, convert: Convert | None) -> Iterable[Any]:
        values = given[place]
        # Most columns of most answers are empty.
        if convert is None or values.count(None) == len(values):
            return values
        return convert(values)

    def rows_of(given: _Columns, at: datetime) -> Iterable[tuple[Any, ...]]:
        [stamp] = convert_at([at]) if convert_at else [at]
        values = [
            repeat(stamp, len(given[0])) if place == len(given) else column(given, place, convert)
            for place, convert in taken
        ]
        return zip(*values, strict=True)

    return rows_of


def _upsert_through_staging(
    connection: Connection,
    tables: SqlTables,
    table: Table,
    columns: Sequence[str],
    rows: Sequence[Row],
) -> None:
    """Change the rows that are there, then add those that are not."""
    places = [columns.index(name) for name in table.key]
    last = {tuple(row[place] for place in places): row for row in rows}
    if not last:
        return
    target, staging = tables.table(table), tables.staging(table)
    connection.execute(delete(staging))
    connection.execute(
        insert(staging), [dict(zip(columns, row, strict=True)) for row in last.values()]
    )
    same = and_(True, *(staging.c[name] == target.c[name] for name in table.key))
    others = [name for name in columns if name not in table.key]
    given = {
        name: select(staging.c[name]).where(same).correlate(target).scalar_subquery()
        for name in others
    }
    there = select(staging.c[table.key[0]]).where(same).correlate(target).exists()
    connection.execute(update(target).where(there).values(given))
    new = ~select(target.c[table.key[0]]).where(same).correlate(staging).exists()
    connection.execute(
        insert(target).from_select(
            list(columns), select(*(staging.c[name] for name in columns)).where(new)
        )
    )
    connection.execute(delete(staging))
