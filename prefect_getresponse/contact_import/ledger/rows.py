"""Rows: as they were read, what is decided about them, and their sums."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from prefect_getresponse.contact_import.ledger.connection import Connection
from prefect_getresponse.contact_import.ledger.migrations import put_off_index
from prefect_getresponse.contact_import.ledger.records import Action, Decision, NewRow, RowToSend
from prefect_getresponse.contact_import.ledger.schema import INDEX_BY_KEY
from prefect_getresponse.contact_import.verdicts import Verdict

_ROWS_AND_CHUNKS = "rows LEFT JOIN chunks ON chunks.run = rows.run AND chunks.chunk = rows.chunk"
_SENT_ACTIONS = (Action.ADD, Action.UPDATE, Action.MERGE, Action.COMPARE)
_WHY = """CASE WHEN verdict IS NOT NULL THEN reason WHEN ? THEN NULL
    WHEN chunks.state = 'acknowledged' THEN 'not_looked_for'
    WHEN chunks.state IN ('sent', 'in_doubt') THEN 'in_doubt' ELSE 'not_sent' END"""
"""Reason of a row; one without a verdict has none while the run is only planned."""


class Rows(Connection):
    """The rows of a run; a verdict that is there stays."""

    def put_off_index(self) -> None:
        """Make adding many rows twice as fast; `mark_duplicates`, or opening again, ends it.

        Addresses come in no order, so that each would change another page of the index.
        """
        put_off_index(self._db)  # or opening again would not look
        self._db.execute("DROP INDEX IF EXISTS rows_by_key")

    def add_rows(self, run: int, rows: Iterable[NewRow]) -> int:
        """Add rows as they were read, and return their number."""
        return self._db.executemany(
            "INSERT INTO rows (run, row, key, contact, hash, verdict, reason, consented)"
            f" VALUES ({run}, ?, ?, ?, ?, ?, ?, ?)",
            rows,
        ).rowcount

    def mark_duplicates(self, run: int) -> None:
        """Let the last row of each address win whole."""
        self._db.execute(INDEX_BY_KEY)
        self._db.execute(
            "UPDATE rows SET verdict = ?, reason = 'later_row_wins'"
            " WHERE run = ? AND key <> '' AND EXISTS (SELECT 1 FROM rows AS later"
            " WHERE later.run = rows.run AND later.key = rows.key AND later.row > rows.row)",
            (Verdict.DUPLICATE, run),
        )

    def count_rows(self, run: int) -> int:
        """Number of rows of the run."""
        (rows,) = self._db.execute("SELECT count(*) FROM rows WHERE run = ?", (run,)).fetchone()
        return int(rows)

    def clear_plan(self, run: int) -> None:
        """Forget what an interrupted planning had decided; nothing was sent yet."""
        for table in ("listed", "chunks", "removals"):
            self._db.execute(f"DELETE FROM {table} WHERE run = ?", (run,))
        self._db.execute(
            "UPDATE rows SET verdict = NULL, reason = NULL, action = NULL, steps = NULL,"
            " contact_id = NULL, detail = NULL, chunk = NULL"
            " WHERE run = ? AND contact IS NOT NULL AND verdict IS NOT ?",
            (run, Verdict.DUPLICATE),
        )

    def decide(self, run: int, decisions: Iterable[Decision]) -> None:
        """Write down what the plan says; a verdict that is there stays."""
        self._db.executemany(
            "UPDATE rows SET action = ?, verdict = ?, reason = ?, contact_id = ?, steps = ?,"
            f" detail = coalesce(?, detail) WHERE run = {run} AND row = ? AND verdict IS NULL",
            [
                (
                    item.action,
                    item.verdict,
                    item.reason,
                    item.contact_id,
                    item.steps,
                    item.detail,
                    item.row,
                )
                for item in decisions
            ],
        )

    def settle(self, run: int, decisions: Iterable[Decision]) -> None:
        """Give rows their verdicts; one that is there stays."""
        self._db.executemany(
            "UPDATE rows SET verdict = ?, reason = ?, detail = coalesce(?, detail)"
            f" WHERE run = {run} AND row = ? AND verdict IS NULL",
            [(item.verdict, item.reason, item.detail, item.row) for item in decisions],
        )

    def rows_with(self, run: int, action: Action, after: int, size: int) -> list[RowToSend]:
        """Open rows with an action, in order."""
        return [
            RowToSend(*row)
            for row in self._db.execute(
                "SELECT row, key, contact, contact_id, steps FROM rows WHERE run = ? AND action = ?"
                " AND verdict IS NULL AND row > ? ORDER BY row LIMIT ?",
                (run, action, after, size),
            )
        ]

    def first_to_send(self, run: int, size: int) -> list[RowToSend]:
        """The first rows that would be sent."""
        return [
            RowToSend(*row)
            for row in self._db.execute(
                "SELECT row, key, contact, contact_id, steps FROM rows WHERE run = ?"
                " AND action IN (?, ?, ?) AND verdict IS NULL ORDER BY row LIMIT ?",
                (run, Action.ADD, Action.UPDATE, Action.MERGE, size),
            )
        ]

    def rows_to_send(self, run: int, after: int, size: int) -> list[tuple[RowToSend, str]]:
        """Open rows that may have to be sent, in order, each with its action."""
        return [
            (RowToSend(*row), action)
            for *row, action in self._db.execute(
                "SELECT row, key, contact, contact_id, steps, action FROM rows WHERE run = ?"
                " AND row > ? AND verdict IS NULL AND action IN (?, ?, ?, ?) ORDER BY row LIMIT ?",
                (run, after, *_SENT_ACTIONS, size),
            )
        ]

    def count_to_send(self, run: int, last: int) -> int:
        """Number of open rows that have to be sent, up to a row."""
        (rows,) = self._db.execute(
            "SELECT count(*) FROM rows WHERE run = ? AND row <= ? AND verdict IS NULL"
            " AND action IN (?, ?, ?)",
            (run, last, Action.ADD, Action.UPDATE, Action.MERGE),
        ).fetchone()
        return int(rows)

    def leave_out(self, run: int, after: int) -> None:
        """Leave rows that would be sent out of this run: those after a row."""
        self._db.execute(
            "UPDATE rows SET verdict = ?, reason = 'over_limit', action = NULL WHERE run = ?"
            " AND row > ? AND verdict IS NULL AND action IN (?, ?, ?, ?)",
            (Verdict.PLANNED, run, after, *_SENT_ACTIONS),
        )

    def plan_hash(self, run: int) -> str:
        """What the plan says about every row, as one hash (32 hexadecimal digits)."""
        digest = hashlib.blake2b(digest_size=16)
        query = "SELECT row, key, hash, action, steps, verdict, reason FROM rows WHERE run = ?"
        for row in self._db.execute(f"{query} ORDER BY row", (run,)):
            digest.update(repr(row).encode())
        query = "SELECT contact_id FROM removals WHERE run = ? ORDER BY 1"
        for row in self._db.execute(query, (run,)):
            digest.update(repr(row).encode())
        return digest.hexdigest()

    def count_actions(self, run: int) -> Counter[str]:
        """Open rows by action."""
        return Counter(
            dict(
                self._db.execute(
                    "SELECT action, count(*) FROM rows WHERE run = ? AND verdict IS NULL"
                    " AND action IS NOT NULL GROUP BY action",
                    (run,),
                )
            )
        )

    def left_over(self, run: int, action: Action, steps: str | None) -> int:
        """Number of open rows of a kind that are in no chunk."""
        (rows,) = self._db.execute(
            "SELECT count(*) FROM rows WHERE run = ? AND action = ? AND steps IS ?"
            " AND verdict IS NULL AND chunk IS NULL",
            (run, action, steps),
        ).fetchone()
        return int(rows)

    def compare_left_over(self, run: int, steps: str | None) -> None:
        """Let rows that fit into no import be compared with the contact itself."""
        self._db.execute(
            "UPDATE rows SET action = ?, steps = NULL WHERE run = ? AND action = ? AND steps IS ?"
            " AND chunk IS NULL",
            (Action.COMPARE, run, Action.MERGE, steps),
        )

    def tags_to_send(self, run: int) -> list[str]:
        """Names of the tags that open rows carry."""
        return [
            name
            for (name,) in self._db.execute(
                "SELECT DISTINCT tag.value FROM rows, json_each(rows.contact, '$.tags') AS tag"
                " WHERE run = ? AND verdict IS NULL AND action IN (?, ?, ?) ORDER BY 1",
                (run, Action.ADD, Action.UPDATE, Action.MERGE),
            )
        ]

    def tally(self, run: int, undecided: Verdict) -> list[tuple[str, str | None, int]]:
        """Rows by verdict and reason.

        Args:
            run: Number of the run.
            undecided: What rows without a verdict count as: `planned` or `unknown`.
        """
        return list(
            self._db.execute(
                f"SELECT coalesce(verdict, ?), {_WHY}, count(*) FROM {_ROWS_AND_CHUNKS}"
                " WHERE rows.run = ? GROUP BY 1, 2 ORDER BY 1, 2",
                (undecided, undecided is Verdict.PLANNED, run),
            )
        )

    def attention(
        self, run: int, verdicts: Sequence[Verdict], undecided: Verdict, limit: int
    ) -> Iterator[tuple[int, str, str, str, str]]:
        """Rows with one of these verdicts: row, verdict, reason, key of the person, and detail.

        Args:
            run: Number of the run.
            verdicts: The verdicts; if not all rows are returned, those of the first come first.
            undecided: What rows without a verdict count as: `planned` or `unknown`.
            limit: Most rows to return; -1 for all of them, in their order.
        """
        marks = ", ".join("?" * len(verdicts))
        ranks = " ".join(f"WHEN '{verdict}' THEN {rank}" for rank, verdict in enumerate(verdicts))
        order = "row" if limit < 0 else f"CASE verdict_now {ranks} END, row"
        yield from self._db.execute(
            f"SELECT row, coalesce(verdict, ?) AS verdict_now, coalesce({_WHY}, ''), key,"
            f" coalesce(detail, '') FROM {_ROWS_AND_CHUNKS}"
            f" WHERE rows.run = ? AND verdict_now IN ({marks})"
            f" ORDER BY {order} LIMIT ?",
            (undecided, undecided is Verdict.PLANNED, run, *verdicts, limit),
        )
