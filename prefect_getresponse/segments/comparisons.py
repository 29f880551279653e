"""What a condition compares with: texts, numbers, dates, or whether there is a value at all.

email(ends("@example.com")), score(at_least(5)), custom("pF3x", since("2026-01-01"))
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from prefect_getresponse.segments.conditions import NumberOperator, PeriodName, TextOperator

Day = date | str
"""A `date`, a `datetime` with its offset, or the same in ISO 8601."""


@dataclass(frozen=True, slots=True)
class Text:
    """A comparison of texts."""

    operator: TextOperator
    value: str


def is_(value: str) -> Text:
    """Exactly this text."""
    return Text("is", value)


def is_not(value: str) -> Text:
    """Any other text."""
    return Text("is_not", value)


def contains(value: str) -> Text:
    """A text with this in it."""
    return Text("contains", value)


def not_contains(value: str) -> Text:
    """A text without this in it."""
    return Text("not_contains", value)


def starts(value: str) -> Text:
    """A text that begins with this."""
    return Text("starts", value)


def not_starts(value: str) -> Text:
    """A text that begins with something else."""
    return Text("not_starts", value)


def ends(value: str) -> Text:
    """A text that ends with this."""
    return Text("ends", value)


def not_ends(value: str) -> Text:
    """A text that ends with something else."""
    return Text("not_ends", value)


@dataclass(frozen=True, slots=True)
class Number:
    """A comparison of numbers."""

    operator: NumberOperator
    value: float


def less_than(value: float) -> Number:
    """A smaller number."""
    return Number("numeric_lt", value)


def more_than(value: float) -> Number:
    """A larger number."""
    return Number("numeric_gt", value)


def at_most(value: float) -> Number:
    """This number or a smaller one."""
    return Number("numeric_lt_eq", value)


def at_least(value: float) -> Number:
    """This number or a larger one."""
    return Number("numeric_gt_eq", value)


def equals(value: float) -> Number:
    """Exactly this number."""
    return Number("numeric_eq", value)


def not_equals(value: float) -> Number:
    """Any other number."""
    return Number("numeric_not_eq", value)


@dataclass(frozen=True, slots=True)
class Assigned:
    """There is a value."""


@dataclass(frozen=True, slots=True)
class NotAssigned:
    """There is no value."""


def assigned() -> Assigned:
    """There is a value, whichever it is."""
    return Assigned()


def not_assigned() -> NotAssigned:
    """There is no value."""
    return NotAssigned()


@dataclass(frozen=True, slots=True)
class Since:
    """From a date on; `value` is in ISO 8601."""

    value: str


@dataclass(frozen=True, slots=True)
class Until:
    """Up to a date; `value` is in ISO 8601."""

    value: str


@dataclass(frozen=True, slots=True)
class Between:
    """From one date up to another; `value` is `first/last` in ISO 8601."""

    value: str


@dataclass(frozen=True, slots=True)
class Within:
    """In a period of the calendar."""

    period: PeriodName


@dataclass(frozen=True, slots=True)
class LastDays:
    """In the last days, today included or not."""

    number: int
    include_today: bool


@dataclass(frozen=True, slots=True)
class Anytime:
    """At any time."""


@dataclass(frozen=True, slots=True)
class Never:
    """At no time."""


def since(day: Day) -> Since:
    """From this date on."""
    return Since(_iso(day))


def until(day: Day) -> Until:
    """Up to this date."""
    return Until(_iso(day))


def between(first: Day, last: Day) -> Between:
    """From the first date up to the last, both included."""
    return Between(f"{_iso(first)}/{_iso(last)}")


def within(period: PeriodName) -> Within:
    """In a period of the calendar, for example `last_week`."""
    return Within(period)


def last_days(number: int, *, include_today: bool = True) -> LastDays:
    """In the last days.

    Args:
        number: How many.
        include_today: Whether today is one of them.
    """
    return LastDays(number, include_today)


def anytime() -> Anytime:
    """At any time."""
    return Anytime()


def never() -> Never:
    """At no time."""
    return Never()


def _iso(day: Day) -> str:
    if isinstance(day, datetime):
        return day.strftime("%Y-%m-%dT%H:%M:%S%z")
    return day.isoformat() if isinstance(day, date) else day
