"""Reads one sheet of a workbook: a program of its own, within limits of memory and time.

A workbook of a few hundred bytes can claim billions of cells, and the parser of workbooks gives the
whole process up when memory ends. So it runs here, where that is one sentence for the user.

The workbook is the standard input. The lines of the output are JSON: what was found, then the rows
some hundred at a time, then `null`. This module imports nothing of the package: it starts in a
twentieth of the time.
"""

from __future__ import annotations

import contextlib
import re
import sys
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, BinaryIO
from xml.etree import ElementTree as ET

import orjson
from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

MAX_MEMORY = 2 << 30
MAX_SECONDS = 600
MAX_CELL = 1 << 20
_ROWS_AT_ONCE = 500
_CHUNK_BYTES = 1 << 20
# Longer than any cell with a formula that Excel writes: 8,192 characters and their escapes.
_LONGEST_CELL = 1 << 17
_SAMPLED_ROWS = 200

_ADDRESS = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_CELL_OF_ERROR = re.compile(
    rb'<(?:\w+:)?c\b(?=[^>]*\st="e")[^>]*\sr="([A-Z]{1,3})(\d{1,7})"[^>]*>'
    rb"(?:(?!</(?:\w+:)?c>).)*?<(?:\w+:)?v>([^<]{1,40})</",
    re.DOTALL,
)
_WITHOUT_RESULT = re.compile(
    rb'<(?:\w+:)?c\b(?![^>]*\st="str")[^>]*\sr="([A-Z]{1,3}\d{1,7})"[^>]*>'
    rb"<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)"
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?</(?:\w+:)?c>"
)
_HIDDEN_ROW = re.compile(rb'<(?:\w+:)?row\b(?=[^>]*\shidden="(?:1|true)")[^>]*\sr="(\d{1,7})"')
_HIDDEN_ROWS_OF_ODS = re.compile(
    rb'<table:table-row\b[^>]*\stable:visibility="(?:filter|collapse)"[^>]*>(?!\s*<table:table-cell'
    rb"(?:\s[^>]*)?/>\s*</table:table-row>)"
)
_MERGED_DOWN = re.compile(rb'number-rows-spanned="(?!1")')
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"

Message = dict[str, Any]


def main() -> None:
    """Read the sheet that the arguments name, and write its rows."""
    _limit()
    out = sys.stdout.buffer
    try:
        for message in _messages(sys.stdin.buffer, sys.argv[1]):
            out.write(orjson.dumps(message) + b"\n")
        out.write(b"null\n")
        out.flush()
    except BrokenPipeError:
        sys.stdout = None  # the reader has what it wants


def _messages(file: BinaryIO, wanted: str) -> Iterator[Message | list[list[str]]]:
    try:
        workbook = CalamineWorkbook.from_filelike(file)
        found, sheet = _choose(workbook, wanted)
        if sheet is None:
            yield found
            return
        merged, has_hidden = _scan_ods(file)
        if merged:
            yield {"problem": "merged_down"}
            return
        errors, unfinished, hidden = _scan(file, sheet.name)
    except PasswordError:
        yield {"problem": "password"}
        return
    except (CalamineError, zipfile.BadZipFile, ET.ParseError, KeyError, OSError) as error:
        yield {"problem": "damaged", "kind": type(error).__name__}
        return
    if unfinished:
        yield {"problem": "unfinished", "cell": unfinished}
        return
    yield found | {
        "merged_across": _merged_across(sheet),
        "hidden_rows": hidden,
        "has_hidden_rows": has_hidden or hidden > 0,
    }
    yield from _batches(sheet, errors)


def _choose(workbook: CalamineWorkbook, wanted: str) -> tuple[Message, CalamineSheet | None]:
    """Return what is said about the sheets, and the sheet to read if that is clear."""
    sheets = [meta for meta in workbook.sheets_metadata if meta.typ == SheetTypeEnum.WorkSheet]
    visible = [meta.name for meta in sheets if meta.visible == SheetVisibleEnum.Visible]
    hidden = [meta.name for meta in sheets if meta.visible != SheetVisibleEnum.Visible]
    found: Message = {"visible": visible, "hidden": hidden}
    if wanted:
        names = [name for name in visible + hidden if name == wanted] or [
            name for name in visible + hidden if name.casefold() == wanted.casefold()
        ]
        if not names and wanted.isdecimal() and 0 < int(wanted) <= len(visible):
            names = [visible[int(wanted) - 1]]
        if not names:
            return found | {"problem": "no_such_sheet"}, None
        return found | {"sheet": names[0]}, workbook.get_sheet_by_name(names[0])
    filled = {name: workbook.get_sheet_by_name(name) for name in visible}
    filled = {name: sheet for name, sheet in filled.items() if sheet.height}
    if len(filled) == 1:
        ((name, sheet),) = filled.items()
        return found | {"sheet": name}, sheet
    if filled:
        likely = [name for name, sheet in filled.items() if _holds_addresses(sheet)]
        return found | {"problem": "several", "filled": list(filled), "likely": likely}, None
    return found | {"problem": "empty"}, None


def _holds_addresses(sheet: CalamineSheet) -> bool:
    rows = sheet.to_python(nrows=_SAMPLED_ROWS)
    return any(isinstance(v, str) and _ADDRESS.fullmatch(v.strip()) for row in rows for v in row)


