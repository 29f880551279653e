"""Tables of a database, through SQLAlchemy."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import (
    URL,
    Connection,
    Engine,
    and_,
    create_engine,
    delete,
    event,
    func,
    inspect,
    select,
    update,
)
from sqlalchemy import Table as SqlTable
from sqlalchemy.exc import NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from prefect_getresponse.sinks.sink import SinkError, SinkNotFound, State
from prefect_getresponse.sinks.sql_claims import (
    CLAIM,
    HOLDER,
    check_holder,
    ensure_row,
    held,
    write_down,
)
from prefect_getresponse.sinks.sql_schema import creation, make_missing
from prefect_getresponse.sinks.sql_statements import BY_KEY, SqlTables, holds, upsert
from prefect_getresponse.sinks.sql_types import json_text
from prefect_getresponse.sinks.tables import Column, Row, Table, Where
from prefect_getresponse.sources.database_urls import (
    DatabaseUrlError,
    database_url,
    public_url_of,
    reason,
)

SCHEMA = "getresponse"
PREFIX = "getresponse_"
STATE = Table(
    "_getresponse_state",
    ("account_id", "stream"),
    (Column("account_id"), Column("stream"), Column("state")),
)

_WITHOUT_SCHEMAS = ("sqlite", "mysql", "mariadb", "oracle")
_ROWS_AT_ONCE = 5_000
_VALUES_AT_ONCE = 500
_SQLITE_WAIT_SECONDS = 60


class SqlTransaction:
    """Changes of one database transaction.

    Attributes:
        at: When it began.
        connection: The database's connection, for statements of your own in the same transaction.
    """

    def __init__(self, connection: Connection, tables: SqlTables) -> None:
        self.connection = connection
        self.at = datetime.now(UTC)
        self._tables = tables

    def upsert(
        self, table: Table, rows: Iterable[Row], columns: Sequence[str] | None = None
    ) -> int:
        """Write rows, each in the place of the one with the same key."""
        given = rows if isinstance(rows, list) else list(rows)
        names = table.names if columns is None else columns
        upsert(self.connection, self._tables, table, names, given, self.at)
        return len(given)

    def delete(self, table: Table, *where: Where) -> None:
        """Delete the rows for which all conditions hold."""
        target = self._tables.table(table)
        for part in _few_values_each(where):
            self.connection.execute(delete(target).where(holds(target, part)))

    def count(self, table: Table, *where: Where) -> int:
        """How many rows there are for which all conditions hold."""
        return _count(self.connection, self._tables.table(table), where)

    def update(self, table: Table, values: Mapping[str, object], *where: Where) -> None:
        """Set columns of the rows for which all conditions hold."""
        target = self._tables.table(table)
        for part in _few_values_each(where):
            self.connection.execute(update(target).where(holds(target, part)).values(dict(values)))

    def save_state(self, account_id: str, stream: str, state: State) -> None:
        """Keep a writer's state."""
        self.upsert(STATE, [(account_id, stream, json_text(dict(state)))])


