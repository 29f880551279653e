"""What the ledger knows of imports: chunks of the route `import`, their states and counters."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple, cast

from prefect_getresponse.contact_import.evidence import PROVES_OURS
from prefect_getresponse.contact_import.ledger.books.book import Book, exists
from prefect_getresponse.contact_import.ledger.many_rows import changing_rows, contacts
from prefect_getresponse.contact_import.ledger.records import (
    BY_CHUNK,
    CONTACTS_TOGETHER,
    Action,
    ChunkState,
    Contacts,
)
from prefect_getresponse.contact_import.verdicts import Verdict

SCHEMA = """
CREATE TABLE IF NOT EXISTS imports (
    run INTEGER NOT NULL, chunk INTEGER NOT NULL, import_id TEXT NOT NULL, status TEXT NOT NULL,
    counters TEXT NOT NULL DEFAULT '{}', PRIMARY KEY (run, chunk)
) WITHOUT ROWID;
"""
ACTIVE = frozenset({"uploaded", "to_review", "review", "approved"})
"""States of an import that GetResponse is not done with."""
FAILED = frozenset({"rejected", "canceled"})
OLDEST = 7 * 86_400.0
"""Seconds after which an import that is still running is not waited for."""
GONE = "gone"
"""Our word for an import of which GetResponse knows nothing any more."""
_DONE = frozenset({"finished", GONE}) | FAILED


@dataclass(frozen=True)
class ImportState:
    """An import as GetResponse described it last.

    Attributes:
        import_id: Its id.
        status: Its status in GetResponse's words.
        counters: Its counters, those of errors included.
    """

    import_id: str
    status: str = "uploaded"
    counters: dict[str, int] = field(default_factory=dict[str, int])

    @classmethod
    def of(cls, answer: Any) -> ImportState | None:
        """Read an answer of the API; None if it names no import.

        Counters that are no numbers are passed over: they prove nothing.
        """
        members = _members(answer)
        import_id = members.get("importId")
        if not isinstance(import_id, str):
            return None
        counters = {
            name: number
            for group in (members.get("statistics"), members.get("errorStatistics"))
            for name, number in _members(group).items()
            if isinstance(number, int) and not isinstance(number, bool)
        }
        status = members.get("status")
        return cls(import_id, status if isinstance(status, str) else "", counters)

    @property
    def is_active(self) -> bool:
        """Whether GetResponse is not done with it; a status that is not known is no end."""
        return self.status not in _DONE

    @property
    def has_failed(self) -> bool:
        """Whether nothing comes of it, as GetResponse says."""
        return self.status in FAILED

    @property
    def is_gone(self) -> bool:
        """Whether GetResponse knows nothing of it any more."""
        return self.status == GONE

    @property
    def arrived(self) -> int:
        """People that it says are on the list because of it."""
        return self.counters.get("addedToList", 0) + self.counters.get("updated", 0)

    def accounts_for(self, rows: int) -> bool:
        """Whether its counters explain all rows; the first ones after its end may not."""
        told = self.arrived + self.counters.get("invalid", 0)
        return not self.is_active and self.counters.get("uploaded") == told == rows

    def may_have(self, rows: int) -> bool:
        """Whether it may be an import of so many rows: its counters are no proof until complete."""
        uploaded = self.counters.get("uploaded", 0)
        return uploaded == rows or not self.accounts_for(uploaded) or not uploaded

    def complaints(self) -> str:
        """Its counters of errors in words, without those that are zero."""
        known = ("uploaded", "invalid", "updated", "addedToList")
        found = {name: n for name, n in self.counters.items() if n and name not in known}
        return ", ".join(f"{name} {n}" for name, n in sorted(found.items()))


def _members(value: Any) -> dict[str, Any]:
    """The members of an object; of anything else there are none."""
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


class ImportChunk(NamedTuple):
    """The rows of one import."""

    chunk: int
    state: str
    attempt: int
    sent: float | None
    rows: int
    new_people: bool
    begun: float | None
    """When it was first sent, in seconds since the epoch."""


class Became(NamedTuple):
    """What became of the rows of an import."""

    seen: int
    """Rows that have arrived: added or updated."""
    left: int
    """Rows whose person has left the list since the plan, before or after the import's work."""
    is_open: bool
    """Whether any row has no verdict yet."""

    def fits(self, state: ImportState) -> bool:
        """Whether as many rows have arrived as its import says."""
        return self.seen <= state.arrived <= self.seen + self.left


