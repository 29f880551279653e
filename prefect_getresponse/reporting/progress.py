"""How a running import tells people where it is."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Shows the progress of an import; the engine calls it, a flow or a terminal implements it."""

    def start(self, phase: str, total: int | None, unit: str = "rows") -> None:
        """A phase begins.

        Args:
            phase: What is done, such as `reading`.
            total: Units of work in all, if known.
            unit: What is counted.
        """
        ...

    def advance(self, done: int) -> None:
        """Show how many units of the phase are done."""
        ...

    def note(self, text: str) -> None:
        """Something worth a line happened."""
        ...

    def detail(self, text: str) -> None:
        """Something worth a line of a log happened, such as the answer to a thousand rows."""
        ...


class Silent:
    """Shows nothing."""

    def start(self, phase: str, total: int | None, unit: str = "rows") -> None:
        """Show nothing."""

    def advance(self, done: int) -> None:
        """Show nothing."""

    def note(self, text: str) -> None:
        """Show nothing."""

    def detail(self, text: str) -> None:
        """Show nothing."""
