"""What a check found in a text: how bad it is, where it stands, and what to do about it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

_LINE = re.compile("\n")
MOST = 500
"""Findings of one text; a text with more is not what it claims to be."""


class Severity(StrEnum):
    """How bad a finding is."""

    ERROR = "error"
    """Stops a release."""
    WARNING = "warning"
    """Is shown to whoever approves."""
    NOTICE = "notice"
    """Is worth knowing, or cannot be known."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding.

    Attributes:
        severity: How bad it is.
        rule: Name of the rule, such as `unknown-tag`.
        message: What is wrong.
        advice: What to do about it.
        part: The text it is in, such as `html` or `subject`.
        line: Line, from 1; 0 if the finding is about the whole part.
        column: Column, from 1, in characters; 0 as well.
    """

    severity: Severity
    rule: str
    message: str
    advice: str
    part: str = ""
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        """Print it as compilers do, so that editors find the place."""
        place = f"{self.part}:{self.line}:{self.column}" if self.line else self.part
        return f"{place}: {self.severity}: {self.message} {self.advice} [{self.rule}]"

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self)


class Findings:
    """Collects the findings of one text.

    Args:
        part: Name of the text.
        text: The text, for lines and columns.
    """

    def __init__(self, part: str, text: str) -> None:
        self.found: list[Finding] = []
        self._part = part
        self._starts = [0, *(found.end() for found in _LINE.finditer(text))]

    @property
    def is_full(self) -> bool:
        """Whether there are so many that looking further is of no use."""
        return len(self.found) >= MOST

    def place(self, offset: int) -> tuple[int, int]:
        """Return line and column of an offset, both from 1."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def add(self, severity: Severity, rule: str, offset: int, message: str, advice: str) -> None:
        """Add a finding about the place at an offset."""
        if not self.is_full:
            line, column = self.place(offset)
            self.found.append(Finding(severity, rule, message, advice, self._part, line, column))

    def error(self, rule: str, offset: int, message: str, advice: str) -> None:
        """Add an error."""
        self.add(Severity.ERROR, rule, offset, message, advice)

    def warning(self, rule: str, offset: int, message: str, advice: str) -> None:
        """Add a warning."""
        self.add(Severity.WARNING, rule, offset, message, advice)

    def notice(self, rule: str, offset: int, message: str, advice: str) -> None:
        """Add a notice."""
        self.add(Severity.NOTICE, rule, offset, message, advice)


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Return findings by part, line and column, errors first where they stand at one place."""
    severities = list(Severity)
    return sorted(
        findings,
        key=lambda each: (each.part, each.line, each.column, severities.index(each.severity)),
    )
