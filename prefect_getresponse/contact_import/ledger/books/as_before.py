"""People who are as they were on the night before: settled as a set, and without a write.

They are found in the order of addresses: the list, what is remembered and the rows of the night
are read side by side.
A row that has neither a verdict nor an action once the run has counted such people is `unchanged`.
Were another number of rows left so, they would count as undecided: see `Rows.tally`.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from itertools import compress

from prefect_getresponse.contact_import.ledger.books.book import Book
from prefect_getresponse.contact_import.ledger.records import Standing

AT_ONCE = 50_000
"""Rows of a step that Python takes without giving other threads a turn: a millisecond."""
LISTED_AT_ONCE = 1_000
COUNTED = "as_before"
"""Fact of a run: how many of its people are as they were."""
IS_COUNTED = (
    f"(SELECT json_extract(facts, '$.{COUNTED}') FROM runs WHERE runs.run = :run) IS NOT NULL"
)
"""SQL: whether the run has counted them; `run` is a value of the statement."""
_YES, _NO = 1, 0
_TURNED = bytes.maketrans(bytes((_YES, _NO)), bytes((_NO, _YES)))
"""Makes a yes of a no, and the other way round."""


class AsBefore(Book):
    """Who of a run has not changed since an earlier one has seen them on the list.

    Args:
        db: Connection to the ledger.
        number: Number of the run.
    """

    def find(self, is_excluded: Callable[[str], object] | None) -> tuple[int, Sequence[int]]:
        """Find people whose row is as it was, and who are on the list as they were.

        What `decide` says of them is `unchanged`, in every mode that changes people of the list.

        Args:
            is_excluded: Says of an address that it must not be written to; None if all may be.

        Returns:
            The number of such people, and all other rows, whatever is known of them already.
        """
        [last] = self._db.execute(
            "SELECT coalesce(max(row), 0) FROM rows WHERE run = ?", (self._run,)
        ).fetchone()
        rows = bytearray(last + 1)
        after: str | None = ""
        while after is not None:
            after = self._note_listed(rows, after)
        self._leave_out_removed(rows)
        if is_excluded is not None:
            self._leave_out(rows, is_excluded)
        others = array("q")
        for first in range(0, len(rows), AT_ONCE):
            some = rows[first : first + AT_ONCE]
            others.extend(compress(range(first, first + len(some)), some.translate(_TURNED)))
        return rows.count(_YES), others

    def _note_listed(self, rows: bytearray, after: str) -> str | None:
        """Note of some people of the list who is as before, by row and outcome.

        Args:
            rows: What is noted, by row.
            after: Key of the person to start behind.

        Returns:
            Key of the last of them; None if there are no more.
        """
        # As one text: to fetch a row after another, a thread would ask for Python's lock each time.
        last, found = self._db.execute(
            "SELECT max(wanted.key), group_concat(CASE outcomes.state WHEN 'seen' THEN"
            " (SELECT CASE WHEN last.hash = outcomes.hash THEN last.row END"
            "  FROM rows AS last INDEXED BY rows_by_key"
            "  WHERE last.run = :run AND last.key = outcomes.key ORDER BY last.row DESC LIMIT 1)"
            " END) FROM (SELECT key FROM listed WHERE run = :run AND standing = :standing"
            "  AND key > :after AND contact_id IS NOT NULL ORDER BY key LIMIT :size) AS wanted"
            " LEFT JOIN outcomes ON outcomes.key = wanted.key",
            {
                "run": self._run,
                "standing": Standing.SUBSCRIBED,
                "after": after,
                "size": LISTED_AT_ONCE,
            },
        ).fetchone()
        for row in map(int, found.split(",") if found else ()):
            rows[row] = _YES
        return None if last is None else str(last)

    def _leave_out_removed(self, rows: bytearray) -> None:
        """Look at people who were removed, wherever they are now."""
        found = self._db.execute(
            "SELECT rows.row FROM listed CROSS JOIN rows INDEXED BY rows_by_key"
            " ON rows.run = listed.run AND rows.key = listed.key"
            " WHERE listed.run = ? AND listed.standing = ?",
            (self._run, Standing.REMOVED),
        )
        for (row,) in found:
            rows[row] = _NO

    def _leave_out(self, rows: bytearray, is_excluded: Callable[[str], object]) -> None:
        found = self._db.execute(
            "SELECT row, key FROM rows INDEXED BY rows_by_key WHERE run = ? AND key <> ''",
            (self._run,),
        )
        for row, key in found:
            if rows[row] and is_excluded(key):
                rows[row] = _NO
