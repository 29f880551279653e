"""People who turned up on the list: settling begins at them, and not at all who are awaited.

The note is of one connection only.  It begins with everybody whom the ledger has on the list, so
that nothing depends on what was noted before a crash.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from prefect_getresponse.contact_import.ledger.books.book import Book
from prefect_getresponse.contact_import.ledger.records import BY_ACTION, Listed

_OPEN = "rows.verdict IS NULL AND rows.action IN ('await', 'add')"
TURNED_UP = "row IN (SELECT row FROM turned_up WHERE turned_up.run = :run)"
"""SQL: whether the person of a row may be on the list; `run` is a value of the statement."""


class TurnedUp(Book):
    """The open rows of a run whose person is on the list."""

    _has_begun = False

    def begin(self) -> None:
        """Note everybody who is on the list, once."""
        if self._has_begun:
            return
        self._db.execute("CREATE TEMP TABLE IF NOT EXISTS turned_up (run INTEGER, row INTEGER)")
        self._db.execute(
            f"INSERT INTO turned_up SELECT run, row FROM rows {BY_ACTION}"
            f" WHERE run = ? AND {_OPEN} AND EXISTS (SELECT 1 FROM listed"
            "  WHERE listed.run = rows.run AND listed.standing IN ('subscribed', 'unconfirmed')"
            "  AND listed.key = rows.key)",
            (self._run,),
        )
        self._has_begun = True

    def renew(self) -> None:
        """Begin, or forget the rows that are not open any more: a verdict never changes."""
        if not self._has_begun:
            self.begin()
            return
        self._db.execute(
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
