"""What the conditions of segments must look like (GetResponse API v3, `ConditionType`).

Each type has members of its own; which values it needs depends on its operators.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from typing import Any, cast

from prefect_getresponse.sandbox.contract.errors import FieldError
from prefect_getresponse.sandbox.contract.formats import is_number
from prefect_getresponse.sandbox.contract.schema import Shape, object_shape
from prefect_getresponse.sandbox.contract.validation import Body, check_object
from prefect_getresponse.sandbox.segments.condition_dates import condition_bounds
from prefect_getresponse.sandbox.world.world import World

Condition = Mapping[str, Any]
PRESENCE = frozenset({"assigned", "not_assigned"})

_TEXT_WORDS = "is|is_not|contains|not_contains|starts|ends|not_starts|not_ends"
_NUMBER_WORDS = "numeric_lt|numeric_gt|numeric_eq|numeric_not_eq|numeric_lt_eq|numeric_gt_eq"
_PRESENCE_WORDS = "assigned|not_assigned"
_DATE_WORDS = "date_to|date_from|specific_date|custom"
_MESSAGES = "autoresponder|newsletter|splittest|automation"
_PERIODS = "today|yesterday|last_7_days|last_30_days|this_week|last_week|this_month|last_month"
_NEGATIVE_PERIODS = "today|yesterday|last_7_days|last_30_days|last_n_days|this_week|this_month"
_LONG_PERIODS = f"{_PERIODS}|last_n_days|last_2_months"
_CART_PERIODS = "today|yesterday|last_n_days|this_week|last_week|this_month|last_month"


def _words(words: str) -> str:
    return f"string enum({words}) {{required}}"


_NEEDED = "string {required}"
_TEXT = {
    "operatorType": _words("string_operator"),
    "operator": _words(_TEXT_WORDS),
    "value": _NEEDED,
}
_DATE = {"operatorType": _words("date_operator"), "operator": _words(_DATE_WORDS), "value": _NEEDED}
_NUMBER = {"operatorType": _words("numeric_operator"), "operator": _words(_NUMBER_WORDS)}
_NUMBER_OR_PRESENCE = {
    "operatorType": _words("numeric_operator"),
    "operator": _words(f"{_NUMBER_WORDS}|{_PRESENCE_WORDS}"),
    "value": "integer",
}
_MESSAGE = {"operatorType": _words("message_operator"), "operator": _words(_MESSAGES)}
_NO_MESSAGE = {
    "operatorType": _words("complex_message_operator"),
    "operator": _words(f"all|{_MESSAGES}"),
    "scope": "string",
    "dateOperator": _words(f"date_from|never|{_NEGATIVE_PERIODS}"),
    "value": "string|integer",
    "includeCurrentPeriod": "boolean",
}
_PURCHASE_DATE = {
    "date": "object {required}",
    "date.operator": _words(f"anytime|{_CART_PERIODS}|last_2_months|custom"),
    "date.numberOfDays": "integer",
    "date.includeCurrentPeriod": "boolean",
    "date.range": "string",
}
_NOTES: Mapping[str, Mapping[str, str]] = {
    "name": _TEXT,
    "email": _TEXT,
    "custom": {
        "scope": _NEEDED,
        "operatorType": _words(
            "string_operator_list|string_operator|numeric_operator|date_operator"
        ),
        "operator": _words(f"{_TEXT_WORDS}|{_NUMBER_WORDS}|{_DATE_WORDS}|{_PRESENCE_WORDS}"),
        "value": "string",
        "numberOfDays": "integer",
        "includeCurrentPeriod": "boolean",
    },
    "subscription_date": _DATE,
    "subscription_method": {
        "method": _words(
            "webform|import|landing_page|api|email|panel|mobile|survey|sales|copy|leads|webinar"
            "|chat|website_builder_elegant|course|premium_newsletter"
        ),
        "webformType": "string enum(all|webforms|webformsv2|popups)",
        "value": "string",
    },
    "opened": {**_MESSAGE, "value": _NEEDED},
    "not_opened": _NO_MESSAGE,
    "phase": _NUMBER_OR_PRESENCE,
    "last_send_date": _DATE,
    "last_click_date": _DATE,
    "last_open_date": _DATE,
    "webinar": {
        "scope": _NEEDED,
        "webinarCondition": _words("participated|not_participated"),
        "contactType": _words("host|listener|presenter|registrant|all"),
    },
    "clicked": {**_MESSAGE, "scope": _NEEDED, "clickTrackId": _NEEDED},
    "not_clicked": {**_NO_MESSAGE, "clickTrackId": "string"},
    "sent": {**_MESSAGE, "value": _NEEDED},
    "not_sent": {**_MESSAGE, "value": _NEEDED},
    "geo": {
        **_TEXT,
        "scope": _words("country|country_code|region|city|longitude|latitude|postal_code|dma_code"),
    },
    "gdpr": {
        "gdprFieldId": _NEEDED,
        "consentStatus": _words("given|not_given"),
        "consentDate": "object",
        "consentDate.operator": _words("anytime|date_from|date_to"),
        "consentDate.date": "string(date)",
    },
    "score": {
        "operatorType": _words("numeric_operator|not_exists"),
        "operator": f"string enum({_NUMBER_WORDS})",
        "value": "integer",
    },
    "engagement_score": {
        **_NUMBER,
        "operatorType": "string enum(numeric_operator)",
        "value": "integer {required}",
    },
    "tag": {
        "operatorType": _words("exists"),
        "operator": _words("exists|not_exists"),
        "value": _NEEDED,
    },
    "goal": {**_NUMBER_OR_PRESENCE, "scope": _NEEDED},
    "crm": {"pipelineScope": _NEEDED, "stageScope": _NEEDED},
    "ecommerce_number_of_purchases": {
        **_NUMBER,
        "scope": _NEEDED,
        "value": "integer {required}",
        **_PURCHASE_DATE,
    },
    "ecommerce_total_spent": {
        **_NUMBER,
        "scope": _NEEDED,
        "value": "number {required}",
        "currency": _NEEDED,
        **_PURCHASE_DATE,
    },
    "ecommerce_product_purchased": {
        "shopScope": _NEEDED,
        "categoryScope": _NEEDED,
        "productScope": _NEEDED,
        "operatorType": _words("equal_operator"),
        "operator": _words("is|is_not"),
        "dateOperator": _words(f"{_LONG_PERIODS}|all_time|date_to|date_from|custom"),
        "value": "string",
        "numberOfDays": "integer",
        "includeCurrentPeriod": "boolean",
    },
    "ecommerce_brand_purchased": {
        "scope": _NEEDED,
        "operatorType": _words("equal_operator"),
        "operator": _words("is|not_is"),
        "value": _NEEDED,
    },
    "ecommerce_abandoned_cart": {
        "shopScope": _NEEDED,
        "cartValue": "object {required}",
        "cartValue.currency": _NEEDED,
        "cartValue.value": "number {required}",
        "cartValue.operator": _words(_NUMBER_WORDS),
        "dateOperator": _words(f"date_from|anytime|never|{_CART_PERIODS}|custom"),
        "value": "string|integer",
        "includeCurrentPeriod": "boolean",
        "range": "string",
    },
    "sms_sent": {"smsId": _NEEDED, "deliveryStatus": "string enum(delivered|undelivered|any)"},
    "sms_link_clicked": {"smsId": _NEEDED, "clickTrackId": _NEEDED},
    "sms_link_not_clicked": {"smsId": _NEEDED, "clickTrackId": _NEEDED},
    "custom_event": {
        "customEventId": _NEEDED,
        "occurrence": _words("occurred|not_occurred"),
        "dateOperator": _words(f"{_LONG_PERIODS}|anytime|date_to|date_from|custom"),
        "date": "string",
    },
}
_OPERATORS: Mapping[str, str] = {
    "string_operator": f"{_TEXT_WORDS}|{_PRESENCE_WORDS}",
    "string_operator_list": f"{_TEXT_WORDS}|{_PRESENCE_WORDS}",
    "numeric_operator": f"{_NUMBER_WORDS}|{_PRESENCE_WORDS}",
    "date_operator": f"{_DATE_WORDS}|{_PRESENCE_WORDS}",
}
_REFERENCES: Mapping[str, tuple[str, str]] = {
    "custom": ("scope", "custom_fields"),
    "tag": ("value", "tags"),
    "gdpr": ("gdprFieldId", "gdpr_fields"),
}
_SOURCED_METHODS = frozenset({"import", "landing_page", "webinar", "website_builder_elegant"})


@functools.cache
def _shape(kind: str) -> Shape:
    return object_shape({"conditionType": _NEEDED, **_NOTES[kind]})


def check_condition(world: World, condition: Body, now: float) -> Iterator[FieldError]:
    """Check one condition; a type that does not exist is left to the table of bodies.

    Args:
        world: The account.
        condition: An object of any shape.
        now: Unix seconds, only to try named periods.
    """
    kind = condition.get("conditionType")
    if not isinstance(kind, str) or kind not in _NOTES:
        return
    errors = list(check_object(condition, _shape(kind), ""))
    yield from errors or _check_values(world, condition, now)


def _check_values(world: World, condition: Condition, now: float) -> Iterator[FieldError]:
    """Check what the operators ask for, and what is referred to."""
    kind, operator = condition["conditionType"], condition.get("operator")
    operators = _OPERATORS.get(condition.get("operatorType", ""), "").split("|")
    if kind == "custom" and operator not in operators:
        yield FieldError("operator", "choice", f"Not one of {', '.join(operators)}")
        return
    if operator in PRESENCE and "value" in condition:
        yield FieldError("value", "unknown", f"Not allowed with {operator}")
    consent = condition.get("consentDate", {})
    if consent.get("operator") == "anytime" and "date" in consent:
        yield FieldError("consentDate.date", "unknown", "Not allowed with anytime")
    for name in _needed(condition):
        if _at(condition, name) is None:
            yield FieldError(name, "required", "Member is required")
            return
    if not _is_value(condition, now):
        yield FieldError("value", "value", f"Not a value for {operator or 'this operator'}")
    member, resource = _REFERENCES.get(kind, ("", ""))
    if member and not world.exists(resource, condition[member], {}):
        yield FieldError(member, "reference", f"There is no such resource: {condition[member]}")


def _at(condition: Condition, path: str) -> Any:
    value: Any = condition
    for name in path.split("."):
        value = cast("Body", value).get(name)
    return value


def _needed(condition: Condition) -> Iterator[str]:
    """Return the members that the operators of a condition ask for."""
    kind, operator = condition["conditionType"], condition.get("operator")
    if kind == "subscription_method":
        yield from _needed_by_method(condition)
    elif kind in ("not_opened", "not_clicked") and operator != "all":
        yield "scope"
    elif kind == "score" and condition["operatorType"] == "numeric_operator":
        yield from ("operator", "value")
    elif kind in ("custom", "phase", "goal") and operator not in PRESENCE:
        yield "value"
    if kind == "custom" and condition.get("value") == "last_n_days":
        yield "numberOfDays"
    if "date" in condition and kind != "custom_event":
        by_date = {"last_n_days": "date.numberOfDays", "custom": "date.range"}
        yield from (by_date[word] for word in (condition["date"]["operator"],) if word in by_date)
    if condition.get("consentDate", {}).get("operator", "anytime") != "anytime":
        yield "consentDate.date"
    yield from _needed_by_date(kind, condition.get("dateOperator", ""))


def _needed_by_method(condition: Condition) -> Iterator[str]:
    if condition["method"] == "webform":
        yield "webformType"
    elif condition["method"] in _SOURCED_METHODS:
        yield "value"


def _needed_by_date(kind: str, operator: str) -> Iterator[str]:
    dates = {"date_from", "date_to", "custom"}
    if kind == "custom_event":
        yield from ["date"] if operator in dates else []
    elif kind == "ecommerce_product_purchased":
        yield from ["value"] if operator in dates else []
        yield from ["numberOfDays"] if operator == "last_n_days" else []
    elif operator == "custom":
        yield "range"
    elif operator in ("date_from", "last_n_days"):
        yield "value"


def _is_value(condition: Condition, now: float) -> bool:
    """Whether the value fits the operator."""
    if condition.get("operatorType") == "numeric_operator" and "value" in condition:
        return is_number(str(condition["value"]))
    try:
        condition_bounds(condition, now)
    except ValueError:
        return False
    return True
