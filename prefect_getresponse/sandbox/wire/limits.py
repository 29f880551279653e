"""The limits of calls, counted by wall clock.

GetResponse API v3: 80 calls a second, 30,000 calls a frame of ten minutes, 10 at the same time;
`POST /contacts/batch` in addition 1 call a second and 80 a frame, `POST /newsletters` 256 a day.
Refused calls are not counted.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping

from prefect_getresponse.sandbox.contract.errors import seconds_text, throttled, whole_seconds

PER_SECOND = 80
PER_FRAME = 30_000
FRAME_SECONDS = 600.0
PARALLEL = 10
BATCH_OPERATION = "createBatchContacts"
BATCH_PER_FRAME = 80
BATCH_INTERVAL = 1.0
PER_DAY: Mapping[str, int] = {"createNewsletter": 256}
"""Calls within any 24 hours, by operation."""
DAY_SECONDS = 86_400.0
# Unix seconds as floats are exact to a quarter of a microsecond; one second later by the
# caller's clock must count as one second.
_NOISE = 1e-6


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
        self._batch_per_frame = round(BATCH_PER_FRAME * frame_seconds / FRAME_SECONDS)
        self._recent: deque[float] = deque()
        self._frame_start: float | None = None
        self._in_frame = 0
        self._batch_in_frame = 0
        self._last_batch = -math.inf
        self._in_day = {name: deque[float]() for name in PER_DAY}

    def admit(self, now: float, operation_id: str, *, crowded: bool) -> None:
        """Count a call or refuse it.

        Args:
            now: Unix seconds.
            operation_id: What is called.
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
        if operation_id == BATCH_OPERATION:
            self._admit_batch(now)
        if operation_id in PER_DAY:
            self._admit_today(now, operation_id)
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
            "batchCallsInFrame": self._batch_in_frame,
            "frameSecondsLeft": round(self._frame_left(now), 3),
        }

    def _admit_batch(self, now: float) -> None:
        wait = self._last_batch + BATCH_INTERVAL - now
        if wait > _NOISE:
            raise throttled(1, wait)
        if self._batch_in_frame >= self._batch_per_frame:
            raise throttled(self._batch_per_frame, self._frame_left(now))
        self._last_batch = now
        self._batch_in_frame += 1

    def _admit_today(self, now: float, operation_id: str) -> None:
        calls = self._in_day[operation_id]
        while calls and calls[0] + DAY_SECONDS - now <= _NOISE:
            calls.popleft()
        if len(calls) >= PER_DAY[operation_id]:
            raise throttled(PER_DAY[operation_id], calls[0] + DAY_SECONDS - now)
        calls.append(now)

    def _roll(self, now: float) -> None:
        """Forget calls older than a second and begin a new frame when its time has come."""
        while self._recent and self._recent[0] + 1.0 - now <= _NOISE:
            self._recent.popleft()
        if self._frame_start is None:
            return
        frames = math.floor((now - self._frame_start + _NOISE) / self._frame_seconds)
        if frames > 0:
            self._frame_start += frames * self._frame_seconds
            self._in_frame = self._batch_in_frame = 0

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
