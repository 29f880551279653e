"""The tables of the inbox.

Where databases have schemas, they lie in `getresponse`; elsewhere, but in SQLite, whose file is the
inbox's own unless said otherwise, their names begin with `getresponse_`.
"""

from __future__ import annotations

from sqlalchemy import (
    Column,
    Dialect,
    Double,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
)
from sqlalchemy.dialects import mysql

VERSION = 1
"""Of the tables; a greater one was made by a newer version of this package."""
SCHEMA = "getresponse"
_WITH_SCHEMAS = frozenset({"postgresql", "mssql"})
_KEY_LENGTH = 240

_KEY = String(_KEY_LENGTH).with_variant(
    mysql.VARCHAR(_KEY_LENGTH, collation="utf8mb4_bin"), "mysql", "mariadb"
)
_SECONDS: Double[float] = Double()
_LONG = Text().with_variant(mysql.LONGTEXT(), "mysql", "mariadb")


class Tables:
    """Tables as one database has them.

    Args:
        dialect: The database's.

    Attributes:
        schema: Schema they lie in; None where there are none.
        entries: One row an entry.
        version: One row: the version of the tables.
    """

    def __init__(self, dialect: Dialect) -> None:
        self.schema = SCHEMA if dialect.name in _WITH_SCHEMAS else None
        prefix = "" if self.schema or dialect.name == "sqlite" else "getresponse_"
        self.metadata = MetaData(schema=self.schema)
        self.entries = Table(
            f"{prefix}inbox",
            self.metadata,
            Column("key", _KEY, primary_key=True),
            Column("received_at", _SECONDS, nullable=False),
            Column("kind", String(16), nullable=False),
            Column("type", String(64), nullable=False),
            Column("account_id", String(64), nullable=False),
            Column("contact_id", String(64), nullable=False),
            Column("occurred_at", _SECONDS),
            Column("payload", _LONG, nullable=False),
            Column("state", String(16), nullable=False),
            Column("lease_until", _SECONDS),
            Column("tries", Integer, nullable=False),
            Column("error", _LONG, nullable=False),
            Column("identity", _KEY, nullable=False),
            Column("found_by", String(16), nullable=False),
            Column("lease", String(40)),
            Index(f"{prefix}inbox_by_state", "state", "received_at"),
            Index(f"{prefix}inbox_by_identity", "identity"),
            Index(f"{prefix}inbox_by_kind", "kind", "received_at"),
            Index(f"{prefix}inbox_by_lease", "lease"),
            Index(f"{prefix}inbox_by_contact", "contact_id"),
        )
        self.version = Table(
            f"{prefix}inbox_schema",
            self.metadata,
            Column("version", Integer, primary_key=True, autoincrement=False),
        )
