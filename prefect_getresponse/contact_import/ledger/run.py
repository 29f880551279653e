"""One run of the ledger, and its books."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any

from prefect_getresponse.contact_import.ledger.blocks import Blocks
from prefect_getresponse.contact_import.ledger.books.as_before import AsBefore
from prefect_getresponse.contact_import.ledger.books.awaited import Awaited
from prefect_getresponse.contact_import.ledger.books.book import exists, transaction
from prefect_getresponse.contact_import.ledger.books.chunks import Chunks
from prefect_getresponse.contact_import.ledger.books.cutting import Cutting
from prefect_getresponse.contact_import.ledger.books.identity import Identity
from prefect_getresponse.contact_import.ledger.books.imports import Imports
from prefect_getresponse.contact_import.ledger.books.outcomes import Outcomes
from prefect_getresponse.contact_import.ledger.books.people import People
from prefect_getresponse.contact_import.ledger.books.plan import Plan
from prefect_getresponse.contact_import.ledger.books.removals import Removals
from prefect_getresponse.contact_import.ledger.books.rows import Rows
from prefect_getresponse.contact_import.ledger.records import Phase

COLUMNS = "run, run_id, job, source, fingerprint, phase, started, rows_read, facts"
"""Columns of a run, in the order in which `Run` takes them."""


class Run:
    """One run of a job over one state of its source, bound to its ledger.

    Args:
        db: Connection to the ledger.
        identity: Which ledger that is.
        known: What the ledger says of the run, as `COLUMNS`.

    Attributes:
        run_id: Its id.
        job: The job.
        source: Short name of the source.
        fingerprint: State of the source, as it was when the ledger was asked; so are those below.
        phase: How far the run has come.
        started: When, in seconds since the epoch.
        rows_read: Records of the source.
        facts: What else is to be known of it.
        rows: Its rows, and what became of them.
        blocks: Its rows while they are read.
        plan: What is to be done about them.
        cutting: Which of them go in which call.
        chunks: Its calls.
        imports: Its imports.
        as_before: Who has not changed since an earlier run.
        people: Whom GetResponse knows on the list.
        awaited: Rows that are sent and not seen yet.
        removals: Who is to be removed from the list.
        outcomes: What became of people, whatever run has sent them.
    """

    def __init__(self, db: sqlite3.Connection, identity: Identity, known: tuple[Any, ...]) -> None:
        self._db = db
        number, self.run_id, self.job, self.source, self.fingerprint, phase, *rest = known
        self._number: int = number
        self.phase = Phase(phase)
        self.started: float
        self.rows_read: int
        self.started, self.rows_read, facts = rest
        self.facts: dict[str, Any] = json.loads(facts)
        self.rows = Rows(db, number)
        self.blocks = Blocks(db, number, self.rows)
        self.plan = Plan(db, number)
        self.cutting = Cutting(db, number)
        self.chunks = Chunks(db, number, identity)
        self.imports = Imports(db, number)
        self.as_before = AsBefore(db, number)
        self.people = People(db, number)
        self.awaited = Awaited(db, number)
        self.removals = Removals(db, number)
        self.outcomes = Outcomes(db)
        self._identity = identity

    def number_to_leave(self, job: str) -> int | None:
        """Its number, if a run of a job can take that over with its rows; None if it cannot.

        Whoever was interrupted may still be at work, and must not write into another run.
        """
        has_blocks = exists(self._db, "blocks WHERE run = ?", (self._number,))
        is_free = self.phase is Phase.FINISHED and self.job == job
        return self._number if has_blocks and is_free else None

    def is_first(self) -> bool:
        """Whether the ledger has never seen a call begin, and knows nothing of anybody."""
        return self.outcomes.is_empty() and self._identity.generation().number == 0

    def transaction(self) -> AbstractContextManager[None]:
        """Make everything inside durable at once, or not at all; within another one, with that."""
        return transaction(self._db)

    def enter(self, phase: Phase) -> None:
        """Say how far the run has come."""
        self._set("phase = ?", phase)

    def end(self, phase: Phase, now: float) -> None:
        """End the run for good."""
        self._set("phase = ?, ended = ?", phase, now)

    def set_read(self, rows_read: int, fingerprint: str) -> None:
        """Say how many rows the source had, and which state of it that was."""
        self._set("rows_read = ?, fingerprint = ?", rows_read, fingerprint)

    def add_facts(self, facts: Mapping[str, Any]) -> None:
        """Remember facts of the run for its report."""
        self._set("facts = json_patch(facts, ?)", json.dumps(facts))

    def add_note(self, text: str) -> None:
        """Add a note for the report."""
        self._set(
            "facts = json_insert("
            "json_set(facts, '$.notes', json(coalesce(json_extract(facts, '$.notes'), '[]'))),"
            " '$.notes[#]', ?)",
            text,
        )

    def count_warning(self, what: str) -> None:
        """Count something that the report is to warn of."""
        path = f'$.warnings."{what}"'
        self._set(
            "facts = json_set(json_patch('{\"warnings\": {}}', facts), ?,"
            " coalesce(json_extract(facts, ?), 0) + 1)",
            path,
            path,
        )

    def _set(self, what: str, *values: object) -> None:
        self._db.execute(f"UPDATE runs SET {what} WHERE run = ?", (*values, self._number))

    def fact(self, name: str) -> float | None:
        """A number among the facts of the run as they are now; None if it is not known."""
        [found] = self._db.execute(
            "SELECT json_extract(facts, ?) FROM runs WHERE run = ?", (f"$.{name}", self._number)
        ).fetchone()
        return None if found is None else float(found)

    def add_calls(self, calls: Mapping[str, int]) -> None:
        """Add calls made to the run's account of calls, by endpoint."""
        self._db.executemany(
            "INSERT INTO calls VALUES (?, ?, ?)"
            " ON CONFLICT (run, endpoint) DO UPDATE SET made = made + excluded.made",
            [(self._number, endpoint, made) for endpoint, made in calls.items()],
        )

    def calls(self) -> dict[str, int]:
        """Calls of the run by endpoint."""
        return dict(
            self._db.execute(
                "SELECT endpoint, made FROM calls WHERE run = ? ORDER BY endpoint", (self._number,)
            )
        )
