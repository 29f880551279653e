"""Rows: as they were read, what became of them, and their sums."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from prefect_getresponse.contact_import.ledger.books.as_before import COUNTED, IS_COUNTED
from prefect_getresponse.contact_import.ledger.books.book import Book, exists, transaction
from prefect_getresponse.contact_import.ledger.many_rows import insert
from prefect_getresponse.contact_import.ledger.migrations import put_off_index
from prefect_getresponse.contact_import.ledger.records import (
    BY_ACTION,
    BY_VERDICT,
    Decision,
    NewRow,
)
from prefect_getresponse.contact_import.ledger.schema import INDEX_BY_KEY
from prefect_getresponse.contact_import.verdicts import Verdict

OWN_VERDICT = "CASE WHEN {0}contact IS NULL THEN {0}verdict || ' ' || coalesce({0}reason, '') END"
"""SQL: what a row of `{0}` is by itself, whatever other rows say, for `detail` of a duplicate."""
_OPEN = "rows.verdict IS NULL AND rows.action IS NULL"
_VERDICT = f"""CASE WHEN rows.verdict IS NOT NULL THEN rows.verdict
    WHEN {_OPEN} AND {IS_COUNTED} THEN 'unchanged' ELSE :undecided END"""
_WHY = f"""CASE WHEN rows.verdict IS NOT NULL THEN rows.reason
    WHEN :planned OR {_OPEN} AND {IS_COUNTED} THEN NULL
    ELSE CASE (SELECT state FROM chunks WHERE chunks.run = rows.run AND chunks.chunk = rows.chunk)
     WHEN 'acknowledged' THEN 'not_looked_for'
     WHEN 'sent' THEN 'in_doubt' WHEN 'in_doubt' THEN 'in_doubt' ELSE 'not_sent' END END"""
"""Reason of a row; one without a verdict has none while the run is only planned."""


class Rows(Book):
    """The rows of a run; a verdict that is there stays."""

    def put_off_index(self) -> None:
        """Make adding many rows twice as fast; `mark_duplicates`, or opening again, ends it.

        Addresses come in no order, so that each would change another page of the index.
        """
        put_off_index(self._db)  # or opening again would not look
        self._db.execute("DROP INDEX IF EXISTS rows_by_key")

    def add(self, rows: Iterable[NewRow], otherwise: str = "") -> int:
        """Add rows as they were read.

        Args:
            rows: The rows.
            otherwise: What happens to those that are there, in SQL; there are none by default.

        Returns:
            Number of rows written.
        """
        columns = "run, row, key, contact, hash, verdict, reason, consented"
        with transaction(self._db):
            values = f"({self._run}, ?, ?, ?, ?, ?, ?, ?)"
            return insert(self._db, f"rows ({columns})", values, rows, otherwise)

    def mark_duplicates(self, *, again: bool = False) -> None:
        """Let the last row of each address win whole.

        Args:
            again: Whether some rows may be marked that are none any more.
        """
        self._db.execute(INDEX_BY_KEY)
        if again:
            self._db.execute(
                f"UPDATE rows {BY_VERDICT}"
                " SET verdict = substr(detail, 1, instr(detail, ' ') - 1),"
                " reason = nullif(substr(detail, instr(detail, ' ') + 1), ''), detail = NULL"
                " WHERE run = ? AND verdict = ? AND action IS NULL",  # nothing is done about them
                (self._run, Verdict.DUPLICATE),
            )
        self._db.execute(
            f"UPDATE rows SET verdict = ?, reason = 'later_row_wins',"
            f" detail = {OWN_VERDICT.format('')} WHERE run = ? AND row IN"
            # In the order of the index: that of the rows would be any.
            " (SELECT row FROM rows AS one INDEXED BY rows_by_key"
            "  WHERE one.run = ? AND one.key <> '' AND EXISTS (SELECT 1 FROM rows AS later"
            "  INDEXED BY rows_by_key WHERE later.run = one.run AND later.key = one.key"
            "  AND later.row > one.row))",
            (Verdict.DUPLICATE, self._run, self._run),
        )

    def count(self) -> int:
        """Number of rows of the run."""
        return self._number_in("rows")

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
        is_plan = undecided is Verdict.PLANNED
        rows_decided = self._decided("action, verdict, reason, chunk") or "rows"
        found: list[tuple[str, str | None, int]] = list(
            self._db.execute(
                f"SELECT coalesce(rows.verdict, :undecided), {_WHY}, count(*)"
                f" FROM {rows_decided} WHERE rows.run = :run AND NOT ({_OPEN})"
                # These have no reason, and to sort them takes longer than all else.
                f"{' AND rows.verdict IS NOT NULL' * is_plan} GROUP BY 1, 2 ORDER BY 1, 2",
                self._values(undecided),
            )
        )
        # Most of them, most nights: they need neither sorting nor a look at each.
        if rows := self.count() - sum(rows for _, _, rows in found):
            found += self._without_verdict(rows, is_plan=is_plan)
        return found

    def _without_verdict(self, rows: int, *, is_plan: bool) -> list[tuple[str, str | None, int]]:
        """What rows are that have no verdict; of a plan all of them, else those without an action.

        Unless they are as many as were counted, nobody has decided about them.
        """
        planned = self._planned() if is_plan else 0
        found: list[tuple[str, str | None, int]] = []
        if rows - planned == self._as_before():
            found.append((Verdict.UNCHANGED, None, rows - planned))
            rows = planned
        if rows:
            undecided, why = (Verdict.PLANNED, None) if is_plan else (Verdict.UNKNOWN, "not_sent")
            found.append((undecided, why, rows))
        return found

    def _planned(self) -> int:
        """Number of rows of a plan with which something is to be done."""
        (rows,) = self._db.execute(
            f"SELECT count(*) FROM rows {BY_ACTION} WHERE run = ? AND action IS NOT NULL",
            (self._run,),
        ).fetchone()
        return int(rows)

    def attention(
        self, verdicts: Sequence[Verdict], undecided: Verdict, limit: int
    ) -> Iterator[tuple[int, str, str, str, str]]:
        """Rows with one of these verdicts: row, verdict, reason, key of the person, and detail.

        Args:
            verdicts: The verdicts; if not all rows are returned, those of the first come first.
            undecided: What rows without a verdict count as: `planned` or `unknown`.
            limit: Most rows to return; -1 for all of them, in their order.
        """
        marks = ", ".join(f"'{verdict}'" for verdict in verdicts)
        ranks = " ".join(f"WHEN '{verdict}' THEN {rank}" for rank, verdict in enumerate(verdicts))
        order = "row" if limit < 0 else f"CASE verdict_now {ranks} END, row"
        few = None
        if self._as_before() is not None:  # else all others are undecided
            few = self._decided("row, key, action, verdict, reason, chunk, detail")
        yield from self._db.execute(
            f"SELECT row, {_VERDICT} AS verdict_now, coalesce({_WHY}, ''), key,"
            f" coalesce(detail, '') FROM {few or 'rows'}"
            f" WHERE rows.run = :run AND verdict_now IN ({marks})"
            f" ORDER BY {order} LIMIT :limit",
            {**self._values(undecided), "limit": limit},
        )

    def is_any_open(self) -> bool:
        """Whether there is a row about which nothing is decided; found at once, mostly."""
        return exists(self._db, f"rows WHERE run = ? AND {_OPEN}", (self._run,))

    def count_open(self) -> int:
        """Number of rows about which nothing is decided."""
        return self.count() - self._count_decided()

    def _values(self, undecided: Verdict) -> dict[str, object]:
        is_plan = undecided is Verdict.PLANNED
        return {"run": self._run, "undecided": undecided, "planned": is_plan}

    def _as_before(self) -> int | None:
        """How many rows were counted as those of people who have not changed."""
        [found] = self._db.execute(
            f"SELECT json_extract(facts, '$.{COUNTED}') FROM runs WHERE run = ?", (self._run,)
        ).fetchone()
        return None if found is None else int(found)
