"""Cutting: which rows go in which call; the cut changes only when a call is refused."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from prefect_getresponse.contact_import.ledger.books.book import Book, transaction
from prefect_getresponse.contact_import.ledger.books.rows import Rows
from prefect_getresponse.contact_import.ledger.records import (
    BY_ACTION,
    BY_CHUNK,
    Action,
    ChunkState,
    Decision,
)


class Cutting(Book):
    """How the rows of a run are cut into calls."""

    def __init__(self, db: sqlite3.Connection, number: int) -> None:
        super().__init__(db, number)
        self._rows = Rows(db, number)

    def cut(self, action: Action, route: str, size: int) -> None:
        """Cut open rows of an action into chunks, once; the cut never changes on resume."""
        with transaction(self._db):
            self._cut(action, route, size)

    def split(self, chunk: int, alone: Sequence[int], route: str) -> None:
        """Take rows out of a refused chunk and plan it again without them.

        Args:
            chunk: The chunk.
            alone: Rows to be sent one by one; a chunk that keeps none is closed.
            route: Route for those rows.
        """
        with transaction(self._db):
            self._db.executemany(
                "UPDATE rows SET chunk = NULL WHERE run = ? AND row = ? AND verdict IS NULL",
                [(self._run, row) for row in alone],
            )
            self._cut(Action.ADD, route, 1)
            self._plan_again(chunk)

    def divert(self, chunk: int, rows: Sequence[int], *, one_by_one: bool) -> None:
        """Take rows out of a refused import, to go by calls that answer for fewer of them.

        People of the list are compared first: what differs is then sent alone.

        Args:
            chunk: The import.
            rows: Rows to take out; an import that keeps none is closed.
            one_by_one: Whether new people go one a call, and not in batches.
        """
        with transaction(self._db):
            self._db.executemany(
                "UPDATE rows SET chunk = NULL,"
                " steps = CASE action WHEN 'merge' THEN NULL ELSE steps END,"
                " action = CASE action WHEN 'merge' THEN 'compare' ELSE action END"
                f" WHERE run = {self._run} AND row = ? AND verdict IS NULL",
                [(row,) for row in rows],
            )
            route, size = ("contacts", 1) if one_by_one else ("batch", 1_000)
            self._cut(Action.ADD, route, size)
            self._plan_again(chunk)

    def withdraw(self, decisions: Sequence[Decision]) -> None:
        """Take rows out of calls that are still to be made, with their verdicts."""
        with transaction(self._db):
            self._rows.settle(decisions)
            self._db.executemany(
                f"UPDATE rows SET chunk = NULL WHERE run = {self._run} AND row = ?",
                [(each.row,) for each in decisions],
            )
            self._db.execute(
                "UPDATE chunks SET state = ? WHERE run = ? AND state = ? AND NOT EXISTS"
                " (SELECT 1 FROM rows WHERE rows.run = chunks.run AND rows.chunk = chunks.chunk)",
                (ChunkState.SPLIT, self._run, ChunkState.PLANNED),
            )

    def halve(self, chunk: int) -> bool:
        """Plan a chunk that was too large again, as two; False if it is a single row.

        Args:
            chunk: The chunk.
        """
        rows = [
            row
            for (row,) in self._db.execute(
                "SELECT row FROM rows WHERE run = ? AND chunk = ? AND verdict IS NULL ORDER BY row",
                (self._run, chunk),
            )
        ]
        if len(rows) < 2:
            return False
        with transaction(self._db):
            (new,) = self._db.execute(
                "INSERT INTO chunks (run, chunk, route, state, attempt, begun)"
                " SELECT run, (SELECT max(chunk) + 1 FROM chunks WHERE run = ?), route, ?,"
                " attempt, begun FROM chunks WHERE run = ? AND chunk = ? RETURNING chunk",
                (self._run, ChunkState.PLANNED, self._run, chunk),
            ).fetchone()
            self._db.execute(
                "UPDATE rows SET chunk = ? WHERE run = ? AND chunk = ? AND row >= ?",
                (new, self._run, chunk, rows[len(rows) // 2]),
            )
            for half in (chunk, new):
                self._plan_again(half)
        return True

    def _cut(self, action: Action, route: str, size: int) -> None:
        (first,) = self._db.execute(
            "SELECT coalesce(max(chunk), 0) + 1 FROM chunks WHERE run = ?", (self._run,)
        ).fetchone()
        self._db.execute(
            "UPDATE rows SET chunk = numbered.chunk FROM"
            " (SELECT row, ? + (row_number() OVER (ORDER BY row) - 1) / ? AS chunk"
            f"  FROM rows {BY_ACTION}"
            "  WHERE run = ? AND action = ? AND verdict IS NULL AND chunk IS NULL) AS numbered"
            " WHERE rows.run = ? AND rows.row = numbered.row",
            (first, size, self._run, action, self._run),
        )
        self._db.execute(
            "INSERT INTO chunks (run, chunk, route, state)"
            f" SELECT DISTINCT run, chunk, ?, ? FROM rows {BY_CHUNK} WHERE run = ? AND chunk >= ?",
            (route, ChunkState.PLANNED, self._run, first),
        )

    def _plan_again(self, chunk: int) -> None:
        """Plan a call again that was provably not executed, so that it counts as no attempt.

        Whoever came before it is sent again has come by earlier, doubtful tries, or not by us. A
        call that keeps no rows is closed.
        """
        self._db.execute(
            "UPDATE chunks SET attempt = max(attempt - 1, 0),"
            " begun = CASE WHEN attempt > 1 THEN begun END, state = CASE WHEN EXISTS"
            f" (SELECT 1 FROM rows {BY_CHUNK} WHERE rows.run = chunks.run"
            "  AND rows.chunk = chunks.chunk AND verdict IS NULL) THEN ? ELSE ? END"
            " WHERE run = ? AND chunk = ?",
            (ChunkState.PLANNED, ChunkState.SPLIT, self._run, chunk),
        )
