"""Segments: which contacts match sections of conditions (GetResponse API v3, Search Contacts).

Only conditions on a contact's own attributes are imitated. Words compare in any case. An
attribute with several values matches if one of them does; the `not` operators are the opposite
of their counterparts, so they also match contacts without a value.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any, cast

from prefect_getresponse.sandbox.contact_book import Contact
from prefect_getresponse.sandbox.dates import parse_moment, period
from prefect_getresponse.sandbox.errors import FieldError
from prefect_getresponse.sandbox.formats import is_number
from prefect_getresponse.sandbox.validation import Body, objects
from prefect_getresponse.sandbox.world import World

Test = Callable[[Contact], bool]
Condition = Mapping[str, Any]

_STRING_TESTS: Mapping[str, Callable[[str, str], bool]] = {
    "is": operator.eq,
    "contains": operator.contains,
    "starts": str.startswith,
    "ends": str.endswith,
}
_OPPOSITES = {
    "is_not": "is",
    "not_contains": "contains",
    "not_starts": "starts",
    "not_ends": "ends",
    "not_assigned": "assigned",
    "not_exists": "exists",
}
_NUMERIC_TESTS: Mapping[str, Callable[[float, float], bool]] = {
    "numeric_lt": operator.lt,
    "numeric_gt": operator.gt,
    "numeric_eq": operator.eq,
    "numeric_not_eq": operator.ne,
    "numeric_lt_eq": operator.le,
    "numeric_gt_eq": operator.ge,
}
_STRINGS = frozenset({*_STRING_TESTS, "is_not", "not_contains", "not_starts", "not_ends"})
_OPERATORS: Mapping[str, frozenset[str]] = {
    "string_operator": _STRINGS,
    "string_operator_list": _STRINGS,
    "numeric_operator": frozenset(_NUMERIC_TESTS),
    "date_operator": frozenset({"date_to", "date_from", "specific_date", "custom"}),
    "exists": frozenset({"exists", "not_exists"}),
}
_PRESENCE = frozenset({"assigned", "not_assigned"})
_OPERATOR_TYPES: Mapping[str, frozenset[str]] = {
    "name": frozenset({"string_operator"}),
    "email": frozenset({"string_operator"}),
    "custom": frozenset(_OPERATORS) - {"exists"},
    "subscription_date": frozenset({"date_operator"}),
    "score": frozenset({"numeric_operator", "not_exists"}),
    "phase": frozenset({"numeric_operator"}),
    "tag": frozenset({"exists"}),
}
_NOTHING: frozenset[str] = frozenset()
_WITH_PRESENCE = frozenset({"custom", "phase"})
_MEMBERS = frozenset(
    {"conditionType", "operatorType", "operator", "value", "scope", "numberOfDays"}
)


def check_segment(world: World, body: Body, now: float = 0.0) -> Iterator[FieldError]:
    """Check the conditions of a segment, which no table describes.

    Args:
        world: The account.
        body: The request body, of any shape.
        now: Unix seconds, only to try named periods.
    """
    for number, section in enumerate(objects(body.get("section"))):
        path = f"section[{number}]"
        if section.get("subscriptionDate") == "custom" and "customDate" not in section:
            yield FieldError(f"{path}.customDate", "required", "Member is required")
        for index, condition in enumerate(objects(section.get("conditions"))):
            for name, kind, problem in _condition_problems(world, condition, now):
                yield FieldError(f"{path}.conditions[{index}].{name}", kind, problem)


_Problem = tuple[str, str, str]


def _condition_problems(world: World, condition: Condition, now: float) -> Iterator[_Problem]:
    kind = condition.get("conditionType")
    if not isinstance(kind, str):
        return
    if kind not in _OPERATOR_TYPES:
        yield "conditionType", "imitation", f"The sandbox does not imitate the condition {kind}"
        return
    for member in sorted(condition.keys() - _MEMBERS):
        yield member, "unknown", "Not allowed member"
    operator_type, name = condition.get("operatorType"), condition.get("operator")
    if operator_type not in _OPERATOR_TYPES[kind]:
        yield "operatorType", "choice", f"Not one of {', '.join(sorted(_OPERATOR_TYPES[kind]))}"
    elif operator_type != "not_exists":
        presence = _PRESENCE if kind in _WITH_PRESENCE else _NOTHING
        operators = _OPERATORS[operator_type] | presence
        if name not in operators:
            yield "operator", "choice", f"Not one of {', '.join(sorted(operators))}"
        elif name not in _PRESENCE and not _is_value(condition, now):
            yield "value", "value", f"Missing, or not a value for {name}"
    if kind == "custom" and condition.get("scope") not in world.custom_fields:
        yield "scope", "reference", "There is no such custom field"
    if kind == "tag" and condition.get("value") not in world.tags:
        yield "value", "reference", "There is no such tag"


def _is_value(condition: Condition, now: float) -> bool:
    """Whether the value fits the operator."""
    value, kind = condition.get("value"), condition["operatorType"]
    if kind == "numeric_operator":
        return not isinstance(value, bool) and is_number(str(value))
    if not isinstance(value, str):
        return False
    if kind != "date_operator":
        return True
    with suppress(ValueError):
        _bounds(condition, now)
        return True
    return False


def compile_segment(body: Body, now: float) -> Test:
    """Turn a checked segment into a test of contacts.

    Args:
        body: The request body.
        now: Unix seconds, for periods such as `last_7_days`.
    """
    sections = [_section(section, now) for section in body["section"]]
    return _joined(sections, body["sectionLogicOperator"])


def _joined(tests: Iterable[Test], logic: str) -> Test:
    listed, join = list(tests), all if logic == "and" else any
    return lambda contact: join(test(contact) for test in listed)


def _section(section: Body, now: float) -> Test:
    lists = frozenset(section["campaignIdsList"])
    cycle = {word == "receiving_autoresponder" for word in section["subscriberCycle"]}
    if section["subscriptionDate"] == "custom":
        bounds = section["customDate"]
        start = parse_moment(bounds["from"])
        end = parse_moment(bounds["to"], end_of_day=True)
    else:
        start, end = period(section["subscriptionDate"], now)
    conditions = [_condition(condition, now) for condition in section.get("conditions", [])]
    matches = _joined(conditions, section["logicOperator"]) if conditions else _anyone
    return lambda contact: (
        contact.campaign_id in lists
        and (contact.day_of_cycle is not None) in cycle
        and start <= int(contact.created) <= end
        and matches(contact)
    )


def _anyone(_contact: Contact) -> bool:
    return True


def _condition(condition: Condition, now: float) -> Test:
    values = _values(condition)
    if condition["operatorType"] == "not_exists":
        return lambda contact: not values(contact)
    name: str = condition["operator"]
    test = _value_test(_OPPOSITES.get(name, name), condition, now)
    if name in _OPPOSITES:
        return lambda contact: not any(test(value) for value in values(contact))
    return lambda contact: any(test(value) for value in values(contact))


def _values(condition: Condition) -> Callable[[Contact], Iterable[Any]]:
    """Return what gives the values of the attribute that a condition is about."""
    scope: str = condition.get("scope", "")
    sources: Mapping[str, Callable[[Contact], Iterable[Any]]] = {
        "name": lambda contact: (contact.name or "",),
        "email": lambda contact: (contact.email,),
        "custom": lambda contact: contact.customs.get(scope, ()),
        "subscription_date": lambda contact: (int(contact.created),),
        "score": lambda contact: () if contact.scoring is None else (contact.scoring,),
        "phase": lambda contact: () if contact.day_of_cycle is None else (contact.day_of_cycle,),
        "tag": lambda contact: contact.tags,
    }
    return sources[condition["conditionType"]]


def _value_test(name: str, condition: Condition, now: float) -> Callable[[Any], bool]:
    """Return the test of one value by a positive operator."""
    if name == "assigned":
        return lambda _value: True
    wanted = condition["value"]
    if name == "exists":
        return lambda value: value == wanted
    if name in _STRING_TESTS:
        compare, text = _STRING_TESTS[name], wanted.casefold()
        return lambda value: compare(value.casefold(), text)
    if name in _NUMERIC_TESTS:
        relate, number = _NUMERIC_TESTS[name], float(wanted)
        return lambda value: is_number(str(value)) and relate(float(value), number)
    start, end = _bounds(condition, now)
    return lambda value: start <= _moment(value) <= end


def _moment(value: str | int) -> float:
    return value if isinstance(value, int) else parse_moment(value)


def _bounds(condition: Condition, now: float) -> tuple[float, float]:
    """Return the first and last moment that a date condition means.

    Raises:
        ValueError: If its value is no date, interval or period.
    """
    value = cast("str", condition["value"])
    match condition["operator"]:
        case "date_from":
            return parse_moment(value), float("inf")
        case "date_to":
            return float("-inf"), parse_moment(value, end_of_day=True)
        case "custom":
            first, _, last = value.partition("/")
            return parse_moment(first), parse_moment(last, end_of_day=True)
        case _:
            days = condition.get("numberOfDays", 0)
            if not isinstance(days, int):
                raise ValueError("numberOfDays is not a number")
            return period(value, now, days)
