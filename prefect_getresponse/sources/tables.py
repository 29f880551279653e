"""What sources whose cells are values, not text, have in common: rows and databases."""

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from functools import cached_property
from typing import Protocol

from prefect_getresponse.sources.cells import text
from prefect_getresponse.sources.errors import ImportInputError, UnreadableSource

MAX_COLUMNS = 500
NOT_TEXT = "(not text)"
"""The cell of a value that has no text, such as a picture."""


def check_width(columns: Sequence[str], source: str) -> None:
    """Refuse tables that are too wide.

    Raises:
        UnreadableSource: There are more than 500 columns.
    """
    if len(columns) > MAX_COLUMNS:
        raise UnreadableSource(
            f"there are {len(columns)} columns, more than {MAX_COLUMNS}",
            "Choose fewer columns",
            source,
        )


def fit(cells: list[str], width: int) -> None:
    """Fill a short record with blank cells; take blank cells beyond the header off a long one."""
    missing = width - len(cells)
    if missing > 0:
        cells += [""] * missing
    elif not any(map(str.strip, cells[width:])):
        del cells[width:]


class CellTexts:
    """Values as the texts of cells; those that have none are remembered, once a column.

    Args:
        columns: Names of the columns.
        source: Name of the source for messages.

    Attributes:
        unusable: The error for the first such value of each column, by the index of the column.
    """

    def __init__(self, columns: Sequence[str], source: str) -> None:
        self.unusable: dict[int, ImportInputError] = {}
        self._columns = columns
        self._source = source

    def of_row(self, row: int, values: Sequence[object]) -> list[str]:
        """Return the cells of a record."""
        try:
            return [value if type(value) is str else text(value) for value in values]
        except (ValueError, RecursionError):
            return [self._of_value(row, at, value) for at, value in enumerate(values)]

    def of_column(self, column: int, first_row: int, values: Sequence[object]) -> list[str]:
        """Return the cells of a column of some records."""
        try:
            return list(map(text, values))
        except (ValueError, RecursionError):
            rows = enumerate(values, start=first_row)
            return [self._of_value(row, column, value) for row, value in rows]

    def _of_value(self, row: int, column: int, value: object) -> str:
        try:
            return text(value)
        except (ValueError, RecursionError) as error:
            name = self._columns[column] if column < len(self._columns) else "beyond the header"
            self.unusable.setdefault(
                column,
                UnreadableSource(f"{error} (column `{name}`)", "Leave it out", self._source, row),
            )
            return NOT_TEXT


class ValueSource(ABC):
    """A source whose cells are values, read one row at a time.

    Attributes:
        location: What identifies the source from run to run.
        name: Short name for people.
    """

    location: str
    name: str
    _columns: list[str]
    _read = 0

    @cached_property
    def _texts(self) -> "CellTexts":
        return CellTexts(self._columns, self.name)

    @property
    def unusable(self) -> Mapping[int, ImportInputError]:
        """Return the first value without a text of each column, by the index of the column."""
        return self._texts.unusable

    @cached_property
    def _digest(self) -> "Digest":
        return Digest(self._columns, self.name)

    def fingerprint(self) -> str:
        """Return a hash of all cells; this reads them unless they were read before."""
        return self._digest.of(self.records())

    def progress(self) -> tuple[int, int]:
        """Return rows read; how many there are is not known."""
        return self._read, 0

    def columns(self) -> list[str]:
        """Return the names of the columns."""
        return list(self._columns)

    def records(self) -> Iterator[tuple[int, Sequence[str]]]:
        """Yield the records with their ordinals.

        Raises:
            UnreadableSource: The rows cannot be read to their end.
        """
        with closing(self._values()) as values:
            cells = ((row, self._texts.of_row(row, record)) for row, record in values)
            for row, record in self._digest.passing(cells):
                self._read = row
                yield row, record

    @abstractmethod
    def _values(self) -> Generator[tuple[int, Sequence[object]]]: ...


class _Digest(Protocol):
    def update(self, data: bytes, /) -> None: ...


class Digest:
    """The fingerprint of records, taken while they are read.

    Args:
        columns: Names of the columns.
        source: Name of the source for messages.
    """

    def __init__(self, columns: Sequence[str], source: str) -> None:
        self._columns = columns
        self._source = source
        self._found: str | None = None

    def passing(self, records: Iterable[tuple[int, list[str]]]) -> Iterator[tuple[int, list[str]]]:
        """Yield the records as they are; the fingerprint is known when all have been read.

        Raises:
            UnreadableSource: A text is not valid Unicode.
        """
        self._found = None
        digest = hashlib.blake2b(repr(self._columns).encode(), digest_size=16)
        for row, cells in records:
            _add(digest, row, cells, self._source)
            yield row, cells
        self._found = digest.hexdigest()

    def of(self, records: Iterable[tuple[int, Sequence[str]]]) -> str:
        """Return the fingerprint of the latest complete reading; without one, read.

        Args:
            records: Records that come out of `passing`.
        """
        if self._found is None:
            for _ in records:
                pass
        return self._found or ""


def _add(digest: _Digest, row: int, cells: Sequence[str], source: str) -> None:
    try:
        digest.update("\x1f".join(cells).encode() + b"\x1e")
    except UnicodeEncodeError:
        raise UnreadableSource(
            "a text contains an unpaired Unicode surrogate", "Fix the export", source, row
        ) from None
