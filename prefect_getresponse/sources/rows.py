"""Records of a program's own: mappings, or sequences under a header."""

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from typing import Any, cast

from prefect_getresponse.sources.cells import column_names, flatten
from prefect_getresponse.sources.errors import EmptySource, UnreadableSource
from prefect_getresponse.sources.tables import ValueSource, check_width

Row = Mapping[str, Any] | Sequence[Any]
"""A record by names of columns, or the values of a record, the first of them being the header."""


class RowsSource(ValueSource):
    """Rows that a program makes or holds.

    They are read several times: to know the columns, to look at some, and to import. So this
    takes a list, or a function that returns the rows from the start at every call.

    Mappings have no header, the first is row 1; a key that a mapping lacks is a blank cell, and
    nested mappings become columns with dotted names. The first of sequences is the header, row 1.

    Args:
        rows: The rows, or a function that returns them, which may be a generator function.
        name: What these rows are. It identifies the import from night to night.

    Raises:
        EmptySource: There are no rows.
        UnreadableSource: Rows are neither mappings nor sequences, or there are more than 500
            columns.
        TypeError: `rows` can be read only once.
    """

    def __init__(self, rows: Iterable[Row] | Callable[[], Iterable[Row]], *, name: str) -> None:
        if not callable(rows) and iter(rows) is rows:
            raise TypeError("rows can be read only once: give a list, or a function")
        self._make = rows if callable(rows) else lambda: rows
        self.location = f"rows:{name}"
        self.name = name
        first = next(iter(self._make()), None)
        if first is None:
            raise EmptySource("there are no rows", "Check what makes them", name)
        self._by_name = isinstance(first, Mapping)
        self._columns = self._names()
        check_width(self._columns, name)

    def _values(self) -> Generator[tuple[int, Sequence[object]]]:
        if self._by_name:
            for row, record in enumerate(self._mappings(), start=1):
                yield row, [record.get(column) for column in self._columns]
            return
        width = len(self._columns)
        for row, values in enumerate(self._sequences(), start=1):
            if row > 1:
                yield row, [*values, *[""] * (width - len(values))]

    def _names(self) -> list[str]:
        if not self._by_name:
            header = next(self._sequences())
            return column_names(name if isinstance(name, str) else "" for name in header)
        names: dict[str, None] = {}
        for row, record in enumerate(self._mappings(), start=1):
            names.update(dict.fromkeys(record))
            if row % 1000 == 0:
                check_width(list(names), self.name)
        return list(names)

    def _mappings(self) -> Iterator[dict[str, object]]:
        for row, record in enumerate(self._make(), start=1):
            if not isinstance(record, Mapping):
                raise self._wrong(row, "a mapping", record)
            yield dict(flatten(record))

    def _sequences(self) -> Iterator[Sequence[object]]:
        for row, record in enumerate(self._make(), start=1):
            if isinstance(record, str | bytes) or not isinstance(record, Sequence):
                raise self._wrong(row, "a sequence of values", record)
            yield cast(Sequence[object], record)

    def _wrong(self, row: int, wanted: str, found: object) -> UnreadableSource:
        return UnreadableSource(
            f"this is a {type(found).__name__} and not {wanted}",
            "Give rows of one kind",
            self.name,
            row,
        )
