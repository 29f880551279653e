"""Forget people in time: what ledgers and reject files hold of them is purged after a while.

What became of people who are still in a source is needed: without it the next import would look at
each of them again.  Nothing else is needed once its run has ended.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from prefect_getresponse.contact_import.ledger import Ledger, LedgerBusy, writer_lock
from prefect_getresponse.contact_import.ledger.copies.rehearsal import sweep


@dataclass(frozen=True)
class Purged:
    """What was purged, or would be.

    Attributes:
        rows: Rows of runs that ended long ago.
        people: People whom no source has had for long, with what became of them.
        files: Reject files and reports.
        skipped: Ledgers that an import is using.
        rehearsals: Ledgers of dry runs that were killed.
        unfinished: Interrupted runs begun long ago; their rows stay until the import is run again.
    """

    rows: int = 0
    people: int = 0
    files: int = 0
    skipped: int = 0
    unfinished: int = 0
    rehearsals: int = 0

    def __add__(self, other: Purged) -> Purged:
        return Purged(
            self.rows + other.rows,
            self.people + other.people,
            self.files + other.files,
            self.skipped + other.skipped,
            self.unfinished + other.unfinished,
            self.rehearsals + other.rehearsals,
        )

    def sentence(self) -> str:
        """All of it in a line."""
        return (
            f"{self.rows:,} rows, {self.people:,} people, {self.files:,} reject files and reports,"
            f" {self.rehearsals:,} left by killed dry runs;"
            f" {self.skipped:,} ledgers are in use, {self.unfinished:,} interrupted runs wait"
        )


def purge_folder(folder: Path, before: float, *, dry_run: bool = False) -> Purged:
    """Purge all ledgers of a folder that no import is using, and the files beside them.

    Args:
        folder: The folder.
        before: Seconds since the epoch; what is older is purged.
        dry_run: Only count.
    """
    done = Purged(
        files=_purge_files(folder, before, dry_run=dry_run),
        rehearsals=sweep(folder, dry_run=dry_run),
    )
    for path in sorted(folder.glob("*.sqlite")):
        try:
            with writer_lock(path):
                done += purge_ledger(path, before, dry_run=dry_run)
        except LedgerBusy:
            done += Purged(skipped=1)
    return done


def forget_in_time(path: Path, before: float) -> None:
    """Purge a ledger whose right to write is held, and the reject files beside it.

    Args:
        path: The ledger.
        before: Seconds since the epoch; what is older is purged.
    """
    purge_ledger(path, before)
    _purge_files(path.parent, before, dry_run=False)


def purge_ledger(path: Path, before: float, *, dry_run: bool = False) -> Purged:
    """Purge one ledger, whose right to write the caller holds.

    Args:
        path: The ledger.
        before: Seconds since the epoch; what is older is purged.
        dry_run: Only count.
    """
    _sweep_beside(path, dry_run=dry_run)
    with Ledger(path) as ledger:
        rows, people, unfinished = ledger.outcomes.outdated(before)
        purged = Purged(rows=rows, people=people, unfinished=unfinished)
        if dry_run or not (rows or people):
            return purged
        ledger.outcomes.forget(before)
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("VACUUM")  # or deleted pages would keep their content
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return purged


def _sweep_beside(path: Path, *, dry_run: bool) -> None:
    """Delete halves of copies that a killed process left beside a ledger."""
    for what in ("copying", "restoring"):
        if not dry_run:
            path.with_suffix(f".{what}").unlink(missing_ok=True)


def _purge_files(folder: Path, before: float, *, dry_run: bool) -> int:
    kept = [*folder.glob("*-rejects.csv"), *folder.glob("*-report.json")]
    old = [path for path in kept if path.stat().st_mtime < before]
    if not dry_run:
        for path in old:
            path.unlink(missing_ok=True)
    return len(old)
