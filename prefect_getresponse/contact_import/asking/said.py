"""What was said about a source, as the ledger of the list remembers it from night to night."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

NOBODY = "not known"
"""Who vouched, if neither the machine nor Prefect knows."""


@dataclass(frozen=True)
class Vouch:
    """That somebody vouched for the people of a source.

    Attributes:
        by: Who did.
        at: When, in UTC.
        scope: What it holds for: the source, its columns and their mapping.
    """

    by: str
    at: str
    scope: str

    def sentence(self) -> str:
        """It in words, without a full stop."""
        return f"{self.by} vouched on {self.at[:10]} that everybody in the source has agreed"


@dataclass(frozen=True)
class Said:
    """What was said about a source.

    Attributes:
        vouch: Who vouched that everybody in it has agreed.
        ignored: Undecided columns that were there when you said that no other column matters.
        contents: What was in each column, by its name.
    """

    vouch: Vouch | None = None
    ignored: tuple[str, ...] = ()
    contents: Mapping[str, str] = field(default_factory=dict[str, str])

    @classmethod
    def of(cls, facts: Mapping[str, Any]) -> Said:
        """What a ledger holds, as it was written there."""
        vouch = facts.get("vouch")
        return cls(
            vouch=Vouch(**vouch) if vouch else None,
            ignored=tuple(facts.get("ignored", ())),
            contents=dict(facts.get("contents", {})),
        )

    def facts(self) -> dict[str, Any]:
        """It as JSON-like data."""
        return asdict(self)
