"""Workbooks for tests."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence
from typing import Any

import openpyxl
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

PEOPLE: list[list[Any]] = [
    ["Email", "First Name", "Newsletter"],
    ["ann@example.com", "Ann", "yes"],
    ["bob@example.com", "Bob", "no"],
]


def xlsx(
    rows: Sequence[Any] = PEOPLE,
    change: Callable[[Workbook, Worksheet], object] = lambda book, sheet: None,
) -> bytes:
    """Return a workbook of one sheet called `People`, as changed."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = "People"
    for row in rows:
        sheet.append(list(row))
    change(book, sheet)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def edited(workbook: bytes, edit: Callable[[str, bytes], bytes | None]) -> bytes:
    """Return an archive with its parts edited; a part that becomes None is left out."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as old, zipfile.ZipFile(file, "w", 8) as new:
        for name in old.namelist():
            content = edit(name, old.read(name))
            if content is not None:
                new.writestr(name, content)
    return file.getvalue()


_SPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for name in ("office", "table", "text", "style", "manifest")
)


def ods_cell(text: str, attributes: str = "") -> str:
    kind = 'office:value-type="string"' if "office:value-type" not in attributes else ""
    return f"<table:table-cell {kind} {attributes}><text:p>{text}</text:p></table:table-cell>"


def ods_row(*cells: str, attributes: str = "") -> str:
    return f"<table:table-row {attributes}>{''.join(cells)}</table:table-row>"


def ods(*rows: str, manifest: str = "", more: str = "") -> bytes:
    """Return an OpenDocument sheet called `People`, of rows in its XML."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", 8) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(
            "META-INF/manifest.xml",
            f'<manifest:manifest {_SPACES}><manifest:file-entry manifest:full-path="/"'
            ' manifest:media-type="application/vnd.oasis.opendocument.spreadsheet">'
            f"{manifest}</manifest:file-entry></manifest:manifest>",
        )
        archive.writestr(
            "content.xml",
            f'<?xml version="1.0"?><office:document-content {_SPACES} office:version="1.2">'
            "<office:body><office:spreadsheet>"
            f'<table:table table:name="People">{"".join(rows)}</table:table>{more}'
            "</office:spreadsheet></office:body></office:document-content>",
        )
    return file.getvalue()


ODS_PEOPLE = [ods_row(*map(ods_cell, row)) for row in PEOPLE]