def _merged_across(sheet: CalamineSheet) -> list[list[int]]:
    """Return the merged cells of more than one column: row, first and last column, from 0."""
    first = _first_column(sheet)
    return [
        [top, left - first, right - first]
        for (top, left), (_, right) in sheet.merged_cell_ranges or []
        if right > left >= first
    ]


def _first_column(sheet: CalamineSheet) -> int:
    """Return the column that rows begin with: blank ones before it are left out."""
    return sheet.start[1] if sheet.start else 0


def _batches(
    sheet: CalamineSheet, errors: dict[tuple[int, int], str]
) -> Iterator[Message | list[list[str]]]:
    first = _first_column(sheet)
    errors = {(row, column - first): value for (row, column), value in errors.items()}
    down = {
        (row, left - first): (top, left - first)
        for (top, left), (bottom, _) in sheet.merged_cell_ranges or []
        for row in range(top + 1, bottom + 1)
    }
    tops: dict[tuple[int, int], str] = {}
    marked = {row for row, _ in (*down, *down.values(), *errors)}
    batch: list[list[str]] = []
    for at, values in enumerate(sheet.iter_rows()):
        cells = [value if type(value) is str else _text(value) for value in values]
        if at in marked:
            _mark(cells, at, errors, down, tops)
        if max(map(len, cells), default=0) > MAX_CELL:
            yield {"problem": "large", "row": at + 1}
            return
        batch.append(cells)
        if len(batch) == _ROWS_AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch


def _mark(
    cells: list[str],
    row: int,
    errors: dict[tuple[int, int], str],
    down: dict[tuple[int, int], tuple[int, int]],
    tops: dict[tuple[int, int], str],
) -> None:
    """Write into a row the errors that it shows, and what is merged with cells above."""
    for column in range(len(cells)):
        place = row, column
        if place in errors:
            cells[column] = errors[place]
        if place in down:
            cells[column] = tops.get(down[place], "")
        tops[place] = cells[column]


def _text(value: object) -> str:
    """Return a value as people would write it; whole numbers have no decimal point."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        # 15 digits are what Excel keeps: further ones are noise, such as 0.30000000000000004.
        return str(int(value)) if value.is_integer() else f"{Decimal(f'{value:.15g}'):f}"
    if isinstance(value, datetime):
        return value.isoformat(" ")
    return value.isoformat() if isinstance(value, date | time) else str(value)


def _scan(file: BinaryIO, sheet: str) -> tuple[dict[tuple[int, int], str], str, int]:
    """Return the cells that show an error, which the parser leaves blank; and one not calculated.

    The number behind them is that of the rows that a filter or somebody hides.

    Programs that write formulas without their results leave cells that look blank. A blank cell
    says that somebody has not refused, so both must be known.
    """
    errors: dict[tuple[int, int], str] = {}
    hidden = last_hidden = 0
    file.seek(0)
    with zipfile.ZipFile(file) as archive:
        member = _member(archive, sheet)
        if not member:
            return {}, "", 0
        with archive.open(member) as stream:
            rest = b""
            while chunk := stream.read(_CHUNK_BYTES):
                text = rest + chunk
                if b't="e"' in text:
                    for column, row, value in _CELL_OF_ERROR.findall(text):
                        errors[int(row) - 1, _index(column)] = value.decode()
                if (b"<f" in text or b":f" in text) and (found := _WITHOUT_RESULT.search(text)):
                    return errors, found[1].decode(), hidden
                if b'hidden="' in text:
                    new = [row for row in map(int, _HIDDEN_ROW.findall(text)) if row > last_hidden]
                    hidden, last_hidden = hidden + len(new), max(new, default=last_hidden)
                rest = text[max(text.rfind(b"<row"), len(text) - _LONGEST_CELL) :]
    return errors, "", hidden


def _scan_ods(file: BinaryIO) -> tuple[bool, bool]:
    """Tell whether an ODS has cells of several rows, and rows that are hidden.

    The parser tells nothing of either.
    """
    has_hidden = False
    file.seek(0)
    with zipfile.ZipFile(file) as archive:
        if "content.xml" not in archive.namelist():
            return False, False
        with archive.open("content.xml") as stream:
            rest = b""
            while chunk := stream.read(_CHUNK_BYTES):
                text = rest + chunk
                if _MERGED_DOWN.search(text):
                    return True, has_hidden
                has_hidden = has_hidden or _HIDDEN_ROWS_OF_ODS.search(text) is not None
                rest = chunk[-1000:]
    return False, has_hidden


def _member(archive: zipfile.ZipFile, sheet: str) -> str:
    """Return the name of the file that holds a sheet; empty if this is no XLSX."""
    if "xl/workbook.xml" not in archive.namelist():
        return ""
    sheets = ET.fromstring(archive.read("xl/workbook.xml")).iter()  # noqa: S314 - within limits
    relation = next(
        (
            item.get(_RELATION)
            for item in sheets
            if item.get("name") == sheet and item.get(_RELATION)
        ),
        None,
    )
    relations = ET.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
    target = next(item.get("Target", "") for item in relations if item.get("Id") == relation)
    return target.removeprefix("/") if target.startswith("/") else f"xl/{target}"


def _index(letters: bytes) -> int:
    index = 0
    for letter in letters:
        index = index * 26 + letter - 64
    return index - 1


def _limit() -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource  # not on Windows

        resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (MAX_SECONDS, MAX_SECONDS))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main()
