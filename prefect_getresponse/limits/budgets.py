"""Budgets of single endpoints, and the book in which workers reserve starts of their calls.

A *book* holds the starts of one budget that are reserved or were made: entries of an end and a
number, so many calls start until then. A worker reserves a few at a time, which counts as if they
started as late as they may; what it did not use it gives back. So a crash loses what was reserved
and no more, and nobody exceeds anything. Where calls keep a distance, reservations are turns: the
next one begins after the end of the one before, with room for clocks that differ.

A limit of Prefect with slot decay can be no book: full, it grants its size and, within the same
window, that many again; made half as large, it halves the rate.

Times are seconds since the epoch, as every machine reads them.  Source: GetResponse API v3, Limits
and throttling.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

CLOCKS_APART = 1.0
"""Seconds by which the clocks of two machines may differ."""
SPAN = 10.0
"""Seconds in which reserved starts are to be used."""
SLACK = 1.0
"""Seconds by which the last one of a turn may be late."""
HORIZON = 600.0
"""Seconds that no queue of turns takes: what is further ahead was written by a wrong clock."""
FRAME_SECONDS = 600.0
"""A frame of the account's limit: 30,000 calls."""
DAY = 86_400.0

Book = list[tuple[float, int]]
"""Ends and numbers of starts, in the order of the ends."""


@dataclass(frozen=True, slots=True)
class RateLimits:
    """The limit headers of one answer: calls allowed and left, seconds to the reset."""

    limit: int
    remaining: int
    reset: float


@dataclass(frozen=True)
class Window:
    """At most `calls` within any `seconds`.

    A single call counts from its start to its answer: how long a thousand contacts take to arrive
    nobody knows, so the next call starts `seconds` after the answer.
    """

    calls: int
    seconds: float

    @property
    def is_distance(self) -> bool:
        """Whether calls go one after another, with a distance between them."""
        return self.calls == 1


ENDPOINT_BUDGETS: Mapping[str, tuple[Window, ...]] = {
    "contacts/batch": (Window(1, 1.01), Window(80, FRAME_SECONDS)),
    "imports": (Window(20, DAY),),
    "newsletters": (Window(256, DAY),),
}
"""Budgets of single endpoints, by the names that operations declare."""


@dataclass(frozen=True)
class Reservation:
    """So many starts between two moments; with none of them, the moment to ask again.

    Attributes:
        starts: How many.
        begins: The first one may start now.
        ends: None may start from now on; the book knows the reservation by it.
    """

    starts: int
    begins: float
    ends: float


def reserve(
    book: Book, windows: Iterable[Window], wanted: int, now: float, own: float | None = None
) -> tuple[Book, Reservation]:
    """Reserve starts.

    Args:
        book: The book.
        windows: Windows of the budget.
        wanted: How many starts are wanted.
        now: The moment.
        own: End of the worker's last reservation, which is used up.

    Returns:
        The book with the reservation in it, and the reservation.
    """
    distance = max((window.seconds for window in windows if window.is_distance), default=0.0)
    counted = [window for window in windows if not window.is_distance]
    longest = max(window.seconds for window in counted)
    book = [each for each in book if each[0] + longest + CLOCKS_APART > now]
    last = max((end for end, _ in book if end < now + HORIZON), default=-math.inf)
    others_turn = distance and last != own
    begins = max(now, last + distance + CLOCKS_APART) if others_turn else now
    free, free_at = _free(book, counted, begins)
    if not free:
        return book, Reservation(0, free_at, free_at)
    starts = min(wanted, free)
    if not distance:
        return _with(book, _rounded(now + SPAN), starts), Reservation(
            starts, begins, _rounded(now + SPAN)
        )
    starts = min(starts, int(SPAN / distance))
    ends = _rounded(begins + (starts - 1) * distance + SLACK)
    if own is not None and own == last and own > now:
        # The turn goes on, since nobody waits for it to end.
        ends = _rounded(own + starts * distance)
    return _with(book, ends, starts), Reservation(starts, begins, ends)


def give_back(book: Book, unused: Mapping[float, int]) -> Book:
    """Return starts that were reserved and not used.

    Args:
        book: The book.
        unused: How many, by the end of their reservation.
    """
    kept = [(end, starts - unused.get(end, 0)) for end, starts in book]
    return [(end, starts) for end, starts in kept if starts > 0]


def used(book: Book, window: Window, now: float) -> int:
    """Starts that count against a window now."""
    return sum(starts for end, starts in book if end + window.seconds > now)


def _free(book: Book, windows: Sequence[Window], begins: float) -> tuple[int, float]:
    """How many calls may start at a moment, and the moment from which any may."""
    free, free_at = math.inf, begins
    for window in windows:
        counted = sorted(each for each in book if each[0] + window.seconds + CLOCKS_APART > begins)
        left = window.calls - sum(starts for _, starts in counted)
        free = min(free, max(0, left))
        for end, starts in counted:
            if left > 0:
                break
            left += starts
            free_at = max(free_at, end + window.seconds + CLOCKS_APART)
    return int(free), free_at


def _with(book: Book, ends: float, starts: int) -> Book:
    together = dict(book)
    together[ends] = together.get(ends, 0) + starts
    return sorted(together.items())


def _rounded(moment: float) -> float:
    """A later moment that is shorter to write: a book of 256 has 5000 characters."""
    return math.ceil(moment * 10) / 10
