"""People who turned up on the list: settling begins at them, and not at all who are awaited.

The note is of one connection only.  It begins with everybody whom the ledger has on the list, so
that nothing depends on what was noted before a crash.  The first look does without it: it goes
through all who are awaited, which costs less than to note whom of them it finds, and most often
it is the only one that finds many.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from prefect_getresponse.contact_import.ledger.books.book import Book
from prefect_getresponse.contact_import.ledger.records import BY_ACTION, Listed

_OPEN = "rows.verdict IS NULL AND rows.action IN ('await', 'add')"
_TURNED_UP = "row IN (SELECT row FROM turned_up WHERE turned_up.run = :run)"


class TurnedUp(Book):
    """The open rows of a run whose person is on the list."""

    _looks = 0
    _has_begun = False

    def look(self) -> None:
        """Begin a look; from the second one on, it is known who may be on the list."""
        self._looks += 1
        if self._has_begun:
            self._forget()
        elif self._looks > 1:
            self._begin()

    def narrowed(self, index: str) -> tuple[str, str]:
        """Where a statement that settles rows looks for them.

        Args:
            index: Index by which it goes through all rows that it may settle.

        Returns:
            What stands behind `rows`, and in front of its conditions; `run` is one of its values.
        """
        return ("", f"{_TURNED_UP} AND") if self._has_begun else (index, "")

    def _begin(self) -> None:
        self._db.execute("CREATE TEMP TABLE IF NOT EXISTS turned_up (run INTEGER, row INTEGER)")
        self._db.execute(
            f"INSERT INTO turned_up SELECT run, row FROM rows {BY_ACTION}"
            f" WHERE run = ? AND {_OPEN} AND EXISTS (SELECT 1 FROM listed"
            "  WHERE listed.run = rows.run AND listed.standing IN ('subscribed', 'unconfirmed')"
            "  AND listed.key = rows.key)",
            (self._run,),
        )
        self._has_begun = True

    def _forget(self) -> None:
        self._db.execute(  # a verdict never changes
            "DELETE FROM turned_up WHERE turned_up.run = ? AND NOT EXISTS (SELECT 1 FROM rows"
            f" WHERE rows.run = turned_up.run AND rows.row = turned_up.row AND {_OPEN})",
            (self._run,),
        )

    def note(self, people: Sequence[Listed]) -> None:
        """Note people who are new on the list, or others than they were."""
        if not self._has_begun:
            return  # whoever is on the list by then will be noted
        self._db.execute(
            "INSERT INTO turned_up SELECT run, row FROM json_each(?) AS met"
            " CROSS JOIN rows INDEXED BY rows_by_key ON rows.key = met.value"
            f" WHERE run = ? AND {_OPEN}",
            (json.dumps([person.key for person in people]), self._run),
        )
