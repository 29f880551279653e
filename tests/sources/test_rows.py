from collections.abc import Iterator
from typing import Any

import pytest

from prefect_getresponse.sources import RowsSource
from prefect_getresponse.sources.errors import EmptySource, UnreadableSource

PEOPLE: list[dict[str, Any]] = [
    {"email": "a@example.com", "address": {"city": "Kraków"}},
    {"email": "b@example.com", "points": 3.0},
]


def test_mappings_become_columns_by_their_keys() -> None:
    source = RowsSource(PEOPLE, name="crm")

    assert source.columns() == ["email", "address.city", "points"]
    assert list(source.records()) == [
        (1, ["a@example.com", "Kraków", ""]),
        (2, ["b@example.com", "", "3"]),
    ]
    assert source.progress() == (2, 0)


def test_sequences_begin_with_their_header() -> None:
    source = RowsSource([("email", "name"), ("a@example.com", None), ("b",)], name="crm")

    assert source.columns() == ["email", "name"]
    assert list(source.records()) == [(2, ["a@example.com", ""]), (3, ["b", ""])]


def test_a_function_makes_the_rows_anew_for_each_reading() -> None:
    def people() -> Iterator[dict[str, Any]]:
        yield from PEOPLE

    source = RowsSource(people, name="crm")
    assert list(source.records()) == list(source.records()) == list(records_of(PEOPLE))


def records_of(rows: list[dict[str, Any]]) -> Iterator[tuple[int, Any]]:
    return RowsSource(rows, name="crm").records()


def test_what_can_be_read_once_is_refused() -> None:
    with pytest.raises(TypeError, match="only once"):
        RowsSource(iter(PEOPLE), name="crm")


def test_the_name_is_the_identity_and_the_cells_are_the_fingerprint() -> None:
    one, same = RowsSource(PEOPLE, name="crm"), RowsSource(list(PEOPLE), name="crm")
    other = RowsSource(PEOPLE[:1], name="crm")

    assert one.location == same.location == other.location == "rows:crm"
    assert one.fingerprint() == same.fingerprint() != other.fingerprint()


def test_the_fingerprint_follows_rows_that_change() -> None:
    rows = list(PEOPLE)
    source = RowsSource(rows, name="crm")
    before = source.fingerprint()

    rows.append({"email": "c@example.com"})
    next(source.records())

    assert source.fingerprint() != before


@pytest.mark.parametrize(
    ("rows", "error", "says"),
    [
        ([], EmptySource, "no rows"),
        ([{"email": "a"}, ["b"]], UnreadableSource, "row 2.*not a mapping"),
        (["email", "a@example.com"], UnreadableSource, "row 1.*not a sequence"),
        ([["email"], {"email": "a"}], UnreadableSource, "row 2.*not a sequence"),
        ([{f"key {number}": 1 for number in range(501)}], UnreadableSource, "more than 500"),
    ],
)
def test_unusable_rows_are_refused(rows: Any, error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        list(RowsSource(rows, name="crm").records())


def test_an_unusable_value_is_named_by_row_and_column_and_not_shown() -> None:
    source = RowsSource([{"email": "a@example.com", "photo": b"\xff"}], name="crm")
    assert list(source.records()) == [(1, ["a@example.com", "(not text)"])]
    assert str(source.unusable[1]).startswith(
        "crm, row 1: binary data are not text (column `photo`)"
    )


def test_half_a_character_is_refused() -> None:
    with pytest.raises(UnreadableSource, match="surrogate"):
        list(RowsSource([{"email": "\ud800"}], name="crm").records())
