"""Records of Parquet files, read group by group."""

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import Any, cast

from prefect_getresponse.settings import GetResponseSettings
from prefect_getresponse.sources.cells import column_names
from prefect_getresponse.sources.errors import (
    EmptySource,
    ImportInputError,
    UnreadableSource,
)
from prefect_getresponse.sources.reading import AS_FOUND, Reading
from prefect_getresponse.sources.storage.files import ByteFile
from prefect_getresponse.sources.storage.places import Location
from prefect_getresponse.sources.tables import CellTexts, check_width

_BATCH_ROWS = 5_000
_BATCH_BYTES = 1 << 26
"""Bytes of values after which a batch is handed on although it has fewer rows."""
_MOST_BYTES = 1 << 28
"""Bytes that the rows read at once may take: in a dictionary, a few bytes stand for a long text."""
_GRACE_BYTES = 1 << 24
_HEADER_BYTES = 32
_PYARROWS_OWN = 1 << 20
"""Size of a dictionary that does not tell it: what pyarrow writes at most."""


class ParquetSource:
    """A Parquet file; there is no header, the first record is row 1.

    Fields of structs become columns with dotted names (`address.city`), lists are JSON.

    Args:
        location: Path or URL of the file.
        reading: What is said about the file.

    Raises:
        EmptySource: There are no records.
        UnreadableSource: The file is damaged, has more than 500 columns, or pyarrow is missing.
    """

    def __init__(self, location: Location, reading: Reading = AS_FOUND) -> None:
        self._file = ByteFile(location, binary=True)
        self.location = self._file.location
        self.name = self._file.name
        reading.allow((), "a Parquet file", self.name)
        self._most_bytes = _most_bytes(self._file.size)
        with self._opened() as parquet:
            self._total = int(parquet.metadata.num_rows)
            self._check(sum(_unpacked_sizes(parquet.metadata)))
            self._rows_at_once = self._fitting(parquet.metadata)
            empty = parquet.schema_arrow.empty_table()
        self._columns = column_names(_flattened(empty).column_names)
        check_width(self._columns, self.name)
        if not self._total:
            raise EmptySource("the file holds no records", "Check the export", self.name)
        self._texts = CellTexts(self._columns, self.name)
        self._read = 0

    @property
    def unusable(self) -> Mapping[int, ImportInputError]:
        """Return the first value without a text of each column, by the index of the column."""
        return self._texts.unusable

    def fingerprint(self) -> str:
        """Return a hash of the file."""
        return self._file.fingerprint()

    def progress(self) -> tuple[int, int]:
        """Return bytes read and bytes in total, as far as rows tell."""
        return self._file.size * self._read // self._total, self._file.size

    def columns(self) -> list[str]:
        """Return the names of the columns."""
        return list(self._columns)

    def records(self) -> Iterator[tuple[int, Sequence[str]]]:
        """Yield the records with their ordinals.

        Raises:
            UnreadableSource: The data are damaged.
            SourceChanged: The file was written to since it was opened.
        """
        for first, columns in self.batches():
            yield from enumerate(zip(*columns, strict=True), start=first)

    def batches(self) -> Iterator[tuple[int, Sequence[Sequence[str]]]]:
        """Yield the first row and the columns of some records at a time.

        Raises:
            UnreadableSource: The data are damaged.
            SourceChanged: The file was written to since it was opened.
        """
        row = 1
        with self._opened() as parquet:
            for columns in self._batches(parquet):
                yield row, self._in_text(columns, row)
                row += len(columns[0])
                self._read = row - 1

    def _in_text(self, columns: Sequence[list[object]], first: int) -> list[list[str]]:
        return [
            cast(list[str], values)
            if type(values) is _Texts
            else self._texts.of_column(at, first, values)
            for at, values in enumerate(columns)
        ]

    def _batches(self, parquet: Any) -> Iterator[list[list[object]]]:
        total = 0
        for batches in self._gathered(parquet):
            try:
                table = _flattened(_pyarrow().Table.from_batches(batches))
                total += table.nbytes
                self._check(total)
                columns = [_values_of(column) for column in table.columns]
            except Exception as error:  # of pyarrow, and of every storage below it
                raise self._damaged(error) from None
            yield columns

    def _gathered(self, parquet: Any) -> Iterator[list[Any]]:
        """Yield batches that together are worth the work on them."""
        batches = parquet.iter_batches(batch_size=self._rows_at_once)
        held: list[Any] = []
        while True:
            try:
                batch = next(batches, None)
            except Exception as error:  # of pyarrow, and of every storage below it
                raise self._damaged(error) from None
            held += [] if batch is None else [batch]
            rows, size = sum(map(len, held)), sum(each.nbytes for each in held)
            if held and (batch is None or rows >= _BATCH_ROWS or size >= _BATCH_BYTES):
                yield held
                held = []
            if batch is None:
                return

    def _check(self, unpacked: int) -> None:
        """Refuse a file whose values are out of proportion to it."""
        if unpacked > self._most_bytes:
            raise UnreadableSource(
                f"the values take more than {self._most_bytes >> 20:,} MiB,"
                f" and the file {self._file.size:,} bytes",
                "If that is right, raise PREFECT_INTEGRATIONS_GETRESPONSE_SOURCE_MAX_RATIO",
                self.name,
            )

    def _fitting(self, metadata: Any) -> int:
        """Rows that fit into memory at once, even if each has the longest value there may be."""
        longest = 1
        with self._file.open() as file:
            for offset in _dictionaries(metadata):
                file.seek(offset)
                longest = max(longest, _dictionary_bytes(file.read(_HEADER_BYTES)))
        for row_bytes in _row_bytes(metadata):
            longest = max(longest, row_bytes)
        return max(1, min(_BATCH_ROWS, _MOST_BYTES // longest))

    @contextmanager
    def _opened(self) -> Generator[Any]:
        try:
            open_parquet = _pyarrow("parquet").ParquetFile
        except ImportError:
            raise UnreadableSource(
                "Parquet needs another package",
                'pip install "prefect-getresponse[arrow]"',
                self.name,
            ) from None
        with self._file.open() as file:
            try:
                parquet = open_parquet(file)
            except Exception as error:  # of pyarrow, and of every storage below it
                raise self._damaged(error) from None
            yield parquet

    def _damaged(self, error: Exception) -> ImportInputError:
        if isinstance(error, ImportInputError):
            return error
        return UnreadableSource(
            f"the Parquet data are damaged or cut off ({type(error).__name__})",
            "Transfer or write the file again; one that is packed must be unpacked first",
            self.name,
        )


class _Texts(list[object]):
    """Values of which each is a text already."""


def _flattened(table: Any) -> Any:
    """Return a table without structs: their fields become columns."""
    types = _pyarrow("types")
    while any(types.is_struct(field.type) for field in table.schema):
        table = table.flatten()
    return table


def _values_of(column: Any) -> list[object]:
    """Return the values of a column; times are cut to microseconds, the finest that Python has."""
    pyarrow, types, kind = _pyarrow(), _pyarrow("types"), column.type
    if types.is_dictionary(kind):
        return _values_of(column.cast(kind.value_type))
    if types.is_string(kind) or types.is_large_string(kind):
        return _Texts(column.fill_null("").to_pylist())
    if types.is_timestamp(kind):
        column = column.cast(pyarrow.timestamp("us", kind.tz), safe=False)
    elif types.is_duration(kind):
        column = column.cast(pyarrow.duration("us"), safe=False)
    elif types.is_time64(kind):
        column = column.cast(pyarrow.time64("us"), safe=False)
    try:
        return cast(list[object], column.to_pylist())
    except (ValueError, OverflowError):  # a year that Python's dates do not have
        return _Texts(column.cast(pyarrow.string()).fill_null("").to_pylist())


def _pyarrow(module: str = "") -> Any:
    """Return pyarrow or a module of it; it has no types, and may be missing."""
    return import_module(f"pyarrow.{module}" if module else "pyarrow")


def _most_bytes(size: int) -> int:
    """Bytes that the values of a file of a size may take."""
    return max(_GRACE_BYTES, int(size * GetResponseSettings().source_max_ratio))


def _unpacked_sizes(metadata: Any) -> Iterator[int]:
    for number in range(metadata.num_row_groups):
        yield int(metadata.row_group(number).total_byte_size)


def _row_bytes(metadata: Any) -> Iterator[int]:
    """Bytes of a row of each group, on average, as they stand in the file."""
    for number in range(metadata.num_row_groups):
        group = metadata.row_group(number)
        yield int(group.total_byte_size) // max(1, int(group.num_rows))


def _dictionaries(metadata: Any) -> Iterator[int]:
    """Where dictionaries begin."""
    for number in range(metadata.num_row_groups):
        group = metadata.row_group(number)
        for place in range(group.num_columns):
            if (offset := group.column(place).dictionary_page_offset) is not None:
                yield int(offset)


def _dictionary_bytes(header: bytes) -> int:
    """Size of a dictionary when it is unpacked, as the header of its page tells it.

    The header is Thrift in its compact form: field 1 is the kind of page, field 2 this size.
    """
    try:
        _, place = _number(header, 0)
        size, _ = _number(header, place)
    except (IndexError, ValueError):
        return _PYARROWS_OWN
    return max(size, 1)


def _number(header: bytes, place: int) -> tuple[int, int]:
    """The 32-bit field that begins at a place, and where the next one does."""
    if header[place] != 0x15:  # one field on, a number
        raise ValueError("another field")
    value = shift = 0
    while True:
        place += 1
        value |= (header[place] & 0x7F) << shift
        if not header[place] & 0x80:
            return (value >> 1) ^ -(value & 1), place + 1
        shift += 7
