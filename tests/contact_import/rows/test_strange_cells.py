"""Cells that say nothing, marks around addresses, and what is told about strange cells."""

import pytest

from prefect_getresponse.contact_import.columns.mapping import map_columns
from prefect_getresponse.contact_import.columns.source_mapping import SourceMapping
from prefect_getresponse.contact_import.rows.blanks import BLANK_WORDS
from prefect_getresponse.contact_import.rows.custom_fields import CustomField
from prefect_getresponse.contact_import.rows.validation import (
    PreparedRow,
    RowReader,
    compile_reader,
)
from prefect_getresponse.sources import Reading

FIELDS = {
    "born": CustomField("b1", "born", type="date"),
    "spent": CustomField("s1", "spent", type="number"),
}


def reader(*header: str, reading: Reading | None = None) -> RowReader:
    fields = {name: f"custom:{name}" for name in header if name in FIELDS}
    said = SourceMapping(reading=reading or Reading())
    return compile_reader(map_columns(header, fields), custom_fields=FIELDS, said=said)


def rows(of: RowReader, *records: list[str]) -> list[PreparedRow]:
    found = list(of.prepare(enumerate(records, start=2)))
    for row in found:
        of.notes.seen_in(row.row, row.warnings)
    return found


def names(found: list[PreparedRow]) -> list[str | None]:
    return [row.contact.name if row.contact else None for row in found]


def test_blank_words_are_blank() -> None:
    people = reader("email", "first_name", "last_name", "tags")
    found = rows(
        people,
        ["ann@example.com", "Ann", "NULL", "NULL"],
        ["bob@example.com", "NULL", "NULL", "vip"],
        ["cy@example.com", "\\N", "\\N", "\\N"],
        ["di@example.com", "nan", "None", "nan"],
        ["NULL", "NULL", "NULL", "NULL"],
        ["#N/A", "Ed", "", ""],
        ["fay@example.com", "Fay", "#REF!", ""],
    )
    assert names(found) == ["Ann", None, None, None, None, None, "Fay"]
    assert [row.contact.tags for row in found if row.contact] == [(), ("vip",), (), (), ()]
    assert [row.reason for row in found[4:6]] == [None, "no_email"]
    assert found[4].verdict == "blank"
    assert "`first_name`: 3 cells such as NULL count as blank." in people.all_notes()


def test_one_person_may_be_called_so() -> None:
    assert names(rows(reader("email", "name"), ["a@example.com", "None"])) == ["None"]
    people = ["Null", "NA", "Nan", "none"]
    found = rows(reader("email", "name"), *([f"{name}@example.com", name] for name in people))
    assert names(found) == people
    assert not BLANK_WORDS & set(people)


@pytest.mark.parametrize(
    "marks", ["\u202a{}\u202c", "\u2066{}\u2069", "\u200e{}", "\u202b{}\u202c "]
)
def test_marks_of_direction_are_taken_off(marks: str) -> None:
    (row,) = rows(reader("email", "name"), [marks.format("ann@example.com"), marks.format("Ann")])
    assert (row.key, names([row])) == ("ann@example.com", ["Ann"])


@pytest.mark.parametrize("cell", ["'ann@example.com", "'ann@example.com'"])
def test_an_apostrophe_before_an_address_is_named(cell: str) -> None:
    found = rows(reader("email"), [cell], ["o'neil@example.com"], ["'ann"])
    assert [row.reason for row in found] == ["text_mark", None, "invalid_email"]


def test_garbled_names_are_told_with_row_and_repair() -> None:
    people = reader("email", "first_name")
    found = rows(
        people,
        ["a@example.com", "Ann"],
        ["b@example.com", "JÃ¶rg"],
        ["c@example.com", "Zo&euml;"],
    )
    assert names(found) == ["Ann", "JÃ¶rg", "Zo&euml;"]
    assert found[1].warnings == (("first_name", "mojibake"),)
    assert people.all_notes() == [
        "`first_name`: 1 names look like UTF-8 that was read as something else (rows 3):"
        " `Ã¶` is probably `ö`. Nothing was changed: export the file again as UTF-8.",
        "`first_name`: 1 names hold codes of web pages (rows 4): `&euml;` is probably `ë`."
        " Nothing was changed: export the names as plain text.",
    ]


def test_dates_and_numbers_of_custom_fields() -> None:
    record = ["a@example.com", "03.04.1990", "1.234,50"]
    told = reader("email", "born", "spent", reading=Reading(dates="day-first", decimal="comma"))
    (row,) = rows(told, record)
    assert row.contact is not None
    assert row.contact.custom == (("born", "1990-04-03"), ("spent", "1234.50"))
    assert told.all_notes() == []
    untold = reader("email", "born", "spent")
    (row,) = rows(untold, record)
    assert row.contact is not None
    assert row.contact.custom == ()
    assert row.warnings == (("born", "invalid_date"), ("spent", "invalid_number"))
    assert [note.partition(". ")[2] for note in untold.all_notes()] == [
        "Give --dates day-first or --dates month-first.",
        "If it is a decimal comma, give --decimal comma.",
    ]
