"""What is said about a source: as lines, as a dictionary, and as a mapping file."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prefect_getresponse.contact_import.columns.source_mapping import (
    SourceMapping,
    from_toml,
    read_mapping,
    with_answers,
)
from prefect_getresponse.sources.errors import ImportInputError, MappingError
from prefect_getresponse.sources.reading import Reading

FILE = """
[source]
encoding = "cp1250"
header = 0

[columns]
City = "custom:city"

[columns."Zgoda = tak"]
field = "consent"
yes = ["Tak", "tak, mailowo"]
"""
SAID = SourceMapping(
    {"City": "custom:city", "Zgoda = tak": "consent:Tak|tak, mailowo"},
    Reading(encoding="cp1250", header=0),
)


def test_a_mapping_file_is_found_by_its_ending(tmp_path: Path) -> None:
    path = tmp_path / "crm.toml"
    path.write_text(FILE, "utf-8")
    assert read_mapping(str(path)) == SAID
    assert read_mapping(path.as_uri()) == SAID
    assert read_mapping(FILE) == SAID


def test_lines_are_split_at_the_last_equals_sign() -> None:
    assert read_mapping(" Mail=email\n\nA=B=custom:c \n") == SourceMapping(
        {"Mail": "email", "A=B": "custom:c"}
    )


@pytest.mark.parametrize("given", ["", None, {}, SourceMapping()])
def test_nothing_may_be_said(given: str | None) -> None:
    assert read_mapping(given) == SourceMapping()


@pytest.mark.parametrize(
    ("given", "what"),
    [
        ("Mail", "`Mail` is not of the form COLUMN=FIELD"),
        ("=email", "not of the form"),
        ("Mail=", "not of the form"),
        ("A=name\nA=email", "`A` is mapped twice"),
        ("[columns]\nA = 1", "column `A` has no field"),
        ("[columns.A]\nyes = ['x']", "column `A` has no field"),
        ("[columns.A]\nfield = 'name'\nyes = ['x']", "its field is no question"),
        ("[columns.A]\nfield = 'consent'\nyes = 'x'", "not a list of texts"),
        ("[columns.A]\nfield = 'consent'\nyes = ['x|y']", "an answer holds |"),
        ("[columns.A]\nfield = 'consent'\nno = ['x']", "says `no`, which is unknown"),
        ("[source]\na = 1\n[colums]", "says `colums`, which is unknown"),
        ("columns = 1\n[source]", "`columns` is not a table"),
        ("[columns]\nA = ", "not TOML"),
        ("[source]\nencodng = 'x'", "`encodng` cannot be said about a source"),
        ("[source]\nheader = 'x'", "--header cannot be"),
        ("missing.toml", "missing.toml"),
    ],
)
def test_what_cannot_be_understood_is_named(given: str, what: str) -> None:
    with pytest.raises(ImportInputError, match=r".") as raised:
        read_mapping(given)
    assert what in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    path = tmp_path / "crm.toml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(MappingError, match=r"crm.toml: it is not UTF-8"):
        read_mapping(str(path))


answers = st.lists(st.text(min_size=1).filter(lambda text: "|" not in text), min_size=1)
fields = st.sampled_from(["email", "tags", "custom:city", "-"]) | answers.map(
    lambda words: with_answers("consent", words)
)


@given(columns=st.dictionaries(st.text(min_size=1), fields), encoding=st.text(min_size=1))
def test_a_mapping_file_says_what_was_said(columns: dict[str, str], encoding: str) -> None:
    said = SourceMapping(columns, Reading(encoding=encoding, header=2))
    assert from_toml(said.toml(), "file") == said


named = st.text(min_size=1).filter(lambda text: text.strip() != "")


@given(columns=st.dictionaries(named, st.sampled_from(["email", "-", "consent:Yes"])))
def test_a_deployment_says_what_was_said(columns: dict[str, str]) -> None:
    said = SourceMapping(columns)
    assert read_mapping(said.lines()) == said


def test_what_is_said_later_wins() -> None:
    both = SAID.and_also({"City": "-"}, Reading(encoding="cp1252"))
    assert both.columns["City"] == "-"
    assert both.reading == Reading(encoding="cp1252", header=0)
