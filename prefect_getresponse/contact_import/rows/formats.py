"""Dates and numbers as people write them, brought into the form that GetResponse takes.

`03.04.2026` is the third of April here and the fourth of March there. It is read only if the order
was said, or if the column shows it: a part above 12 is a day.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from prefect_getresponse.sources.reading import Dates, Decimal

_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})[T ]00:00(?::00(?:\.0{1,9})?)?(?:Z|[+-]00:?00)?")
_YEAR_FIRST = re.compile(r"(\d{4})[./](\d{1,2})[./](\d{1,2})(.*)", re.DOTALL)
_YEAR_LAST = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})(.*)", re.DOTALL)
_TIME = re.compile(r"(?:[T ]+\d{1,2}:\d{2}(?::\d{2})?(?:\.\d{1,9})?\S{0,8})?")
_MIDNIGHT = re.compile(r"(?:[T ]+00?:00(?::00(?:\.0{1,9})?)?)?")
_WITH_COMMA = re.compile(r"[+-]?\d[\d.\s\u00a0\u202f']*,\d+|[+-]?,\d+")


class DateColumn:
    """The dates of one column.

    Args:
        order: Which part comes first; empty to find out.
        only_days: Whether the time of the day is to be left away, where it is midnight.

    Attributes:
        ambiguous: How many dates could be two.
        unclear: How many dates were read, or not, by what the column shows.
    """

    def __init__(self, order: Dates = "", *, only_days: bool = True) -> None:
        self._order = order
        self._shown: set[Dates] = set()
        self._only_days = only_days
        self.ambiguous = 0
        self.unclear = 0

    def read(self, cells: Iterable[str]) -> list[str]:
        """Return cells with their dates as `YYYY-MM-DD`; what is none stays as it is."""
        cells = list(cells)
        if not self._order:
            for cell in cells:
                if found := _YEAR_LAST.fullmatch(cell):
                    self.unclear += 1
                    self._learn(int(found[1]), int(found[2]))
        return [self._date(cell) if cell else cell for cell in cells]

    def _learn(self, first: int, second: int) -> None:
        if first > 12 >= second:
            self._shown.add("day-first")
        elif second > 12 >= first:
            self._shown.add("month-first")

    def _date(self, cell: str) -> str:
        if self._only_days and (found := _ISO.fullmatch(cell)):
            return _written(found[1], found[2], found[3]) or cell
        if found := _YEAR_FIRST.fullmatch(cell):
            return self._with_time(_written(found[1], found[2], found[3]), found[4]) or cell
        found = _YEAR_LAST.fullmatch(cell)
        if found is None:
            return cell
        order = self._order or self._shown_by(int(found[1]), int(found[2]))
        if order == "day-first":
            return self._with_time(_written(found[3], found[2], found[1]), found[4]) or cell
        if order == "month-first":
            return self._with_time(_written(found[3], found[1], found[2]), found[4]) or cell
        self.ambiguous += not order
        return cell

    def _shown_by(self, first: int, second: int) -> Dates:
        if first == second:
            return "day-first"
        if first > 12 or second > 12:
            return "day-first" if first > 12 else "month-first"
        return next(iter(self._shown)) if len(self._shown) == 1 else ""

    def _with_time(self, day: str, rest: str) -> str:
        """Return a day with what stands behind it; empty if that is no time."""
        if not day or _TIME.fullmatch(rest) is None:
            return ""
        if not self._only_days:
            return f"{day} {rest.strip('T ')}".rstrip()
        return day if _MIDNIGHT.fullmatch(rest) else ""


class NumberColumn:
    """The numbers of one column.

    Args:
        decimal: The sign before the decimals.

    Attributes:
        with_comma: How many cells may be numbers with a decimal comma, and were not read as such.
    """

    def __init__(self, decimal: Decimal = "") -> None:
        self._decimal = decimal
        self.with_comma = 0

    def read(self, cells: Iterable[str]) -> list[str]:
        """Return cells with their numbers as `1234.50`; what is none stays as it is."""
        if self._decimal == "comma":
            return [_plain(cell, ".", ",") for cell in cells]
        if self._decimal == "point":
            return [_plain(cell, ",", ".") for cell in cells]
        found = list(cells)
        self.with_comma += sum("," in cell and bool(_WITH_COMMA.fullmatch(cell)) for cell in found)
        return found


def _plain(cell: str, thousands: str, decimal: str) -> str:
    bare = re.sub(rf"(?<=\d)[{re.escape(thousands)}\s\u00a0\u202f'](?=\d{{3}}(?!\d))", "", cell)
    bare = bare.replace(decimal, ".", 1)
    return bare if re.fullmatch(r"[+-]?\d*\.?\d+", bare) else cell


def _written(year: str, month: str, day: str) -> str:
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return ""
