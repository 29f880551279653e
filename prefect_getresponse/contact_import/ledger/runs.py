"""Runs: how far each has come, its facts and its calls, and what was said about sources."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from prefect_getresponse.contact_import.ledger.connection import Connection
from prefect_getresponse.contact_import.ledger.records import Phase, Run

_FINAL_PHASES = ("finished", "interrupted")


class Runs(Connection):
    """The runs of a list."""

    def unfinished(self, job: str) -> Run | None:
        """The run of a job that was begun and not ended."""
        return next((run for run in reversed(self.all_unfinished()) if run.job == job), None)

    def all_unfinished(self) -> list[Run]:
        """Runs of all jobs that were begun and not ended, in order."""
        found = self._db.execute(
            "SELECT run_id FROM runs WHERE phase NOT IN (?, ?) ORDER BY run", _FINAL_PHASES
        ).fetchall()
        return [self.run(run_id) for (run_id,) in found]

    def is_new(self) -> bool:
        """Whether no call was ever made by it, and nothing is known of anybody."""
        (known,) = self._db.execute("SELECT EXISTS (SELECT 1 FROM outcomes)").fetchone()
        return not known and self.generation().number == 0

    def run(self, run_id: str) -> Run:
        """A run by its id."""
        found = self._run("SELECT * FROM runs WHERE run_id = ?", (run_id,))
        if found is None:
            raise KeyError(run_id)
        return found

    def _run(self, query: str, values: Sequence[object]) -> Run | None:
        found = self._db.execute(query, values).fetchone()
        if found is None:
            return None
        number, run_id, job, source, fingerprint, phase, started, _ended, rows_read, facts = found
        facts = json.loads(facts)
        return Run(
            number, run_id, Phase(phase), fingerprint, started, rows_read, facts, job, source
        )

    def begin(self, run_id: str, job: str, source: str, now: float) -> Run:
        """Begin a run; rows of ended runs are forgotten, what became of the people is kept."""
        with self.transaction():
            for table in ("rows", "chunks", "listed", "removals", "calls"):
                self._db.execute(
                    f"DELETE FROM {table} WHERE run IN"
                    " (SELECT run FROM runs WHERE phase IN (?, ?))",
                    _FINAL_PHASES,
                )
            self._db.execute(
                "INSERT INTO runs (run_id, job, source, fingerprint, phase, started)"
                " VALUES (?, ?, ?, '', ?, ?)",
                (run_id, job, source, Phase.READING, now),
            )
        return self.run(run_id)

    def enter(self, run: int, phase: Phase) -> None:
        """Say how far the run has come."""
        self._db.execute("UPDATE runs SET phase = ? WHERE run = ?", (phase, run))

    def end(self, run: int, phase: Phase, now: float) -> None:
        """End a run for good."""
        self._db.execute("UPDATE runs SET phase = ?, ended = ? WHERE run = ?", (phase, now, run))

    def set_read(self, run: int, rows_read: int, fingerprint: str) -> None:
        """Say how many rows the source had, and which state of it that was."""
        self._db.execute(
            "UPDATE runs SET rows_read = ?, fingerprint = ? WHERE run = ?",
            (rows_read, fingerprint, run),
        )

    def add_facts(self, run: int, facts: Mapping[str, Any]) -> None:
        """Remember facts of the run for its report."""
        self._db.execute(
            "UPDATE runs SET facts = json_patch(facts, ?) WHERE run = ?", (json.dumps(facts), run)
        )

    def add_note(self, run: int, text: str) -> None:
        """Add a note for the report."""
        self._db.execute(
            "UPDATE runs SET facts = json_insert("
            "json_set(facts, '$.notes', json(coalesce(json_extract(facts, '$.notes'), '[]'))),"
            " '$.notes[#]', ?) WHERE run = ?",
            (text, run),
        )

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

    def count_warning(self, run: int, what: str) -> None:
        """Count something that the report is to warn of."""
        path = f'$.warnings."{what}"'
        self._db.execute(
            "UPDATE runs SET facts = json_set(json_patch('{\"warnings\": {}}', facts), ?,"
            " coalesce(json_extract(facts, ?), 0) + 1) WHERE run = ?",
            (path, path, run),
        )

    def fact(self, run: int, name: str) -> float | None:
        """A number among the facts of the run; None if it is not known."""
        [found] = self._db.execute(
            "SELECT json_extract(facts, ?) FROM runs WHERE run = ?", (f"$.{name}", run)
        ).fetchone()
        return None if found is None else float(found)

    def add_calls(self, run: int, calls: Mapping[str, int]) -> None:
        """Add calls made to the run's account of calls, by endpoint."""
        self._db.executemany(
            "INSERT INTO calls VALUES (?, ?, ?)"
            " ON CONFLICT (run, endpoint) DO UPDATE SET made = made + excluded.made",
            [(run, endpoint, made) for endpoint, made in calls.items()],
        )

    def calls(self, run: int) -> dict[str, int]:
        """Calls of the run by endpoint."""
        return dict(
            self._db.execute(
                "SELECT endpoint, made FROM calls WHERE run = ? ORDER BY endpoint", (run,)
            )
        )
