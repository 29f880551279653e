"""Tables as a destination keeps them: names, kinds of columns, and the key."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import cast

SYNCED_AT = "_synced_at"
"""Column of every table: when its row was written last. Destinations fill it in themselves."""


class Kind(StrEnum):
    """What a column holds.

    Values of rows are `str`, `int`, `float`, `bool`, `datetime` with its zone, `date`, and anything
    JSON-like; None is null in each.
    """

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    TIMESTAMP = "timestamp"
    DAY = "day"
    JSON = "json"


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes:
        name: Its name, in lower case.
        kind: What it holds.
    """

    name: str
    kind: Kind = Kind.TEXT


@dataclass(frozen=True)
class Table:
    """A table of a destination.

    Attributes:
        name: Its name without schema or prefix: plural, and no reserved word.
        key: Columns that tell one row from another.
        columns: All columns but `_synced_at`, which every destination adds.
        day: Column of kind day that folders of files are parted by; empty for other tables.
        buckets: In how many parts files keep it, by the first column of the key that is not
            `account_id`; 1 for tables that are small.
    """

    name: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    day: str = ""
    buckets: int = 1

    def __post_init__(self) -> None:
        missing = set(self.key) - set(self.names)
        if missing or SYNCED_AT in self.names or len(set(self.names)) < len(self.names):
            raise ValueError(f"{self.name}: not a table: {sorted(missing) or self.names}")

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns, without `_synced_at`."""
        return tuple(column.name for column in self.columns)

    @property
    def all_columns(self) -> tuple[Column, ...]:
        """All columns, `_synced_at` last."""
        return (*self.columns, Column(SYNCED_AT, Kind.TIMESTAMP))

    def column(self, name: str) -> Column:
        """The column of a name."""
        return next(column for column in self.all_columns if column.name == name)


@dataclass(frozen=True)
class Where:
    """A condition on a column; several of them must all hold.

    Attributes:
        column: Name of the column.
        test: What to compare. `differs` compares with another column of the row, null being a value
            like any other.
        value: What to compare with: a value, several of them (`in`), the name of the other column
            (`differs`), or nothing.
    """

    column: str
    test: str
    value: object = None

    TESTS = ("=", "<", "<=", ">", ">=", "in", "null", "not null", "differs")

    def __post_init__(self) -> None:
        if self.test not in self.TESTS:
            raise ValueError(f"{self.test!r} is no test of a column")

    @property
    def several(self) -> list[object] | None:
        """The values of an `in`; None for other tests."""
        value = self.value
        if self.test != "in" or not isinstance(value, list | tuple | set | frozenset):
            return None
        return list(cast(Collection[object], value))


Row = Sequence[object]
"""Values in the order of the columns they are given for."""
