"""Records of Parquet files, read group by group."""

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import Any, cast

from prefect_getresponse.contact_import.errors import (
    EmptySource,
    ImportInputError,
    UnreadableSource,
)
from prefect_getresponse.sources.cells import column_names
from prefect_getresponse.sources.files import ByteFile
from prefect_getresponse.sources.places import Location
from prefect_getresponse.sources.reading import AS_FOUND, Reading
from prefect_getresponse.sources.tables import CellTexts, check_width

_BATCH_ROWS = 5_000


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
        with self._opened() as parquet:
            self._total = int(parquet.metadata.num_rows)
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
        batches = parquet.iter_batches(batch_size=_BATCH_ROWS)
        while True:
            try:
                batch = next(batches, None)
                if batch is None:
                    return
                table = _flattened(_pyarrow().Table.from_batches([batch]))
                columns = [_values_of(column) for column in table.columns]
            except Exception as error:  # of pyarrow, and of every storage below it
                raise self._damaged(error) from None
            yield columns

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
