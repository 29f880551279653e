"""The queries of the page "Your account in your warehouse" answer their questions."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.export.lab import Lab

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "export.md"
QUERIES = re.findall(r"```sql\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    path = tmp_path_factory.mktemp("warehouse") / "out.db"
    lab = Lab(past=30)
    assert lab.export(f"sqlite:///{path}").balanced
    with closing(sqlite3.connect(path)) as database:
        yield database


def ask(warehouse: sqlite3.Connection, number: int) -> list[tuple[Any, ...]]:
    # SQLite has no schemas: names begin with `getresponse_` there, as the page says.
    return warehouse.execute(QUERIES[number].replace("getresponse.", "getresponse_")).fetchall()


def test_the_page_answers_five_questions() -> None:
    assert len(QUERIES) == 5


def test_growth_per_list(warehouse: sqlite3.Connection) -> None:
    growth = [row for row in ask(warehouse, 0) if row[0] == "shop_customers"]
    assert len(growth) in (30, 31)  # the past begins at no midnight
    assert growth[-1][4] == sum(row[2] - row[3] for row in growth) == 110


def test_who_left_and_why(warehouse: sqlite3.Connection) -> None:
    found = {(name, reason): people for name, reason, people, _ in ask(warehouse, 1)}
    assert found == {
        ("shop_customers", "unsubscribe"): 4,
        ("shop_customers", "bounce"): 2,
        ("shop_customers", "complaint"): 2,
        ("shop_customers", "api"): 2,
    }


def test_best_newsletters(warehouse: sqlite3.Connection) -> None:
    rows = ask(warehouse, 2)
    assert len(rows) == 4
    assert all(sent > opened >= clicked > 0 for _, sent, opened, clicked, _ in rows[:2])
    assert [row[4] for row in rows] == sorted((row[4] for row in rows), reverse=True)


def test_revenue_per_newsletter(warehouse: sqlite3.Connection) -> None:
    rows = ask(warehouse, 3)
    assert rows
    assert all(orders > 0 and revenue >= 19 * orders for _, orders, revenue in rows)


def test_inactive_people(warehouse: sqlite3.Connection) -> None:
    inactive = {email for email, _ in ask(warehouse, 4)}
    everybody = {row[0] for row in warehouse.execute("SELECT email FROM getresponse_contacts")}
    assert inactive
    assert inactive < everybody
