"""The ledger: one SQLite file a list that knows every row, every call and every answer.

Rules that make a crash harmless: the intent to send is durable before the first byte, the answer
is durable before the next step, what was sent without a durable answer is in doubt, and a verdict
never changes.  One process writes, held by a lock of the operating system that ends with it.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple, Self

from prefect_getresponse.client.errors import GetResponseError
from prefect_getresponse.contact_import import import_book, removals
from prefect_getresponse.contact_import.verdicts import Verdict

_SCHEMA = """
CREATE TABLE IF NOT EXISTS runs (
    run INTEGER PRIMARY KEY, run_id TEXT NOT NULL UNIQUE, job TEXT NOT NULL, source TEXT NOT NULL,
    fingerprint TEXT NOT NULL, phase TEXT NOT NULL, started REAL NOT NULL, ended REAL,
    rows_read INTEGER NOT NULL DEFAULT 0, facts TEXT NOT NULL DEFAULT '{}'
);
CREATE TABLE IF NOT EXISTS rows (
    run INTEGER NOT NULL, row INTEGER NOT NULL, key TEXT NOT NULL, contact TEXT, hash TEXT,
    action TEXT, steps TEXT, contact_id TEXT, chunk INTEGER, verdict TEXT, reason TEXT, detail TEXT,
    PRIMARY KEY (run, row)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS rows_by_chunk ON rows (run, chunk) WHERE chunk IS NOT NULL;
CREATE TABLE IF NOT EXISTS chunks (
    run INTEGER NOT NULL, chunk INTEGER NOT NULL, route TEXT NOT NULL, state TEXT NOT NULL,
    attempt INTEGER NOT NULL DEFAULT 0, sent REAL, PRIMARY KEY (run, chunk)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS listed (
    run INTEGER NOT NULL, standing TEXT NOT NULL, key TEXT NOT NULL, contact_id TEXT, name TEXT,
    PRIMARY KEY (run, standing, key)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS outcomes (
    key TEXT PRIMARY KEY, hash TEXT NOT NULL, state TEXT NOT NULL, reason TEXT, at REAL NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS calls (
    run INTEGER NOT NULL, endpoint TEXT NOT NULL, made INTEGER NOT NULL,
    PRIMARY KEY (run, endpoint)
) WITHOUT ROWID;
PRAGMA user_version = 1;
"""
_INDEX_BY_KEY = "CREATE INDEX IF NOT EXISTS rows_by_key ON rows (run, key, row);"
_FINAL_PHASES = ("finished", "interrupted")
_AWAITED = (
    "rows.verdict IS NULL AND (rows.action = 'await' OR rows.action = 'add' AND EXISTS"
    " (SELECT 1 FROM chunks AS sent WHERE sent.run = rows.run AND sent.chunk = rows.chunk"
    "  AND sent.state IN ('acknowledged', 'in_doubt')))"
)
"""Rows that are sent and not seen on the list yet."""


class Phase(StrEnum):
    """How far a run has come."""

    READING = "reading"
    PLANNING = "planning"
    SENDING = "sending"
    FINISHED = "finished"
    INTERRUPTED = "interrupted"


class Action(StrEnum):
    """What is to be done about a row that has no verdict yet."""

    ADD = "add"
    UPDATE = "update"
    COMPARE = "compare"
    """On the list; whether it differs must be read from the contact itself."""
    MERGE = "merge"
    """On the list; sent by an import that sets what the row fills, whether it differs or not."""
    AWAIT = "await"
    """Sent by an earlier run and not seen on the list since."""


class ChunkState(StrEnum):
    """Where a call of the run stands."""

    PLANNED = "planned"
    SENT = "sent"
    ACKNOWLEDGED = "acknowledged"
    IN_DOUBT = "in_doubt"
    CLOSED = "closed"
    """Nothing more can come of it: answered for good, or split into calls for single rows."""


class Standing(StrEnum):
    """How GetResponse knows a person on the list."""

    SUBSCRIBED = "subscribed"
    UNCONFIRMED = "unconfirmed"
    REMOVED = "removed"


class LedgerBusy(GetResponseError):
    """Another process is importing into the same list."""

    default_advice = "Wait until it has ended, then run again."


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a job over one state of its source."""

    number: int
    run_id: str
    phase: Phase
    fingerprint: str
    started: float
    rows_read: int
    facts: dict[str, Any]


class NewRow(NamedTuple):
    """A row as it was read."""

    row: int
    key: str
    contact: str | None
    hash: str | None
    verdict: str | None
    reason: str | None


class Person(NamedTuple):
    """An undecided row, with all that is known about the person."""

    row: int
    key: str
    contact: str
    hash: str
    listed_id: str | None
    listed_name: str | None
    unconfirmed: str | None
    removed_for: str | None
    last_hash: str | None
    last_state: str | None
    last_reason: str | None


class Decision(NamedTuple):
    """What the plan says about a row."""

    row: int
    action: str | None = None
    verdict: str | None = None
    reason: str | None = None
    contact_id: str | None = None
    steps: str | None = None
    detail: str | None = None


class RowToSend(NamedTuple):
    """A row on its way out."""

    row: int
    key: str
    contact: str
    contact_id: str | None
    steps: str | None


class Chunk(NamedTuple):
    """One call of the run, or the few calls that update one contact."""

    chunk: int
    route: str
    attempt: int


@contextmanager
def writer_lock(path: Path) -> Generator[None]:
    """Hold the right to write to a ledger; the operating system frees it when the process ends.

    Args:
        path: Path of the ledger.

    Raises:
        LedgerBusy: Another process or run holds it.
    """
    # SQLite locks files on every platform; an empty database beside the ledger is only a lock.
    beside = path.with_suffix(".lock")
    beside.touch(mode=0o600)
    lock = sqlite3.connect(beside, timeout=0, isolation_level=None)
    try:
        lock.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError:
        lock.close()
        raise LedgerBusy("another import into this list is running") from None
    try:
        yield
    finally:
        lock.close()


def anything_sent(path: Path, run_id: str) -> bool:
    """Whether a run has begun to send.

    Args:
        path: Path of the ledger.
        run_id: The run.
    """
    with Ledger(path) as ledger:
        return ledger.last_sent(ledger.run(run_id).number) > 0


class Ledger:
    """A connection to the ledger of one list.

    Args:
        path: Path of the file; created for its owner only.
    """

    def __init__(self, path: Path) -> None:
        if not path.exists():
            path.touch(mode=0o600)
        self.path = path
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.executescript(_SCHEMA + import_book.SCHEMA + removals.SCHEMA + _INDEX_BY_KEY)

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def transaction(self) -> Generator[None]:
        """Make everything inside durable at once, or not at all."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    # Runs ----------------------------------------------------------------------------------

    def unfinished(self, job: str) -> Run | None:
        """The run of a job that was begun and not ended."""
        return self._run(
            "SELECT * FROM runs WHERE job = ? AND phase NOT IN (?, ?) ORDER BY run DESC LIMIT 1",
            (job, *_FINAL_PHASES),
        )

    def run(self, run_id: str) -> Run:
        """A run by its id."""
        found = self._run("SELECT * FROM runs WHERE run_id = ?", (run_id,))
        if found is None:
            raise KeyError(run_id)
        return found

    def _run(self, query: str, values: Sequence[object]) -> Run | None:
        found = self._db.execute(query, values).fetchone()
        if found is None:
            return None
        number, run_id, _job, _source, fingerprint, phase, started, _ended, rows_read, facts = found
        facts = json.loads(facts)
        return Run(number, run_id, Phase(phase), fingerprint, started, rows_read, facts)

    def begin(self, run_id: str, job: str, source: str, now: float) -> Run:
        """Begin a run; rows of ended runs are forgotten, what became of the people is kept."""
        with self.transaction():
            for table in ("rows", "chunks", "listed", "removals", "calls"):
                self._db.execute(
                    f"DELETE FROM {table} WHERE run IN"
                    " (SELECT run FROM runs WHERE phase IN (?, ?))",
                    _FINAL_PHASES,
                )
            self._db.execute(
                "INSERT INTO runs (run_id, job, source, fingerprint, phase, started)"
                " VALUES (?, ?, ?, '', ?, ?)",
                (run_id, job, source, Phase.READING, now),
            )
        return self.run(run_id)

    def enter(self, run: int, phase: Phase) -> None:
        """Say how far the run has come."""
        self._db.execute("UPDATE runs SET phase = ? WHERE run = ?", (phase, run))

    def end(self, run: int, phase: Phase, now: float) -> None:
        """End a run for good."""
        self._db.execute("UPDATE runs SET phase = ?, ended = ? WHERE run = ?", (phase, now, run))

    def add_facts(self, run: int, facts: Mapping[str, Any]) -> None:
        """Remember facts of the run for its report."""
        self._db.execute(
            "UPDATE runs SET facts = json_patch(facts, ?) WHERE run = ?", (json.dumps(facts), run)
        )

    def add_calls(self, run: int, calls: Mapping[str, int]) -> None:
        """Add calls made to the run's account of calls, by endpoint."""
        self._db.executemany(
            "INSERT INTO calls VALUES (?, ?, ?)"
            " ON CONFLICT (run, endpoint) DO UPDATE SET made = made + excluded.made",
            [(run, endpoint, made) for endpoint, made in calls.items()],
        )

    def calls(self, run: int) -> dict[str, int]:
        """Calls of the run by endpoint."""
        return dict(
            self._db.execute(
                "SELECT endpoint, made FROM calls WHERE run = ? ORDER BY endpoint", (run,)
            )
        )

    # Reading -------------------------------------------------------------------------------

    def put_off_index(self) -> None:
        """Make adding many rows twice as fast; `mark_duplicates`, or opening again, ends it.

        Addresses come in no order, so that each would change another page of the index.
        """
        self._db.execute("DROP INDEX IF EXISTS rows_by_key")

    def add_rows(self, run: int, rows: Iterable[NewRow]) -> int:
        """Add rows as they were read, and return their number."""
        return self._db.executemany(
            "INSERT INTO rows (run, row, key, contact, hash, verdict, reason)"
            f" VALUES ({run}, ?, ?, ?, ?, ?, ?)",
            rows,
        ).rowcount

    def mark_duplicates(self, run: int) -> None:
        """Let the last row of each address win whole."""
        self._db.execute(_INDEX_BY_KEY)
        self._db.execute(
            "UPDATE rows SET verdict = ?, reason = 'later_row_wins'"
            " WHERE run = ? AND key <> '' AND EXISTS (SELECT 1 FROM rows AS later"
            " WHERE later.run = rows.run AND later.key = rows.key AND later.row > rows.row)",
            (Verdict.DUPLICATE, run),
        )

    def set_read(self, run: int, rows_read: int, fingerprint: str) -> None:
        """Say how many rows the source had, and which state of it that was."""
        self._db.execute(
            "UPDATE runs SET rows_read = ?, fingerprint = ? WHERE run = ?",
            (rows_read, fingerprint, run),
        )

    def count_rows(self, run: int) -> int:
        """Number of rows of the run."""
        (rows,) = self._db.execute("SELECT count(*) FROM rows WHERE run = ?", (run,)).fetchone()
        return int(rows)

    # Planning ------------------------------------------------------------------------------

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

    def conclude_importing(self, *, all_arrived: bool) -> None:
        """An import is over whose people a run could not await.

        Args:
            all_arrived: Whether it has brought all of them in; else they are decided about anew.
        """
        if all_arrived:
            self._db.execute("UPDATE outcomes SET state = 'seen' WHERE state = 'importing'")
        else:
            self._db.execute("DELETE FROM outcomes WHERE state = 'importing'")

    def count_listed(self, run: int) -> int:
        """Number of confirmed people of the list."""
        (people,) = self._db.execute(
            "SELECT count(*) FROM listed WHERE run = ? AND standing = 'subscribed'", (run,)
        ).fetchone()
        return int(people)

    def add_listed(
        self,
        run: int,
        standing: Standing,
        people: Iterable[tuple[str, str | None, str | None]],
    ) -> None:
        """Remember people of the list: comparison key, contact id, and name (reason if removed)."""
        self._db.executemany(
            "INSERT OR REPLACE INTO listed (run, standing, key, contact_id, name)"
            f" VALUES ({run}, '{standing}', ?, ?, ?)",
            people,
        )

    def undecided(self, run: int, after: int, size: int) -> list[Person]:
        """Rows without verdict and action, with what is known about each person.

        Args:
            run: Number of the run.
            after: Row to start behind.
            size: Most rows to return.
        """
        found = self._db.execute(
            "SELECT rows.row, rows.key, rows.contact, rows.hash, subscribed.contact_id,"
            " subscribed.name, unconfirmed.key, removed.name,"
            " outcomes.hash, outcomes.state, outcomes.reason FROM rows"
            " LEFT JOIN listed AS subscribed ON subscribed.run = rows.run"
            "  AND subscribed.standing = 'subscribed' AND subscribed.key = rows.key"
            " LEFT JOIN listed AS unconfirmed ON unconfirmed.run = rows.run"
            "  AND unconfirmed.standing = 'unconfirmed' AND unconfirmed.key = rows.key"
            " LEFT JOIN listed AS removed ON removed.run = rows.run"
            "  AND removed.standing = 'removed' AND removed.key = rows.key"
            " LEFT JOIN outcomes ON outcomes.key = rows.key"
            " WHERE rows.run = ? AND rows.row > ? AND rows.verdict IS NULL AND rows.action IS NULL"
            " ORDER BY rows.row LIMIT ?",
            (run, after, size),
        )
        return [Person(*row) for row in found]

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

    # Sending -------------------------------------------------------------------------------

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

    def recover(self, run: int, harmless: str) -> None:
        """After a crash: what was sent without an answer is in doubt.

        Args:
            run: Number of the run.
            harmless: Route whose calls may be sent again, as they set absolute values.
        """
        self._db.execute(
            "UPDATE chunks SET state = CASE WHEN route = ? THEN ? ELSE ? END"
            " WHERE run = ? AND state = ?",
            (harmless, ChunkState.PLANNED, ChunkState.IN_DOUBT, run, ChunkState.SENT),
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
                "SELECT row, key, contact, contact_id, steps FROM rows"
                " WHERE run = ? AND chunk = ? AND verdict IS NULL ORDER BY row",
                (run, chunk),
            )
        ]

    def intend(self, run: int, chunk: int, now: float) -> None:
        """Make the intent to send a chunk durable, before its first byte."""
        self._db.execute(
            "UPDATE chunks SET state = ?, attempt = attempt + 1, sent = ?"
            " WHERE run = ? AND chunk = ?",
            (ChunkState.SENT, now, run, chunk),
        )

    def retract(self, run: int, chunk: int, attempt: int) -> None:
        """Plan a chunk again whose call was provably not executed: it counts as no attempt.

        Args:
            run: Number of the run.
            chunk: The chunk.
            attempt: Attempts before that call.
        """
        self._db.execute(
            "UPDATE chunks SET state = ?, attempt = ? WHERE run = ? AND chunk = ?",
            (ChunkState.PLANNED, attempt, run, chunk),
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
            state = ChunkState.PLANNED if kept else ChunkState.CLOSED
            self._db.execute(
                "UPDATE chunks SET state = ? WHERE run = ? AND chunk = ?", (state, run, chunk)
            )

    def imports(self, run: int) -> import_book.ImportBook:
        """What is known of the run's imports."""
        return import_book.ImportBook(self._db, run)

    def removals(self, run: int) -> removals.Removals:
        """Who is to be removed from the list by the run."""
        return removals.Removals(self._db, run)

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
                "INSERT INTO chunks (run, chunk, route, state)"
                " SELECT run, (SELECT max(chunk) + 1 FROM chunks WHERE run = ?), route, ?"
                " FROM chunks WHERE run = ? AND chunk = ? RETURNING chunk",
                (run, ChunkState.PLANNED, run, chunk),
            ).fetchone()
            self._db.execute(
                "UPDATE rows SET chunk = ? WHERE run = ? AND chunk = ? AND row >= ?",
                (new, run, chunk, rows[len(rows) // 2]),
            )
            self._db.execute(
                "UPDATE chunks SET state = ? WHERE run = ? AND chunk = ?",
                (ChunkState.PLANNED, run, chunk),
            )
        return True

    # Verifying -----------------------------------------------------------------------------

    def last_sent(self, run: int) -> float:
        """Time of the last intent to send, in seconds since the epoch; 0 if nothing was sent."""
        (last,) = self._db.execute(
            "SELECT coalesce(max(sent), 0) FROM chunks WHERE run = ?", (run,)
        ).fetchone()
        return float(last)

    def count_awaited(self, run: int) -> int:
        """Number of rows that are sent and not seen on the list yet."""
        (rows,) = self._db.execute(
            f"SELECT count(*) FROM rows WHERE run = ? AND {_AWAITED}", (run,)
        ).fetchone()
        return int(rows)

    def awaited_since(self, run: int) -> float:
        """When the last of the awaited rows was sent, in seconds since the epoch."""
        (sent,) = self._db.execute(
            "SELECT max(coalesce(chunks.sent, outcomes.at, 0)) FROM rows"
            " LEFT JOIN chunks ON chunks.run = rows.run AND chunks.chunk = rows.chunk"
            " LEFT JOIN outcomes ON outcomes.key = rows.key"
            f" WHERE rows.run = ? AND {_AWAITED}",
            (run,),
        ).fetchone()
        return float(sent or 0)

    def settle_visible(self, run: int, standing: Standing, verdict: Verdict) -> None:
        """Give awaited rows whose person is on the list now their verdict.

        Args:
            run: Number of the run.
            standing: How the person is on the list.
            verdict: For people that this run has sent; those of an earlier run are unchanged.
        """
        earlier = Verdict.UNCHANGED if verdict is Verdict.ADDED else verdict
        self._db.execute(
            "UPDATE rows SET verdict = CASE action WHEN 'await' THEN ? ELSE ? END"
            f" WHERE run = ? AND {_AWAITED} AND EXISTS (SELECT 1 FROM listed"
            "  WHERE listed.run = rows.run AND standing = ? AND listed.key = rows.key)",
            (earlier, verdict, run, standing),
        )

    def settle_awaited(
        self, run: int, state: ChunkState | Action, verdict: Verdict, reason: str
    ) -> None:
        """Give rows that did not appear their verdict.

        Args:
            run: Number of the run.
            state: State of their chunk, or `Action.AWAIT` for those that an earlier run had sent.
            verdict: What became of them.
            reason: Why.
        """
        self._db.execute(
            f"UPDATE rows SET verdict = ?, reason = ? WHERE run = ? AND {_AWAITED}"
            " AND coalesce((SELECT state FROM chunks WHERE chunks.run = rows.run"
            "  AND chunks.chunk = rows.chunk), action) = ?",
            (verdict, reason, run, state),
        )

    def acknowledge_visible(self, run: int) -> None:
        """A person of a doubtful chunk is on the list: the whole chunk had arrived."""
        self._db.execute(
            "UPDATE chunks SET state = ? WHERE run = ? AND state = ? AND EXISTS"
            " (SELECT 1 FROM rows JOIN listed ON listed.run = rows.run AND listed.key = rows.key"
            "  AND listed.standing IN ('subscribed', 'unconfirmed')"
            "  WHERE rows.run = chunks.run AND rows.chunk = chunks.chunk)",
            (ChunkState.ACKNOWLEDGED, run, ChunkState.IN_DOUBT),
        )

    def resend(self, run: int, attempts: int) -> int:
        """Plan doubtful chunks again of which nobody appeared; at most `attempts` times each.

        Doubtful imports are looked for in another way.

        Returns:
            Number of chunks planned again.
        """
        return self._db.execute(
            "UPDATE chunks SET state = ?"
            " WHERE run = ? AND state = ? AND attempt < ? AND route <> 'import'",
            (ChunkState.PLANNED, run, ChunkState.IN_DOUBT, attempts),
        ).rowcount

    def settle(self, run: int, decisions: Iterable[Decision]) -> None:
        """Give rows their verdicts; one that is there stays."""
        self._db.executemany(
            "UPDATE rows SET verdict = ?, reason = ?, detail = coalesce(?, detail)"
            f" WHERE run = {run} AND row = ? AND verdict IS NULL",
            [(item.verdict, item.reason, item.detail, item.row) for item in decisions],
        )

    def remember_outcomes(self, run: int, now: float) -> None:
        """Keep what became of the people, so that the next run sends only what has changed."""
        at_work = "reason IS 'import_at_work'"
        for_the_row = "reason NOT IN ('import_refused', 'import_rejected', 'import_canceled')"
        states = {
            "seen": ("1", (Verdict.ADDED, Verdict.UPDATED, Verdict.UNCHANGED)),
            "sent": (
                f"NOT ({at_work})",
                (Verdict.NOT_VISIBLE_YET, Verdict.AWAITING_CONFIRMATION),
            ),
            "importing": (at_work, (Verdict.NOT_VISIBLE_YET,)),
            "rejected": (for_the_row, (Verdict.REJECTED,)),
        }
        with self.transaction():
            for state, (condition, verdicts) in states.items():
                marks = ", ".join("?" * len(verdicts))
                self._db.execute(
                    "INSERT INTO outcomes (key, hash, state, reason, at)"
                    " SELECT key, hash, ?, reason, ? FROM rows"
                    f" WHERE run = ? AND contact IS NOT NULL AND {condition}"
                    f" AND verdict IN ({marks})"
                    " ON CONFLICT (key) DO UPDATE SET at = CASE"
                    "   WHEN outcomes.hash = excluded.hash AND outcomes.state = excluded.state"
                    "   THEN outcomes.at ELSE excluded.at END,"
                    "  hash = excluded.hash, state = excluded.state, reason = excluded.reason",
                    (state, now, run, *verdicts),
                )

    # Reporting -----------------------------------------------------------------------------

    def tally(self, run: int, undecided: Verdict) -> list[tuple[str, str | None, int]]:
        """Rows by verdict and reason.

        Args:
            run: Number of the run.
            undecided: What rows without a verdict count as: `planned` or `unknown`.
        """
        return list(
            self._db.execute(
                "SELECT coalesce(rows.verdict, ?), CASE WHEN rows.verdict IS NOT NULL THEN reason"
                " WHEN ? THEN NULL WHEN chunks.state IN ('sent', 'in_doubt', 'acknowledged')"
                " THEN 'in_doubt' ELSE 'not_sent' END AS why, count(*)"
                " FROM rows LEFT JOIN chunks ON chunks.run = rows.run AND chunks.chunk = rows.chunk"
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
            verdicts: The verdicts.
            undecided: What rows without a verdict count as: `planned` or `unknown`.
            limit: Most rows to return; -1 for all.
        """
        marks = ", ".join("?" * len(verdicts))
        yield from self._db.execute(
            "SELECT row, coalesce(verdict, ?) AS verdict_now, coalesce(reason, ''), key,"
            " coalesce(detail, '') FROM rows"
            f" WHERE run = ? AND verdict_now IN ({marks})"
            " ORDER BY row LIMIT ?",
            (undecided, run, *verdicts, limit),
        )


def ledger_path(folder: Path, account: str, endpoint: str, campaign: str) -> Path:
    """Path of the ledger of one list of one account.

    Args:
        folder: State folder.
        account: Name of the account.
        endpoint: Host and port of the API.
        campaign: Id of the list.
    """
    host = "".join(char if char.isalnum() else "-" for char in endpoint)
    return folder / f"{account}-{host}-{campaign}.sqlite"
