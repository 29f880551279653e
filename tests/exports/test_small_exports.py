"""Exports of other tools, row by row: who is imported, with which name and tags, and who is not.

`tools/` holds a file a tool, in its own format, with what must become of each record in
`expected.json`: `Name: tag, tag`, or the reason why it is not imported. A new tool is a file and a
line there.
"""

import json
from pathlib import Path

import pytest

from prefect_getresponse.contact_import.columns.mapping import map_source
from prefect_getresponse.contact_import.rows.validation import PreparedRow, compile_reader
from prefect_getresponse.sources import open_source

EXPORTS = Path(__file__).parent / "tools"
EXPECTED: dict[str, list[str]] = json.loads((EXPORTS / "expected.json").read_text())


def test_every_export_is_expected() -> None:
    assert {path.name for path in EXPORTS.iterdir()} == {*EXPECTED, "expected.json"}


@pytest.mark.parametrize("export", EXPECTED)
def test_an_export_becomes_what_its_tool_means(export: str) -> None:
    source = open_source(EXPORTS / export)
    rows = list(compile_reader(map_source(source)).read(source))
    last = {row.key: row.row for row in rows}
    found = [
        _shown(row) if not row.key or last[row.key] == row.row else "duplicate" for row in rows
    ]
    assert found == EXPECTED[export]


def _shown(row: PreparedRow) -> str:
    if row.contact is None:
        return row.reason or str(row.verdict)
    name = row.contact.name or row.contact.email
    return f"{name}: {', '.join(row.contact.tags)}" if row.contact.tags else name