class SqlSink:
    """A database.

    Args:
        url: SQLAlchemy's URL. `postgresql://` means psycopg, and a password written as
            `${GETRESPONSE_TARGET_NAME}` is taken from the environment. Three options are for the
            tables: `?schema=` (default getresponse), `?prefix=` (getresponse_ in databases without
            schemas) and `?upsert=staging`, for databases that should not write by key in one
            statement.

    Raises:
        SinkNotFound: The URL cannot be understood, or a driver or variable is missing.
    """

    portion = 10_000

    def __init__(self, url: str) -> None:
        try:
            self._url = database_url(url)
        except DatabaseUrlError as error:
            raise SinkNotFound(error.what, advice=f"{error.advice}.") from None
        own = {key: str(value) for key, value in self._url.query.items() if key in _OPTIONS}
        self._url = self._url.difference_update_query(_OPTIONS)
        kind = self._url.get_backend_name()
        schema = own.get("schema", "" if kind in _WITHOUT_SCHEMAS else SCHEMA)
        prefix = own.get("prefix", PREFIX if kind in _WITHOUT_SCHEMAS and not schema else "")
        staged = own.get("upsert") == "staging" or kind not in BY_KEY
        self.tables = SqlTables(schema or None, prefix, staged)
        self.name = _public_name(self._url)
        self._engine = _engine(self._url, self.name)
        self._claim: tuple[str, str] | None = None
        self._seen: set[str] = set()

    def asset_key(self, table: Table) -> str:
        """Where a table is, as one word without secrets: host, database, schema and table."""
        public = public_url_of(self._url)
        # `URL.set` takes None for "as it is", so a user's name has to be left out by hand.
        place = URL.create(
            public.drivername, host=public.host, port=public.port, database=public.database
        )
        parts = [place.render_as_string(), self.tables.schema or "", self.tables.name(table)]
        return "/".join(part for part in parts if part)

    def ddl(self, tables: Sequence[Table]) -> list[str]:
        """The statements that make the tables, for a database where only others may do it."""
        return creation(self._engine, self.tables, [STATE, *tables])

    def prepare(self, tables: Sequence[Table]) -> list[str]:
        """Make what is missing of tables and columns."""
        wanted = [STATE, *tables]
        with self._refusals():
            try:
                return make_missing(self._engine, self.tables, wanted)
            except SQLAlchemyError:  # another process may have been as quick
                return make_missing(self._engine, self.tables, wanted)

    @contextmanager
    def claim(self, account_id: str, run_id: str) -> Generator[None]:
        """Keep others from exporting the same account to it meanwhile."""
        states = self.tables.table(STATE)
        with self._refusals():
            for stream in (CLAIM, HOLDER):
                ensure_row(self._engine, states, account_id, stream)
        with held(self._engine, states, account_id):
            with self._refusals(), self._engine.begin() as connection:
                write_down(connection, states, account_id, run_id)
            self._claim = account_id, run_id
            try:
                yield
            finally:
                self._claim = None

    @contextmanager
    def transaction(self) -> Generator[SqlTransaction]:
        """Begin changes; they are kept if the block ends without an error."""
        with self._refusals(), self._engine.begin() as connection:
            if self._claim is not None:
                check_holder(connection, self.tables.table(STATE), *self._claim)
            yield SqlTransaction(connection, self.tables)

    def select(
        self, table: Table, columns: Sequence[str], *where: Where
    ) -> Iterator[tuple[Any, ...]]:
        """Read columns of the rows for which all conditions hold."""
        target = self.tables.table(table)
        reading = {"stream_results": True, "yield_per": _ROWS_AT_ONCE, "reading": True}
        with self._refusals(), self._engine.connect().execution_options(**reading) as connection:
            if not self._is_there(connection, target):
                return
            for part in _few_values_each(where):
                wanted = select(*(target.c[name] for name in columns)).where(holds(target, part))
                for row in connection.execute(wanted):
                    yield tuple(row)

    def count(self, table: Table, *where: Where) -> int:
        """How many rows there are for which all conditions hold."""
        target = self.tables.table(table)
        with self._refusals(), self._reading() as connection:
            return _count(connection, target, where) if self._is_there(connection, target) else 0

    def _reading(self) -> Connection:
        return self._engine.connect().execution_options(reading=True)

    def _is_there(self, connection: Connection, target: SqlTable) -> bool:
        if target.key not in self._seen and inspect(connection).has_table(
            target.name, schema=target.schema
        ):
            self._seen.add(target.key)
        return target.key in self._seen

    def state(self, account_id: str, stream: str) -> dict[str, Any]:
        """What a writer kept; empty if nothing."""
        states = self.tables.table(STATE)
        this = and_(states.c.account_id == account_id, states.c.stream == stream)
        with self._refusals(), self._reading() as connection:
            if not self._is_there(connection, states):
                return {}
            found = connection.execute(select(states.c.state).where(this)).scalar()
        kept: dict[str, Any] = orjson.loads(found) if found else {}
        return kept

    def publish(self) -> None:
        """Do nothing: each transaction is seen when it ends."""

    def close(self) -> None:
        """Give connections back."""
        self._engine.dispose()

    @contextmanager
    def _refusals(self) -> Generator[None]:
        try:
            yield
        except (SQLAlchemyError, ModuleNotFoundError) as error:
            raise SinkError(
                f"{self.name}: the database refuses: {reason(error, self._url)}",
                advice="Check the URL, the rights of its user, and the database.",
            ) from None


_OPTIONS = ("schema", "prefix", "upsert")


def _public_name(url: URL) -> str:
    database = url.database or ""
    if url.get_backend_name() == "sqlite":
        return f"sqlite {Path(database).name}"
    return f"{url.get_backend_name()} {url.host or ''}/{database}"


def _engine(url: URL, name: str) -> Engine:
    is_sqlite = url.get_backend_name() == "sqlite"
    if is_sqlite and (url.database or ":memory:") == ":memory:":
        raise SinkNotFound("a SQLite in memory keeps nothing", advice="Give the path of a file.")
    if is_sqlite and not Path(url.database or "").absolute().parent.is_dir():
        raise SinkNotFound(f"{name}: there is no such folder", advice="Make it, or check the path.")
    options: dict[str, Any] = {"poolclass": NullPool} if is_sqlite else {"pool_pre_ping": True}
    try:
        engine = create_engine(url, hide_parameters=True, **options)
    except NoSuchModuleError:
        raise SinkNotFound(
            f"SQLAlchemy knows no database {url.drivername}", advice="Check the URL."
        ) from None
    except ModuleNotFoundError as error:
        raise SinkNotFound(
            f"the database driver {error.name} is not installed",
            advice='pip install "prefect-getresponse[sql]" brings the one for PostgreSQL; others'
            " are named in the URL, as in mysql+pymysql://.",
        ) from None
    if is_sqlite:
        _begin_by_ourselves(engine)
    return engine


def _begin_by_ourselves(engine: Engine) -> None:
    """Let SQLite's transactions begin where SQLAlchemy's do, and writers wait for each other."""

    @event.listens_for(engine, "connect")
    def connected(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        connection.execute(f"PRAGMA busy_timeout = {_SQLITE_WAIT_SECONDS * 1000}")

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        reading = connection.get_execution_options().get("reading")
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def _count(connection: Connection, target: SqlTable, where: Sequence[Where]) -> int:
    return sum(
        connection.execute(
            select(func.count()).select_from(target).where(holds(target, part))
        ).scalar_one()
        for part in _few_values_each(where)
    )


def _few_values_each(where: Sequence[Where]) -> Iterator[list[Where]]:
    """The conditions again and again, with a few values of a long `in` each time."""
    for place, condition in enumerate(where):
        listed = condition.several
        if listed is not None:
            for start in range(0, len(listed), _VALUES_AT_ONCE):
                part = replace(condition, value=listed[start : start + _VALUES_AT_ONCE])
                yield [*where[:place], part, *where[place + 1 :]]
            return
    yield list(where)
