"""Outcomes: what became of people in earlier runs, whatever those imported."""

from __future__ import annotations

import sqlite3

from prefect_getresponse.contact_import.ledger.books.book import exists, transaction

_ENDED = "SELECT run FROM runs WHERE ended < ?"
_GONE = (
    "coalesce(seen, at) < ? AND NOT EXISTS (SELECT 1 FROM rows JOIN runs USING (run)"
    " WHERE rows.key = outcomes.key AND runs.ended IS NULL)"
)


class Outcomes:
    """What is remembered of people from run to run.

    Args:
        db: Connection to the ledger.
    """

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def is_empty(self) -> bool:
        """Whether nothing is known of anybody."""
        return not exists(self._db, "outcomes")

    def awaits_anybody(self) -> bool:
        """Whether an earlier run has sent people whom nobody has seen on the list since."""
        return exists(self._db, "outcomes WHERE state IN ('sent', 'unsure', 'importing')")

    def conclude_importing(self, *, has_failed: bool, all_arrived: bool, now: float) -> None:
        """An import is over whose people a run could not await.

        Args:
            has_failed: Whether nothing came of it: its people are decided about anew.
            all_arrived: Whether it has brought all of them in, as far as it says.
            now: Seconds since the epoch; from here on they are awaited.
        """
        if has_failed:
            self._db.execute("DELETE FROM outcomes WHERE state = 'importing'")
        state = "sent" if all_arrived else "unsure"
        self._db.execute(
            "UPDATE outcomes SET state = ?, at = ? WHERE state = 'importing'", (state, now)
        )

    def outdated(self, before: float) -> tuple[int, int, int]:
        """What nobody needs any more.

        Args:
            before: Seconds since the epoch; what is older counts.

        Returns:
            Rows of ended runs, people whom no source has had since, and interrupted runs that wait.
        """
        (rows,) = self._db.execute(
            f"SELECT count(*) FROM rows WHERE run IN ({_ENDED})", (before,)
        ).fetchone()
        (people,) = self._db.execute(
            f"SELECT count(*) FROM outcomes WHERE {_GONE}", (before,)
        ).fetchone()
        (unfinished,) = self._db.execute(
            "SELECT count(*) FROM runs WHERE ended IS NULL AND started < ?", (before,)
        ).fetchone()
        return int(rows), int(people), int(unfinished)

    def forget(self, before: float) -> None:
        """Delete what nobody needs any more; runs stay, without their rows.

        Args:
            before: Seconds since the epoch; what is older goes.
        """
        self._db.execute("PRAGMA secure_delete = ON")
        with transaction(self._db):
            for table in ("rows", "blocks", "listed", "removals"):
                self._db.execute(f"DELETE FROM {table} WHERE run IN ({_ENDED})", (before,))
            self._db.execute(f"DELETE FROM outcomes WHERE {_GONE}", (before,))
