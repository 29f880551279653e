"""Which contacts meet a condition of a segment.

Words compare in any case. An attribute with several values meets a condition if one of them does;
the `not` operators are the opposite of their counterparts, so contacts without a value meet them.

Of webinars, goals, pipelines, SMS, custom events, GDPR fields and places the sandbox keeps nothing
about people: nobody did or has any of it, so the opposites hold for everybody.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from prefect_getresponse.sandbox.contract.dates import is_moment, parse_moment
from prefect_getresponse.sandbox.contract.formats import is_number
from prefect_getresponse.sandbox.people.contact_book import Contact
from prefect_getresponse.sandbox.segments.condition_dates import condition_bounds
from prefect_getresponse.sandbox.segments.message_events import MESSAGE_CONDITIONS, message_test
from prefect_getresponse.sandbox.segments.numeric import NUMERIC_OPERATORS, compare_numbers
from prefect_getresponse.sandbox.segments.purchases import purchase_test
from prefect_getresponse.sandbox.world.world import World

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
_ORIGINS = {"webform": "www", "mobile": "iphone", "sales": "sale"}
"""Origin of contacts by method of subscription, where they are not called the same."""

_NEGATIVE_WORDS = (
    ("conditionType", "sms_link_not_clicked"),
    ("webinarCondition", "not_participated"),
    ("occurrence", "not_occurred"),
    ("consentStatus", "not_given"),
)


def condition_test(world: World, condition: Condition, now: float) -> Test:
    """Turn a checked condition into a test of contacts.

    Args:
        world: The account.
        condition: The condition.
        now: Unix seconds, for periods such as `last_7_days`.
    """
    kind: str = condition["conditionType"]
    if kind == "subscription_method":
        return _method_test(condition)
    if kind.startswith("ecommerce_"):
        return purchase_test(world, condition, now)
    if kind in MESSAGE_CONDITIONS:
        return message_test(world, condition, now)
    if kind not in _ATTRIBUTES:
        is_negative = any(condition.get(name) == word for name, word in _NEGATIVE_WORDS)
        return lambda _contact: is_negative
    return _attribute_test(condition, now)


def _method_test(condition: Condition) -> Test:
    """A contact's origin is known, not which form, import or page it came through."""
    origin = _ORIGINS.get(condition["method"], condition["method"])
    is_any = condition.get("value", "all") == "all" or condition.get("webformType") == "all"
    return lambda contact: is_any and contact.origin == origin


_ATTRIBUTES: Mapping[str, Callable[[Contact, str], Iterable[Any]]] = {
    "name": lambda contact, _: (contact.name or "",),
    "email": lambda contact, _: (contact.email,),
    "custom": lambda contact, scope: contact.customs.get(scope, ()),
    "subscription_date": lambda contact, _: (int(contact.created),),
    "score": lambda contact, _: () if contact.scoring is None else (contact.scoring,),
    "engagement_score": lambda _contact, _: (),
    "phase": lambda contact, _: () if contact.day_of_cycle is None else (contact.day_of_cycle,),
    "goal": lambda _contact, _: (),
    "geo": lambda _contact, _: (),
    "tag": lambda contact, _: contact.tags,
}
"""Values of the attribute that a condition is about, by type and scope."""

CONTACT_CONDITIONS = frozenset({*_ATTRIBUTES, "subscription_method"})
"""Types of conditions about what contacts themselves hold."""


def _attribute_test(condition: Condition, now: float) -> Test:
    values, scope = _ATTRIBUTES[condition["conditionType"]], condition.get("scope", "")
    if condition.get("operatorType") == "not_exists":
        return lambda contact: not values(contact, scope)
    name: str = condition["operator"]
    test = _value_test(_OPPOSITES.get(name, name), condition, now)
    if name in _OPPOSITES:
        return lambda contact: not any(test(value) for value in values(contact, scope))
    return lambda contact: any(test(value) for value in values(contact, scope))


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
    if name in NUMERIC_OPERATORS:
        number = float(wanted)
        return lambda value: is_number(str(value)) and compare_numbers(name, float(value), number)
    start, end = condition_bounds(condition, now)
    return lambda value: start <= _moment(value) <= end


def _moment(value: str | int) -> float:
    """Return unix seconds; what is no date is outside of every interval."""
    if isinstance(value, int):
        return value
    return parse_moment(value) if is_moment(value) else float("nan")
