"""What GetResponse does later by itself, in the order in which it is due."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable

Action = Callable[[float], None]
"""Something to do; it is given the moment it was due, unix seconds."""


class Agenda:
    """Actions, each with its moment and the resource that it is about."""

    def __init__(self) -> None:
        self._order = itertools.count()
        self._entries: list[tuple[float, int, str, Action]] = []

    def at(self, moment: float, about: str, action: Action) -> None:
        """Note an action.

        Args:
            moment: When to do it, unix seconds.
            about: Identifier of the resource.
            action: What to do.
        """
        heapq.heappush(self._entries, (moment, next(self._order), about, action))

    def forget(self, about: str) -> None:
        """Drop all actions about a resource."""
        self._entries = [entry for entry in self._entries if entry[2] != about]
        heapq.heapify(self._entries)

    def act(self, now: float) -> None:
        """Do what is due, what becomes due by that included.

        Args:
            now: Unix seconds.
        """
        while self._entries and self._entries[0][0] <= now:
            moment, _, _, action = heapq.heappop(self._entries)
            action(moment)
