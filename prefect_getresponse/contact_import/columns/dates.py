"""Dates in cells: days that there were, days that no calendar has, and those that mean never."""

from __future__ import annotations

import re
from datetime import date

# Dates of any order, perhaps with a time, and seconds or milliseconds since 1970.
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?"
_IN_NUMBERS = r"\d{4}[-/.]\d\d?[-/.]\d\d?|\d\d?[-/.]\d\d?[-/.](?:\d{4}|\d\d)"
_DAY = rf"(?:{_IN_NUMBERS}|{_MONTH} \d\d?,? \d{{4}}|\d\d?[ -]{_MONTH}[ -]\d{{4}})"
_TIME = r"(?:[T ,][\d:., ]*(?:[ap]\.?m\.?)? ?(?:z|utc|gmt|cet|cest)?(?:[+-][\d:]{1,5})?)?"
_SPOKEN_MONTH = r"[^\W\d_]{3,12}\.?"
_DATE = re.compile(rf"{_DAY}{_TIME}|1\d{{9}}(?:\d{{3}})?", re.ASCII | re.IGNORECASE)
_SPOKEN = re.compile(rf"\d\d?\.?º? (?:de )?{_SPOKEN_MONTH} (?:de )?\d{{4}}{_TIME}", re.IGNORECASE)
_COMPACT = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
_ANYWHERE = re.compile(
    rf"(?<![\d/.-]){_DAY}(?![\d/-])(?:[T ]\d\d?:\d\d(?::\d\d)?)?", re.ASCII | re.IGNORECASE
)
_NUMBERED = re.compile(r"(\d{1,4})[-/.](\d\d?)[-/.](\d{1,4})", re.ASCII)
_NUMBER = re.compile(r"\d+", re.ASCII)
# Nobody kept a list of people outside these years: such days are the ends of calendars.
_YEARS = range(1902, 2090)
_EPOCH = (1970, 1, 1)


def is_date(cell: str) -> bool:
    """Tell whether a cell is a day that there is, perhaps with a time."""
    return is_like_a_date(cell) and _is_possible(cell) and not is_never(cell)


def is_like_a_date(cell: str) -> bool:
    """Tell whether a cell is written as a date is, whether or not there is such a day."""
    return _DATE.fullmatch(cell.strip()) is not None


def is_any_date(cell: str) -> bool:
    """Tell whether a cell is a date in some language or order, also one that means never."""
    cell = cell.strip()
    return bool(is_like_a_date(cell) or _SPOKEN.fullmatch(cell) or _COMPACT.fullmatch(cell))


def is_never(cell: str) -> bool:
    """Tell whether a cell is the day that programs write for never.

    It has no day or month in a year without a meaning (`1900-01-00`, `00.00.0000`), or is the first
    or last day of a calendar (`0001-01-01`, `1899-12-30`, `1970-01-01`, `9999-12-31`).
    """
    parts = _parts(cell) if is_like_a_date(cell) else None
    if parts is None:
        return False
    year = parts[0]
    is_short = max(map(len, _NUMBER.findall(cell)[:3])) < 4
    return (not is_short and year not in _YEARS) or parts == _EPOCH or parts == (0, 0, 0)


def without_dates(cell: str) -> tuple[str, bool]:
    """Return a cell without its dates, and whether there were any, all of them possible."""
    found = [match[0] for match in _ANYWHERE.finditer(cell)]
    are_good = bool(found) and all(map(is_date, found))
    return _ANYWHERE.sub(" ", cell) if are_good else cell, are_good


def beside_date(cell: str) -> str | None:
    """Return the words beside a date in a cell, `None` if there is no date in it."""
    if not _ANYWHERE.search(cell):
        return None
    return " ".join(_ANYWHERE.sub(" ", cell).casefold().split())


def _parts(cell: str) -> tuple[int, int, int] | None:
    """Return year and the two other numbers of a date in numbers."""
    found = _NUMBERED.match(cell.strip())
    if found is None:
        return None
    first, middle, last = found.groups()
    if len(first) > 2:
        return int(first), int(middle), int(last)
    return int(last), int(middle), int(first)


def _is_possible(cell: str) -> bool:
    """Tell whether a day is in the calendar, whichever part is the day and which the month."""
    parts = _parts(cell)
    if parts is None:
        return True  # seconds since 1970, or a month in letters
    year, middle, last = parts
    return _is_day(year, middle, last) or _is_day(year, last, middle)


def _is_day(year: int, month: int, day: int) -> bool:
    try:
        date(year + 2000 if year < 100 else year, month, day)
    except ValueError:
        return False
    return True
