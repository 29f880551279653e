"""What a check finds: a verdict, what it is about, and what to do."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from pydantic import BaseModel

from prefect_getresponse.client.errors import GetResponseError


class Outcome(StrEnum):
    """How well something is."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"
    UNKNOWN = "could not check"


MARKS = {Outcome.OK: "✅", Outcome.WARNING: "⚠️", Outcome.PROBLEM: "❌", Outcome.UNKNOWN: "❔"}


class Finding(BaseModel):
    """What one check has found.

    Attributes:
        check: What was looked at.
        outcome: How well it is.
        found: What was found, in a sentence.
        advice: What to do about it; empty if nothing.
    """

    check: str
    outcome: Outcome
    found: str
    advice: str = ""


class AccountReport(BaseModel):
    """What all checks have found.

    Attributes:
        account: Name of the account.
        endpoint: Where its API is.
        findings: The findings, in the order of the checks.
    """

    account: str
    endpoint: str
    findings: list[Finding]

    @property
    def outcome(self) -> Outcome:
        """The whole in a word: what could not be checked counts only where nothing is wrong."""
        found = {finding.outcome for finding in self.findings}
        order = (Outcome.PROBLEM, Outcome.UNKNOWN, Outcome.WARNING)
        return next((outcome for outcome in order if outcome in found), Outcome.OK)

    def as_dict(self) -> dict[str, Any]:
        """The report as JSON-like data."""
        return {"outcome": self.outcome.value, **self.model_dump(mode="json")}

    def of(self, *outcomes: Outcome) -> list[Finding]:
        """Findings with one of the outcomes."""
        return [finding for finding in self.findings if finding.outcome in outcomes]


def ok(check: str, found: str) -> Finding:
    """All is well."""
    return Finding(check=check, outcome=Outcome.OK, found=found)


def warning(check: str, found: str, advice: str) -> Finding:
    """An import works, but somebody should know."""
    return Finding(check=check, outcome=Outcome.WARNING, found=found, advice=advice)


def problem(check: str, found: str, advice: str) -> Finding:
    """An import would fail."""
    return Finding(check=check, outcome=Outcome.PROBLEM, found=found, advice=advice)


def unknown(check: str, error: Exception) -> Finding:
    """The check itself failed."""
    return Finding(check=check, outcome=Outcome.UNKNOWN, **explained(error))


def explained(error: Exception) -> dict[str, str]:
    """An error as what was found and what to do."""
    if isinstance(error, GetResponseError):
        return {"found": str(error.args[0]), "advice": error.advice}
    return {"found": " ".join(str(error).split()) or type(error).__name__, "advice": ""}


def named(names: Iterable[str], most: int = 10) -> str:
    """Names in a sentence, a few of many."""
    listed = sorted(names)
    more = f" and {len(listed) - most} more" if len(listed) > most else ""
    return ", ".join(map(repr, listed[:most])) + more
