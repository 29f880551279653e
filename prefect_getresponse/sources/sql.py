"""Records of a database: the rows of one query, through SQLAlchemy."""

import hashlib
import logging
import os
import re
from collections.abc import Generator, Sequence
from contextlib import closing, contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, CursorResult, create_engine, event
from sqlalchemy.exc import DBAPIError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from prefect_getresponse.settings import GetResponseSettings
from prefect_getresponse.sources.cells import column_names
from prefect_getresponse.sources.database_urls import (
    DatabaseUrlError,
    database_url,
    public_url_of,
    reason,
)
from prefect_getresponse.sources.errors import (
    EmptySource,
    ImportInputError,
    SourceNotFound,
    UnreadableSource,
    listed,
)
from prefect_getresponse.sources.reading import Reading
from prefect_getresponse.sources.tables import ValueSource, check_width

logger = logging.getLogger("prefect_getresponse")

_ROWS_AT_ONCE = 2_000
_TO_READ_ONLY = {
    "sqlite": ("PRAGMA query_only = ON",),
    "mysql": ("START TRANSACTION READ ONLY",),
    "mariadb": ("START TRANSACTION READ ONLY",),
    "oracle": ("SET TRANSACTION READ ONLY",),
}
"""What a database is told first, so that it refuses to write."""
_REFUSE_WRITES = ("postgresql", "sqlite")
"""Databases that then refuse all that a query can write; others still write to files of theirs."""
_INTO = re.compile(r"\binto\b", re.IGNORECASE)
_WRITES = re.compile(
    r"\b(insert|update|delete|merge|into|exec|execute|call|create|drop|alter|truncate|grant)\b",
    re.IGNORECASE,
)
_NOT_CODE = re.compile(
    r"--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|`[^`]*`|\$(\w*)\$.*?\$\1\$", re.DOTALL
)
_PARENTHESES = re.compile(r"\([^()]*\)")


class SqlSource(ValueSource):
    """The rows of a query; there is no header, the first is row 1.

    They are streamed, in a transaction that may not write, where the database knows such, and that
    is always rolled back. The query must say in which order the rows come, because an interrupted
    import goes on by row.

    Args:
        url: SQLAlchemy's URL of the database. `postgresql://` means psycopg. A password written as
            `${GETRESPONSE_SOURCE_NAME}` is taken from the environment, so that it stands nowhere
            else.
        reading: The query, a `SELECT` with an `ORDER BY`.

    Raises:
        SourceNotFound: The URL cannot be understood, or a driver or variable is missing.
        UnreadableSource: The query cannot be used, or the database refuses it.
        EmptySource: There are no rows.
    """

    def __init__(self, url: str, reading: Reading) -> None:
        self._url = _database(url)
        public = public_url_of(self._url)
        self._query = reading.query.strip().rstrip(";")
        digest = hashlib.blake2b(self._query.encode(), digest_size=8).hexdigest()
        self.location = f"{public.render_as_string()}#{digest}"
        self.name = f"{public.drivername} {os.path.basename(public.database or '')}".strip()  # noqa: PTH119 - rarely a path
        reading.allow(("query",), "a database", self.name)
        _check_query(self._query, self.name)
        self.notes = self._check_writes(
            required=reading.require_read_only or GetResponseSettings().require_read_only
        )
        first = self._look()
        if first is None:
            raise EmptySource("the query returns no rows", "Check the query", self.name)

    def _check_writes(self, *, required: bool) -> tuple[str, ...]:
        """Refuse a query that may write where the database itself cannot be told to refuse it.

        Returns:
            What the plan is to say about that.
        """
        backend = self._url.get_backend_name()
        if backend in _REFUSE_WRITES:
            return ()
        code = _NOT_CODE.sub(" '' ", self._query)
        words = _INTO if backend in _TO_READ_ONLY else _WRITES
        if (found := words.search(code)) or "/*!" in self._query:
            word = found[0].upper() if found else "/*!"
            raise UnreadableSource(
                f"the query holds {word}, which may write",
                "Write a SELECT that only reads",
                self.name,
            )
        if backend in _TO_READ_ONLY:
            return ()
        if required:
            raise UnreadableSource(
                "the database cannot be told to refuse writes",
                "Read from a database with read-only transactions, or leave --require-read-only"
                " (REQUIRE_READ_ONLY) out and let the database user have no right but SELECT",
                self.name,
            )
        note = (
            f"{listed([self.name])} cannot be told to refuse writes: the query is rolled back at"
            " its end. A database user who may only SELECT is safer."
        )
        logger.warning(note)
        return (note,)

    def _look(self) -> Sequence[object] | None:
        with self._result() as result:
            self._columns = column_names(result.keys())
            check_width(self._columns, self.name)
            return next(iter(result), None)

    def _values(self) -> Generator[tuple[int, Sequence[object]]]:
        with self._result() as result:
            yield from enumerate(result, start=1)

    @contextmanager
    def _result(self) -> Generator[CursorResult[Any]]:
        options: dict[str, Any] = {
            "stream_results": True,
            "yield_per": _ROWS_AT_ONCE,
            "no_parameters": True,  # a `%` of the query is nothing but a `%`
        }
        backend = self._url.get_backend_name()
        if backend == "postgresql":
            options["postgresql_readonly"] = True
        try:
            url = _reading_only(self._url)
            engine = create_engine(url, poolclass=NullPool, hide_parameters=True)
            if url.get_driver_name() == "psycopg":
                event.listen(engine, "connect", _read_every_time)
            with engine.connect() as connection:
                for statement in _TO_READ_ONLY.get(backend, ()):
                    connection.exec_driver_sql(statement)
                connection = connection.execution_options(**options)
                with closing(connection.exec_driver_sql(self._query)) as result:
                    yield result
                connection.rollback()
        except (SQLAlchemyError, ImportError) as error:
            raise self._refused(error) from None

    def _refused(self, error: Exception) -> ImportInputError:
        if isinstance(error, ModuleNotFoundError):
            return SourceNotFound(
                f"the database driver {error.name} is not installed",
                'pip install "prefect-getresponse[sql]" brings the one for PostgreSQL; others are'
                " named in the URL, as in mysql+pymysql://",
                self.name,
            )
        if isinstance(error, NoSuchModuleError):
            return SourceNotFound(
                f"SQLAlchemy knows no database {self._url.drivername}", "Check the URL", self.name
            )
        if isinstance(error, DBAPIError) and error.connection_invalidated:
            return UnreadableSource(
                "the connection to the database was lost", "Start again", self.name
            ).at(row=self._read + 1)
        return UnreadableSource(
            f"the database refuses: {reason(error, self._url)}",
            "Check URL, rights and query",
            self.name,
        )


