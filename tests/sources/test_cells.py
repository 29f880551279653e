import uuid
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import Enum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prefect_getresponse.sources.cells import column_names, flatten, text


class Plan(Enum):
    GOLD = "gold"


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("as it is ", "as it is "),
        (None, ""),
        (float("nan"), ""),
        (True, "true"),
        (False, "false"),
        (7, "7"),
        (7.0, "7"),
        (1e16, "10000000000000000"),
        (0.1, "0.1"),
        (1e-7, "0.0000001"),
        (Decimal("1.50"), "1.50"),
        (Decimal("1E+3"), "1000"),
        (date(2026, 1, 31), "2026-01-31"),
        (datetime(2026, 1, 31, 8, 15, tzinfo=UTC), "2026-01-31 08:15:00+00:00"),
        (time(8, 15), "08:15:00"),
        (uuid.UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        (Plan.GOLD, "gold"),
        ("ü".encode(), "ü"),
        (["vip", 2, None], '["vip", 2, null]'),
        ({"since": date(2026, 1, 1)}, '{"since": "2026-01-01"}'),
    ],
)
def test_values_are_written_as_people_write_them(value: object, cell: str) -> None:
    assert text(value) == cell


@given(st.decimals(allow_nan=False, allow_infinity=False))
def test_decimals_lose_nothing(value: Decimal) -> None:
    assert Decimal(text(value)) == value


@pytest.mark.parametrize("value", [b"\xff", object(), [object()]])
def test_what_is_not_text_is_refused_without_its_content(value: object) -> None:
    with pytest.raises(ValueError, match="not text"):
        text(value)


def test_nested_records_become_dotted_names() -> None:
    record = {"email": "a", "address": {"city": "X", "geo": {"lat": 1}}}
    assert dict(flatten(record)) == {"email": "a", "address.city": "X", "address.geo.lat": 1}


def test_every_column_has_a_name_of_its_own() -> None:
    assert column_names(["Tags", "", "Tags ", "Tags (2)"]) == [
        "Tags",
        "column 2",
        "Tags (2)",
        "Tags (2) (2)",
    ]
