"""Columns of databases: types by kind, and values as their drivers take them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime
from functools import partial
from typing import Any

import orjson
from sqlalchemy import (
    BigInteger,
    Boolean,
    Date,
    DateTime,
    Dialect,
    Double,
    String,
    Text,
    TypeDecorator,
)
from sqlalchemy.dialects import mysql, postgresql
from sqlalchemy.types import TypeEngine

from prefect_getresponse.client.server_time import in_utc
from prefect_getresponse.sinks.tables import Kind

_KEY_LENGTH = 255
_MYSQL_KEY_LENGTH = 764
"""Characters of four bytes that fit into a key of MySQL, beside a moment and a number."""
_LENGTH_OF_A_MOMENT = len("2026-01-01 00:00:00.000000")
Convert = Callable[[Sequence[Any]], Iterable[Any]]
_ZONES = ("postgresql", "oracle", "mssql")
"""Databases whose timestamps have a zone; others keep UTC without saying so."""


class UtcTimestamp(TypeDecorator[datetime]):
    """A moment: with its zone where the database has one, in UTC without it elsewhere."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the database's own type; MySQL's would cut the fractions of seconds."""
        if dialect.name in ("mysql", "mariadb"):
            return dialect.type_descriptor(mysql.DATETIME(fsp=6))
        return dialect.type_descriptor(DateTime(timezone=dialect.name in _ZONES))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the moment as the database keeps it."""
        if value is None:
            return None
        moment = value.astimezone(UTC)
        return moment if dialect.name in _ZONES else moment.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the moment in UTC."""
        return None if value is None else in_utc(value)


class JsonText(TypeDecorator[Any]):
    """JSON: in the database's own type where that can be searched, as text elsewhere."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the database's own type."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(postgresql.JSONB())
        if dialect.name in ("mysql", "mariadb"):
            return dialect.type_descriptor(mysql.LONGTEXT())
        return dialect.type_descriptor(Text())

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """Return JSON text, or the data for a type that writes JSON itself."""
        return value if value is None or dialect.name == "postgresql" else json_text(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """Return the data."""
        return orjson.loads(value) if isinstance(value, str | bytes) else value


def json_text(value: object) -> str:
    """The data as JSON text with sorted members, so that equal data are equal texts."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


def sql_type(kind: Kind, texts_in_key: int = 0) -> TypeEngine[Any]:
    """The type of a column.

    Args:
        kind: What it holds.
        texts_in_key: If it is part of the key, how many texts that has: many databases index no
            text without a length, and MySQL and MariaDB no key of more than 3,072 bytes.
    """
    match kind:
        case Kind.TEXT:
            if texts_in_key:
                length = min(_KEY_LENGTH, _MYSQL_KEY_LENGTH // texts_in_key)
                return String(_KEY_LENGTH).with_variant(
                    mysql.VARCHAR(length, collation="utf8mb4_bin"), "mysql", "mariadb"
                )
            return Text().with_variant(mysql.LONGTEXT(collation="utf8mb4_bin"), "mysql", "mariadb")
        case Kind.INTEGER:
            return BigInteger()
        case Kind.NUMBER:
            return Double()
        case Kind.BOOLEAN:
            return Boolean(create_constraint=False)
        case Kind.TIMESTAMP:
            return UtcTimestamp()
        case Kind.DAY:
            return Date()
        case Kind.JSON:
            return JsonText()


def _sqlite_moments(values: Sequence[Any]) -> Iterable[Any]:
    """Moments as SQLAlchemy writes them in SQLite, all at once: a quarter of one after the other.

    orjson writes moments in UTC as `2026-05-04T10:15:00+00:00`; with a fraction, in another zone,
    or of a type that orjson does not know, they go one by one.
    """
    try:
        text = orjson.dumps(values)
    except TypeError:
        return map(_sqlite_moment, values)
    if b"." in text or text.count(b"+00:00") + values.count(None) != len(values):
        return map(_sqlite_moment, values)
    found: list[Any] = orjson.loads(text.replace(b"T", b" ").replace(b"+00:00", b".000000"))
    return found


def _sqlite_moment(value: Any) -> Any:
    if value is None:
        return None
    moment = value if value.tzinfo is UTC else value.astimezone(UTC)
    return moment.isoformat(" ", "microseconds")[:_LENGTH_OF_A_MOMENT]


def _naive_moment(value: Any) -> Any:
    return None if value is None else value.astimezone(UTC).replace(tzinfo=None)


def _day_text(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _json_or_null(value: Any) -> Any:
    return None if value is None else json_text(value)


def driver_values(kind: Kind, dialect: str) -> Convert | None:
    """How values of a kind become what the database's driver takes; None if they are that already.

    Args:
        kind: What the values are.
        dialect: Name of one of the databases that `sql_statements` writes to without SQLAlchemy.
    """
    if kind is Kind.JSON:
        return partial(map, _json_or_null)
    if dialect == "sqlite" and kind is Kind.TIMESTAMP:
        return _sqlite_moments
    if dialect == "sqlite" and kind is Kind.DAY:
        return partial(map, _day_text)
    if dialect in ("mysql", "mariadb") and kind is Kind.TIMESTAMP:
        return partial(map, _naive_moment)
    return None
