import pytest
from hypothesis import given
from hypothesis import strategies as st

from prefect_getresponse.contact_import.rows.formats import DateColumn, NumberColumn


@pytest.mark.parametrize(
    ("order", "cell", "expected"),
    [
        ("", "1990-01-31", "1990-01-31"),
        ("", "1990-01-31 00:00:00", "1990-01-31"),
        ("", "1990-01-31T00:00:00.000Z", "1990-01-31"),
        ("", "1990-01-31 10:00:00", "1990-01-31 10:00:00"),
        ("", "31.01.1990", "1990-01-31"),
        ("", "1/31/1990", "1990-01-31"),
        ("", "1990/1/31", "1990-01-31"),
        ("", "03.04.1990", "03.04.1990"),
        ("", "04/04/1990", "1990-04-04"),
        ("day-first", "03.04.1990", "1990-04-03"),
        ("month-first", "03/04/1990", "1990-03-04"),
        ("day-first", "03.04.1990 00:00", "1990-04-03"),
        ("month-first", "31/01/1990", "31/01/1990"),
        ("year-first", "1990.01.31", "1990-01-31"),
        ("day-first", "31.02.1990", "31.02.1990"),
        ("", "soon", "soon"),
        ("", "00.00.0000", "00.00.0000"),
    ],
)
def test_dates(order: str, cell: str, expected: str) -> None:
    assert DateColumn(order).read([cell]) == [expected]  # type: ignore[arg-type]


def test_a_part_above_12_tells_the_order_of_a_column() -> None:
    assert DateColumn().read(["03.04.1990", "31.01.1990"]) == ["1990-04-03", "1990-01-31"]
    both = DateColumn()
    assert both.read(["03.04.1990", "31.01.1990", "01.31.1990"])[0] == "03.04.1990"
    assert both.ambiguous == 1


def test_a_time_stays_where_times_are_wanted() -> None:
    column = DateColumn("day-first", only_days=False)
    assert column.read(["31.01.1990 10:05", "31.01.1990"]) == ["1990-01-31 10:05", "1990-01-31"]


@pytest.mark.parametrize(
    ("decimal", "cell", "expected"),
    [
        ("comma", "1234,50", "1234.50"),
        ("comma", "1.234,50", "1234.50"),
        ("comma", "1 234,50", "1234.50"),
        ("comma", "-0,5", "-0.5"),
        ("comma", "12", "12"),
        ("comma", "1,2,3", "1,2,3"),
        ("point", "1,234.50", "1234.50"),
        ("point", "1'234.50", "1234.50"),
        ("point", "1.5", "1.5"),
        ("", "1234,50", "1234,50"),
        ("", "x, y", "x, y"),
    ],
)
def test_numbers(decimal: str, cell: str, expected: str) -> None:
    assert NumberColumn(decimal).read([cell]) == [expected]  # type: ignore[arg-type]


def test_numbers_with_a_comma_are_counted() -> None:
    column = NumberColumn()
    column.read(["1234,50", "12", "x,y", "1.234,5"])
    assert column.with_comma == 2


@given(st.lists(st.text(alphabet="0123456789./-,: T'x", max_size=20), max_size=5))
def test_any_cell_is_a_date_or_stays(cells: list[str]) -> None:
    assert len(DateColumn().read(cells)) == len(NumberColumn("comma").read(cells)) == len(cells)
