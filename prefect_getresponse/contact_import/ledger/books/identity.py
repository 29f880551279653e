"""Identity: which ledger this is, how its list is called, and whether it has forgotten calls."""

from __future__ import annotations

import sqlite3
import uuid

from prefect_getresponse.contact_import.ledger.generation import Beside, Generation


class Identity:
    """Which ledger this is, and how far it has come.

    Args:
        db: Connection to the ledger.
        beside: What is noted beside it.
    """

    def __init__(self, db: sqlite3.Connection, beside: Beside) -> None:
        self._db = db
        self._beside = beside

    def generation(self) -> Generation:
        """Which ledger this is, and how far it has come."""
        found = self._db.execute("SELECT ledger_id, generation FROM identity").fetchone()
        return Generation(*found)

    def has_forgotten(self) -> bool:
        """Whether it knows less than what was noted beside it: calls were made since."""
        return self.generation().forgot(self._beside.read())

    def distrust(self) -> None:
        """Take it for one that has forgotten calls, until `catch_up`."""
        self._beside.write(Generation("older", self.generation().number))

    def introduce(self, list_name: str, *, is_asked_for: bool = True) -> None:
        """Take down how the list is called now; a new ledger gets its id.

        Args:
            list_name: Its name.
            is_asked_for: Whether the job names the list so, and not by its id: jobs that used an
                earlier name may still do.
        """
        self._db.execute(
            "UPDATE identity SET list_name = ?,"
            " ledger_id = CASE ledger_id WHEN '' THEN ? ELSE ledger_id END"
            " WHERE (list_name <> ? AND (? OR list_name = '')) OR ledger_id = ''",
            (list_name, uuid.uuid4().hex, list_name, is_asked_for),
        )

    def list_name(self) -> str:
        """How the list was called when it was imported into last; empty if that is not known."""
        return str(self._db.execute("SELECT list_name FROM identity").fetchone()[0])

    def count_call(self) -> None:
        """Count a call that is about to begin."""
        self._db.execute("UPDATE identity SET generation = generation + 1")

    def secure(self) -> None:
        """Let what was committed last survive the loss of the journal, and note how far it goes."""
        self._db.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        self._beside.write(self.generation())

    def catch_up(self) -> None:
        """Go on from here although calls were forgotten: whatever they did has been looked at."""
        noted = self._beside.read()
        if noted is not None:
            self._db.execute(
                "UPDATE identity SET generation = max(generation, ?) + 1", (noted.number,)
            )
        self.secure()
