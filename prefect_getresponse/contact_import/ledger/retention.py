"""Forget people in time: what ledgers and reject files hold of them is purged after a while.

What became of people who are still in a source is needed: without it the next import would look at
each of them again.  Nothing else is needed once its run has ended.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from prefect import task
from prefect.cache_policies import NO_CACHE

from prefect_getresponse.client.errors import InvalidArguments
from prefect_getresponse.contact_import.job import Job
from prefect_getresponse.contact_import.ledger import Ledger, LedgerBusy, writer_lock
from prefect_getresponse.contact_import.ledger.copies.rehearsal import sweep
from prefect_getresponse.contact_import.options import state_folder
from prefect_getresponse.settings import GetResponseSettings

DAY = 86_400.0


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


def purge(
    state_dir: str = "",
    older_than: float | None = None,
    *,
    dry_run: bool = False,
    clock: Callable[[], float] = time.time,
) -> Purged:
    """Purge what the state folder holds of people.

    Args:
        state_dir: The folder; that of the settings if not given.
        older_than: Days; `RETENTION_DAYS` of the settings if not given.
        dry_run: Only count.
        clock: Seconds since the epoch.

    Returns:
        What was purged.

    Raises:
        InvalidArguments: The folder cannot be read, or one that is given is not there.
    """
    settings = GetResponseSettings()
    folder = Path(state_folder(state_dir)).expanduser()
    _check_folder(folder, must_exist=bool(state_dir))
    days = settings.retention_days if older_than is None else older_than
    before = clock() - days * DAY
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


def _check_folder(folder: Path, *, must_exist: bool) -> None:
    try:
        next(folder.iterdir(), None)
    except OSError as error:
        if isinstance(error, FileNotFoundError) and not must_exist:
            return
        raise InvalidArguments(
            f"state folder {folder}: {error.strerror}",
            advice="Name the one of the imports (--state-dir, state_dir); nothing was purged.",
        ) from None


@task(name="purge-import-state", task_run_name="purge-import-state", cache_policy=NO_CACHE)
def purge_import_state(
    state_dir: str = "", older_than: float | None = None, dry_run: bool = False
) -> Purged:
    """Purge what the state folder of imports holds of people.

    Args:
        state_dir: The folder; that of the settings if not given.
        older_than: Days; `RETENTION_DAYS` of the settings if not given.
        dry_run: Only count.

    Returns:
        What was purged.
    """
    return purge(state_dir, older_than, dry_run=dry_run)


def forget_in_time(job: Job, now: float) -> None:
    """Purge the ledger and the reject files of a job whose right to write is held.

    Args:
        job: The job.
        now: Seconds since the epoch.
    """
    before = now - job.options.retention_days * DAY
    purge_ledger(job.ledger, before)
    _purge_files(job.ledger.parent, before, dry_run=False)


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
