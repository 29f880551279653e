"""What the ledger speaks of: runs, rows, decisions and chunks, and the states they are in."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple


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
