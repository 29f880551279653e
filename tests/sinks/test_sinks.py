"""What every destination does the same way."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from prefect_getresponse.sinks.sink import Sink
from prefect_getresponse.sinks.tables import SYNCED_AT, Column, Kind, Table, Where

THINGS = Table(
    "things",
    ("account_id", "thing_id"),
    (
        Column("account_id"),
        Column("thing_id"),
        Column("name"),
        Column("amount", Kind.NUMBER),
        Column("count", Kind.INTEGER),
        Column("is_new", Kind.BOOLEAN),
        Column("made_on", Kind.TIMESTAMP),
        Column("day", Kind.DAY),
        Column("_more", Kind.JSON),
    ),
)
Row = tuple[Any, ...]
WARSAW = timezone(timedelta(hours=1))
FULL = (
    "a",
    "x1",
    "Zażółć 'gęślą' %s :name ? 日本",
    1.25,
    2**40,
    True,
    datetime(2026, 3, 1, 0, 30, 5, 123456, WARSAW),
    date(2026, 3, 1),
    {"b": [1, None, "z"], "a": 1.5},
)
EMPTY = ("a", "X1", None, None, None, None, None, None, None)


def contents(sink: Sink, *where: Where) -> list[Row]:
    return sorted(sink.select(THINGS, THINGS.names, *where))


def test_values_come_back_as_they_were_given(sink: Sink) -> None:
    sink.prepare([THINGS])
    with sink.transaction() as transaction:
        assert transaction.upsert(THINGS, [FULL, EMPTY]) == 2
    assert contents(sink) == [EMPTY, FULL]  # keys are told apart by case
    moments = {row[0] for row in sink.select(THINGS, [SYNCED_AT])}
    assert moments == {transaction.at}


def test_a_row_takes_the_place_of_the_one_with_its_key(sink: Sink) -> None:
    sink.prepare([THINGS])
    with sink.transaction() as transaction:
        transaction.upsert(THINGS, [EMPTY])
    with sink.transaction() as transaction:
        changed = (*EMPTY[:2], "first", *EMPTY[3:])
        last = (*EMPTY[:2], "last", *EMPTY[3:])
        transaction.upsert(THINGS, [changed, FULL, last])
    assert contents(sink) == [last, FULL]


def test_many_rows_are_written_as_few_are(sink: Sink) -> None:
    sink.prepare([THINGS])
    second = datetime(2026, 3, 1, 7, 8, 9, tzinfo=UTC)
    moments = [second, None, second.astimezone(WARSAW), second + timedelta(microseconds=5)]
    for some in (moments[:2], moments, [None]):  # of one form, of several, and none at all
        rows = [
            ("a", f"{number:04}", None, float(number), None, None, some[number % len(some)])
            for number in range(600)
        ]
        with sink.transaction() as transaction:
            transaction.upsert(THINGS, rows, THINGS.names[:7])
        assert contents(sink) == [(*row, None, None) for row in rows]


def test_columns_that_are_not_given_keep_what_they_have(sink: Sink) -> None:
    sink.prepare([THINGS])
    with sink.transaction() as transaction:
        transaction.upsert(THINGS, [FULL])
    columns = ("thing_id", "account_id", "name")
    with sink.transaction() as transaction:
        transaction.upsert(THINGS, [("x1", "a", "new"), ("x2", "a", "other")], columns)
    assert contents(sink) == [
        (*FULL[:2], "new", *FULL[3:]),
        ("a", "x2", "other", *EMPTY[3:]),
    ]


def test_nothing_is_seen_of_a_transaction_that_failed(sink: Sink) -> None:
    sink.prepare([THINGS])

    def fail() -> None:
        with sink.transaction() as transaction:
            transaction.upsert(THINGS, [FULL])
            transaction.save_state("a", "things", {"page": 1})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert contents(sink) == []
    assert sink.state("a", "things") == {}


def test_state_is_kept_with_the_rows(sink: Sink) -> None:
    sink.prepare([THINGS])
    assert sink.state("a", "things") == {}
    for page in (1, 2):
        with sink.transaction() as transaction:
            transaction.save_state("a", "things", {"page": page, "since": None})
    assert sink.state("a", "things") == {"page": 2, "since": None}
    assert sink.state("b", "things") == {}


def numbered(count: int) -> list[Row]:
    return [("a", f"{number:05}", f"n{number % 3}", *EMPTY[3:]) for number in range(count)]


CONDITIONS: list[tuple[Where, Callable[[Row], bool]]] = [
    (Where("thing_id", "=", "00003"), lambda row: row[1] == "00003"),
    (Where("thing_id", "<", "00003"), lambda row: row[1] < "00003"),
    (Where("thing_id", "<=", "00003"), lambda row: row[1] <= "00003"),
    (Where("thing_id", ">", "00003"), lambda row: row[1] > "00003"),
    (Where("thing_id", ">=", "00003"), lambda row: row[1] >= "00003"),
    (Where("name", "in", ["n0", "n9"]), lambda row: row[2] == "n0"),
    (Where("count", "null"), lambda row: row[4] is None),
    (Where("count", "not null"), lambda row: row[4] is not None),
    (Where("account_id", "differs", "name"), lambda row: row[0] != row[2]),
]


@pytest.mark.parametrize(
    ("where", "expected"),
    CONDITIONS,
    ids=[f"{where.column} {where.test}" for where, _ in CONDITIONS],
)
def test_conditions_choose_what_is_read_changed_and_deleted(
    sink: Sink, where: Where, expected: Callable[[Row], bool]
) -> None:
    rows = [*numbered(7), ("a", "x", None, 1.5, 7, *EMPTY[5:]), ("a", "y", "a", *EMPTY[3:])]
    chosen = sorted(row for row in rows if expected(row))
    sink.prepare([THINGS])
    with sink.transaction() as transaction:
        transaction.upsert(THINGS, rows)
    assert contents(sink, where) == chosen
    with sink.transaction() as transaction:
        transaction.update(THINGS, {"is_new": True}, where)
    assert len(contents(sink, Where("is_new", "=", True))) == len(chosen)
    with sink.transaction() as transaction:
        transaction.delete(THINGS, Where("account_id", "=", "nobody"), where)
        transaction.delete(THINGS, where)
    assert [row[1] for row in contents(sink)] == sorted(row[1] for row in rows if not expected(row))


def test_long_lists_of_values_are_taken_in_parts(sink: Sink) -> None:
    sink.prepare([THINGS])
    rows = numbered(1300)
    with sink.transaction() as transaction:
        transaction.upsert(THINGS, rows)
    wanted = [row[1] for row in rows[::1]]
    assert len(contents(sink, Where("thing_id", "in", wanted))) == 1300
    with sink.transaction() as transaction:
        transaction.delete(THINGS, Where("thing_id", "in", wanted[:-1]))
    assert contents(sink) == rows[-1:]


def test_preparing_twice_makes_nothing_and_new_columns_are_added(sink: Sink) -> None:
    assert any("things" in made for made in sink.prepare([THINGS]))
    assert sink.prepare([THINGS]) == []
    with sink.transaction() as transaction:
        transaction.upsert(THINGS, [FULL])
    wider = Table(THINGS.name, THINGS.key, (*THINGS.columns, Column("colour")))
    assert any("colour" in made for made in sink.prepare([wider]))
    assert list(sink.select(wider, ["thing_id", "colour"])) == [("x1", None)]
    with sink.transaction() as transaction:
        transaction.upsert(wider, [(*FULL, "red")])
    assert list(sink.select(wider, ["thing_id", "colour"])) == [("x1", "red")]


VALUES = {
    Kind.TEXT: st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])),
    Kind.NUMBER: st.floats(allow_nan=False, allow_infinity=False),
    Kind.INTEGER: st.integers(-(2**63), 2**63 - 1),
    Kind.BOOLEAN: st.booleans(),
    Kind.TIMESTAMP: st.datetimes(
        datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=st.sampled_from([UTC, WARSAW])
    ),
    Kind.DAY: st.dates(date(1900, 1, 1), date(2200, 1, 1)),
    Kind.JSON: st.dictionaries(st.sampled_from("abc"), st.integers(0, 9) | st.text("xyz€")),
}
ROW = st.tuples(*(st.none() | VALUES[column.kind] for column in THINGS.columns[2:]))


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=st.dictionaries(st.sampled_from(["k", "K", "ß", "%"]), ROW, min_size=1))
def test_any_values_survive(sink: Sink, values: dict[str, Row]) -> None:
    sink.prepare([THINGS])
    rows = [("a", key, *row) for key, row in values.items()]
    with sink.transaction() as transaction:
        transaction.delete(THINGS)
        transaction.upsert(THINGS, rows)
    assert sorted(contents(sink), key=lambda row: row[1]) == sorted(rows, key=lambda row: row[1])
