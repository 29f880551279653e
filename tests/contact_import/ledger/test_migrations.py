"""Ledgers of other versions: older ones are brought up to date, newer ones are left alone."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from prefect_getresponse.contact_import.ledger import Decision, Ledger, LedgerFailed
from prefect_getresponse.contact_import.ledger.migrations import VERSION, LedgerTooNew
from prefect_getresponse.contact_import.verdicts import Verdict

RUN = "20260101-040000-abc123"
OLD = Path(__file__).parent / "data" / "before-versions-were-counted.sql"
"""A run that was sending when versions were checksums, as `sqlite3 .dump` writes it."""


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A ledger as it was made before versions were counted."""
    path = tmp_path / "list.sqlite"
    with closing(sqlite3.connect(path)) as db:
        db.executescript(OLD.read_text("utf-8"))
    return path


def version(path: Path) -> int:
    with closing(sqlite3.connect(path)) as db:
        (stored,) = db.execute("PRAGMA user_version").fetchone()
        return int(stored)


def test_rows_that_were_refused_are_excluded(old: Path) -> None:
    with Ledger(old) as ledger:
        assert sorted(ledger.run(RUN).rows.tally(Verdict.UNKNOWN)) == [
            ("added", None, 1),
            ("excluded", "no_consent", 1),
            ("rejected", "import_not_taken", 1),
            ("rejected", "rejected_by_api", 1),
        ]
    with closing(sqlite3.connect(old)) as db:
        reasons = db.execute("SELECT reason FROM outcomes WHERE reason IS NOT NULL").fetchall()
    assert reasons == [("rejected_by_api",)]
    assert version(old) == VERSION


def test_an_index_that_was_put_off_by_an_older_version_hides_nothing(old: Path) -> None:
    with closing(sqlite3.connect(old)) as db:
        db.executescript("DROP INDEX rows_by_key; PRAGMA user_version = 0;")
    with Ledger(old) as ledger:
        assert ("excluded", "no_consent", 1) in ledger.run(RUN).rows.tally(Verdict.UNKNOWN)


def test_the_laws_hold_after_a_migration(old: Path) -> None:
    with Ledger(old) as ledger:
        ledger.run(RUN).rows.settle([Decision(2, verdict="excluded")])  # it has its verdict
        assert ("added", None, 1) in ledger.run(RUN).rows.tally(Verdict.UNKNOWN)
    with closing(sqlite3.connect(old)) as db, pytest.raises(sqlite3.IntegrityError, match="never"):
        db.execute("UPDATE rows SET verdict = 'unknown' WHERE row = 2")


def test_a_migrated_ledger_has_the_laws_of_a_new_one(old: Path, tmp_path: Path) -> None:
    new = tmp_path / "new.sqlite"
    for path in (old, new):
        with Ledger(path):
            pass
    with closing(sqlite3.connect(new)) as db:
        [(text,)] = db.execute("SELECT sql FROM sqlite_master WHERE name = 'verdicts_are_final'")
        db.executescript(
            f"DROP TRIGGER verdicts_are_final; {text.replace('AFTER', 'BEFORE')};"
            f"PRAGMA user_version = {VERSION - 1};"
        )
    with Ledger(new):
        pass
    laws = "SELECT sql FROM sqlite_master WHERE type = 'trigger'"
    with closing(sqlite3.connect(old)) as one, closing(sqlite3.connect(new)) as other:
        assert set(one.execute(laws)) == set(other.execute(laws))
        # Before a change, SQLite would look for each changed row once more.
        assert "BEFORE" not in str(list(one.execute(f"{laws} AND tbl_name = 'rows'")))


def test_a_migration_that_breaks_off_changes_nothing(old: Path) -> None:
    before = version(old)
    with closing(sqlite3.connect(old)) as db:
        db.execute("DROP TABLE holder")
        db.execute("CREATE VIEW holder AS SELECT 1")  # what is to be a table
        db.commit()
    with pytest.raises(LedgerFailed, match="damaged"), Ledger(old):
        pass
    assert version(old) == before
    with closing(sqlite3.connect(old)) as db:
        assert db.execute("SELECT count(*) FROM rows WHERE verdict = 'refused'").fetchone() == (1,)
        triggers = "SELECT count(*) FROM sqlite_master WHERE type = 'trigger'"
        assert db.execute(triggers).fetchone() == (3,)


def test_a_ledger_of_a_newer_version_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "list.sqlite"
    with Ledger(path):
        pass
    with closing(sqlite3.connect(path)) as db:
        db.execute(f"PRAGMA user_version = {VERSION + 1}")
    with pytest.raises(LedgerTooNew, match="Update prefect-getresponse"):
        Ledger(path)
    assert version(path) == VERSION + 1
