"""Rows: as they were read, what became of them, and their sums."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from prefect_getresponse.contact_import.ledger.books.book import Book
from prefect_getresponse.contact_import.ledger.migrations import put_off_index
from prefect_getresponse.contact_import.ledger.records import Decision, NewRow
from prefect_getresponse.contact_import.ledger.schema import INDEX_BY_KEY
from prefect_getresponse.contact_import.verdicts import Verdict

_ROWS_AND_CHUNKS = "rows LEFT JOIN chunks ON chunks.run = rows.run AND chunks.chunk = rows.chunk"
_WHY = """CASE WHEN verdict IS NOT NULL THEN reason WHEN ? THEN NULL
    WHEN chunks.state = 'acknowledged' THEN 'not_looked_for'
    WHEN chunks.state IN ('sent', 'in_doubt') THEN 'in_doubt' ELSE 'not_sent' END"""
"""Reason of a row; one without a verdict has none while the run is only planned."""


class Rows(Book):
    """The rows of a run; a verdict that is there stays."""

    def put_off_index(self) -> None:
        """Make adding many rows twice as fast; `mark_duplicates`, or opening again, ends it.

        Addresses come in no order, so that each would change another page of the index.
        """
        put_off_index(self._db)  # or opening again would not look
        self._db.execute("DROP INDEX IF EXISTS rows_by_key")

    def add(self, rows: Iterable[NewRow]) -> int:
        """Add rows as they were read, and return their number."""
        return self._db.executemany(
            "INSERT INTO rows (run, row, key, contact, hash, verdict, reason, consented)"
            f" VALUES ({self._run}, ?, ?, ?, ?, ?, ?, ?)",
            rows,
        ).rowcount

    def mark_duplicates(self) -> None:
        """Let the last row of each address win whole."""
        self._db.execute(INDEX_BY_KEY)
        self._db.execute(
            "UPDATE rows SET verdict = ?, reason = 'later_row_wins'"
            " WHERE run = ? AND key <> '' AND EXISTS (SELECT 1 FROM rows AS later"
            " WHERE later.run = rows.run AND later.key = rows.key AND later.row > rows.row)",
            (Verdict.DUPLICATE, self._run),
        )

    def count(self) -> int:
        """Number of rows of the run."""
        (rows,) = self._db.execute(
            "SELECT count(*) FROM rows WHERE run = ?", (self._run,)
        ).fetchone()
        return int(rows)

    def settle(self, decisions: Iterable[Decision]) -> None:
        """Give rows their verdicts; one that is there stays."""
        self._db.executemany(
            "UPDATE rows SET verdict = ?, reason = ?, detail = coalesce(?, detail)"
            f" WHERE run = {self._run} AND row = ? AND verdict IS NULL",
            [(item.verdict, item.reason, item.detail, item.row) for item in decisions],
        )

    def tally(self, undecided: Verdict) -> list[tuple[str, str | None, int]]:
        """Rows by verdict and reason.

        Args:
            undecided: What rows without a verdict count as: `planned` or `unknown`.
        """
        return list(
            self._db.execute(
                f"SELECT coalesce(verdict, ?), {_WHY}, count(*) FROM {_ROWS_AND_CHUNKS}"
                " WHERE rows.run = ? GROUP BY 1, 2 ORDER BY 1, 2",
                (undecided, undecided is Verdict.PLANNED, self._run),
            )
        )

    def attention(
        self, verdicts: Sequence[Verdict], undecided: Verdict, limit: int
    ) -> Iterator[tuple[int, str, str, str, str]]:
        """Rows with one of these verdicts: row, verdict, reason, key of the person, and detail.

        Args:
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
            (undecided, undecided is Verdict.PLANNED, self._run, *verdicts, limit),
        )
