"""Chunks: the calls of a run, each intent and each answer durable."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from typing import NamedTuple

from prefect_getresponse.contact_import.ledger.books.book import Book, transaction
from prefect_getresponse.contact_import.ledger.books.identity import Identity
from prefect_getresponse.contact_import.ledger.books.rows import Rows
from prefect_getresponse.contact_import.ledger.records import (
    BY_CHUNK,
    Chunk,
    ChunkState,
    Decision,
    RowToSend,
)
from prefect_getresponse.contact_import.verdicts import Verdict

_BEGIN = (
    "UPDATE chunks SET state = ?, attempt = attempt + 1, sent = ?, begun = coalesce(begun, ?)"
    " WHERE run = ?"
)


class Answer(NamedTuple):
    """What became of a call, as `Chunks.answer` takes it."""

    chunk: int
    state: ChunkState
    at: float
    decisions: list[Decision]


class Chunks(Book):
    """The calls of a run.

    Args:
        db: Connection to the ledger.
        number: Number of the run.
        identity: Counts the calls that the ledger has seen begin.
    """

    def __init__(self, db: sqlite3.Connection, number: int, identity: Identity) -> None:
        super().__init__(db, number)
        self._rows = Rows(db, number)
        self._identity = identity

    def in_state(self, state: ChunkState) -> list[Chunk]:
        """Chunks in a state, in order, without those that go by import."""
        return [
            Chunk(*row)
            for row in self._db.execute(
                "SELECT chunk, route, attempt FROM chunks"
                " WHERE run = ? AND state = ? AND route <> 'import' ORDER BY chunk",
                (self._run, state),
            )
        ]

    def count_by_route(self) -> dict[str, int]:
        """Number of chunks by route."""
        return dict(
            self._db.execute(
                "SELECT route, count(*) FROM chunks WHERE run = ? GROUP BY route", (self._run,)
            )
        )

    def count_unsent(self) -> int:
        """Number of rows in chunks that are planned, or on their way."""
        (rows,) = self._db.execute(
            f"SELECT count(*) FROM chunks CROSS JOIN rows {BY_CHUNK} USING (run, chunk)"
            " WHERE run = ? AND chunks.state IN (?, ?) AND rows.verdict IS NULL",
            (self._run, ChunkState.PLANNED, ChunkState.SENT),
        ).fetchone()
        return int(rows)

    def rows(self, chunk: int) -> list[RowToSend]:
        """Open rows of a chunk, in order."""
        return [
            RowToSend(*row)
            for row in self._db.execute(
                f"SELECT row, key, contact, contact_id, steps FROM rows {BY_CHUNK}"
                " WHERE run = ? AND chunk = ? AND verdict IS NULL ORDER BY row",
                (self._run, chunk),
            )
        ]

    def intend(self, chunk: int, now: float) -> None:
        """Make the intent to send a chunk durable, before its first byte.

        Args:
            chunk: The chunk.
            now: Seconds since the epoch.
        """
        with transaction(self._db):
            self._begin(chunk, now)
            self._identity.count_call()
        self._identity.secure()

    def note_harmless(
        self, now: float, begin: int | None, further: Iterable[int], answers: Iterable[Answer]
    ) -> set[int]:
        """Make steps of calls that may be made again durable, by one commit.

        It is no harm if a ledger that is restored has forgotten them.

        Args:
            now: Seconds since the epoch.
            begin: The chunk that is to be sent now, if one is, before its first byte.
            further: Chunks that are to be sent soon; those that are not planned any more are left.
            answers: What became of others.

        Returns:
            Chunks whose intent is durable now.
        """
        with transaction(self._db):
            for each in answers:
                self.answer(*each)
            if begin is None:
                return set()
            self._begin(begin, now)
            soon = self._db.execute(
                f"{_BEGIN} AND chunk IN (SELECT value FROM json_each(?)) AND state = ?"
                " RETURNING chunk",
                (ChunkState.SENT, now, now, self._run, json.dumps([*further]), ChunkState.PLANNED),
            )
            return {begin, *(chunk for (chunk,) in soon.fetchall())}

    def _begin(self, chunk: int, now: float) -> None:
        self._db.execute(f"{_BEGIN} AND chunk = ?", (ChunkState.SENT, now, now, self._run, chunk))

    def answer(
        self,
        chunk: int,
        state: ChunkState,
        now: float,
        decisions: Iterable[Decision] = (),
    ) -> None:
        """Make the answer to a chunk durable, with the verdicts it gives.

        Args:
            chunk: The chunk.
            state: What the answer means for it.
            now: Seconds since the epoch; waiting for its people counts from here.
            decisions: Verdicts of its rows, if the answer gives them.
        """
        with transaction(self._db):
            self.set_state(chunk, state, now)
            self._rows.settle(decisions)

    def set_state(self, chunk: int, state: ChunkState, now: float) -> None:
        """Say where a chunk stands; waiting for its people counts from now.

        Args:
            chunk: The chunk.
            state: Where it stands.
            now: Seconds since the epoch.
        """
        self._db.execute(
            "UPDATE chunks SET state = ?, sent = ? WHERE run = ? AND chunk = ?",
            (state, now, self._run, chunk),
        )

    def retract(self, chunk: int, attempt: int) -> None:
        """Plan a chunk again whose call was provably not executed: it counts as no attempt.

        Args:
            chunk: The chunk.
            attempt: Attempts before that call.
        """
        self._db.execute(
            "UPDATE chunks SET state = ?, attempt = ?,"
            " begun = CASE ? WHEN 0 THEN NULL ELSE begun END WHERE run = ? AND chunk = ?",
            (ChunkState.PLANNED, attempt, attempt, self._run, chunk),
        )

    def take_back(self, chunks: Iterable[int]) -> None:
        """Plan chunks again that were intended and not begun: they count as no attempt."""
        self._db.execute(
            "UPDATE chunks SET state = ?, attempt = attempt - 1,"
            " begun = CASE attempt WHEN 1 THEN NULL ELSE begun END"
            " WHERE run = ? AND chunk IN (SELECT value FROM json_each(?))",
            (ChunkState.PLANNED, self._run, json.dumps([*chunks])),
        )

    def recover(self, harmless: str, now: float) -> None:
        """After a crash: what was sent without an answer is in doubt.

        Args:
            harmless: Route whose calls may be sent again, as they set absolute values.
            now: Seconds since the epoch; calls of which the time is not known count as sent now.
        """
        self._db.execute(
            "UPDATE chunks SET sent = coalesce(sent, ?), begun = coalesce(begun,"
            " (SELECT started FROM runs WHERE runs.run = chunks.run)),"
            " state = CASE route WHEN ? THEN ? ELSE ? END WHERE run = ? AND state = ?",
            (now, harmless, ChunkState.PLANNED, ChunkState.IN_DOUBT, self._run, ChunkState.SENT),
        )

    def wait_anew(self, now: float) -> None:
        """Let all waits for what was sent begin now, as nobody can say when it was.

        Args:
            now: Seconds since the epoch.
        """
        self._db.execute(
            "UPDATE chunks SET sent = ? WHERE run = ? AND state IN (?, ?)",
            (now, self._run, ChunkState.IN_DOUBT, ChunkState.ACKNOWLEDGED),
        )

    def resend(self, attempts: int) -> int:
        """Plan doubtful chunks again of which nobody appeared; at most `attempts` times each.

        Doubtful imports are looked for in another way.

        Returns:
            Number of chunks planned again.
        """
        return self._db.execute(
            "UPDATE chunks SET state = ?"
            " WHERE run = ? AND state = ? AND attempt < ? AND route <> 'import' AND EXISTS"
            f" (SELECT 1 FROM rows {BY_CHUNK}"
            "  WHERE rows.run = chunks.run AND rows.chunk = chunks.chunk AND rows.verdict IS NULL)",
            (ChunkState.PLANNED, self._run, ChunkState.IN_DOUBT, attempts),
        ).rowcount

    def conclude(self, *, anybody_left: bool) -> None:
        """Give calls of which nothing more can be learnt their final state.

        Args:
            anybody_left: Whether people may still be awaited; their call keeps its state.
        """
        nobody_left = (
            f" AND NOT EXISTS (SELECT 1 FROM rows {BY_CHUNK}"
            "  WHERE rows.run = chunks.run AND rows.chunk = chunks.chunk"
            f"  AND (rows.verdict IS NULL OR rows.verdict = '{Verdict.NOT_VISIBLE_YET}'))"
        )
        self._db.execute(
            "UPDATE chunks SET state = CASE WHEN state = ? THEN ?"
            "  WHEN EXISTS (SELECT 1 FROM imports WHERE imports.run = chunks.run"
            "  AND imports.chunk = chunks.chunk"
            "  AND imports.status IN ('rejected', 'canceled')) THEN ? ELSE ? END"
            f" WHERE run = ? AND state IN (?, ?){nobody_left if anybody_left else ''}",
            (
                ChunkState.IN_DOUBT,
                ChunkState.UNKNOWN,
                ChunkState.FAILED,
                ChunkState.VERIFIED,
                self._run,
                ChunkState.ACKNOWLEDGED,
                ChunkState.IN_DOUBT,
            ),
        )

    def last_sent(self) -> float:
        """Time of the last intent to send, in seconds since the epoch; 0 if nothing was sent."""
        (last,) = self._db.execute(
            "SELECT coalesce(max(sent), 0) FROM chunks WHERE run = ?", (self._run,)
        ).fetchone()
        return float(last)
