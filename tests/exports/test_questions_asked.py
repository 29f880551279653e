"""Exports of known tools ask for no column; without one of consent, somebody has to vouch."""

from __future__ import annotations

from pathlib import Path

import pytest

from prefect_getresponse.contact_import.columns.mapping import map_source
from prefect_getresponse.contact_import.judging.judging import columns_of_consent, questions_left
from prefect_getresponse.contact_import.rows.validation import compile_reader
from prefect_getresponse.sources import open_source

HERE = Path(__file__).parent
FILES = [
    path
    for folder in ("tools", "data")
    for path in sorted((HERE / folder).iterdir())
    if not path.name.endswith("expected.json")
]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_an_export_of_a_known_tool_asks_for_no_column(path: Path) -> None:
    source = open_source(path)
    mapping = map_source(source)
    reader = compile_reader(mapping)
    for _ in reader.read(source):
        pass
    contents = reader.contents()
    questions = questions_left(mapping, contents, not_understood=reader.not_understood)
    assert [question.column for question in questions if question.column] == []
    assert bool(questions) != bool(columns_of_consent(mapping, contents))
