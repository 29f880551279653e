import sys
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prefect_getresponse.contact_import.columns.mapping import map_source
from prefect_getresponse.contact_import.rows.validation import compile_reader
from prefect_getresponse.sources import Reading, open_source
from prefect_getresponse.sources.errors import (
    EmptySource,
    SourceChanged,
    UnreadableSource,
)

pa: Any = pytest.importorskip("pyarrow", reason="the extra [arrow] is not installed")
pq: Any = pytest.importorskip("pyarrow.parquet")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "people.parquet"


def cells(path: Path) -> dict[str, list[str]]:
    source = open_source(path)
    records = [record for _, record in source.records()]
    return dict(zip(source.columns(), map(list, zip(*records, strict=True)), strict=True))


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (pa.array(["a@example.com", None]), ["a@example.com", ""]),
        (pa.array(["x", "x"]).dictionary_encode(), ["x", "x"]),
        (pa.array([Decimal("1.50"), None]), ["1.50", ""]),
        (pa.array([1.0, None]), ["1", ""]),
        (pa.array([True, None]), ["true", ""]),
        (pa.array([date(2026, 1, 31), None]), ["2026-01-31", ""]),
        (pa.array([1_700_000_000_000_000_001, 0], pa.timestamp("ns")), None),
        (pa.array([0, 1], pa.timestamp("ms", "UTC")), None),
        (pa.array([1, None], pa.time64("ns")), ["00:00:00", ""]),
        (pa.array([b"text", None]), ["text", ""]),
        (pa.array([["vip", "new"], None]), ['["vip", "new"]', ""]),
    ],
)
def test_every_type_is_written_as_people_write_it(
    path: Path, values: Any, expected: list[str] | None
) -> None:
    pq.write_table(pa.table({"column": values}), path)
    found = cells(path)["column"]
    if expected is None:
        assert all(
            cell.startswith(("1970-01-01 00:00:00", "2023-11-14 22:13:20")) for cell in found
        )
    else:
        assert found == expected


def test_structs_become_dotted_columns(path: Path) -> None:
    people = [{"email": "a", "at": {"city": "X", "geo": {"lat": 1}}}, {"email": "b", "at": None}]
    pq.write_table(pa.Table.from_pylist(people), path)

    assert cells(path) == {"email": ["a", "b"], "at.city": ["X", ""], "at.geo.lat": ["1", ""]}


def test_rows_are_numbered_through_all_groups(path: Path) -> None:
    emails = [f"{number}@example.com" for number in range(12_000)]
    pq.write_table(pa.table({"email": emails}), path, row_group_size=7_000)
    source = open_source(path)

    assert list(source.records()) == [(row, (email,)) for row, email in enumerate(emails, start=1)]
    assert source.progress() == (path.stat().st_size, path.stat().st_size)


def test_damage_is_an_error_that_says_so(path: Path) -> None:
    pq.write_table(pa.table({"email": ["a@example.com"] * 10_000}), path)
    data = path.read_bytes()
    path.write_bytes(data[:-20])

    with pytest.raises(UnreadableSource, match="damaged or cut off") as raised:
        open_source(path)
    assert raised.value.__cause__ is None


def test_an_empty_table_is_refused(path: Path) -> None:
    pq.write_table(pa.table({"email": pa.array([], pa.string())}), path)
    with pytest.raises(EmptySource):
        open_source(path)


def test_a_file_that_is_replaced_is_noticed(path: Path) -> None:
    pq.write_table(pa.table({"email": ["a@example.com"]}), path)
    source = open_source(path)
    pq.write_table(pa.table({"email": ["a@example.com", "b@example.com"]}), path)

    with pytest.raises(SourceChanged):
        list(source.records())


def test_an_encoding_makes_no_sense(path: Path) -> None:
    pq.write_table(pa.table({"email": ["a@example.com"]}), path)
    with pytest.raises(UnreadableSource, match="--encoding"):
        open_source(path, Reading(encoding="cp1252"))


def test_without_pyarrow_the_error_says_what_to_install(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pq.write_table(pa.table({"email": ["a@example.com"]}), path)
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    with pytest.raises(UnreadableSource, match=r'pip install "prefect-getresponse\[arrow\]"'):
        open_source(path)


CELLS = st.sampled_from(
    [None, "", " ", "a@example.com", "A@Example.com", "yes", "no", "vip;x", "ä"]
)


@given(st.lists(st.tuples(CELLS, CELLS, CELLS, CELLS), min_size=1, max_size=450))
def test_columns_mean_what_the_records_mean(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str | None, ...]]
) -> None:
    path = tmp_path_factory.getbasetemp() / "columns.parquet"
    names = ["Email Address", "First Name", "Email Marketing Consent", "Tags"]
    columns = dict(zip(names, zip(*rows, strict=True), strict=True))
    pq.write_table(pa.table(columns), path)
    source = open_source(path)
    mapping = map_source(source, {"Email Address": "email"})

    by_columns = list(compile_reader(mapping).read(source))

    assert by_columns == list(compile_reader(mapping).prepare(source.records()))
    assert [found.row for found in by_columns] == list(range(1, len(rows) + 1))
