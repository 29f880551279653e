"""Records of CSV and TSV files, as spreadsheets and marketing tools write them."""

import csv
import os
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, islice, takewhile

from prefect_getresponse.contact_import.errors import EmptySource, UnreadableSource
from prefect_getresponse.contact_import.rows.columns import email_rank
from prefect_getresponse.sources import delimiters
from prefect_getresponse.sources.cells import column_names
from prefect_getresponse.sources.reading import AS_FOUND, Reading
from prefect_getresponse.sources.text import MAX_LINE, TextFile, split_lines

MAX_CELL = 1 << 20
"""Longest cell in characters: 1 MiB."""
MAX_COLUMNS = 500
_TITLE_LINES = 20
_READING = ("encoding",)


class CsvSource:
    """A table with a header, in a text file.

    The delimiter is detected. Title lines above the header, and Excel's `sep=` line, are skipped:
    the header is record 1 whatever stands above it.

    Args:
        location: Path or URL of the file, packed or not.
        reading: What is said about the file.

    Raises:
        EmptySource: There are no records below the header.
        UnreadableSource: There are more than 500 columns, or the text cannot be read.
    """

    def __init__(self, location: str | os.PathLike[str], reading: Reading = AS_FOUND) -> None:
        self._text = TextFile(location, reading.encoding or None)
        self.location = self._text.location
        self.name = self._text.name
        reading.allow(_READING, "a text table", self.name)
        lines, complete = self._text.head()
        declared = delimiters.declared(lines[0]) if lines else None
        self._skipped_lines = int(declared is not None)
        lines = lines[self._skipped_lines :]
        if not lines and not complete:
            self._raise_damage()
        self._delimiter = declared or delimiters.sniff(lines)
        head, stopped = delimiters.parsed(lines, self._delimiter)
        if not head and stopped is not None:
            raise self._unsplittable(stopped).at(row=1)
        self._header_at = _header_index(head)
        table = head[self._header_at :]
        all_seen = complete and stopped is None and len(head) < delimiters.SAMPLED_RECORDS
        self._check_size(table, all_seen)
        self._columns = column_names(table[0] if table else [])

    def fingerprint(self) -> str:
        """Return the BLAKE2b hash of the bytes of the file."""
        return self._text.fingerprint()

    def progress(self) -> tuple[int, int]:
        """Return bytes read and bytes in total, for a progress bar."""
        return self._text.progress()

    def columns(self) -> list[str]:
        """Return the names of the columns, trimmed.

        A column without a name is called `column 3` by its place, a second column of a name
        `Tags (2)`: each can be named by the user.
        """
        return list(self._columns)

    def records(self) -> Iterator[tuple[int, Sequence[str]]]:
        """Yield the records below the header with their ordinals; the header is 1.

        A short record is filled with blank cells. A long one is yielded with all its cells, and
        is for the reader to judge; blank cells beyond the header do not make a record long.

        Raises:
            UnreadableSource: The text is damaged, a quote is not closed, or a cell or record is
                too large. The error names the row.
            SourceChanged: The file was written to since it was opened.
        """
        # The limit is global to the process; its default would refuse cells of 128 KiB.
        csv.field_size_limit(max(csv.field_size_limit(), MAX_CELL))
        width = len(self._columns)
        row = 1
        # Lists of lines keep the parser within C, where most of the work of reading is.
        lines = chain.from_iterable(self._line_lists(lambda: row))
        parser = delimiters.reader(islice(lines, self._skipped_lines, None), self._delimiter)
        try:
            for row, cells in enumerate(islice(parser, self._header_at + 1, None), start=2):
                if len(cells) != width:
                    _fit(cells, width)
                yield row, cells
        except csv.Error as error:
            raise self._unsplittable(error).at(row=row + 1) from error
        except UnreadableSource as error:
            raise error.at(row=row + 1) from error

    def _raise_damage(self) -> None:
        """Raise what is wrong with the header, of which nothing could be read."""
        try:
            for _ in self._text.lines():
                pass
        except UnreadableSource as error:
            raise error.at(row=1) from error

    def _line_lists(self, last_row: Callable[[], int]) -> Iterator[list[str]]:
        """Yield lines, some 256 KiB at once, until a single record is found to be too large."""
        row, size = 0, 0
        for block in self._text.blocks():
            if last_row() != row:
                row, size = last_row(), 0
            if size > MAX_LINE:
                raise self._too_large()
            yield split_lines(block)
            size += len(block)

    def _too_large(self) -> UnreadableSource:
        return UnreadableSource(
            f"the record is larger than {MAX_LINE >> 20} MiB",
            "Look for a quote that is opened in this record and not closed",
            self.name,
        )

    def _unsplittable(self, error: csv.Error) -> UnreadableSource:
        return UnreadableSource(
            f"the record cannot be split into cells ({error})",
            "Look for a quote that is not closed, or not doubled within a quoted cell",
            self.name,
        )

    def _check_size(self, table: Sequence[Sequence[str]], all_seen: bool) -> None:
        width = len(table[0]) if table else 0
        if width > MAX_COLUMNS:
            raise UnreadableSource(
                f"the header has {width} columns, more than {MAX_COLUMNS}",
                "Export fewer columns",
                self.name,
                1,
            )
        if all_seen and not any(map(any, table[1:])):
            what = "a header but no records" if any(map(any, table)) else "only blank lines"
            raise EmptySource(f"the file holds {what}", "Check the export", self.name)


def _fit(cells: list[str], width: int) -> None:
    """Fill a short record with blank cells; take blank cells beyond the header off a long one."""
    missing = width - len(cells)
    if missing > 0:
        cells += [""] * missing
    elif not any(map(str.strip, cells[width:])):
        del cells[width:]


def _header_index(head: Sequence[Sequence[str]]) -> int:
    """Return where the header is among the first records.

    Some tools write a title above the table. The header is the first record that names an e-mail
    column, else the first with two names or more, else the first that is not blank. The search
    ends at the first e-mail address, where data have begun.
    """
    filled = [[cell for cell in record if cell.strip()] for record in head[:_TITLE_LINES]]
    above = list(takewhile(lambda cells: not any(map(delimiters.is_address, cells)), filled))
    with_email = [at for at, cells in enumerate(above) if any(map(_names_email, cells))]
    with_several = [at for at, cells in enumerate(above) if len(cells) > 1]
    with_any = [at for at, cells in enumerate(filled) if cells]
    return next(chain(with_email, with_several, with_any), 0)


def _names_email(cell: str) -> bool:
    return email_rank(cell) is not None
