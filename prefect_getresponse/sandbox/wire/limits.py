"""The limits of calls, counted by wall clock.

GetResponse API v3: 80 calls a second, 30,000 calls a frame of ten minutes, 10 at the same time;
some operations fewer, as their rows say. Refused calls are not counted.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping

from prefect_getresponse.sandbox.contract.errors import seconds_text, throttled, whole_seconds
from prefect_getresponse.sandbox.contract.operations import Operation, Rates, operations

PER_SECOND = 80
PER_FRAME = 30_000
FRAME_SECONDS = 600.0
PARALLEL = 10
DAY_SECONDS = 86_400.0
# Unix seconds as floats are exact to a quarter of a microsecond; one second later by the
# caller's clock must count as one second.
_NOISE = 1e-6


class _Own:
    """The counters of an operation with limits of its own.

    Args:
        rates: The limits.
        share: Length of a frame, as a share of ten minutes.
    """

    def __init__(self, rates: Rates, share: float) -> None:
        self._interval = 1 / rates.a_second if rates.a_second else 0.0
        self._per_frame = round(rates.a_frame * share) if rates.a_frame else math.inf
        self._per_day = rates.a_day or math.inf
        self._last = -math.inf
        self._today: deque[float] = deque()
        self.in_frame = 0

    def admit(self, now: float, frame_left: float) -> None:
        """Count a call or refuse it."""
        wait = self._last + self._interval - now
        if wait > _NOISE:
            raise throttled(round(1 / self._interval), wait)
        if self.in_frame >= self._per_frame:
            raise throttled(int(self._per_frame), frame_left)
        while self._today and self._today[0] + DAY_SECONDS - now <= _NOISE:
            self._today.popleft()
        if len(self._today) >= self._per_day:
            raise throttled(int(self._per_day), self._today[0] + DAY_SECONDS - now)
        self._last = now
        self.in_frame += 1
        self._today.append(now)


class Limits:
    """The counters of one account.

    The second is a rolling one: among the calls of any 1.0 s at most 80 pass. The frame is
    fixed: the first one starts with the first call, the next ones follow without gaps.

    Args:
        frame_seconds: Length of a frame; the calls of a frame are in proportion to it.
    """

    def __init__(self, frame_seconds: float = FRAME_SECONDS) -> None:
        self._frame_seconds = frame_seconds
        self._per_frame = round(PER_FRAME * frame_seconds / FRAME_SECONDS)
        self._recent: deque[float] = deque()
        self._frame_start: float | None = None
        self._in_frame = 0
        share = frame_seconds / FRAME_SECONDS
        self._own = {each: _Own(each.rates, share) for each in operations() if each.rates}

    def admit(self, now: float, operation: Operation | None, *, crowded: bool) -> None:
        """Count a call or refuse it.

        Args:
            now: Unix seconds.
            operation: What is called; None if the API has no such operation.
            crowded: Whether ten other calls are in flight.

        Raises:
            ApiError: 429 with code 1015; `context` says which limit and when to come back.
        """
        self._roll(now)
        if self._frame_start is None:
            self._frame_start = now
        if crowded:
            raise throttled(PARALLEL, 1.0, _short_window(PARALLEL, 1.0))
        if len(self._recent) >= PER_SECOND:
            wait = self._recent[0] + 1.0 - now
            raise throttled(PER_SECOND, wait, _short_window(PER_SECOND, wait))
        if self._in_frame >= self._per_frame:
            raise throttled(self._per_frame, self._frame_left(now))
        if operation in self._own:
            self._own[operation].admit(now, self._frame_left(now))
        self._recent.append(now)
        self._in_frame += 1

    def headers(self, now: float) -> Mapping[str, str]:
        """Return the `X-RateLimit-*` headers, which describe the frame.

        Args:
            now: Unix seconds.
        """
        self._roll(now)
        left = self._frame_left(now)
        return frame_headers(self._per_frame - self._in_frame, left, self._per_frame)

    def summary(self, now: float) -> dict[str, float]:
        """Return the counters for people to look at."""
        self._roll(now)
        return {
            "callsInSecond": len(self._recent),
            "callsInFrame": self._in_frame,
            "batchCallsInFrame": sum(
                own.in_frame for each, own in self._own.items() if each.path == "/contacts/batch"
            ),
            "frameSecondsLeft": round(self._frame_left(now), 3),
        }

    def _roll(self, now: float) -> None:
        """Forget calls older than a second and begin a new frame when its time has come."""
        while self._recent and self._recent[0] + 1.0 - now <= _NOISE:
            self._recent.popleft()
        if self._frame_start is None:
            return
        frames = math.floor((now - self._frame_start + _NOISE) / self._frame_seconds)
        if frames > 0:
            self._frame_start += frames * self._frame_seconds
            self._in_frame = 0
            for own in self._own.values():
                own.in_frame = 0

    def _frame_left(self, now: float) -> float:
        start = now if self._frame_start is None else self._frame_start
        return start + self._frame_seconds - now


def frame_headers(remaining: int, seconds: float, calls: int = PER_FRAME) -> Mapping[str, str]:
    """Return the headers that describe the frame of 30,000 calls, or of how many it has."""
    return {
        "X-RateLimit-Limit": str(calls),
        "X-RateLimit-Remaining": str(remaining),
        "X-RateLimit-Reset": seconds_text(seconds),
    }


def _short_window(limit: int, seconds: float) -> Mapping[str, str]:
    """Return the headers seen on the live API when the calls of one second are used up."""
    return {
        "Retry-After": str(whole_seconds(seconds)),
        "X-RateLimit-Limit": str(limit),
        "X-RateLimit-Remaining": "0",
        "X-RateLimit-Reset": seconds_text(seconds),
    }
