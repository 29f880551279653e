"""What a drain did, in numbers that must add up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, Field


class DrainReport(BaseModel):
    """What became of the entries that were taken.

    Attributes:
        account: Name of the account.
        account_id: GetResponse's id of it.
        run_id: Tells this drain from others.
        inbox: Where entries came from, without secrets.
        to: Where rows went, without secrets.
        taken: Entries taken from the inbox.
        done: Entries that are in the table now, and handled.
        merged: Of these, entries whose event was known already from another way.
        retried: Entries to be tried again later.
        dead: Entries given up after too many tries.
        taken_over: Entries whose lease ran out: another drain has them.
        handled: Calls of handlers that went well.
        types: Entries done by type.
        errors: How often what kept an entry from being done.
        waiting: Entries that still wait, those to be tried again included.
        unreadable: Entries in the inbox that are no events.
        calls: Calls of the API by endpoint.
        throttled: Calls answered with 429.
        seconds: How long it took.
        problem: What went wrong; empty if nothing.
    """

    account: str = ""
    account_id: str = ""
    run_id: str = ""
    inbox: str = ""
    to: str = ""
    taken: int = 0
    done: int = 0
    merged: int = 0
    retried: int = 0
    dead: int = 0
    taken_over: int = 0
    handled: int = 0
    types: Counter[str] = Field(default_factory=Counter[str])
    errors: Counter[str] = Field(default_factory=Counter[str])
    waiting: int = 0
    unreadable: int = 0
    calls: Mapping[str, int] = Field(default_factory=dict[str, int])
    throttled: int = 0
    seconds: float = 0.0
    problem: str = ""

    @property
    def balanced(self) -> bool:
        """Whether every entry taken is accounted for."""
        return self.taken == self.done + self.retried + self.dead + self.taken_over

    def as_dict(self) -> dict[str, Any]:
        """The report as JSON-like data."""
        return {
            **self.model_dump(),
            "types": dict(sorted(self.types.items())),
            "errors": dict(self.errors.most_common()),
            "calls": dict(self.calls),
            "balanced": self.balanced,
        }
