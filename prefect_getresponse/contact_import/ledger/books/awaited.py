"""Rows that are sent and not seen on the list yet."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from prefect_getresponse.contact_import.evidence import (
    EARLIER_MAY_BE_OURS,
    MAY_BE_OURS,
    PROVES_OURS,
)
from prefect_getresponse.contact_import.ledger.books.book import Book, exists, transaction
from prefect_getresponse.contact_import.ledger.books.people import People
from prefect_getresponse.contact_import.ledger.books.turned_up import ROWS, TurnedUp
from prefect_getresponse.contact_import.ledger.many_rows import changing_rows
from prefect_getresponse.contact_import.ledger.records import (
    BY_ACTION,
    BY_CHUNK,
    Action,
    ChunkState,
    Listed,
    Standing,
)
from prefect_getresponse.contact_import.verdicts import Verdict

_TAKEN = "state IN ('acknowledged', 'in_doubt')"
_EARLIER = "rows.verdict IS NULL AND rows.action = 'await'"
_OURS = "rows.verdict IS NULL AND rows.action = 'add'"
_AWAITED = (
    "rows.verdict IS NULL AND rows.action IN ('await', 'add')"
    " AND (rows.action = 'await' OR EXISTS (SELECT 1 FROM chunks AS sent"
    f"  WHERE sent.run = rows.run AND sent.chunk = rows.chunk AND sent.{_TAKEN}))"
)
"""SQL: a row of an earlier run (`_EARLIER`), or of a call of this one that may be executed."""
_ROWS_OF_EARLIER = f"rows {BY_ACTION} WHERE run = :run AND action = 'await'"
_ROWS_OF_CALLS = (
    f"chunks CROSS JOIN rows {BY_CHUNK} USING (run, chunk) WHERE run = :run AND chunks.{_TAKEN}"
)
"""SQL: all rows of which `_EARLIER` or `_OURS` are still awaited, seen ones included."""

IN_QUEUE = "in_queue"
"""Reason of people who are on their way to the list."""
_CAME_TO_NOTHING = (
    "EXISTS (SELECT 1 FROM imports WHERE imports.run = chunks.run AND imports.chunk = chunks.chunk"
    " AND imports.status IN ('rejected', 'canceled', 'gone'))"
)
_TAKES_NO_STRANGERS = f"(route <> 'import' OR {_CAME_TO_NOTHING})"
"""SQL: a call that updates nobody whom it finds on the list; nor does an import of nothing."""
_OPEN_AND_NEW = "rows.verdict IS NULL AND rows.steps IS NOT 'returning'"
"""Rows of people who had not left the list when the run was planned, nor when they were sent."""


class Awaited(Book):
    """Rows of a run that are sent and not seen on the list yet, and what settles them.

    Args:
        db: Connection to the ledger.
        number: Number of the run.
    """

    def __init__(self, db: sqlite3.Connection, number: int) -> None:
        super().__init__(db, number)
        self._people = People(db, number)
        self._turned_up = TurnedUp(db, number)

    def add_listed(self, standing: Standing, people: Iterable[Listed]) -> None:
        """Remember people whom a look has found, to settle the rows that await them.

        Args:
            standing: How they are on the list.
            people: The people.
        """
        found = list(people)
        with transaction(self._db):
            self._people.add_listed(standing, found)
            self._turned_up.note(standing, found)

    def count(self) -> int:
        """Number of rows that are sent and not seen on the list yet."""
        return self._sum(f"{_ROWS_OF_EARLIER} AND {_EARLIER}", f"{_ROWS_OF_CALLS} AND {_OURS}")

    def most(self) -> int:
        """Number of rows that are sent, seen or not: counted by their indexes, and not visited."""
        return self._sum(_ROWS_OF_EARLIER, _ROWS_OF_CALLS)

    def _sum(self, earlier: str, ours: str) -> int:
        (rows,) = self._db.execute(
            f"SELECT (SELECT count(*) FROM {earlier}) + (SELECT count(*) FROM {ours})",
            {"run": self._run},
        ).fetchone()
        return int(rows)

    def is_any(self) -> bool:
        """Whether a row is sent and not seen on the list yet."""
        return any(
            exists(self._db, rows, {"run": self._run})
            for rows in (f"{_ROWS_OF_EARLIER} AND {_EARLIER}", f"{_ROWS_OF_CALLS} AND {_OURS}")
        )

    def since(self) -> float:
        """When the last of the awaited rows was sent, in seconds since the epoch."""
        (sent,) = self._db.execute(
            "SELECT max(coalesce((SELECT max(sent) FROM chunks WHERE run = :run"
            f"   AND chunks.{_TAKEN} AND EXISTS (SELECT 1 FROM rows {BY_CHUNK}"
            f"   WHERE rows.run = chunks.run AND rows.chunk = chunks.chunk AND {_OURS})), 0),"
            f" coalesce((SELECT max(at) FROM rows {BY_ACTION} JOIN outcomes USING (key)"
            f"   WHERE run = :run AND {_EARLIER}), 0))",
            {"run": self._run},
        ).fetchone()
        return float(sent)

    def anybody_arrived(self) -> bool:
        """Whether anybody whom the run has sent was seen on the list."""
        return exists(
            self._db,
            f"rows {BY_ACTION} WHERE run = ? AND action = 'add' AND verdict IN (?, ?)",
            (self._run, Verdict.ADDED, Verdict.AWAITING_CONFIRMATION),
        )

    def longest_way(self) -> float | None:
        """Seconds of the slowest who arrived on the way to the list; None if that is not told."""
        (longest,) = self._db.execute(
            f"SELECT max(listed.created - chunks.begun) FROM rows {BY_ACTION}"
            " JOIN chunks USING (run, chunk)"
            " JOIN listed ON listed.run = rows.run AND listed.key = rows.key"
            " WHERE rows.run = ? AND rows.action = 'add' AND rows.verdict IN (?, ?)"
            " AND chunks.route <> 'import'",
            (self._run, Verdict.ADDED, Verdict.AWAITING_CONFIRMATION),
        ).fetchone()
        return None if longest is None else float(longest)

    def acknowledge_proved(self) -> None:
        """Take doubtful calls for executed of which somebody came who can only have come by them.

        Whoever else of such a call is missing after the settle time was dropped by GetResponse.
        """
        self._db.execute(
            "UPDATE chunks SET state = ? WHERE run = ? AND state = ? AND route <> 'import'"
            f" AND EXISTS (SELECT 1 FROM rows {BY_CHUNK} JOIN listed"
            "  ON listed.run = rows.run AND listed.key = rows.key"
            f"  WHERE rows.run = chunks.run AND rows.chunk = chunks.chunk AND {PROVES_OURS})",
            (ChunkState.ACKNOWLEDGED, self._run, ChunkState.IN_DOUBT),
        )

    def hand_over_strangers(self) -> int:
        """Treat people who came by another way than our calls as people of the list.

        What the source says of them was not delivered by being there: it is compared and updated.
        An import updates whom it finds, so its people stay with it, unless nothing came of it.

        Returns:
            Number of rows.
        """
        self._turned_up.look()
        handed_over = 0
        values = {
            "run": self._run,
            "compare": Action.COMPARE,
            "standing": Standing.SUBSCRIBED,
            "in_doubt": ChunkState.IN_DOUBT,
        }
        if exists(self._db, _ROWS_OF_EARLIER, values):
            handed_over += self._db.execute(
                "UPDATE rows SET action = :compare,"
                " contact_id = (SELECT contact_id FROM listed"
                "  WHERE listed.run = rows.run AND standing = :standing AND listed.key = rows.key)"
                f" WHERE run = :run AND {ROWS} AND {_EARLIER} AND EXISTS"
                " (SELECT 1 FROM listed WHERE listed.run = rows.run AND standing = :standing"
                f"  AND listed.key = rows.key AND NOT ({EARLIER_MAY_BE_OURS}))",
                values,
            ).rowcount
        taken = f"chunks WHERE run = :run AND {_TAKEN} AND {_TAKES_NO_STRANGERS}"
        if exists(self._db, taken, values):
            handed_over += self._db.execute(
                "UPDATE rows SET action = :compare, chunk = NULL,"
                " contact_id = (SELECT contact_id FROM listed"
                "  WHERE listed.run = rows.run AND standing = :standing AND listed.key = rows.key)"
                f" WHERE run = :run AND {ROWS} AND {_AWAITED} AND action = 'add' AND chunk IN"
                f"  (SELECT chunk FROM chunks WHERE chunks.run = :run AND {_TAKES_NO_STRANGERS})"
                " AND EXISTS (SELECT 1 FROM listed"
                "  JOIN chunks ON chunks.run = rows.run AND chunks.chunk = rows.chunk"
                "  WHERE listed.run = rows.run AND standing = :standing AND listed.key = rows.key"
                f"  AND CASE WHEN chunks.state = :in_doubt AND chunks.route <> 'import'"
                f"   THEN NOT ({PROVES_OURS}) ELSE NOT ({MAY_BE_OURS}) END)",
                values,
            ).rowcount
        return handed_over

    def settle_visible(self, standing: Standing, verdict: Verdict) -> int:
        """Give awaited rows whose person is on the list now their verdict.

        Of an import of which nobody knows whether it was executed, only people who may have come by
        it: what the source says of the others may not have been delivered.

        Args:
            standing: How the person is on the list.
            verdict: For people that this run has sent; those of an earlier run are unchanged.

        Returns:
            Number of rows.
        """
        if not self._people.is_anybody(standing):
            return 0
        with changing_rows(self._db, self._turned_up.count()):
            return self._db.execute(
                "UPDATE rows SET reason = NULL,"
                " verdict = CASE action WHEN 'await' THEN :earlier ELSE :verdict END"
                f" WHERE run = :run AND {ROWS} AND rows.verdict IS NULL"
                " AND (rows.action = 'await' OR rows.action = 'add' AND EXISTS"
                "  (SELECT 1 FROM chunks WHERE chunks.run = rows.run AND chunks.chunk = rows.chunk"
                f"  AND chunks.{_TAKEN} AND (chunks.state <> :in_doubt OR chunks.route <> 'import'"
                "   OR EXISTS (SELECT 1 FROM listed WHERE listed.run = rows.run"
                "    AND listed.standing = :standing AND listed.key = rows.key"
                f"   AND {MAY_BE_OURS}))))",
                {
                    "run": self._run,
                    "standing": standing,
                    "verdict": verdict,
                    "earlier": Verdict.UNCHANGED if verdict is Verdict.ADDED else verdict,
                    "in_doubt": ChunkState.IN_DOUBT,
                },
            ).rowcount

    def has_queue_moved(self) -> bool:
        """Whether those whom GetResponse took have mostly appeared: then absence means something.

        Also if it has taken nobody besides doubtful calls, as nothing is known then.
        """
        arrived, waiting = self._db.execute(
            "SELECT coalesce(sum(rows.verdict IN (?, ?)), 0),"
            " coalesce(sum(rows.verdict IS NULL), 0)"
            f" FROM rows {BY_ACTION} JOIN chunks USING (run, chunk)"
            " WHERE run = ? AND rows.action = 'add'"
            " AND chunks.route <> 'import' AND chunks.state IN (?, ?)",
            (
                Verdict.ADDED,
                Verdict.AWAITING_CONFIRMATION,
                self._run,
                ChunkState.ACKNOWLEDGED,
                ChunkState.VERIFIED,
            ),
        ).fetchone()
        return int(arrived) >= int(waiting)

    def settle_departed(self) -> None:
        """Give awaited rows whose person has left the list since the plan their verdict."""
        self._db.execute(
            f"UPDATE rows {BY_ACTION} SET verdict = ?,"
            " reason = 'removed_' || (SELECT name FROM listed"
            "  WHERE listed.run = rows.run AND standing = ? AND listed.key = rows.key)"
            f" WHERE run = ? AND {_AWAITED} AND {_OPEN_AND_NEW} AND EXISTS (SELECT 1 FROM listed"
            "  WHERE listed.run = rows.run AND standing = ? AND listed.key = rows.key)",
            (Verdict.EXCLUDED, Standing.REMOVED, self._run, Standing.REMOVED),
        )

    def note_queued(self, chunk: int) -> None:
        """Remember that GetResponse called the person of a call one who is in its queue."""
        self._db.execute(
            f"UPDATE rows {BY_CHUNK} SET reason = ?"
            " WHERE run = ? AND chunk = ? AND verdict IS NULL",
            (IN_QUEUE, self._run, chunk),
        )

    def settle_queued(self) -> None:
        """Give awaited rows their verdict whose person GetResponse called one in its queue."""
        self._db.execute(
            f"UPDATE rows {BY_ACTION} SET verdict = ?"
            f" WHERE run = ? AND {_AWAITED} AND reason = ?"
            " AND EXISTS (SELECT 1 FROM chunks WHERE chunks.run = rows.run"
            "  AND chunks.chunk = rows.chunk AND chunks.state = ?)",
            (Verdict.NOT_VISIBLE_YET, self._run, IN_QUEUE, ChunkState.IN_DOUBT),
        )

    def settle_awaited(self, state: ChunkState | Action, verdict: Verdict, reason: str) -> None:
        """Give rows that did not appear their verdict.

        Args:
            state: State of their chunk, or `Action.AWAIT` for those that an earlier run had sent.
            verdict: What became of them.
            reason: Why.
        """
        self._db.execute(
            f"UPDATE rows {BY_ACTION} SET verdict = ?, reason = ? WHERE run = ? AND {_AWAITED}"
            " AND coalesce((SELECT state FROM chunks WHERE chunks.run = rows.run"
            "  AND chunks.chunk = rows.chunk), action) = ?",
            (verdict, reason, self._run, state),
        )
