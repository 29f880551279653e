"""What SQLite does for a statement that runs for every call: never a walk through the whole run."""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from tests.contact_import.lab import Lab

PEOPLE = 40
WALKS = re.compile(r"SCAN (rows|listed|outcomes|chunks)\b|SEARCH rows USING PRIMARY KEY \(run=\?\)")
VALUES = re.compile(r"'(?:[^']|'')*'|\b\d+(?:\.\d+)?\b")


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every statement that any connection runs, with its values."""
    found: list[str] = []
    connect: Callable[..., sqlite3.Connection] = sqlite3.connect

    def traced(*arguments: Any, **options: Any) -> sqlite3.Connection:
        db = connect(*arguments, **options)
        db.set_trace_callback(found.append)
        return db

    monkeypatch.setattr(sqlite3, "connect", traced)
    return found


def walks(path: Path, statement: str) -> bool:
    """Whether a statement goes through all rows of a run or a table."""
    with closing(sqlite3.connect(path)) as db:
        plan = [str(step[3]) for step in db.execute(f"EXPLAIN QUERY PLAN {statement}")]
    return any(WALKS.search(step) for step in plan)


@pytest.mark.parametrize("changed", [False, True], ids=["new", "changed"])
def test_statements_that_run_for_every_call_use_an_index(
    lab: Lab, statements: list[str], changed: bool
) -> None:
    people = [[f"person{number}@example.com", "Ann", ""] for number in range(PEOPLE)]
    lab.write(people)
    if changed:
        lab.run(route="contacts")
        lab.write([[email, "Bea", tags] for email, _, tags in people])
        statements.clear()
    lab.run(route="contacts")

    # A trigger that fires for a row of a statement is traced as the statement once more.
    single = [text for text, _ in groupby(t for t in statements if not t.startswith("--"))]
    often = Counter(VALUES.sub("?", text) for text in single if "rows" in text)
    seen = dict[str, str]()
    for text in statements:
        seen.setdefault(VALUES.sub("?", text), text)
    [ledger] = lab.state.rglob("*.sqlite")
    slow = {
        text
        for text, times in often.items()
        if times >= PEOPLE
        and text.split()[0] in {"SELECT", "UPDATE", "DELETE"}
        and walks(ledger, seen[text])
    }
    assert slow == set()


def test_looks_write_only_who_is_new_on_the_list(lab: Lab, statements: list[str]) -> None:
    lab.write([[f"person{number}@example.com", "Ann", ""] for number in range(PEOPLE)])
    lab.run(route="batch")

    looks = sum("FROM turned_up" in text and text.startswith("DELETE") for text in statements)
    inserts = [text for text in statements if text.startswith("INSERT OR FAIL INTO listed")]
    written = Counter(key for text in inserts for key in re.findall(r"person\d+@", text))
    assert looks > 2  # people come one after another, and each look lists them all
    assert len(written) == PEOPLE
    assert set(written.values()) == {1}


def test_a_look_at_an_import_visits_no_row_to_find_or_count_its_people(
    lab: Lab, statements: list[str]
) -> None:
    lab.write([[f"person{number}@example.com", "Ann", ""] for number in range(PEOPLE)])
    report = lab.run(route="import")

    assert report.verdicts["added"] == PEOPLE
    # Nobody was removed, so nobody is looked for among the rows that are to be sent.
    assert not [text for text in statements if "AS gone" in text]
    [ledger] = lab.state.rglob("*.sqlite")
    [table] = [text for text in statements if text.startswith("CREATE TEMP TABLE")]
    [noted] = [text for text in statements if text.startswith("INSERT OR IGNORE INTO turned_up")]
    counts = {text for text in statements if "route = 'import'" in text and "count(" in text}
    with closing(sqlite3.connect(ledger)) as db:
        db.execute(table)
        steps = [
            str(step[3])
            for text in (noted, *counts)
            for step in db.execute(f"EXPLAIN QUERY PLAN {text}")
        ]
    for index in ("rows_by_key", "rows_by_chunk"):
        assert any(f"USING COVERING INDEX {index}" in step for step in steps)


def test_a_night_with_few_changes_asks_only_for_rows_about_which_something_is_decided(
    lab: Lab, statements: list[str]
) -> None:
    people = [[f"person{number}@example.com", "Ann", ""] for number in range(PEOPLE)]
    lab.write(people)
    lab.run(route="batch")
    lab.run(route="batch")
    people[7][1] = "Bea"
    lab.write(people)
    statements.clear()
    lab.run(route="batch")

    [ledger] = lab.state.rglob("*.sqlite")
    asking = {text for text in statements if re.match(r"(SELECT|UPDATE|INSERT)\b", text)}
    with closing(sqlite3.connect(ledger)) as db:
        slow = [
            text
            for text in asking
            if re.search(r"\bverdict\b", text) and "EXISTS (SELECT 1 FROM rows WHERE" not in text
            for step in db.execute(f"EXPLAIN QUERY PLAN {text}")
            if "SEARCH rows USING PRIMARY KEY (run=?)" in step
        ]
    assert slow == []  # one row is enough for `EXISTS`
