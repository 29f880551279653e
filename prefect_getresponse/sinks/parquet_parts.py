"""Changes to a table that is kept in parts: each part is read, changed and written by itself.

Rows wait in memory up to a limit and on disk beyond it, so that a table of millions of people needs
no more memory than one of its parts.
"""

from __future__ import annotations

import pickle
import tempfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prefect_getresponse.sinks.tables import Row, Table, Where

_ROWS_IN_MEMORY = 20_000
_ALL = "all"

Holds = Callable[[Sequence[Any]], bool]


def part_of(table: Table) -> Callable[[Sequence[str]], Callable[[Row], str]]:
    """How rows with given columns are told apart by the part that they belong to."""

    def of(names: Sequence[str]) -> Callable[[Row], str]:
        if table.day:
            place = names.index(table.day)
            return lambda row: str(row[place])
        if table.buckets > 1:
            place = names.index(bucket_column(table))
            return lambda row: _bucket(row[place], table.buckets)
        return lambda _row: _ALL

    return of


def bucket_column(table: Table) -> str:
    """Column by which a table is kept in buckets: that of the contact, if it has one."""
    others = [name for name in table.key if name != "account_id"]
    return "contact_id" if "contact_id" in others else others[0]


def part_names(table: Table, known: Sequence[str], where: Iterable[Where]) -> list[str]:
    """Parts in which there may be rows for which conditions hold."""
    listed = list(known)
    for each in where:
        if table.day and each.column == table.day and each.test in ("=", "<", "<=", ">", ">="):
            test = _TESTS[each.test]
            listed = [part for part in listed if test(part, str(each.value))]
        elif table.buckets > 1 and each.column == bucket_column(table):
            values = _values(each)
            if values is not None:
                wanted = {_bucket(value, table.buckets) for value in values}
                listed = [part for part in listed if part in wanted]
    return listed


def _values(where: Where) -> list[object] | None:
    return [where.value] if where.test == "=" else where.several


def _bucket(value: object, buckets: int) -> str:
    return f"{zlib.crc32(str(value).encode()) % buckets:02}"


def matches(names: Sequence[str], where: Sequence[Where]) -> Holds:
    """Whether all conditions hold for a row with these columns."""
    tests = [_test(names, each) for each in where]
    return lambda row: all(test(row) for test in tests)


def _test(names: Sequence[str], where: Where) -> Holds:
    place = names.index(where.column)
    match where.test:
        case "null":
            return lambda row: row[place] is None
        case "not null":
            return lambda row: row[place] is not None
        case "differs":
            other = names.index(str(where.value))
            return lambda row: bool(row[place] != row[other])
        case "in":
            wanted = frozenset(_values(where) or ())
            return lambda row: row[place] in wanted
        case test:
            compare, value = _TESTS[test], where.value
            return lambda row: row[place] is not None and compare(row[place], value)


_TESTS: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": lambda a, b: bool(a == b),
    "<": lambda a, b: bool(a < b),
    "<=": lambda a, b: bool(a <= b),
    ">": lambda a, b: bool(a > b),
    ">=": lambda a, b: bool(a >= b),
}


@dataclass(frozen=True)
class _Change:
    """A deletion, or an update where there are values."""

    order: int
    where: tuple[Where, ...]
    values: Mapping[str, object] | None = None


class Changes:
    """Changes to one table, in the order in which they were made."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._names = tuple(column.name for column in table.all_columns)
        self._order = 0
        self._waiting: dict[str, list[tuple[int, tuple[str, ...], list[Row]]]] = {}
        self._rows = 0
        self._others: list[_Change] = []
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._on_disk: set[str] = set()

    @property
    def is_empty(self) -> bool:
        """Whether there are none."""
        return not (self._waiting or self._others or self._on_disk)

    def upsert(self, names: tuple[str, ...], rows: Sequence[Row]) -> int:
        """Write rows by key."""
        self._order += 1
        part = part_of(self._table)(names)
        sorted_out: dict[str, list[Row]] = {}
        for row in rows:
            sorted_out.setdefault(part(row), []).append(row)
        for name, found in sorted_out.items():
            self._waiting.setdefault(name, []).append((self._order, names, found))
        self._rows += len(rows)
        if self._rows >= _ROWS_IN_MEMORY:
            self._to_disk()
        return len(rows)

    def delete(self, where: Sequence[Where]) -> None:
        """Delete rows."""
        self._order += 1
        self._others.append(_Change(self._order, tuple(where)))

    def update(self, values: Mapping[str, object], where: Sequence[Where]) -> None:
        """Set columns."""
        self._order += 1
        self._others.append(_Change(self._order, tuple(where), dict(values)))

    def touched(self, known: Sequence[str]) -> list[str]:
        """Parts that may change, of those that there are and those that are new."""
        new = {*self._waiting, *self._on_disk}
        there = list(dict.fromkeys([*known, *sorted(new)]))
        reached = {
            part for each in self._others for part in part_names(self._table, there, each.where)
        }
        return [part for part in there if part in new or part in reached]

    def apply(self, part: str, rows: Iterable[Sequence[Any]]) -> tuple[list[Sequence[Any]], bool]:
        """Change the rows of a part.

        Returns:
            The rows as they are now, and whether anything has changed.
        """
        places = [self._names.index(name) for name in self._table.key]
        found = {tuple(row[place] for place in places): row for row in rows}
        has_changed = False
        others = [each for each in self._others if part_names(self._table, [part], each.where)]
        for order, names, new in self._batches(part):
            while others and others[0].order < order:
                has_changed |= self._apply_other(others.pop(0), found)
            self._put(found, names, new)
            has_changed = True
        for each in others:
            has_changed |= self._apply_other(each, found)
        return list(found.values()), has_changed

    def close(self) -> None:
        """Drop everything."""
        self._waiting.clear()
        self._others.clear()
        self._on_disk.clear()
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    def _put(
        self, found: dict[tuple[Any, ...], Sequence[Any]], names: tuple[str, ...], new: list[Row]
    ) -> None:
        keys = [names.index(name) for name in self._table.key]
        if names == self._names:
            found.update((tuple(row[place] for place in keys), row) for row in new)
            return
        places = [self._names.index(name) for name in names]
        empty: list[Any] = [None] * len(self._names)
        for row in new:
            key = tuple(row[place] for place in keys)
            whole = list(found.get(key, empty))
            for place, value in zip(places, row, strict=True):
                whole[place] = value
            found[key] = whole

    def _apply_other(self, change: _Change, found: dict[tuple[Any, ...], Sequence[Any]]) -> bool:
        holds = matches(self._names, change.where)
        chosen = [key for key, row in found.items() if holds(row)]
        for key in chosen:
            if change.values is None:
                del found[key]
                continue
            row = list(found[key])
            for name, value in change.values.items():
                row[self._names.index(name)] = value
            found[key] = row
        return bool(chosen)

    def _to_disk(self) -> None:
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="getresponse-export-")
        for part, batches in self._waiting.items():
            with (Path(self._folder.name) / part).open("ab") as file:
                for batch in batches:
                    pickle.dump(batch, file, protocol=pickle.HIGHEST_PROTOCOL)
            self._on_disk.add(part)
        self._waiting.clear()
        self._rows = 0

    def _batches(self, part: str) -> Iterator[tuple[int, tuple[str, ...], list[Row]]]:
        if self._folder is not None and part in self._on_disk:
            with (Path(self._folder.name) / part).open("rb") as file:
                while True:
                    try:
                        yield pickle.load(file)  # noqa: S301 - written above, in a folder of ours
                    except EOFError:
                        break
        yield from self._waiting.get(part, ())
