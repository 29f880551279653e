"""Files of kinds that people really import: each gives exactly the people that it should.

The options are those that the product asks for, or proposes, when a file is given without them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from prefect_getresponse.contact_import.columns.mapping import map_source
from prefect_getresponse.contact_import.columns.source_mapping import SourceMapping
from prefect_getresponse.contact_import.rows.custom_fields import CustomField
from prefect_getresponse.contact_import.rows.validation import Contact, compile_reader
from prefect_getresponse.sources import Reading, open_source
from prefect_getresponse.sources.errors import ImportInputError

FILES = Path(__file__).parent / "files"
FIELDS = {
    "birthdate": CustomField("b1", "birthdate", type="date"),
    "ltv": CustomField("l1", "ltv", type="number"),
}


class Case(NamedTuple):
    """How a file is given to the import."""

    columns: Mapping[str, str] = {}
    reading: Reading = Reading()
    tags: Mapping[str, str] = {}


CASES = {
    "h24_null_names.csv": Case(),
    "h27_surveymonkey.csv": Case(),
    "h28_hubspot_api.json": Case(reading=Reading(records="results")),
    "h29_pipedrive.jsonl": Case(),
    "h30_binary_col.parquet": Case({"photo": "-"}),
    "h31_pandas_dates.parquet": Case({"birthdate": "custom:birthdate"}),
    "h33_pl_formats.csv": Case(
        {"Data urodzenia": "custom:birthdate", "Wydatki": "custom:ltv"}, Reading(decimal="comma")
    ),
    "h34_ctrlz.csv": Case(),
    "h41_bidi_marks.csv": Case(),
    "h42_apostrophe.csv": Case(),
    "h46_title_emails.csv": Case(),
}


def read(name: str, case: Case) -> tuple[dict[str, Contact], list[str], list[str]]:
    """Return the people, the addresses of rejected rows, and the notes."""
    source = open_source(FILES / name, case.reading)
    mapping = map_source(source, case.columns)
    said = SourceMapping(case.columns, case.reading, case.tags)
    reader = compile_reader(mapping, custom_fields=FIELDS, said=said)
    rows = list(reader.read(source))
    email = mapping.columns_of("email")[0].index
    cells = {row: record[email] for row, record in source.records()}
    people = {row.contact.email: row.contact for row in rows if row.contact}
    return people, [cells[row.row] for row in rows if row.verdict == "rejected"], reader.all_notes()


@pytest.mark.parametrize("name", CASES)
def test_a_file_gives_the_people_that_it_should(name: str) -> None:
    expected: dict[str, Any] = json.loads(
        (FILES / f"{name.partition('.')[0]}.expected.json").read_text("utf-8")
    )
    people, rejected, _ = read(name, CASES[name])
    assert set(people) == set(expected["importable"])
    assert not set(people) & set(expected["refused"])
    assert rejected == expected["rejected"]
    for address, wanted in expected["importable"].items():
        assert people[address].name == wanted.get("name")
        if "tags" in wanted:
            assert list(people[address].tags) == wanted["tags"]
        for field, values in wanted.get("custom", {}).items():
            assert [value for key, value in people[address].custom if key == field] == values


def test_without_its_options_a_file_says_which_it_needs() -> None:
    with pytest.raises(ImportInputError, match='--records "results"'):
        read("h28_hubspot_api.json", Case())
    columns = CASES["h33_pl_formats.csv"].columns
    _, _, notes = read("h33_pl_formats.csv", Case(columns))
    assert any("--decimal comma" in note for note in notes)


def test_tags_of_other_alphabets_stay_apart() -> None:
    people, _, _ = read("h25_tags_unicode.csv", Case())
    tags = [contact.tags[0] for contact in people.values()]
    assert len(set(tags)) == len(tags) == 5
    assert all(re.fullmatch(r"[_a-zA-Z0-9]{2,64}", tag) for tag in tags)
