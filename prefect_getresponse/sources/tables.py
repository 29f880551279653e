"""What sources whose cells are values, not text, have in common: rows and databases."""

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import Protocol

from prefect_getresponse.contact_import.errors import UnreadableSource
from prefect_getresponse.sources.cells import text

MAX_COLUMNS = 500


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


def as_cells(
    records: Iterable[tuple[int, Sequence[object]]], columns: Sequence[str], source: str
) -> Iterator[tuple[int, list[str]]]:
    """Turn values into cells.

    Raises:
        UnreadableSource: A value cannot be text; the error names row and column.
    """
    for row, values in records:
        try:
            yield row, [value if type(value) is str else text(value) for value in values]
        except (ValueError, RecursionError) as error:
            raise UnreadableSource(
                f"{error} (column `{_unusable(columns, values)}`)", "Leave it out", source, row
            ) from None


def _unusable(columns: Sequence[str], values: Sequence[object]) -> str:
    for column, value in zip(columns, values, strict=False):
        try:
            text(value)
        except (ValueError, RecursionError):
            return column
    return "beyond the header"


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
            UnreadableSource: A value cannot be text, or the rows cannot be read to their end.
        """
        cells = as_cells(self._values(), self._columns, self.name)
        for row, record in self._digest.passing(cells):
            self._read = row
            yield row, record

    @abstractmethod
    def _values(self) -> Iterator[tuple[int, Sequence[object]]]: ...


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
            "half of a surrogate pair is missing in a text", "Repair it", source, row
        ) from None
