"""Changes to a table that is kept in parts: each part is read, changed and written by itself.

Rows wait in memory up to a limit and on disk beyond it, so that a table of millions of people needs
no more memory than one of its parts.
"""

from __future__ import annotations

import operator
import tempfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Any

from prefect_getresponse.sinks.arrow import (
    arrow,
    as_table,
    changed,
    holding,
    keys_of,
    merged,
    schema_of,
)
from prefect_getresponse.sinks.tables import SYNCED_AT, Row, Table, Where

_ROWS_IN_MEMORY = 20_000
_ALL = "all"
TAIL = "+"
"""Behind the name of a day: its latest rows, in a file of their own until they are many."""


def part_of(table: Table, names: Sequence[str]) -> Callable[[Row], str]:
    """How rows with given columns are told apart by the part that they belong to."""
    if table.day:
        place = names.index(table.day)
        return lambda row: str(row[place])
    if table.buckets > 1:
        place = names.index(bucket_column(table))
        return lambda row: _bucket(row[place], table.buckets)
    return lambda _row: _ALL


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
            wanted = str(each.value)
            listed = [part for part in listed if test(part.removesuffix(TAIL), wanted)]
        elif table.buckets > 1 and each.column == bucket_column(table):
            values = _values(each)
            if values is not None:
                buckets = {_bucket(value, table.buckets) for value in values}
                listed = [part for part in listed if part in buckets]
    return listed


def _values(where: Where) -> list[object] | None:
    return [where.value] if where.test == "=" else where.several


def _bucket(value: object, buckets: int) -> str:
    return f"{zlib.crc32(str(value).encode()) % buckets:02}"


_TESTS: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@dataclass(frozen=True)
class _Change:
    """A deletion, or an update where there are values."""

    where: tuple[Where, ...]
    values: Mapping[str, object] | None = None


@dataclass(frozen=True)
class _Rows:
    """Rows with the same columns that were written one after another.

    Attributes:
        names: The columns.
        waiting: Rows that have not been sorted out yet.
        pieces: The others by part: tables of Arrow's, or where they are on disk.
    """

    names: tuple[str, ...]
    waiting: list[Row] = field(default_factory=list[Row])
    pieces: dict[str, list[Any]] = field(default_factory=dict[str, list[Any]])


@dataclass(frozen=True)
class _OnDisk:
    file: Path
    batch: int

    def read(self) -> Any:
        # Not mapped into memory: what was looked at would count as the process's own.
        with arrow().OSFile(str(self.file)) as source:
            batch = arrow("ipc").open_file(source).get_batch(self.batch)
            return arrow().Table.from_batches([batch])


class Changes:
    """Changes to one table, in the order in which they were made.

    Args:
        table: The table.
        at: When they are made: `_synced_at` of rows.
    """

    def __init__(self, table: Table, at: datetime) -> None:
        self._table = table
        self._at = at
        self._steps: list[_Rows | _Change] = []
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._files = 0

    @property
    def is_empty(self) -> bool:
        """Whether there are none."""
        return not self._steps

    def upsert(self, names: tuple[str, ...], rows: Sequence[Row]) -> int:
        """Write rows by key."""
        last = self._steps[-1] if self._steps else None
        if not isinstance(last, _Rows) or last.names != names:
            last = _Rows(names)
            self._steps.append(last)
        last.waiting.extend(rows)
        if len(last.waiting) >= _ROWS_IN_MEMORY:
            self._sort_out(last, to_disk=True)
        return len(rows)

    def delete(self, where: Sequence[Where]) -> None:
        """Delete rows."""
        self._steps.append(_Change(tuple(where)))

    def update(self, values: Mapping[str, object], where: Sequence[Where]) -> None:
        """Set columns."""
        self._steps.append(_Change(tuple(where), dict(values)))

    def touched(self, known: Sequence[str]) -> list[str]:
        """Parts that may change, of those that there are and those that are new."""
        new: set[str] = set()
        for step in self._steps:
            if isinstance(step, _Rows):
                self._sort_out(step)
                new.update(step.pieces)
        there = list(dict.fromkeys([*known, *sorted(new)]))
        others = [step for step in self._steps if isinstance(step, _Change)]
        reached = {part for each in others for part in part_names(self._table, there, each.where)}
        return [part for part in there if part in new or part in reached]

    def apply(self, part: str, data: Any) -> tuple[Any, bool]:
        """Change a part.

        Args:
            part: Its name.
            data: Its rows, as one of Arrow's tables with all columns.

        Returns:
            The rows as they are now, and whether anything has changed.
        """
        has_changed = False
        for step in self._steps:
            if isinstance(step, _Rows):
                if step.pieces.get(part):
                    data = merged(self._table, data, self._new(step, part))
                    has_changed = True
            elif part_names(self._table, [part], step.where):
                data, is_changed = self._apply_change(step, data)
                has_changed |= is_changed
        return data, has_changed

    def only_adds(self, part: str, keys: Any) -> bool:
        """Whether the rows that have these keys are left as they are."""
        pc = arrow("compute")
        for step in self._steps:
            if isinstance(step, _Change):
                if part_names(self._table, [part], step.where):
                    return False
            elif step.pieces.get(part):
                new = keys_of(self._table, self._new(step, part))
                if pc.any(pc.is_in(new, value_set=keys)).as_py():
                    return False
        return True

    def close(self) -> None:
        """Drop everything."""
        self._steps.clear()
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    def _apply_change(self, change: _Change, data: Any) -> tuple[Any, bool]:
        pc = arrow("compute")
        mask = holding(data, change.where)
        if not pc.any(mask).as_py():
            return data, False
        if change.values is None:
            return data.filter(pc.invert(mask)), True
        return changed(data, mask, change.values, self._table.all_columns), True

    def _new(self, rows: _Rows, part: str) -> Any:
        """Rows of a part that were written, with the moment at which they were."""
        pa = arrow()
        pieces = [
            piece.read() if isinstance(piece, _OnDisk) else piece for piece in rows.pieces[part]
        ]
        data = pa.concat_tables(pieces)
        synced = self._table.column(SYNCED_AT)
        [moment] = schema_of([synced])
        return data.append_column(moment, pa.repeat(pa.scalar(self._at, moment.type), len(data)))

    def _sort_out(self, rows: _Rows, *, to_disk: bool = False) -> None:
        """Give the rows that wait to their parts."""
        if not rows.waiting:
            return
        part = part_of(self._table, rows.names)
        places: dict[str, list[int]] = {}
        for place, row in enumerate(rows.waiting):
            places.setdefault(part(row), []).append(place)
        data = as_table([self._table.column(name) for name in rows.names], rows.waiting)
        rows.waiting.clear()
        together = data.take(arrow().array(chain.from_iterable(places.values())))
        pieces: dict[str, Any] = {}
        start = 0
        for name, found in places.items():
            pieces[name] = together.slice(start, len(found))
            start += len(found)
        kept = self._on_disk(pieces) if to_disk else pieces.items()
        for name, piece in kept:
            rows.pieces.setdefault(name, []).append(piece)

    def _on_disk(self, pieces: Mapping[str, Any]) -> Iterator[tuple[str, _OnDisk]]:
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="getresponse-export-")
        self._files += 1
        file = Path(self._folder.name) / f"{self._files}"
        schema = next(iter(pieces.values())).schema
        with arrow("ipc").new_file(str(file), schema) as writer:
            for number, (name, piece) in enumerate(pieces.items()):
                [batch] = piece.to_batches()
                writer.write_batch(batch)
                yield name, _OnDisk(file, number)
