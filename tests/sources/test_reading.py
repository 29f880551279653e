from typing import Any

import pytest

from prefect_getresponse.sources import Reading, open_source
from prefect_getresponse.sources.errors import UnreadableSource
from tests.sources.conftest import Write


def test_nothing_has_to_be_said() -> None:
    assert Reading() == Reading.of({}) == Reading.of({"header": True})
    assert Reading().given() == {}


def test_that_nothing_may_be_written_is_said_of_every_source(write: Write) -> None:
    reading = Reading.of({"require_read_only": True})
    assert reading.given() == {"require_read_only": True}
    assert open_source(write("email\na@example.com\n", "a.csv"), reading).columns() == ["email"]
    with pytest.raises(UnreadableSource):
        Reading.of({"require_read_only": "yes"})


def test_a_mapping_file_describes_a_reading() -> None:
    reading = Reading.of(
        {"delimiter": "tab", "sheet": 2, "header": False, "dates": "day-first", "decimal": "comma"}
    )
    assert reading == Reading(
        delimiter="\t", sheet="2", header=0, dates="day-first", decimal="comma"
    )
    assert reading.given() == {
        "delimiter": "\t",
        "sheet": "2",
        "header": 0,
        "dates": "day-first",
        "decimal": "comma",
    }
    assert Reading.of({"header": 2}).header == 2


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"encodings": "x", "page": 1}, "`encodings`, `page` cannot be said"),
        ({"delimiter": ";;"}, "--delimiter cannot be ';;'. Give one character"),
        ({"delimiter": "\n"}, "--delimiter"),
        ({"quote": "\r"}, "--quote"),
        ({"escape": "none"}, "--escape"),
        ({"quote": "'", "escape": "'"}, "another character than the quote"),
        ({"delimiter": "|", "quote": "|"}, "another character than the delimiter"),
        ({"header": 9}, "0 to 5 rows"),
        ({"header": -1}, "0 to 5 rows"),
        ({"header": "no"}, "--header"),
        ({"dates": "german"}, "one of day-first, month-first, year-first"),
        ({"decimal": ","}, "one of point, comma"),
        ({"encoding": 5}, "--encoding"),
        ({"sheet": True}, "--sheet"),
    ],
)
def test_what_cannot_be_is_named(values: dict[str, Any], says: str) -> None:
    with pytest.raises(UnreadableSource) as raised:
        Reading.of(values)
    assert says in str(raised.value)


@pytest.mark.parametrize(
    ("name", "reading"),
    [
        ("a.csv", Reading(sheet="2")),
        ("a.csv", Reading(records="results")),
        ("a.jsonl", Reading(delimiter=";")),
    ],
)
def test_what_says_nothing_about_a_kind_of_file_is_named(
    write: Write, name: str, reading: Reading
) -> None:
    path = write('{"email": "a@example.com"}\n', name)
    with pytest.raises(UnreadableSource, match="Leave --"):
        open_source(path, reading)
