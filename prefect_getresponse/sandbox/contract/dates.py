"""Dates as the API prints and reads them: ISO 8601, UTC, offset without a colon."""

from __future__ import annotations

import functools
import re
import time
from datetime import UTC, datetime, timedelta

DAY = 86_400.0


def iso(moment: float) -> str:
    """Print unix seconds as `2017-03-02T07:30:49+0000`."""
    return _iso_second(int(moment))


@functools.lru_cache(maxsize=4096)
def _iso_second(second: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S+0000", time.gmtime(second))


def iso_interval(start: float, end: float) -> str:
    """Print a time as its start and duration, `2014-09-20T00:00:00+0000/P78DT10H0M0S`.

    Args:
        start: Unix seconds.
        end: Unix seconds, not before the start.
    """
    days, seconds = divmod(int(end) - int(start), int(DAY))
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    return f"{iso(start)}/P{days}DT{hour}H{minute}M{second}S"


def parse_moment(text: str, *, end_of_day: bool = False) -> float:
    """Read a date or a date-time.

    Args:
        text: `2018-04-15`, or `2018-01-15T13:30:42+0000`; without an offset it is UTC.
        end_of_day: Whether a date without a time means its last moment, not its first.

    Returns:
        Unix seconds.

    Raises:
        ValueError: If `text` is neither.
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    seconds = moment.timestamp()
    if len(text) == len("2018-04-15"):
        return seconds + (DAY - 1 if end_of_day else 0.0)
    return seconds


def is_moment(text: str) -> bool:
    """Whether `text` is a date or a date-time."""
    try:
        parse_moment(text)
    except ValueError:
        return False
    return True


_DURATION = re.compile(
    r"P(?=.)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?"
    r"(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?"
)
_UNITS = (365 * DAY, 30 * DAY, 7 * DAY, DAY, 3_600.0, 60.0, 1.0)


def parse_duration(text: str) -> float:
    """Read a length of time such as `P0Y0M0DT5H30M0S`; a year has 365 days, a month 30.

    Returns:
        Seconds.

    Raises:
        ValueError: If `text` is no ISO 8601 duration.
    """
    found = _DURATION.fullmatch(text)
    if found is None:
        raise ValueError(f"not a duration: {text!r}")
    return sum(int(count or 0) * unit for count, unit in zip(found.groups(), _UNITS, strict=True))


def period(name: str, now: float, days: int = 0) -> tuple[float, float]:
    """Return a named period of the calendar as first and last moment.

    Weeks start on Monday. `last_7_days` and its like end now and count whole days back.

    Args:
        name: `today`, `last_week`, ... as in segment conditions; `all_time` has no bounds.
        now: Unix seconds.
        days: The n of `last_n_days`.

    Raises:
        ValueError: If there is no such period.
    """
    today = datetime.fromtimestamp(now, UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    monday = today - timedelta(days=today.weekday())
    first = today.replace(day=1)
    previous = (first - timedelta(days=1)).replace(day=1)
    before_previous = (previous - timedelta(days=1)).replace(day=1)
    tomorrow = today + timedelta(days=1)
    bounds = {
        "today": (today, tomorrow),
        "yesterday": (today - timedelta(days=1), today),
        "last_7_days": (today - timedelta(days=7), tomorrow),
        "last_30_days": (today - timedelta(days=30), tomorrow),
        "last_n_days": (today - timedelta(days=days), tomorrow),
        "this_week": (monday, tomorrow),
        "last_week": (monday - timedelta(days=7), monday),
        "this_month": (first, tomorrow),
        "last_month": (previous, first),
        "last_2_months": (before_previous, first),
    }
    if name == "all_time":
        return float("-inf"), float("inf")
    if name not in bounds:
        raise ValueError(f"no period is called {name!r}")
    start, end = bounds[name]
    return start.timestamp(), end.timestamp() - 1
