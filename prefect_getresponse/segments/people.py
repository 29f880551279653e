"""Conditions about a person: who it is, how and when it came, where it stands."""

from __future__ import annotations

from typing import Literal

from prefect_getresponse.segments.comparisons import (
    Anytime,
    Assigned,
    LastDays,
    NotAssigned,
    Number,
    Since,
    Text,
    Until,
)
from prefect_getresponse.segments.conditions import (
    AutoresponderDayCondition,
    CrmCondition,
    CustomDateCondition,
    CustomNumberCondition,
    CustomTextCondition,
    EmailCondition,
    EngagementScoreCondition,
    GdprCondition,
    GeolocationCondition,
    GeolocationScope,
    GoalCondition,
    NameCondition,
    ScoringCondition,
    SubscriptionDateCondition,
    SubscriptionMethod,
    SubscriptionMethodCondition,
    TagCondition,
    WebformType,
)
from prefect_getresponse.segments.wire import (
    Dates,
    date_members,
    date_operator,
    days_members,
    number_members,
    presence,
    text_members,
    word,
)


def name(text: Text) -> NameCondition:
    """What the name is like: `name(starts("Ann"))`."""
    return {"conditionType": "name", **text_members(text)}


def email(text: Text) -> EmailCondition:
    """What the address is like: `email(ends("@example.com"))`."""
    return {"conditionType": "email", **text_members(text)}


def custom(
    custom_field_id: str,
    value: Text | Number | Dates | LastDays | Assigned | NotAssigned,
    *,
    listed: bool = False,
) -> CustomTextCondition | CustomNumberCondition | CustomDateCondition:
    """What a custom field says: `custom("pF3x", is_("Oslo"))`, `custom("pF3x", last_days(30))`.

    Args:
        custom_field_id: Id of the field.
        value: What to compare it with; it must suit the type of the field.
        listed: Whether the field has values to choose from.
    """
    match value:
        case Number():
            return {
                "conditionType": "custom",
                "scope": custom_field_id,
                "operatorType": "numeric_operator",
                "operator": value.operator,
                "value": str(value.value),
            }
        case Text() | Assigned() | NotAssigned():
            return _custom_text(custom_field_id, value, listed=listed)
        case _:
            return _custom_date(custom_field_id, value)


def _custom_text(
    custom_field_id: str, value: Text | Assigned | NotAssigned, *, listed: bool
) -> CustomTextCondition:
    condition: CustomTextCondition = {
        "conditionType": "custom",
        "scope": custom_field_id,
        "operatorType": "string_operator_list" if listed else "string_operator",
        "operator": value.operator if isinstance(value, Text) else presence(value),
    }
    if isinstance(value, Text):
        condition["value"] = value.value
    return condition


def _custom_date(custom_field_id: str, when: Dates | LastDays) -> CustomDateCondition:
    operator, value = date_operator(when)
    condition: CustomDateCondition = {
        "conditionType": "custom",
        "scope": custom_field_id,
        "operatorType": "date_operator",
        "operator": operator,
        "value": value,
    }
    condition.update(days_members(when))
    return condition


def subscription_date(when: Dates) -> SubscriptionDateCondition:
    """When somebody subscribed: `subscription_date(since("2026-01-01"))`."""
    return {"conditionType": "subscription_date", **date_members(when)}


def subscription_method(
    method: SubscriptionMethod, *, form_type: WebformType | None = None, source: str | None = None
) -> SubscriptionMethodCondition:
    """How somebody subscribed.

    Args:
        method: The way.
        form_type: Kind of form; needed with `webform`.
        source: Id of the form, import, landing page, website or webinar; `all` for any import,
            landing page, website or webinar. Only with `webform` it can be left out.
    """
    condition: SubscriptionMethodCondition = {
        "conditionType": "subscription_method",
        "method": method,
    }
    if form_type is not None:
        condition["webformType"] = form_type
    if source is not None:
        condition["value"] = source
    return condition


def phase(day: Number | Assigned | NotAssigned) -> AutoresponderDayCondition:
    """On which day of the autoresponder cycle somebody is: `phase(at_least(3))`."""
    if isinstance(day, Number):
        return {"conditionType": "phase", **number_members(day)}
    return {
        "conditionType": "phase",
        "operatorType": "numeric_operator",
        "operator": presence(day),
    }


def geo(scope: GeolocationScope, text: Text) -> GeolocationCondition:
    """Where somebody was seen: `geo("country_code", is_("PL"))`."""
    return {"conditionType": "geo", "scope": scope, **text_members(text)}


def gdpr(
    gdpr_field_id: str, *, given: bool = True, when: Since | Until | Anytime | None = None
) -> GdprCondition:
    """Whether somebody gave a consent: `gdpr("MmQ", when=since("2026-01-01"))`.

    Args:
        gdpr_field_id: Id of the consent field.
        given: Whether the consent was given, or was not.
        when: Since or until when; at any time if left out.
    """
    condition: GdprCondition = {
        "conditionType": "gdpr",
        "gdprFieldId": gdpr_field_id,
        "consentStatus": "given" if given else "not_given",
    }
    match when:
        case Since() | Until():
            condition["consentDate"] = {"operator": word(when), "date": when.value}
        case Anytime():
            condition["consentDate"] = {"operator": "anytime"}
        case None:
            pass
    return condition


def score(number: Number | NotAssigned) -> ScoringCondition:
    """Which score somebody has: `score(more_than(50))`, `score(not_assigned())`."""
    if isinstance(number, NotAssigned):
        return {"conditionType": "score", "operatorType": "not_exists"}
    return {"conditionType": "score", **number_members(number)}


def engagement_score(number: Number) -> EngagementScoreCondition:
    """How engaged somebody is, from 1 to 5: `engagement_score(at_least(4))`."""
    return {"conditionType": "engagement_score", **number_members(number)}


def tag(tag_id: str, *, exists: bool = True) -> TagCondition:
    """Whether somebody has a tag: `tag("vB3x")`, `tag("vB3x", exists=False)`."""
    operator: Literal["exists", "not_exists"] = "exists" if exists else "not_exists"
    return {
        "conditionType": "tag",
        "operatorType": "exists",
        "operator": operator,
        "value": tag_id,
    }


def goal(goal_id: str, times: Number | Assigned | NotAssigned) -> GoalCondition:
    """How often somebody reached a goal: `goal("p22", at_least(1))`."""
    if isinstance(times, Number):
        return {"conditionType": "goal", "scope": goal_id, **number_members(times)}
    return {
        "conditionType": "goal",
        "scope": goal_id,
        "operatorType": "numeric_operator",
        "operator": presence(times),
    }


def crm(pipeline_id: str, stage_id: str = "all") -> CrmCondition:
    """In which stage of a pipeline somebody is; `all` is any stage."""
    return {"conditionType": "crm", "pipelineScope": pipeline_id, "stageScope": stage_id}
