"""A sheet of a workbook as a source."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import weakref
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any, BinaryIO, cast

import orjson

from prefect_getresponse.sources.errors import (
    EmptySource,
    ImportInputError,
    UnreadableSource,
    listed,
)
from prefect_getresponse.sources.reading import AS_FOUND, Reading
from prefect_getresponse.sources.storage.files import ByteFile
from prefect_getresponse.sources.storage.places import Location
from prefect_getresponse.sources.tables import check_width, fit
from prefect_getresponse.sources.texts.headings import (
    SAMPLED_ROWS,
    Heading,
    find_heading,
    without_footers,
)
from prefect_getresponse.sources.workbooks.archive import check_workbook, damaged, protected

_PROGRAM = Path(__file__).with_name("program.py")
_KEPT_ROWS = SAMPLED_ROWS + 1_000
"""Rows that are kept from the first reading: enough for the header and for a look at the data."""


class WorkbookSource:
    """One sheet of an XLSX or ODS workbook.

    The only visible sheet with cells is read, or the one that is asked for. Title rows above the
    header are skipped, and a heading of two rows is put together. Formulas count by their results,
    dates are ISO 8601, and a cell merged over several rows is the cell of each.

    Args:
        location: Path or URL of the file.
        reading: What is said about the file.

    Attributes:
        notes: Whether rows are hidden, which are read all the same.

    Raises:
        EmptySource: There are no records.
        UnreadableSource: The workbook is damaged, protected or too large, or it is not clear which
            sheet is meant.
    """

    def __init__(self, location: Location, reading: Reading = AS_FOUND) -> None:
        self._file = ByteFile(location, binary=True)
        self.location = self._file.location
        self.name = self._file.name
        reading.allow(("sheet", "header"), "a workbook", self.name)
        self._sheet = reading.sheet
        self._live: _Process | None = self._start()
        self.notes = _notes(self._live.found)
        self._total = 0
        rows = self._live.rows()
        self._kept = list(islice(rows, _KEPT_ROWS))
        self._rest: Iterator[list[str]] | None = rows
        self._heading = self._find_heading(reading, self._live.found["merged_across"])
        check_width(self._heading.names, self.name)
        self._read = 0

    def fingerprint(self) -> str:
        """Return a hash of the file."""
        return self._file.fingerprint()

    def progress(self) -> tuple[int, int]:
        """Return rows read; how many there are is not known."""
        return self._read, 0

    def columns(self) -> list[str]:
        """Return the names of the columns."""
        return list(self._heading.names)

    def records(self) -> Iterator[tuple[int, Sequence[str]]]:
        """Yield the records with their ordinals; the header is 1.

        Raises:
            UnreadableSource: The sheet cannot be read to its end.
            SourceChanged: The file was written to since it was opened.
        """
        width = len(self._heading.names)
        rows = islice(self._rows(), self._heading.ends, None)
        for row, cells in without_footers(enumerate(rows, start=self._heading.first_row)):
            self._read = row
            if len(cells) != width:
                fit(cells, width)
            yield row, cells

    def _rows(self) -> Iterator[list[str]]:
        """Yield all rows; those after the first thousand go on where the first reading stopped."""
        # Copies, because what comes out may be filled up.
        yield from map(list, self._kept)
        rest, self._rest = self._rest, None
        if rest is None:
            rest = islice(self._start().rows(), len(self._kept), None)
        yield from rest
        with self._file.open() as file:
            self._file.check_unchanged(file)

    def _start(self) -> _Process:
        with self._file.open() as file:
            return _Process(file, self._sheet, self.name)

    def _find_heading(self, reading: Reading, merged: Sequence[Sequence[int]]) -> Heading:
        # Columns in which nothing is written are none, however far the formatting goes.
        used = max((at + 1 for cells in self._kept for at, c in enumerate(cells) if c), default=0)
        head = [cells[:used] for cells in self._kept[:SAMPLED_ROWS]]
        heading = find_heading(head, reading.header, merged)
        if not any(map(any, self._kept[heading.ends :])):
            raise EmptySource("the sheet holds a header but no records", "Check it", self.name)
        return heading


class _Process:
    """The program that reads a sheet.

    Args:
        file: The workbook.
        sheet: Name or number of the sheet; empty for the only one.
        source: Name of the source for messages.

    Attributes:
        found: What the program says of the sheet.
    """

    found: dict[str, Any]

    def __init__(self, file: BinaryIO, sheet: str, source: str) -> None:
        self._source = source
        check_workbook(file, source)
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the program
        with _on_disk(file) as stdin:
            self._process = subprocess.Popen(  # noqa: S603 - a module of this package
                [sys.executable, "-P", str(_PROGRAM), sheet],
                stdin=stdin,
                stdout=subprocess.PIPE,
                stderr=self._errors,
            )
        self._close = weakref.finalize(self, _end, self._process, self._errors)
        self._lines = cast(BinaryIO, self._process.stdout)
        self.found = self._next() or {}
        if "problem" in self.found or not self.found:
            self._close()
            raise _problem(self.found, sheet, source)

    def rows(self) -> Iterator[list[str]]:
        """Yield the rows.

        Raises:
            UnreadableSource: The program ended before the sheet did.
        """
        while (batch := self._next()) is not None:
            if isinstance(batch, dict):
                raise _problem(cast(dict[str, Any], batch), "", self._source)
            yield from batch
        self._close()

    def _next(self) -> Any:
        line = self._lines.readline()
        if line.endswith(b"\n"):
            return orjson.loads(line)
        self._process.wait()
        self._errors.seek(0)
        said = self._errors.read(1 << 16)
        self._close()
        if b"memory" in said.lower() or self._process.returncode < 0:
            raise UnreadableSource(
                "the sheet takes too much memory or time to read",
                "Delete empty rows and columns that are formatted, or save it as CSV UTF-8",
                self._source,
            )
        raise damaged("the parser gave up", self._source)


def _notes(found: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what the plan says of a sheet."""
    if not found["has_hidden_rows"]:
        return ()
    number = found["hidden_rows"]
    rows = {0: "Rows", 1: "1 row"}.get(number, f"{number:,} rows")
    are = "is" if number == 1 else "are"
    return (
        f"{rows} of the sheet {are} hidden, by a filter or by hand, and {are} read all the same:"
        " delete what should not be imported.",
    )


