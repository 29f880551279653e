"""The demo's parts; the demo as a whole is the first thing that CI runs."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prefect_getresponse.cli.demonstration import isolated, write_customers
from tests.docs.blocks import ROOT


def rows_of(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_without_a_number_it_is_the_example_itself(tmp_path: Path) -> None:
    written = tmp_path / "customers.csv"
    write_customers(written, None)
    assert written.read_bytes() == (ROOT / "examples" / "customers.csv").read_bytes()


@given(rows=st.integers(1, 500))
def test_any_number_of_customers_meets_its_people_again_under_other_addresses(
    tmp_path_factory: pytest.TempPathFactory, rows: int
) -> None:
    written = tmp_path_factory.mktemp("demo") / "customers.csv"
    write_customers(written, rows)
    header, *people = rows_of(written)
    _, *example = rows_of(ROOT / "examples" / "customers.csv")
    email = header.index("Email")
    assert len(people) == rows
    distinct = {person[email].strip().lower() for person in people if "@" in person[email]}
    once = {person[email].strip().lower() for person in example if "@" in person[email]}
    laps = rows // len(example)
    assert laps * len(once) <= len(distinct) <= (laps + 1) * len(once)


def test_nothing_of_the_users_prefect_is_seen(tmp_path: Path) -> None:
    mine = {"PATH": "/bin", "PREFECT_API_URL": "http://prefect.test/api", "PREFECT_PROFILE": "mine"}
    seen = isolated(mine, str(tmp_path))
    assert seen["PATH"] == "/bin"
    assert "PREFECT_API_URL" not in seen
    assert "PREFECT_PROFILE" not in seen
    assert seen["PREFECT_HOME"] == str(tmp_path)
    assert Path(seen["PREFECT_PROFILES_PATH"]).parent == tmp_path
