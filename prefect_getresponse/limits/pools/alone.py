"""Slots of a worker that can ask nobody."""

from __future__ import annotations

import math
from typing import Any

from prefect_getresponse.limits.budgets import Book
from prefect_getresponse.limits.pools.pool import Grant


class NobodyElse:
    """The pool of a worker that can ask nobody: it takes what it wants."""

    lifetime = math.inf

    def join(self) -> Any:
        """Have a place."""
        return 0

    def workers(self) -> int:
        """Count nobody else."""
        return 1

    def take(self, slots: int) -> Any | None:
        """Grant anything."""
        return slots

    def renew(self, grant: Grant) -> bool:
        """Keep it."""
        return True

    def release(self, grant: Grant) -> None:
        """Nobody waits for it."""

    def free_all(self) -> None:
        """None is ever missing."""

    def read_book(self, budget: str) -> tuple[int, Book]:
        """Find it empty: the throttle itself counts what this worker starts."""
        return 0, []

    def write_book(self, budget: str, edition: int, book: Book) -> bool:
        """Nobody reads it."""
        return True

    def close(self) -> None:
        """There is nothing to close."""

    def begin_anew(self) -> None:
        """There is nothing to forget."""
