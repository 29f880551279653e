"""Imports on their way from `uploaded` to their end, and the limits on how many there may be.

Only the states and times are here; what an import does to contacts is in `import_rows.py`.
GetResponse API v3, Imports: 1 active import a list, 2 an account, 20 in 24 hours.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields
from typing import Literal, get_args

from prefect_getresponse.sandbox.contract.errors import CONFLICT, ApiError, throttled

Status = Literal["uploaded", "to_review", "review", "approved", "finished", "rejected", "canceled"]
Outcome = Literal["finished", "rejected", "canceled", "review"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
"""What an import comes to; with `review` it stays there until another outcome is set."""

ACTIVE: frozenset[Status] = frozenset({"uploaded", "to_review", "review", "approved"})
ACTIVE_PER_LIST = 1
ACTIVE_PER_ACCOUNT = 2
PER_DAY = 20
_DAY = 86_400.0

# Seconds at speed 1. How long GetResponse really takes is not documented.
_CHECKS: tuple[tuple[float, Status], ...] = ((10.0, "to_review"), (20.0, "review"))
DECISION = 60.0
"""Seconds after its creation at which an import is approved, rejected or canceled."""
WORK = 120.0
"""Seconds from its approval until it is finished."""
COUNTING = 60.0
"""Seconds for which a finished import still has incomplete statistics (seen live)."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Where in a row the values are.

    Attributes:
        email: Index of the address.
        name: Index of the name, None if there is none.
        ip: Index of the IP address, None if there is none.
        customs: Index and identifier of each custom field.
        tags: Index and name of each tag.
    """

    email: int
    name: int | None
    ip: int | None
    customs: tuple[tuple[int, str], ...]
    tags: tuple[tuple[int, str], ...]


@dataclass(slots=True)
class Counts:
    """What became of the rows of an import."""

    uploaded: int = 0
    updated: int = 0
    added: int = 0
    syntax_errors: int = 0
    already_in_queue: int = 0
    blacklist: int = 0
    policy_failures: int = 0

    @property
    def invalid(self) -> int:
        """Rows that were neither added nor updated."""
        return self.syntax_errors + self.already_in_queue + self.blacklist + self.policy_failures

    def halved(self) -> Counts:
        """The counts while they are still being made up."""
        return Counts(*(getattr(self, each.name) // 2 for each in fields(self)))


@dataclass(slots=True)
class ImportJob:
    """One import.

    Attributes:
        import_id: Identifier.
        campaign_id: The list.
        created: Unix seconds.
        columns: What the columns of the rows are.
        rows: The rows; none any more once it has ended.
        rejected: Addresses that a fault refuses.
        outcome: What it will come to.
        decided: When its outcome was last set from outside, unix seconds.
        status: Where it stands.
        ended: When it ended, unix seconds; None while it is active.
        counts: What became of its rows, known at the end.
    """

    import_id: str
    campaign_id: str
    created: float
    columns: Columns
    rows: Sequence[Sequence[str]]
    rejected: frozenset[str] = frozenset()
    outcome: Outcome = "finished"
    decided: float = -math.inf
    status: Status = "uploaded"
    ended: float | None = None
    counts: Counts = field(default_factory=Counts)

    def end(self, status: Status, now: float) -> None:
        """Bring it to an end; its rows are not needed any more."""
        self.status, self.ended = status, now
        self.counts.uploaded = len(self.rows)
        self.rows = ()


class ImportJobs:
    """All imports of the account, in the order they were created.

    Args:
        speed: How many times faster than life imports are done; limits stay in wall time.
    """

    def __init__(self, speed: float) -> None:
        self._speed = speed
        self._jobs: dict[str, ImportJob] = {}
        self._outcomes: dict[str, Outcome] = {}

    def __iter__(self) -> Iterator[ImportJob]:
        return iter(self._jobs.values())

    def get(self, import_id: str) -> ImportJob | None:
        """Return the import of that identifier."""
        return self._jobs.get(import_id)

    def admit(self, campaign_id: str, now: float) -> None:
        """Refuse another import if there are too many.

        Args:
            campaign_id: Its list.
            now: Unix seconds.

        Raises:
            ApiError: 429 after 20 imports in 24 hours; 409 beside another active import of the
                list or two of the account.
        """
        recent = [job.created for job in self if job.created > now - _DAY]
        if len(recent) >= PER_DAY:
            raise throttled(PER_DAY, recent[-PER_DAY] + _DAY - now)
        active = [job.campaign_id for job in self if job.status in ACTIVE]
        if active.count(campaign_id) >= ACTIVE_PER_LIST:
            message = "Another import of this list is active"
            raise ApiError(409, CONFLICT, message, {"campaignId": campaign_id})
        if len(active) >= ACTIVE_PER_ACCOUNT:
            message = f"{ACTIVE_PER_ACCOUNT} imports of this account are active"
            raise ApiError(409, CONFLICT, message, {"activeImports": len(active)})

    def add(self, job: ImportJob) -> None:
        """Begin an import; it comes to what was set for its list."""
        job.outcome = self._outcomes.get(job.campaign_id, "finished")
        self._jobs[job.import_id] = job

    def decide(self, campaign_id: str, outcome: Outcome, now: float) -> None:
        """Set what imports of a list come to: the next ones, and one that is not approved yet.

        Args:
            campaign_id: The list.
            outcome: What they come to.
            now: Unix seconds.
        """
        self._outcomes[campaign_id] = outcome
        for job in self:
            if job.campaign_id == campaign_id and job.status in ACTIVE - {"approved"}:
                job.outcome, job.decided = outcome, now

    def advance(self, now: float) -> list[tuple[float, ImportJob]]:
        """Move imports on.

        Args:
            now: Unix seconds.

        Returns:
            Those that are finished but for their rows, with the moment at which they were, the
            earliest first. When the rows are executed, `ImportJob.end` says so.
        """
        active = [job for job in self if job.status in ACTIVE]
        moves = ((self._move(job, now), job) for job in active)
        done = [(moment, job) for moment, job in moves if moment is not None]
        return sorted(done, key=lambda each: each[0])

    def counts(self, job: ImportJob, now: float) -> Counts:
        """Return what an import's statistics show at a moment.

        Nothing while it is active; half of it until the statistics have caught up.
        """
        counting = job.ended is not None and now < job.ended + COUNTING / self._speed
        return job.counts.halved() if counting and job.status == "finished" else job.counts

    def _move(self, job: ImportJob, now: float) -> float | None:
        """Move one active import on; returns when its rows were due if they are."""
        age = (now - job.created) * self._speed
        decision = max(job.created + DECISION / self._speed, job.decided)
        finish = decision + WORK / self._speed
        if now < decision or job.outcome == "review":
            for seconds, status in _CHECKS:
                job.status = status if age >= seconds else job.status
        elif job.outcome != "finished":
            job.end(job.outcome, decision)
        else:
            job.status = "approved"
            return finish if now >= finish else None
        return None
