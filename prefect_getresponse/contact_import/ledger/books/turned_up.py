"""People who turned up on the list: settling begins at them, and not at all who are awaited.

The note is of one connection only.  It begins with everybody whom the ledger has on the list, so
that nothing depends on what was noted before a crash.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from prefect_getresponse.contact_import.ledger.books.book import Book
from prefect_getresponse.contact_import.ledger.records import BY_ACTION, Listed, Standing

ROWS = (
    "row IN (SELECT row FROM turned_up"
    " WHERE turned_up.run = :run AND turned_up.standing = :standing)"
)
"""SQL: a row is noted; `run` and `standing` are values of the statement."""
_OPEN = "rows.verdict IS NULL AND rows.action IN ('await', 'add')"
_STANDINGS = "listed.standing IN ('subscribed', 'unconfirmed')"
_NOTE = "INSERT OR IGNORE INTO turned_up"
_FROM_THE_LIST = (
    # Both are read in the order of addresses, and rows not visited: settling looks at each.
    "listed CROSS JOIN rows INDEXED BY rows_by_key"
    f" ON rows.run = listed.run AND rows.key = listed.key WHERE listed.run = ? AND {_STANDINGS}"
)
_FROM_THE_ROWS = (
    f"rows {BY_ACTION} CROSS JOIN listed ON listed.run = rows.run AND {_STANDINGS}"
    f" AND listed.key = rows.key WHERE rows.run = ? AND {_OPEN}"
)


_WORTH = 4
"""So many people of the list cost what one row does that is looked for anywhere in it."""


class TurnedUp(Book):
    """The open rows of a run whose person is on the list."""

    _has_begun = False

    def look(self) -> int:
        """Begin a look, and return the number of rows that are noted."""
        if self._has_begun:
            self._forget()
        else:
            self._begin()
        return self.count()

    def count(self) -> int:
        """Number of rows that are noted; some may be settled."""
        if not self._has_begun:
            self._begin()
        (rows,) = self._db.execute(
            "SELECT count(*) FROM turned_up WHERE turned_up.run = ?", (self._run,)
        ).fetchone()
        return int(rows)

    def note(self, standing: Standing, people: Sequence[Listed]) -> None:
        """Note people who are new on the list, or others than they were."""
        if not self._has_begun:
            return  # whoever is on the list by then will be noted
        self._db.execute(
            f"{_NOTE} SELECT run, ?, row FROM json_each(?) AS met"
            " CROSS JOIN rows INDEXED BY rows_by_key ON rows.key = met.value"
            f" WHERE run = ? AND {_OPEN}",
            (standing, json.dumps([person.key for person in people]), self._run),
        )

    def _begin(self) -> None:
        self._db.execute(
            "CREATE TEMP TABLE IF NOT EXISTS turned_up (run INTEGER, standing TEXT, row INTEGER,"
            " PRIMARY KEY (run, standing, row)) WITHOUT ROWID"
        )
        people, rows = self._db.execute(
            f"SELECT (SELECT count(*) FROM listed WHERE run = :run AND {_STANDINGS}), (SELECT"
            f" count(*) FROM rows {BY_ACTION} WHERE run = :run AND action IN ('await', 'add'))",
            {"run": self._run},
        ).fetchone()
        self._db.execute(
            f"{_NOTE} SELECT listed.run, listed.standing, rows.row FROM"
            f" {_FROM_THE_LIST if people < _WORTH * rows else _FROM_THE_ROWS}"
            " ORDER BY listed.standing, rows.row",
            (self._run,),
        )
        self._has_begun = True

    def _forget(self) -> None:
        self._db.execute(  # a verdict never changes
            "DELETE FROM turned_up WHERE turned_up.run = ? AND NOT EXISTS (SELECT 1 FROM rows"
            f" WHERE rows.run = turned_up.run AND rows.row = turned_up.row AND {_OPEN})",
            (self._run,),
        )
