"""Who is to leave the list by a run that mirrors its source, and who has left it.

Only people whose address is in no row of the source are gone: those of excluded rows stay.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from prefect_getresponse.contact_import.ledger.books.book import Book

SCHEMA = """
CREATE TABLE IF NOT EXISTS removals (
    run INTEGER NOT NULL, contact_id TEXT NOT NULL, key TEXT NOT NULL,
    done INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (run, contact_id)
) WITHOUT ROWID;
"""


class Removals(Book):
    """People whom a run is to remove from the list."""

    def plan(self) -> None:
        """Find the people of the list whose address no row of the source has."""
        self._db.execute(
            "INSERT OR IGNORE INTO removals (run, contact_id, key)"
            " SELECT run, contact_id, key FROM listed"
            " WHERE run = ? AND standing = 'subscribed' AND NOT EXISTS"
            " (SELECT 1 FROM rows WHERE rows.run = listed.run AND rows.key = listed.key)",
            (self._run,),
        )

    def protect(self, keys: Iterable[str]) -> None:
        """Keep people out of the plan who may be in the source.

        Args:
            keys: Comparison keys of their addresses.
        """
        self._db.execute(
            "DELETE FROM removals WHERE run = ? AND key IN (SELECT value FROM json_each(?))",
            (self._run, json.dumps(list(keys))),
        )

    def unreadable_rows(self) -> set[int]:
        """Rows whose address nobody could read."""
        return {
            row
            for (row,) in self._db.execute(
                "SELECT row FROM rows WHERE run = ? AND key = '' AND verdict = 'rejected'",
                (self._run,),
            )
        }

    def clear(self) -> None:
        """Forget the plan."""
        self._db.execute("DELETE FROM removals WHERE run = ?", (self._run,))

    def waiting(self) -> list[tuple[str, str]]:
        """Contact id and key of those who are still to be removed."""
        return list(
            self._db.execute(
                "SELECT contact_id, key FROM removals WHERE run = ? AND NOT done", (self._run,)
            )
        )

    def leave(self, contact_id: str) -> None:
        """Somebody is left on the list, and looked at again by the next run."""
        self._db.execute(
            "UPDATE removals SET done = 2 WHERE run = ? AND contact_id = ?",
            (self._run, contact_id),
        )

    def done(self, contact_id: str) -> None:
        """Somebody was removed: nothing is remembered of them."""
        self._db.execute(
            "UPDATE removals SET done = 1 WHERE run = ? AND contact_id = ?",
            (self._run, contact_id),
        )
        self._db.execute(
            "DELETE FROM outcomes WHERE key IN"
            " (SELECT key FROM removals WHERE run = ? AND contact_id = ?)",
            (self._run, contact_id),
        )

    def count(self) -> tuple[int, int]:
        """How many are planned, done ones included, and how many are done."""
        planned, done = self._db.execute(
            "SELECT count(*), coalesce(sum(done = 1), 0) FROM removals WHERE run = ?", (self._run,)
        ).fetchone()
        return int(planned), int(done)

    def people(self) -> tuple[int, int | None]:
        """People in the source, and in the last one that was mirrored; None if there was none.

        Whatever that was called: a source that shrank is not to hide behind a new name.
        """
        (now,) = self._db.execute(
            "SELECT count(DISTINCT key) FROM rows WHERE run = ? AND key <> ''", (self._run,)
        ).fetchone()
        before = self._db.execute(
            "SELECT json_extract(facts, '$.people') FROM runs WHERE phase = 'finished'"
            " AND run <> ?"
            " AND json_extract(facts, '$.people') IS NOT NULL ORDER BY run DESC LIMIT 1",
            (self._run,),
        ).fetchone()
        return int(now), None if before is None else int(before[0])