class Imports(Book):
    """The imports of one run."""

    def chunks(self, only: int | None = None) -> list[ImportChunk]:
        """Chunks that go or went by import, in order; their rows are counted, and not visited.

        Args:
            only: Number of the chunk; None for all of them.
        """
        which = "" if only is None else " AND chunk = ?"
        rows = f"FROM rows {BY_CHUNK} WHERE rows.run = chunks.run AND rows.chunk = chunks.chunk"
        return [
            ImportChunk(chunk, state, attempt, sent, rows, action == Action.ADD, begun)
            for chunk, state, attempt, sent, begun, rows, action in self._read(
                # All rows of an import have the same action.
                f"SELECT chunk, state, attempt, sent, begun, (SELECT count(*) {rows}) AS number,"
                f" (SELECT action {rows} LIMIT 1) FROM chunks"
                f" WHERE run = ? AND route = 'import'{which} AND number > 0 ORDER BY chunk",
                (self._run, *(() if only is None else (only,))),
            )
        ]

    def became(self, chunk: int) -> Became:
        """What became of the rows of a chunk, each of which is visited."""
        seen, left, is_open = self._db.execute(
            "SELECT coalesce(sum(verdict IN (?, ?)), 0), coalesce(sum(verdict = ?), 0),"
            f" coalesce(max(verdict IS NULL), 0) FROM rows {BY_CHUNK} WHERE run = ? AND chunk = ?",
            (Verdict.ADDED, Verdict.UPDATED, Verdict.EXCLUDED, self._run, chunk),
        ).fetchone()
        return Became(seen, left, bool(is_open))

    def planned(self) -> list[int]:
        """Numbers of the chunks that are still to go by import."""
        found = self._db.execute(
            "SELECT chunk FROM chunks WHERE run = ? AND route = 'import' AND state = ?",
            (self._run, ChunkState.PLANNED),
        )
        return [chunk for (chunk,) in found]

    def _read(self, query: str, values: tuple[object, ...]) -> Iterator[tuple[Any, ...]]:
        yield from self._db.execute(query, values)

    def chunk(self, number: int) -> ImportChunk:
        """One of them, as it is now."""
        [found] = self.chunks(number)
        return found

    def contacts(self, chunk: int) -> list[Contacts]:
        """Open contacts of a chunk, some a time."""
        of_chunk = f"rows {BY_CHUNK} WHERE run = ? AND chunk = ?"
        found: list[Contacts] = []
        last = 0
        while some := contacts(self._db, of_chunk, (self._run, chunk), last, CONTACTS_TOGETHER):
            found.append(some)
            last = some.last
        return found

    def cut(
        self, action: str, steps: str | None, parts: Iterable[tuple[int, int]], state: str
    ) -> int:
        """Make chunks of rows, once; the cut never changes on resume.

        Args:
            action: Action of the rows.
            steps: What else the rows have in common.
            parts: First and last row of each chunk.
            state: State of the chunks.

        Returns:
            Number of chunks.
        """
        (last,) = self._db.execute(
            "SELECT coalesce(max(chunk), 0) FROM chunks WHERE run = ?", (self._run,)
        ).fetchone()
        numbered = list(enumerate(parts, start=last + 1))
        rows = sum(part[1] - part[0] for _, part in numbered)
        with changing_rows(self._db, rows):
            self._db.executemany(
                "UPDATE rows SET chunk = ? WHERE run = ? AND row BETWEEN ? AND ?"
                " AND action = ? AND steps IS ? AND verdict IS NULL",
                [(chunk, self._run, *part, action, steps) for chunk, part in numbered],
            )
        self._db.executemany(
            "INSERT INTO chunks (run, chunk, route, state) VALUES (?, ?, 'import', ?)",
            [(self._run, chunk, state) for chunk, _ in numbered],
        )
        return len(numbered)

    def note(self, chunk: int, state: ImportState) -> None:
        """Remember what GetResponse said about the import of a chunk."""
        self._db.execute(
            "INSERT OR REPLACE INTO imports VALUES (?, ?, ?, ?, ?)",
            (self._run, chunk, state.import_id, state.status, json.dumps(state.counters)),
        )

    def state(self, chunk: int) -> ImportState | None:
        """The import of a chunk; None if it has none that is known."""
        return next((state for number, state in self._states() if number == chunk), None)

    def with_states(self) -> list[tuple[ImportChunk, ImportState | None]]:
        """All chunks, each with its import, or None if that is not known."""
        known = dict(self._states())
        return [(each, known.get(each.chunk)) for each in self.chunks()]

    def states(self) -> list[tuple[ImportChunk, ImportState]]:
        """Chunks whose import is known, with it."""
        return [(chunk, state) for chunk, state in self.with_states() if state is not None]

    def _states(self) -> Iterator[tuple[int, ImportState]]:
        found = self._db.execute(
            "SELECT chunk, import_id, status, counters FROM imports WHERE run = ?", (self._run,)
        )
        for chunk, import_id, status, counters in found:
            yield chunk, ImportState(import_id, status, json.loads(counters))

    def known_ids(self) -> set[str]:
        """Ids of the imports of all runs."""
        return {import_id for (import_id,) in self._db.execute("SELECT import_id FROM imports")}

    def left_at_work(self) -> list[str]:
        """Ids of imports of earlier runs that were at work when those ended."""
        found = self._db.execute(
            "SELECT import_id FROM imports WHERE run <> ? AND status NOT IN"
            " (SELECT value FROM json_each(?))",
            (self._run, json.dumps(sorted(_DONE))),
        )
        return [import_id for (import_id,) in found]

    def renew(self, state: ImportState) -> None:
        """Remember what GetResponse says of an import now."""
        self._db.execute(
            "UPDATE imports SET status = ?, counters = ? WHERE import_id = ?",
            (state.status, json.dumps(state.counters), state.import_id),
        )

    def has_left_traces(self, chunk: int) -> bool:
        """Whether somebody is on the list who can only have come by the import of a chunk."""
        return exists(
            self._db,
            f"rows {BY_CHUNK} JOIN chunks USING (run, chunk)"
            " JOIN listed ON listed.run = rows.run AND listed.key = rows.key"
            f" WHERE rows.run = ? AND rows.chunk = ? AND rows.action = 'add' AND {PROVES_OURS}",
            (self._run, chunk),
        )

    def renamed(self, chunk: int, most: int) -> list[tuple[str, str]]:
        """People of the list to whom a chunk gives another name than they had.

        Args:
            chunk: The chunk.
            most: Most people to return.

        Returns:
            Contact id and new name of each.
        """
        return list(
            self._db.execute(
                "SELECT rows.contact_id, json_extract(rows.contact, '$.name') AS named"
                f" FROM rows {BY_CHUNK}"
                " JOIN listed ON listed.run = rows.run AND listed.key = rows.key"
                "  AND listed.standing = 'subscribed'"
                " WHERE rows.run = ? AND rows.chunk = ? AND rows.verdict IS NULL"
                "  AND named IS NOT NULL AND listed.name IS NOT named LIMIT ?",
                (self._run, chunk, most),
            )
        )

    def settle(self, chunk: int, verdict: Verdict, reason: str | None, detail: str | None) -> int:
        """Give open rows of a chunk their verdict.

        Returns:
            Number of rows.
        """
        return self._db.execute(
            f"UPDATE rows {BY_CHUNK} SET verdict = ?, reason = ?, detail = ?"
            " WHERE run = ? AND chunk = ? AND verdict IS NULL",
            (verdict, reason, detail or None, self._run, chunk),
        ).rowcount
