"""The queue in which accepted contacts wait before they appear on their list."""

from __future__ import annotations

import heapq
import itertools
from collections import Counter
from collections.abc import Iterator

from prefect_getresponse.sandbox.people.contact_book import Contact, email_key

DELAYS = (3.0, 10.0, 30.0, 60.0, 120.0, 300.0)
"""Seconds that the first, second, ... accepted contact waits, over and over, at speed 1."""


class AcceptanceQueue:
    """Contacts that were answered with 202 and not added yet.

    Delays follow the order of acceptance, so a run can be repeated, and differ within one call,
    so contacts appear in another order than they were sent.
    """

    def __init__(self, speed: float) -> None:
        self._speed = speed
        self._accepted = itertools.count()
        self._waiting: list[tuple[float, int, Contact]] = []
        self._places = Counter[tuple[str, str]]()

    def holds(self, campaign_id: str, email: str) -> bool:
        """Whether an address waits to be put on a list."""
        return self._places[campaign_id, email_key(email)] > 0

    def __len__(self) -> int:
        return len(self._waiting)

    def accept(self, contact: Contact, now: float) -> None:
        """Let a contact wait.

        Args:
            contact: The contact, without identifier.
            now: Unix seconds.
        """
        order = next(self._accepted)
        due = now + DELAYS[order % len(DELAYS)] / self._speed
        heapq.heappush(self._waiting, (due, order, contact))
        self._places[_place(contact)] += 1

    def skip(self) -> None:
        """Count a contact that was accepted and will never appear."""
        next(self._accepted)

    def due(self, now: float) -> Iterator[tuple[float, Contact]]:
        """Take out the contacts whose time has come, with the moment it came.

        Args:
            now: Unix seconds.
        """
        while self._waiting and self._waiting[0][0] <= now:
            due, _, contact = heapq.heappop(self._waiting)
            self._places[_place(contact)] -= 1
            if not self._places[_place(contact)]:
                del self._places[_place(contact)]
            yield due, contact


def _place(contact: Contact) -> tuple[str, str]:
    return contact.campaign_id, email_key(contact.email)
