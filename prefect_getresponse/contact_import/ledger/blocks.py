"""Blocks: records that mean what they meant last time, so that their rows stay as they are.

A run takes over the rows of the last one of its job, and goes through them block by block as it
reads.  The mark of a block is a hash of its cells and of everything that says what they mean: with
the same mark its rows are not even looked at.  Else what differs is written; and once the records
stand otherwise, or much differs, all that is left is written anew.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import NamedTuple

from prefect_getresponse.contact_import.ledger.books.book import Book
from prefect_getresponse.contact_import.ledger.books.rows import OWN_VERDICT, Rows
from prefect_getresponse.contact_import.ledger.records import NewRow
from prefect_getresponse.contact_import.verdicts import Verdict

_FEW = 1_000
_SHARE = 20
"""More rows than these, and than one of so many, are written faster without their index."""
_INTO_WHAT_WAS = (
    " ON CONFLICT (run, row) DO UPDATE SET key = excluded.key, contact = excluded.contact,"
    " hash = excluded.hash, verdict = excluded.verdict, reason = excluded.reason,"
    " consented = excluded.consented, detail = NULL"
    " WHERE key <> excluded.key OR contact IS NOT excluded.contact"
    "  OR consented IS NOT excluded.consented"
    f"  OR CASE verdict WHEN '{Verdict.DUPLICATE}'"
    f"   THEN detail IS NOT {OWN_VERDICT.format('excluded.')}"
    "   ELSE verdict IS NOT excluded.verdict OR reason IS NOT excluded.reason END"
)


class Block(NamedTuple):
    """Some records in a row.

    Attributes:
        row: Row of the first.
        last: Row of the last.
        mark: Hash of what they are and mean; empty if that depends on other records, too.
        left_out: Places of those that are not imported.
    """

    row: int
    last: int
    mark: bytes
    left_out: bytes


class Blocks(Book):
    """The rows of the last run, as they become those of this one.

    Args:
        db: Connection to the ledger.
        number: Number of the run.
        rows: The rows of the run.

    Attributes:
        are_same: Whether all rows are those of the last run.
    """

    def __init__(self, db: sqlite3.Connection, number: int, rows: Rows) -> None:
        super().__init__(db, number)
        self._rows = rows
        self._before: list[Block] = []
        self._last = 0
        self._is_new = True
        self._has_index = True
        self._written = 0
        self.are_same = False

    def take_over(self) -> None:
        """Begin with the rows that are there: those of the last run, if any."""
        query = "SELECT row, last, mark, left_out FROM blocks WHERE run = ? ORDER BY row DESC"
        self._before = [Block(*each) for each in self._db.execute(query, (self._run,))]
        self._is_new = not self._before
        self.are_same = bool(self._before)

    def stays(self, row: int, last: int, mark: bytes) -> bytes | None:
        """Let the next block stay as it is, if it is the same.

        Args:
            row: Row of its first record.
            last: Row of its last record.
            mark: Its mark.

        Returns:
            Places of records that are not imported; None if the block has to be written.
        """
        if not mark or not self._before or self._before[-1][:3] != (row, last, mark):
            return None
        self._last = last
        return self._before.pop().left_out

    def write(self, row: int, last: int, rows: Iterable[NewRow]) -> None:
        """Write the rows of the next block; `note` has to follow.

        Args:
            row: Row of its first record.
            last: Row of its last record.
            rows: The rows.
        """
        before = self._before[-1] if self._before else None
        if before is not None and (before.row, before.last) == (row, last):
            self._before.pop()
            self._count(self._rows.add(rows, _INTO_WHAT_WAS))
        else:
            self._cut()
            if self._is_new:
                self._put_off_index()
            self._count(self._rows.add(rows))
        self._last = last
        if not self._has_index:
            self._cut()

    def note(self, block: Block) -> None:
        """Note the block whose rows were written; nobody else may have taken the ledger over."""
        self._db.execute(
            "INSERT OR REPLACE INTO blocks VALUES (?, ?, ?, ?, ?)", (self._run, *block)
        )

    def end(self) -> None:
        """Have no rows but those that were read, of which the last one of each address wins."""
        self._cut()
        if not self.are_same:
            self._rows.mark_duplicates(again=not self._is_new)

    def _cut(self) -> None:
        """Forget the rows that the last run had from here on: there are none, or others."""
        if not self._before:
            return
        if self._before[0].last - self._last > _FEW:
            self._put_off_index()
        self._before.clear()
        self.are_same = False
        here = (self._run, self._last)
        for table in ("rows", "blocks"):
            self._db.execute(f"DELETE FROM {table} WHERE run = ? AND row > ?", here)

    def _count(self, written: int) -> None:
        if not written:
            return
        self.are_same = False
        self._written += written
        if self._written > _FEW and self._has_index:
            (read,) = self._db.execute(
                "SELECT max(row) FROM rows WHERE run = ?", (self._run,)
            ).fetchone()
            if self._written > read // _SHARE:
                self._put_off_index()

    def _put_off_index(self) -> None:
        if self._has_index:
            self._rows.put_off_index()
        self._has_index = False
