"""Records of CSV and TSV files, as spreadsheets and marketing tools write them."""

import csv
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, islice

from prefect_getresponse.sources.errors import EmptySource, UnreadableSource
from prefect_getresponse.sources.reading import AS_FOUND, Reading
from prefect_getresponse.sources.storage.places import Location
from prefect_getresponse.sources.tables import fit
from prefect_getresponse.sources.texts import delimiters
from prefect_getresponse.sources.texts.headings import find_heading, without_footers
from prefect_getresponse.sources.texts.text import MAX_LINE, TextFile, split_lines

MAX_CELL = 1 << 20
"""Longest cell in characters: 1 MiB."""
MAX_COLUMNS = 500
_READING = ("encoding", "delimiter", "quote", "escape", "header")


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

    def __init__(self, location: Location, reading: Reading = AS_FOUND) -> None:
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
        given = delimiters.Dialect(
            reading.delimiter or declared or "", reading.quote, reading.escape
        )
        self._dialect = delimiters.sniff(lines, given)
        head, stopped = delimiters.parsed(lines, self._dialect)
        if not head and stopped is not None:
            raise self._unsplittable(stopped).at(row=1)
        self._heading = find_heading(head, reading.header)
        all_seen = complete and stopped is None and len(head) < delimiters.SAMPLED_RECORDS
        self._check_size(head, all_seen)

    def fingerprint(self) -> str:
        """Return the BLAKE2b hash of the bytes of the file."""
        return self._text.fingerprint()

    def has_changed(self) -> bool:
        """Whether the file is another one than the one that was opened, or is gone."""
        return self._text.has_changed()

    def progress(self) -> tuple[int, int]:
        """Return bytes read and bytes in total, for a progress bar."""
        return self._text.progress()

    def columns(self) -> list[str]:
        """Return the names of the columns, trimmed.

        A column without a name is called `column 3` by its place, a second column of a name
        `Tags (2)`: each can be named by the user.
        """
        return list(self._heading.names)

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
        width = len(self._heading.names)
        heading = self._heading
        row = heading.first_row - 1
        # Lists of lines keep the parser within C, where most of the work of reading is.
        lines = chain.from_iterable(self._line_lists(lambda: row))
        parser = delimiters.reader(islice(lines, self._skipped_lines, None), self._dialect)
        try:
            records = enumerate(islice(parser, heading.ends, None), start=heading.first_row)
            for row, cells in without_footers(records):
                if len(cells) != width:
                    fit(cells, width)
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

    def _check_size(self, head: Sequence[Sequence[str]], all_seen: bool) -> None:
        width = len(self._heading.names)
        if width > MAX_COLUMNS:
            raise UnreadableSource(
                f"the header has {width} columns, more than {MAX_COLUMNS}",
                "Export fewer columns",
                self.name,
                1,
            )
        if all_seen and not any(map(any, head[self._heading.ends :])):
            what = "a header but no records" if any(map(any, head)) else "only blank lines"
            raise EmptySource(f"the file holds {what}", "Check the export", self.name)
