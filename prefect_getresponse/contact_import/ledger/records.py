"""What the ledger speaks of: runs, rows, decisions and chunks, and the states they are in."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

BY_CHUNK = "INDEXED BY rows_by_chunk"
"""Behind `rows`, for the rows of one chunk: SQLite would go through the whole run."""
BY_ACTION = "INDEXED BY rows_by_action"
"""Behind `rows`, for rows about which there is something to do: most nights they are few."""
BY_VERDICT = "INDEXED BY rows_by_verdict"
"""Behind `rows`, for those that have a verdict and no action: mostly few, too."""


NIGHT = "night"
"""Fact of a finished run: what the history of the list keeps of it."""


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
    """Where a call of the run stands; `NEXT_STATES` says how it may go on."""

    PLANNED = "planned"
    SENT = "sent"
    """The intent is durable; without a durable answer it is in doubt at the next start."""
    ACKNOWLEDGED = "acknowledged"
    """GetResponse has taken it; it is only verified from now on, never sent again."""
    IN_DOUBT = "in_doubt"
    VERIFIED = "verified"
    """What became of its rows is known."""
    REJECTED = "rejected"
    """GetResponse refused it, or its only row."""
    FAILED = "failed"
    """GetResponse took an import, and then rejected or canceled it as a whole."""
    UNKNOWN = "unknown"
    """Nothing proves what became of it."""
    SPLIT = "split"
    """All of its rows went into other calls."""


_PLANNED, _SENT, _ACKNOWLEDGED, _IN_DOUBT = (
    ChunkState.PLANNED,
    ChunkState.SENT,
    ChunkState.ACKNOWLEDGED,
    ChunkState.IN_DOUBT,
)
NEXT_STATES: Mapping[ChunkState, frozenset[ChunkState]] = {
    _PLANNED: frozenset({_SENT, ChunkState.REJECTED, ChunkState.SPLIT}),
    _SENT: frozenset(ChunkState) - {_SENT, ChunkState.FAILED},
    _IN_DOUBT: frozenset({_PLANNED, _ACKNOWLEDGED, ChunkState.UNKNOWN}),
    _ACKNOWLEDGED: frozenset({ChunkState.VERIFIED, ChunkState.FAILED}),
}
"""How a call may go on; a state that is not here is final."""
FINAL_STATES = frozenset(ChunkState) - NEXT_STATES.keys()


class Standing(StrEnum):
    """How GetResponse knows a person on the list."""

    SUBSCRIBED = "subscribed"
    UNCONFIRMED = "unconfirmed"
    REMOVED = "removed"


class Holder(NamedTuple):
    """Who holds the right to write to a ledger; of two, the greater one came later."""

    epoch: int
    token: str
    saves: int = 0
    """How often it has saved a copy of the ledger."""

    def successor(self) -> Holder:
        """Whoever takes the ledger over next."""
        return Holder(self.epoch + 1, uuid.uuid4().hex[:8])


class Listed(NamedTuple):
    """Somebody whom GetResponse knows on the list, or knew."""

    key: str
    contact_id: str | None
    name: str | None
    """Name of the person; of somebody who was removed, why."""
    since: float | None = None
    """When somebody was removed, in seconds since the epoch."""
    origin: str | None = None
    """How the person came in, in GetResponse's words."""
    created: float | None = None
    """When, in seconds since the epoch."""


class NewRow(NamedTuple):
    """A row as it was read."""

    row: int
    key: str
    contact: str | None
    hash: str | None
    verdict: str | None
    reason: str | None
    consented: str | None = None
    """When the person has agreed, as the source writes it."""


class Arrival(NamedTuple):
    """Somebody whom a run has added, as a contact of the list."""

    key: str
    contact: str
    contact_id: str
    created: float | None


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
    removed_at: float | None = None
    consented: str | None = None
    last_at: float | None = None
    """When the person was last sent, in seconds since the epoch."""
    listed_origin: str | None = None
    """How the person on the list came in, in GetResponse's words; None if that was not asked."""


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


CONTACTS_TOGETHER = 1_000
"""Contacts that are read and taken apart together: a megabyte."""


class Contacts(NamedTuple):
    """Contacts of some rows in their order, as the ledger stores them."""

    first: int
    """Row of the first."""
    last: int
    """Row of the last."""
    number: int
    text: str
    """All of them, with commas between."""


class Chunk(NamedTuple):
    """One call of the run, or the few calls that update one contact."""

    chunk: int
    route: str
    attempt: int
