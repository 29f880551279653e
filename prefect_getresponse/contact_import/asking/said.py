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
class LeftOut:
    """What was in a column that you left out.

    Attributes:
        kind: Of what kind its cells were; empty if there were too few to tell.
        refusing: Fingerprints of its cells with a word of refusal.
    """

    kind: str
    refusing: tuple[str, ...] = ()

    def differs_from(self, before: LeftOut) -> str:
        """Why somebody has to look again, without a full stop; empty if nobody has to."""
        if new := set(self.refusing) - set(before.refusing):
            return f"{len(new):,} new cells speak of a refusal"
        if self.kind and before.kind and self.kind != before.kind:
            return f"{before.kind} before, {self.kind} now"
        return ""


@dataclass(frozen=True)
class Said:
    """What was said about a source.

    Attributes:
        vouch: Who vouched that everybody in it has agreed.
        ignored: Undecided columns that were there when you said that no other column matters.
        left_out: What was in the columns that you left out, by their names.
        mapping: Fingerprint of the mapping.
    """

    vouch: Vouch | None = None
    ignored: tuple[str, ...] = ()
    left_out: Mapping[str, LeftOut] = field(default_factory=dict[str, LeftOut])
    mapping: str = ""

    @classmethod
    def of(cls, facts: Mapping[str, Any]) -> Said:
        """What a ledger holds, as it was written there."""
        vouch = facts.get("vouch")
        return cls(
            vouch=Vouch(**vouch) if vouch else None,
            ignored=tuple(facts.get("ignored", ())),
            left_out={
                column: LeftOut(content["kind"], tuple(content["refusing"]))
                for column, content in facts.get("left_out", {}).items()
            },
            mapping=facts.get("mapping", ""),
        )

    def facts(self) -> dict[str, Any]:
        """It as JSON-like data."""
        return asdict(self)
