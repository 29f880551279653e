"""Chunks: the calls of a run, cut once, each intent and each answer durable."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from prefect_getresponse.contact_import.ledger.records import (
    BY_CHUNK,
    Action,
    Chunk,
    ChunkState,
    Decision,
    RowToSend,
)
from prefect_getresponse.contact_import.ledger.rows import Rows
from prefect_getresponse.contact_import.verdicts import Verdict


class Chunks(Rows):
    """The calls of a run."""

    def cut(self, run: int, action: Action, route: str, size: int) -> None:
        """Cut open rows of an action into chunks, once; the cut never changes on resume."""
        with self.transaction():
            self._cut(run, action, route, size)

    def _cut(self, run: int, action: Action, route: str, size: int) -> None:
        (first,) = self._db.execute(
            "SELECT coalesce(max(chunk), 0) + 1 FROM chunks WHERE run = ?", (run,)
        ).fetchone()
        self._db.execute(
            "UPDATE rows SET chunk = numbered.chunk FROM"
            " (SELECT row, ? + (row_number() OVER (ORDER BY row) - 1) / ? AS chunk FROM rows"
            "  WHERE run = ? AND action = ? AND verdict IS NULL AND chunk IS NULL) AS numbered"
            " WHERE rows.run = ? AND rows.row = numbered.row",
            (first, size, run, action, run),
        )
        self._db.execute(
            "INSERT INTO chunks (run, chunk, route, state)"
            " SELECT DISTINCT run, chunk, ?, ? FROM rows WHERE run = ? AND chunk >= ?",
            (route, ChunkState.PLANNED, run, first),
        )

    def split(self, run: int, chunk: int, alone: Sequence[int], route: str) -> None:
        """Take rows out of a refused chunk and plan it again without them.

        Args:
            run: Number of the run.
            chunk: The chunk.
            alone: Rows to be sent one by one; a chunk that keeps none is closed.
            route: Route for those rows.
        """
        with self.transaction():
            self._db.executemany(
                f"UPDATE rows SET chunk = NULL WHERE run = {run} AND row = ? AND verdict IS NULL",
                [(row,) for row in alone],
            )
            self._cut(run, Action.ADD, route, 1)
            kept = self.chunk_rows(run, chunk)
            self._refused(run, chunk, ChunkState.PLANNED if kept else ChunkState.SPLIT)

    def divert(self, run: int, chunk: int, rows: Sequence[int], *, one_by_one: bool) -> None:
        """Take rows out of a refused import, to go by calls that answer for fewer of them.

        People of the list are compared first: what differs is then sent alone.

        Args:
            run: Number of the run.
            chunk: The import.
            rows: Rows to take out; an import that keeps none is closed.
            one_by_one: Whether new people go one a call, and not in batches.
        """
        with self.transaction():
            self._db.executemany(
                "UPDATE rows SET chunk = NULL,"
                " steps = CASE action WHEN 'merge' THEN NULL ELSE steps END,"
                " action = CASE action WHEN 'merge' THEN 'compare' ELSE action END"
                f" WHERE run = {run} AND row = ? AND verdict IS NULL",
                [(row,) for row in rows],
            )
            route, size = ("contacts", 1) if one_by_one else ("batch", 1_000)
            self._cut(run, Action.ADD, route, size)
            kept = self.chunk_rows(run, chunk)
            self._refused(run, chunk, ChunkState.PLANNED if kept else ChunkState.SPLIT)

    def withdraw(self, run: int, decisions: Sequence[Decision]) -> None:
        """Take rows out of calls that are still to be made, with their verdicts."""
        with self.transaction():
            self.settle(run, decisions)
            self._db.executemany(
                f"UPDATE rows SET chunk = NULL WHERE run = {run} AND row = ?",
                [(each.row,) for each in decisions],
            )
            self._db.execute(
                "UPDATE chunks SET state = ? WHERE run = ? AND state = ? AND NOT EXISTS"
                " (SELECT 1 FROM rows WHERE rows.run = chunks.run AND rows.chunk = chunks.chunk)",
                (ChunkState.SPLIT, run, ChunkState.PLANNED),
            )

    def halve(self, run: int, chunk: int) -> bool:
        """Plan a chunk that was too large again, as two; False if it is a single row.

        Args:
            run: Number of the run.
            chunk: The chunk.
        """
        rows = [
            row
            for (row,) in self._db.execute(
                "SELECT row FROM rows WHERE run = ? AND chunk = ? AND verdict IS NULL ORDER BY row",
                (run, chunk),
            )
        ]
        if len(rows) < 2:
            return False
        with self.transaction():
            (new,) = self._db.execute(
                "INSERT INTO chunks (run, chunk, route, state, attempt, begun)"
                " SELECT run, (SELECT max(chunk) + 1 FROM chunks WHERE run = ?), route, ?,"
                " attempt, begun FROM chunks WHERE run = ? AND chunk = ? RETURNING chunk",
                (run, ChunkState.PLANNED, run, chunk),
            ).fetchone()
            self._db.execute(
                "UPDATE rows SET chunk = ? WHERE run = ? AND chunk = ? AND row >= ?",
                (new, run, chunk, rows[len(rows) // 2]),
            )
            for half in (chunk, new):
                self._refused(run, half, ChunkState.PLANNED)
        return True

    def _refused(self, run: int, chunk: int, state: ChunkState) -> None:
        """Go on with a chunk whose last call was provably not executed: it counts as no attempt.

        Whoever came before it is sent again has come by earlier, doubtful tries, or not by us.
        """
        self._db.execute(
            "UPDATE chunks SET state = ?, attempt = max(attempt - 1, 0),"
            " begun = CASE WHEN attempt > 1 THEN begun END WHERE run = ? AND chunk = ?",
            (state, run, chunk),
        )

    def recover(self, run: int, harmless: str, now: float) -> None:
        """After a crash: what was sent without an answer is in doubt.

        Args:
            run: Number of the run.
            harmless: Route whose calls may be sent again, as they set absolute values.
            now: Seconds since the epoch; calls of which the time is not known count as sent now.
        """
        self._db.execute(
            "UPDATE chunks SET sent = coalesce(sent, ?), begun = coalesce(begun,"
            " (SELECT started FROM runs WHERE runs.run = chunks.run)),"
            " state = CASE route WHEN ? THEN ? ELSE ? END WHERE run = ? AND state = ?",
            (now, harmless, ChunkState.PLANNED, ChunkState.IN_DOUBT, run, ChunkState.SENT),
        )

    def wait_anew(self, run: int, now: float) -> None:
        """Let all waits for what was sent begin now, as nobody can say when it was.

        Args:
            run: Number of the run.
            now: Seconds since the epoch.
        """
        self._db.execute(
            "UPDATE chunks SET sent = ? WHERE run = ? AND state IN (?, ?)",
            (now, run, ChunkState.IN_DOUBT, ChunkState.ACKNOWLEDGED),
        )

    def chunks(self, run: int, state: ChunkState) -> list[Chunk]:
        """Chunks in a state, in order, without those that go by import."""
        return [
            Chunk(*row)
            for row in self._db.execute(
                "SELECT chunk, route, attempt FROM chunks"
                " WHERE run = ? AND state = ? AND route <> 'import' ORDER BY chunk",
                (run, state),
            )
        ]

    def count_chunks(self, run: int) -> dict[str, int]:
        """Number of chunks by route."""
        return dict(
            self._db.execute(
                "SELECT route, count(*) FROM chunks WHERE run = ? GROUP BY route", (run,)
            )
        )

    def count_planned(self, run: int) -> int:
        """Number of rows in planned chunks."""
        (rows,) = self._db.execute(
            "SELECT count(*) FROM rows JOIN chunks USING (run, chunk)"
            " WHERE run = ? AND rows.verdict IS NULL AND chunks.state = ?",
            (run, ChunkState.PLANNED),
        ).fetchone()
        return int(rows)

    def chunk_rows(self, run: int, chunk: int) -> list[RowToSend]:
        """Open rows of a chunk, in order."""
        return [
            RowToSend(*row)
            for row in self._db.execute(
                f"SELECT row, key, contact, contact_id, steps FROM rows {BY_CHUNK}"
                " WHERE run = ? AND chunk = ? AND verdict IS NULL ORDER BY row",
                (run, chunk),
            )
        ]

    def intend(self, run: int, chunk: int, now: float, *, is_harmless: bool = False) -> None:
        """Make the intent to send a chunk durable, before its first byte.

        Args:
            run: Number of the run.
            chunk: The chunk.
            now: Seconds since the epoch.
            is_harmless: Whether it may be made again, so that it is no harm if it is forgotten.
        """
        with self.transaction():
            self._db.execute(
                "UPDATE chunks SET state = ?, attempt = attempt + 1, sent = ?,"
                " begun = coalesce(begun, ?) WHERE run = ? AND chunk = ?",
                (ChunkState.SENT, now, now, run, chunk),
            )
            if not is_harmless:
                self.next_generation()
        if not is_harmless:
            self.secure()

    def retract(self, run: int, chunk: int, attempt: int) -> None:
        """Plan a chunk again whose call was provably not executed: it counts as no attempt.

        Args:
            run: Number of the run.
            chunk: The chunk.
            attempt: Attempts before that call.
        """
        self._db.execute(
            "UPDATE chunks SET state = ?, attempt = ?,"
            " begun = CASE ? WHEN 0 THEN NULL ELSE begun END WHERE run = ? AND chunk = ?",
            (ChunkState.PLANNED, attempt, attempt, run, chunk),
        )

    def answer(
        self,
        run: int,
        chunk: int,
        state: ChunkState,
        now: float,
        decisions: Iterable[Decision] = (),
    ) -> None:
        """Make the answer to a chunk durable, with the verdicts it gives.

        Args:
            run: Number of the run.
            chunk: The chunk.
            state: What the answer means for it.
            now: Seconds since the epoch; waiting for its people counts from here.
            decisions: Verdicts of its rows, if the answer gives them.
        """
        with self.transaction():
            self.set_state(run, chunk, state, now)
            self.settle(run, decisions)

    def set_state(self, run: int, chunk: int, state: ChunkState, now: float) -> None:
        """Say where a chunk stands; waiting for its people counts from now.

        Args:
            run: Number of the run.
            chunk: The chunk.
            state: Where it stands.
            now: Seconds since the epoch.
        """
        self._db.execute(
            "UPDATE chunks SET state = ?, sent = ? WHERE run = ? AND chunk = ?",
            (state, now, run, chunk),
        )

    def resend(self, run: int, attempts: int) -> int:
        """Plan doubtful chunks again of which nobody appeared; at most `attempts` times each.

        Doubtful imports are looked for in another way.

        Returns:
            Number of chunks planned again.
        """
        return self._db.execute(
            "UPDATE chunks SET state = ?"
            " WHERE run = ? AND state = ? AND attempt < ? AND route <> 'import' AND EXISTS"
            " (SELECT 1 FROM rows WHERE rows.run = chunks.run AND rows.chunk = chunks.chunk"
            "  AND rows.verdict IS NULL)",
            (ChunkState.PLANNED, run, ChunkState.IN_DOUBT, attempts),
        ).rowcount

    def conclude(self, run: int) -> None:
        """Give calls of which nothing more can be learnt their final state.

        A call whose people are still awaited keeps its state.
        """
        self._db.execute(
            "UPDATE chunks SET state = CASE WHEN state = ? THEN ?"
            "  WHEN EXISTS (SELECT 1 FROM imports WHERE imports.run = chunks.run"
            "  AND imports.chunk = chunks.chunk"
            "  AND imports.status IN ('rejected', 'canceled')) THEN ? ELSE ? END"
            " WHERE run = ? AND state IN (?, ?) AND NOT EXISTS"
            f" (SELECT 1 FROM rows {BY_CHUNK}"
            "  WHERE rows.run = chunks.run AND rows.chunk = chunks.chunk"
            "  AND (rows.verdict IS NULL OR rows.verdict = ?))",
            (
                ChunkState.IN_DOUBT,
                ChunkState.UNKNOWN,
                ChunkState.FAILED,
                ChunkState.VERIFIED,
                run,
                ChunkState.ACKNOWLEDGED,
                ChunkState.IN_DOUBT,
                Verdict.NOT_VISIBLE_YET,
            ),
        )

    def last_sent(self, run: int) -> float:
        """Time of the last intent to send, in seconds since the epoch; 0 if nothing was sent."""
        (last,) = self._db.execute(
            "SELECT coalesce(max(sent), 0) FROM chunks WHERE run = ?", (run,)
        ).fetchone()
        return float(last)
