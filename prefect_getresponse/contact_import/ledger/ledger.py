"""The ledger of one list: its runs, and what it knows besides them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from prefect_getresponse.contact_import.ledger.books.outcomes import Outcomes
from prefect_getresponse.contact_import.ledger.books.plan import Plan
from prefect_getresponse.contact_import.ledger.connection import Connection
from prefect_getresponse.contact_import.ledger.many_rows import without_triggers
from prefect_getresponse.contact_import.ledger.records import NIGHT, Phase
from prefect_getresponse.contact_import.ledger.run import COLUMNS, Run
from prefect_getresponse.contact_import.ledger.trouble import LedgerFailed, MachineFailed

_FINAL_PHASES = ("finished", "interrupted")


class Ledger(Connection):
    """A connection to the ledger of one list, and what is asked of it and told to it.

    `Connection` says what it takes; `job.holding` gives the right to write.
    """

    @property
    def outcomes(self) -> Outcomes:
        """What became of people, whatever run has sent them."""
        return Outcomes(self._db)

    def run(self, run_id: str) -> Run:
        """A run by its id, with its books.

        Raises:
            KeyError: There is none.
        """
        found = self._db.execute(f"SELECT {COLUMNS} FROM runs WHERE run_id = ?", (run_id,))
        for known in found:
            return Run(self._db, self.identity, known)
        raise KeyError(run_id)

    def begin(self, run_id: str, job: str, source: str, now: float) -> Run:
        """Begin a run; rows of ended runs are forgotten, what became of the people is kept.

        The rows of the last run stay if the new one may have the same; see `Blocks`.
        """
        with self.transaction():
            is_alone, last = not self.all_unfinished(), self.last()
            number = last.number_to_leave(job) if is_alone and last else None
            which, values = "", tuple[str, ...]()
            if not is_alone:  # else the tables are emptied at once, not row by row
                which = " WHERE run IN (SELECT run FROM runs WHERE phase IN (?, ?))"
                values = _FINAL_PHASES
            tables = ("chunks", "listed", "removals", "calls")
            for table in tables if number else ("rows", "blocks", *tables):
                self._db.execute(f"DELETE FROM {table}{which}", values)
            if number:
                self._hand_over(number)
            self._db.execute(
                "INSERT INTO runs (run, run_id, job, source, fingerprint, phase, started)"
                " VALUES (?, ?, ?, ?, '', ?, ?)",
                (number, run_id, job, source, Phase.READING, now),
            )
        run = self.run(run_id)
        run.blocks.take_over()
        return run

    def _hand_over(self, number: int) -> None:
        """Let a run have the number of the last one, which its rows carry; they are open again."""
        for table in ("runs", "imports"):
            self._db.execute(f"UPDATE {table} SET run = run - 1")
        for table in ("rows", "blocks"):
            self._db.execute(f"DELETE FROM {table} WHERE run < ?", (number,))
        with without_triggers(self._db, "rows"):  # for which SQLite would copy all these rows
            Plan(self._db, number).undo()

    def unfinished(self, job: str) -> Run | None:
        """The run of a job that was begun and not ended."""
        return next((run for run in reversed(self.all_unfinished()) if run.job == job), None)

    def all_unfinished(self) -> list[Run]:
        """Runs of all jobs that were begun and not ended, in order."""
        found = self._db.execute(
            f"SELECT {COLUMNS} FROM runs WHERE phase NOT IN (?, ?) ORDER BY run", _FINAL_PHASES
        ).fetchall()
        return [Run(self._db, self.identity, known) for known in found]

    def last(self) -> Run | None:
        """The last run of all jobs; None if there was none."""
        found = self._db.execute(f"SELECT {COLUMNS} FROM runs ORDER BY run DESC LIMIT 1").fetchone()
        return Run(self._db, self.identity, found) if found else None

    def nights(self, most: int) -> list[tuple[float, int, dict[str, Any]]]:
        """What is kept of finished runs, the newest first: start, rows read, and the counts.

        Args:
            most: Most runs to return.
        """
        found = self._db.execute(
            f"SELECT started, rows_read, json_extract(facts, '$.{NIGHT}') FROM runs"
            f" WHERE phase = ? AND json_extract(facts, '$.{NIGHT}') IS NOT NULL"
            " ORDER BY run DESC LIMIT ?",
            (Phase.FINISHED, most),
        )
        return [(started, rows, json.loads(night)) for started, rows, night in found]

    def ended(self, run_id: str) -> float:
        """When a run ended, in seconds since the epoch; when it was started if it has not."""
        (at,) = self._db.execute(
            "SELECT coalesce(ended, started) FROM runs WHERE run_id = ?", (run_id,)
        ).fetchone()
        return float(at)

    def said(self, source: str) -> dict[str, Any]:
        """What was said about a source on earlier nights; nothing if it is new."""
        found = self._db.execute("SELECT facts FROM said WHERE source = ?", (source,)).fetchone()
        return dict(json.loads(found[0])) if found else {}

    def say(self, source: str, facts: Mapping[str, Any]) -> None:
        """Remember what was said about a source, instead of what was said before."""
        self._db.execute(
            "INSERT INTO said VALUES (?, ?) ON CONFLICT (source) DO UPDATE SET facts = ?",
            (source, *[json.dumps(facts)] * 2),
        )


def anything_sent(path: Path, run_id: str) -> bool:
    """Whether a run has begun to send; a ledger that cannot be read any more leaves that open.

    Args:
        path: Path of the ledger.
        run_id: The run.
    """
    for is_alone in (False, True):  # a full disk has room for the second only
        try:
            with Ledger(path, is_alone=is_alone) as ledger:
                run = ledger.run(run_id)
                _, removed = run.removals.count()
                return removed > 0 or run.chunks.last_sent() > 0
        except (LedgerFailed, MachineFailed):
            continue
    return True


def ledger_path(folder: Path, account: str, endpoint: str, campaign: str) -> Path:
    """Path of the ledger of one list of one account.

    Args:
        folder: State folder.
        account: Name of the account.
        endpoint: Host and port of the API.
        campaign: Id of the list.
    """
    host = "".join(char if char.isalnum() else "-" for char in endpoint)
    return folder / f"{account}-{host}-{campaign}.sqlite"