def _end(process: subprocess.Popen[bytes], errors: BinaryIO) -> None:
    if process.poll() is None:
        process.kill()
    if process.stdout is not None:
        process.stdout.close()
    process.wait()
    errors.close()


def _on_disk(file: BinaryIO) -> BinaryIO:
    """Return a file that another program can read and search; what is far away is fetched."""
    file.seek(0)
    try:
        copy = cast(BinaryIO, open(file.fileno(), "rb", closefd=False))  # noqa: SIM115
    except (OSError, AttributeError):
        copy = cast(BinaryIO, tempfile.TemporaryFile())  # noqa: SIM115 - the caller closes it
        shutil.copyfileobj(file, copy)
    copy.seek(0)
    return copy


def _problem(found: dict[str, Any], sheet: str, source: str) -> ImportInputError:
    """Return the error for what the program could not do."""
    visible, hidden = found.get("visible", []), found.get("hidden", [])
    hint = f" (hidden ones: {listed(hidden)})" if hidden else ""
    match found.get("problem"):
        case "password":
            return protected(source)
        case "no_such_sheet":
            return UnreadableSource(
                f"there is no sheet {listed([sheet])}",
                f"The sheets are {listed(visible)}{hint}",
                source,
            )
        case "several":
            likely = next(chain[str](found["likely"], found["filled"]))
            return UnreadableSource(
                f"several sheets hold cells: {listed(found['filled'])}",
                f'Choose one, such as --sheet "{likely}"',
                source,
            )
        case "empty":
            advice = "Check the file"
            if hidden:
                advice = f"If you mean a hidden sheet, name it with --sheet: {listed(hidden)}"
            return EmptySource("the workbook has no visible sheet with cells", advice, source)
        case "merged_down":
            return UnreadableSource(
                "cells are merged over several rows",
                "Split them and fill in each row, or save the workbook as .xlsx",
                source,
            )
        case "large":
            return UnreadableSource(
                f"row {found['row']} of the sheet holds a cell of more than 1 MiB",
                "Shorten it",
                source,
            )
        case "unfinished":
            return UnreadableSource(
                f"the formula in {found['cell']} was never calculated",
                "Open the workbook in a spreadsheet program and save it",
                source,
            )
        case kind:
            return damaged(str(found.get("kind", kind)), source)