def _read_every_time(connection: Any, _: object) -> None:
    """Let times that Python does not have, such as `infinity`, be the texts they are."""
    times = import_module("psycopg.types.datetime")
    for kind, loader in (
        ("date", times.DateLoader),
        ("timestamp", times.TimestampLoader),
        ("timestamptz", times.TimestamptzLoader),
        ("interval", times.IntervalLoader),
    ):
        connection.adapters.register_loader(kind, _lenient(loader))


def _lenient(loader: type[Any]) -> type[Any]:
    class Lenient(loader):  # type: ignore[misc]
        def load(self, data: Any) -> object:
            try:
                return loader.load(self, data)
            except Exception:  # psycopg's own, of several kinds
                return bytes(data).decode()

    return Lenient


def _database(url: str) -> URL:
    try:
        parsed = database_url(url)
    except DatabaseUrlError as error:
        raise SourceNotFound(error.what, error.advice) from None
    file = parsed.database or ""
    plain_file = parsed.get_backend_name() == "sqlite" and not file.startswith("file:")
    if plain_file and not Path(file).is_file():  # SQLite would make it
        raise SourceNotFound(f"there is no database {file}", "Check the path")
    return parsed


def _reading_only(url: URL) -> URL:
    """The same URL, for a file of SQLite opened for reading only."""
    file = url.database or ""
    if url.get_backend_name() != "sqlite" or not file or file.startswith((":", "file:")):
        return url
    query = {**url.query, "mode": "ro", "uri": "true"}
    return url.set(database=f"file:{quote(str(Path(file).absolute()))}", query=query)


def _check_query(query: str, source: str) -> None:
    code = _NOT_CODE.sub(" '' ", query).strip()
    if ";" in code or not re.match(r"(select|with)\b", code.lstrip("( "), re.IGNORECASE):
        raise UnreadableSource("the query is not one SELECT", "Write SELECT ... ORDER BY", source)
    outermost = code
    while (inner := _PARENTHESES.sub(" ", outermost)) != outermost:
        outermost = inner
    if not re.search(r"\border\s+by\b", outermost, re.IGNORECASE):
        raise UnreadableSource(
            "the query does not say in which order the rows come",
            "Add an ORDER BY over columns that are unique, such as ORDER BY id",
            source,
        )
