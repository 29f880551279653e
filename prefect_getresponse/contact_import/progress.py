"""How a running import tells people where it is."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Shows the progress of an import; the engine calls it, a flow or a terminal implements it."""

    def start(self, phase: str, total: int | None) -> None:
        """A phase begins.

        Args:
            phase: What is done, such as `reading`.
            total: Units of work in all, if known.
        """
        ...

    def advance(self, done: int) -> None:
        """So many units of the phase are done."""
        ...

    def note(self, text: str) -> None:
        """Something worth a line happened."""
        ...


class Silent:
    """Shows nothing."""

    def start(self, phase: str, total: int | None) -> None:
        """Show nothing."""

    def advance(self, done: int) -> None:
        """Show nothing."""

    def note(self, text: str) -> None:
        """Show nothing."""
