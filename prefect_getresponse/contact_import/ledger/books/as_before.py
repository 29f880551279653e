"""People who are as they were on the night before: settled as a set, and without a write.

A row that has neither a verdict nor an action once the run has counted such people is `unchanged`.
Were another number of rows left so, they would count as undecided: see `Rows.tally`.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator

from prefect_getresponse.contact_import.ledger.books.book import Book
from prefect_getresponse.contact_import.ledger.books.people import People
from prefect_getresponse.contact_import.ledger.records import Standing

AT_ONCE = 1_000
"""Addresses of a slice: some milliseconds."""
COUNTED = "as_before"
"""Fact of a run: how many of its people are as they were."""
IS_COUNTED = (
    f"(SELECT json_extract(facts, '$.{COUNTED}') FROM runs WHERE runs.run = :run) IS NOT NULL"
)
"""SQL: whether the run has counted them; `run` is a value of the statement."""
LAST_ROWS = (
    "(SELECT run, key, max(row) AS row, hash FROM rows INDEXED BY rows_by_key"
    " WHERE run = ? AND key <> '' GROUP BY key)"
)
"""SQL: the last row of each address, in the order of the addresses, as all tables have them."""

_HAS_LEFT = (
    "EXISTS (SELECT 1 FROM listed WHERE listed.run = last.run"
    "  AND listed.standing = 'removed' AND listed.key = last.key)"
)


class AsBefore(Book):
    """Who of a run has not changed since an earlier one has seen them on the list."""

    def find(self, is_excluded: Callable[[str], bool] | None) -> Iterator[tuple[int, array[int]]]:
        """Find people whose row is as it was, and who are on the list as they were.

        What `decide` says of them is `unchanged`, in every mode that changes people of the list.

        Args:
            is_excluded: Whether an address must not be written to; None if all may.

        Returns:
            A slice of the addresses after another: the number of such people, and the rows of all
            others.
        """
        key = "''" if is_excluded is None else "last.key"
        anybody_left = People(self._db, self._run).is_anybody(Standing.REMOVED)
        found = self._db.execute(
            "SELECT last.row, EXISTS (SELECT 1 FROM outcomes JOIN listed ON listed.run = last.run"
            "  AND listed.standing = 'subscribed' AND listed.key = last.key"
            "  WHERE outcomes.key = last.key AND outcomes.hash = last.hash"
            "  AND outcomes.state = 'seen' AND listed.contact_id IS NOT NULL)"
            f" AND NOT {_HAS_LEFT if anybody_left else 0}, {key}"
            f" FROM {LAST_ROWS} AS last WHERE last.hash IS NOT NULL",
            (self._run,),
        )
        while rows := found.fetchmany(AT_ONCE):
            others = array(
                "q",
                (
                    row
                    for row, is_as_before, address in rows
                    if not is_as_before or (is_excluded is not None and is_excluded(address))
                ),
            )
            yield len(rows) - len(others), others
