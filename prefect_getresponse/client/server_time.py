"""What time it is at GetResponse: its `Date`, carried on by a clock that nobody sets.

The clock of a machine may be wrong, and may be set while a program works. So nothing that decides
about sending goes by it. The first answer says what time it is there; from then on only time that
passed is added. Between processes and machines, times are comparable because all are GetResponse's.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

Clock = Callable[[], float]


def passed_seconds() -> float:
    """Seconds that have passed, those asleep included where the system counts them."""
    boottime = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if boottime is None else time.clock_gettime(boottime)


def in_utc(moment: datetime) -> datetime:
    """A moment in UTC; one that names no zone is meant so."""
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


class ServerTime:
    """GetResponse's time, as far as it is known.

    Args:
        passed: Seconds from any beginning, by a clock that nobody sets.
        wall: Seconds since the epoch by this machine, for as long as GetResponse has not told.

    Attributes:
        passed: Seconds from any beginning.
        wall: Seconds since the epoch by this machine.
        is_known: Whether GetResponse has told its time.
    """

    def __init__(self, passed: Clock = passed_seconds, wall: Clock = time.time) -> None:
        self.passed = passed
        self.wall = wall
        self._offset = self._latest = wall() - passed()
        self.is_known = False
        self._date = ""

    def observe(self, date: str) -> None:
        """Learn from the `Date` header of an answer; what is none is passed over.

        The same one tells nothing new: time has passed since.
        """
        if date == self._date:
            return
        self._date = date
        try:
            told = parsedate_to_datetime(date).timestamp() - self.passed()
        except (ValueError, TypeError, OverflowError):
            return
        if not self.is_known:
            self._offset = self._latest = told
            self.is_known = True
        self._latest = max(self._latest, told)

    def now(self) -> float:
        """Seconds since the epoch, for waits: it never steps, whatever GetResponse says later."""
        return self.passed() + self._offset

    def latest(self) -> float:
        """Seconds since the epoch, for ages: the latest that GetResponse may have meant.

        A machine that was frozen does not know that time has passed; GetResponse does.
        """
        return self.passed() + self._latest
