"""Which time a condition of a segment means: the contract has five forms for that."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from prefect_getresponse.sandbox.contract.dates import parse_moment, period

_VALUES = ("date", "range", "value")
"""Members that hold a date, an interval or a number of days beside `dateOperator`."""


def condition_bounds(condition: Mapping[str, Any], now: float) -> tuple[float, float]:
    """Return the first and last moment that a condition means; without a date, any time.

    Args:
        condition: The condition.
        now: Unix seconds.

    Raises:
        ValueError: If a date, interval or period of it is none.
    """
    dates: Mapping[str, Any] = condition
    if condition.get("operatorType") == "date_operator":
        operator, value = condition["operator"], condition.get("value")
        operator = value if operator == "specific_date" else operator
    elif isinstance(condition.get("date"), dict):
        dates = condition["date"]
        operator, value = dates["operator"], dates.get("range")
    else:
        operator = condition.get("dateOperator", "anytime")
        value = next((condition[each] for each in _VALUES if each in condition), None)
    start, end = _bounds(operator, value, dates.get("numberOfDays", value), now)
    if dates.get("includeCurrentPeriod") is False:
        end = min(end, period("yesterday", now)[1])
    return start, end


def _bounds(operator: Any, value: Any, days: Any, now: float) -> tuple[float, float]:
    match operator:
        case "anytime" | "all_time" | "never" | "assigned" | "not_assigned":
            return period("all_time", now)
        case "date_from":
            return parse_moment(str(value)), float("inf")
        case "date_to":
            return float("-inf"), parse_moment(str(value), end_of_day=True)
        case "custom":
            first, _, last = str(value).partition("/")
            return parse_moment(first), parse_moment(last, end_of_day=True)
        case "last_n_days" if not isinstance(days, int):
            raise ValueError("the number of days is missing")
        case _:
            return period(str(operator), now, days if isinstance(days, int) else 0)
