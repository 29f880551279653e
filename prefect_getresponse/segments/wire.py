"""How comparisons are written in conditions: the contract has five forms for dates alone."""

from __future__ import annotations

from typing import Any, Literal

from typing_extensions import TypedDict

from prefect_getresponse.segments.comparisons import (
    Anytime,
    Assigned,
    Between,
    LastDays,
    Never,
    NotAssigned,
    Number,
    Since,
    Text,
    Until,
    Within,
)
from prefect_getresponse.segments.conditions import (
    DateOperator,
    NumberOperator,
    PresenceOperator,
    PurchaseDate,
    TextOperator,
)

Dates = Since | Until | Between | Within
Period = Dates | LastDays | Anytime | Never


class TextMembers(TypedDict):
    """A comparison of texts."""

    operatorType: Literal["string_operator"]
    operator: TextOperator
    value: str


class NumberMembers(TypedDict):
    """A comparison of whole numbers."""

    operatorType: Literal["numeric_operator"]
    operator: NumberOperator
    value: int


class DateMembers(TypedDict):
    """A comparison of dates."""

    operatorType: Literal["date_operator"]
    operator: DateOperator
    value: str


def text_members(text: Text) -> TextMembers:
    """Write a comparison of texts."""
    return {"operatorType": "string_operator", "operator": text.operator, "value": text.value}


def number_members(number: Number) -> NumberMembers:
    """Write a comparison of whole numbers; the task refuses a fraction."""
    value: Any = number.value
    return {"operatorType": "numeric_operator", "operator": number.operator, "value": value}


def presence(value: Assigned | NotAssigned) -> PresenceOperator:
    """Return the operator that asks whether there is a value."""
    return "assigned" if isinstance(value, Assigned) else "not_assigned"


def date_members(when: Dates) -> DateMembers:
    """Write a comparison of dates in the form of subscriptions and last actions."""
    operator, value = date_operator(when)
    return {"operatorType": "date_operator", "operator": operator, "value": value}


def date_operator(when: Dates | LastDays) -> tuple[DateOperator, str]:
    """Return operator and value of a comparison of dates."""
    if isinstance(when, Within | LastDays):
        return "specific_date", word(when)
    return word(when), when.value


def word(when: Period) -> Any:
    """Return the operator; which of them a condition takes, the types of its constructor say."""
    match when:
        case Since():
            return "date_from"
        case Until():
            return "date_to"
        case Between():
            return "custom"
        case Within():
            return when.period
        case LastDays():
            return "last_n_days"
        case Anytime():
            return "anytime"
        case Never():
            return "never"


def days_members(when: Period) -> Any:
    """Write the last days as `numberOfDays` and `includeCurrentPeriod`, other times as nothing."""
    if not isinstance(when, LastDays):
        return {}
    return {"numberOfDays": when.number, "includeCurrentPeriod": when.include_today}


def value_members(when: Period) -> Any:
    """Write what goes with a `dateOperator` whose `value` is a date or a number of days."""
    match when:
        case Since():
            return {"value": when.value}
        case Between():
            return {"range": when.value}
        case LastDays():
            return {"value": when.number, "includeCurrentPeriod": when.include_today}
        case _:
            return {}


def purchase_date(when: Between | Within | LastDays | Anytime) -> PurchaseDate:
    """Write when purchases were made."""
    members: PurchaseDate = {"operator": word(when)}
    if isinstance(when, Between):
        members["range"] = when.value
    members.update(days_members(when))
    return members
