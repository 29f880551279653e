"""What a reconciliation found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, Field


class ReconcileReport(BaseModel):
    """What reading found, and how much of it was new.

    Attributes:
        account: Name of the account.
        account_id: GetResponse's id of it.
        run_id: Tells this run from others.
        inbox: The inbox, without secrets.
        to: Where rows went, without secrets.
        since: From when on was read, ISO 8601.
        until: When reading began.
        lists: How many lists were read.
        found: Events that reading found, by type.
        known: Of these, events that the inbox knew.
        added: Of these, events that were missing: they are in the table now.
        missed: Of those added, events that webhooks had time to bring, and should have.
        brought: Events that webhooks brought in the same time, by type.
        unexplained: Days on which GetResponse counts more than reading found.
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
    since: str = ""
    until: str = ""
    lists: int = 0
    found: Counter[str] = Field(default_factory=Counter[str])
    known: Counter[str] = Field(default_factory=Counter[str])
    added: Counter[str] = Field(default_factory=Counter[str])
    missed: Counter[str] = Field(default_factory=Counter[str])
    brought: Mapping[str, int] = Field(default_factory=dict[str, int])
    unexplained: list[dict[str, Any]] = Field(default_factory=list[dict[str, Any]])
    calls: Mapping[str, int] = Field(default_factory=dict[str, int])
    throttled: int = 0
    seconds: float = 0.0
    problem: str = ""

    @property
    def balanced(self) -> bool:
        """Whether what was found is what was known and what was added."""
        return self.found == self.known + self.added

    @property
    def is_silent(self) -> bool:
        """Whether webhooks did not bring what they should have."""
        return self.missed.total() > 0

    def as_dict(self) -> dict[str, Any]:
        """The report as JSON-like data."""
        counters = ("found", "known", "added", "missed")
        return {
            **self.model_dump(),
            **{name: dict(sorted(getattr(self, name).items())) for name in counters},
            "brought": dict(self.brought),
            "calls": dict(self.calls),
            "balanced": self.balanced,
            "silent": self.is_silent,
        }
