"""Formats and shifts of dates.  Source: GetResponse, Dynamic Content, section 5."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

_NAMED = ("DAY_NAME_SHORT", "DAY_NAME", "MONTH_NAME_SHORT", "MONTH_NAME")
_NUMBERED: dict[str, Callable[[datetime], tuple[int, int]]] = {
    "YEAR_SHORT": lambda at: (at.year % 100, 2),
    "YEAR": lambda at: (at.year, 4),
    "CENTURY": lambda at: ((at.year - 1) // 100 + 1, 2),
    "MONTH": lambda at: (at.month, 2),
    "DAY": lambda at: (at.day, 2),
    "HOUR": lambda at: (at.hour, 2),
    "MINUTE": lambda at: (at.minute, 2),
    "SECOND": lambda at: (at.second, 2),
}
"""Value and width of each token that prints a number."""
_FORMATS = {
    "DAY_NAME": "%A",
    "DAY_NAME_SHORT": "%a",
    "MONTH_NAME": "%B",
    "MONTH_NAME_SHORT": "%b",
}
# Longest first: MONTH_NAME_SHORT before MONTH_NAME before MONTH.
_TOKEN = re.compile(
    "|".join(
        [
            *(rf"({name})(_NONZERO|_ORDINATED)?" for name in _NAMED),
            *(rf"({name})(_NONZERO|_ORDINATED)?" for name in sorted(_NUMBERED, key=len)[::-1]),
        ]
    )
)
_SHIFT = re.compile(r"([+-])(\d+) (YEAR|MONTH|DAY|HOUR)S?")
_HOURS = {"YEAR": 365 * 24, "MONTH": 30 * 24, "DAY": 24, "HOUR": 1}
LIMIT = timedelta(days=16 * 365)
"""Beyond this shift the date is printed as if there were none."""


def read_shift(text: str) -> timedelta | None:
    """Read a shift such as `+10 DAY`; None if it is not of that form."""
    found = _SHIFT.fullmatch(text)
    if not found:
        return None
    hours = int(found[2][:9]) * _HOURS[found[3]]
    return timedelta(hours=-hours if found[1] == "-" else hours)


def wrong_suffix(pattern: str) -> re.Match[str] | None:
    """Find a name of a day or month with a suffix that only numbers take."""
    for found in _TOKEN.finditer(pattern):
        if any(found[0].startswith(name) for name in _NAMED) and found[0].endswith(
            ("_NONZERO", "_ORDINATED")
        ):
            return found
    return None


def formatted(at: datetime, pattern: str) -> str:
    """Print a date in one of GetResponse's formats; names are English."""
    return _TOKEN.sub(lambda found: _printed(at, found[0]), pattern)


def shifted(at: datetime, shift: timedelta) -> datetime:
    """Move a date, unless it would go further than GetResponse moves dates."""
    return at if abs(shift) > LIMIT else at + shift


def _printed(at: datetime, token: str) -> str:
    name = token.removesuffix("_NONZERO").removesuffix("_ORDINATED")
    if name in _FORMATS:
        return at.strftime(_FORMATS[name])
    number, width = _NUMBERED[name](at)
    if token.endswith("_ORDINATED"):
        return f"{number}{_ending(number)}"
    return str(number) if token.endswith("_NONZERO") else f"{number:0{width}}"


def _ending(number: int) -> str:
    if number % 100 in (11, 12, 13):
        return "th"
    return {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")


def is_token(text: str) -> bool:
    """Whether a text is a single token of a format, such as DAY_NAME."""
    found = _TOKEN.fullmatch(text)
    return bool(found)
