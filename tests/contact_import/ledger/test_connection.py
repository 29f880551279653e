"""The file of a ledger: opened by many, at any time, in any state that a crash may leave."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from prefect_getresponse.contact_import.ledger import Ledger


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A ledger with nothing in it."""
    with Ledger(tmp_path / "list.sqlite"):
        return tmp_path / "list.sqlite"


def objects(path: Path) -> set[str]:
    """Names of the ledger's tables, indexes and triggers."""
    with closing(sqlite3.connect(path)) as db:
        return {name for (name,) in db.execute("SELECT name FROM sqlite_master")}


def test_whoever_reads_waits_for_no_writer(path: Path) -> None:
    with Ledger(path) as writer, writer.transaction():
        writer.begin("night", "job", "source", 0.0)
        with Ledger(path) as reader:
            assert reader.holder().epoch == 0


def test_an_index_that_was_put_off_comes_back_after_a_crash(path: Path) -> None:
    whole = objects(path)
    with Ledger(path) as ledger:
        ledger.begin("night", "job", "source", 0.0).rows.put_off_index()
    assert objects(path) < whole

    with Ledger(path):
        assert objects(path) == whole


def test_a_glance_at_a_ledger_neither_waits_nor_makes_what_was_put_off(path: Path) -> None:
    with Ledger(path) as writer:
        run = writer.begin("night", "job", "source", 0.0)
        run.rows.put_off_index()
        lacking = objects(path)
        with writer.transaction():
            run.add_facts({"at": "work"})
            with Ledger(path, is_glance=True) as ledger:
                assert ledger.identity.list_name() == ""
        assert objects(path) == lacking


def test_a_ledger_of_an_earlier_version_gets_what_it_lacks(path: Path) -> None:
    whole = objects(path)
    with closing(sqlite3.connect(path)) as db:
        db.execute("DROP TRIGGER verdicts_are_final")
        db.execute("ALTER TABLE outcomes DROP COLUMN seen")
        db.execute("PRAGMA user_version = 1122335796")

    with Ledger(path):
        assert objects(path) == whole
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("SELECT seen FROM outcomes").fetchall() == []
