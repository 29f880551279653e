"""What sources have in common whose cells are values and not text: rows, databases."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from prefect_getresponse.contact_import.errors import UnreadableSource
from prefect_getresponse.contact_import.sources.cells import text

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
