"""Sections: conditions joined together, on the people of some lists."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal, NamedTuple, Required

from pydantic import AfterValidator, Field
from typing_extensions import TypedDict

from prefect_getresponse.segments.conditions import Condition

MOST_CONDITIONS = 8
MOST_SECTIONS = 8
LogicOperator = Literal["and", "or"]
SubscriberCycle = Literal["receiving_autoresponder", "not_receiving_autoresponder"]
SubscriptionDate = Literal[
    "all_time",
    "today",
    "yesterday",
    "last_7_days",
    "last_30_days",
    "this_week",
    "last_week",
    "this_month",
    "last_month",
    "last_2_months",
    "custom",
]
EVERY_CYCLE: tuple[SubscriberCycle, ...] = (
    "receiving_autoresponder",
    "not_receiving_autoresponder",
)


SectionDates = TypedDict("SectionDates", {"from": str, "to": str})
"""First and last day of subscription, YYYY-MM-DD."""


class SearchSection(TypedDict, total=False):
    """Conditions on the people of some lists, at most 8 of them.

    `customDate` goes with the subscription date `custom`, and only with it.
    """

    campaignIdsList: Required[list[str]]
    logicOperator: Required[LogicOperator]
    subscriberCycle: Required[list[SubscriberCycle]]
    subscriptionDate: Required[SubscriptionDate]
    customDate: SectionDates
    conditions: Annotated[list[Condition], Field(max_length=MOST_CONDITIONS)]


def _check_dates(section: SearchSection) -> SearchSection:
    if (section["subscriptionDate"] == "custom") != ("customDate" in section):
        raise ValueError("customDate goes with the subscriptionDate custom, and only with it")
    return section


CheckedSection = Annotated[SearchSection, AfterValidator(_check_dates)]
"""A section as tasks take it."""


class Joined(NamedTuple):
    """Conditions, and whether all of them must hold or one suffices."""

    operator: LogicOperator
    conditions: tuple[Condition, ...]


def all_of(*conditions: Condition) -> Joined:
    """All of these conditions must hold; without any, everybody is meant."""
    return Joined("and", conditions)


def any_of(*conditions: Condition) -> Joined:
    """One of these conditions suffices."""
    return Joined("or", conditions)


def section(
    campaign_ids: Iterable[str],
    conditions: Joined | None = None,
    *,
    subscribed: SubscriptionDate | tuple[str, str] = "all_time",
    cycle: Iterable[SubscriberCycle] = EVERY_CYCLE,
) -> SearchSection:
    """Describe people of some lists.

    Args:
        campaign_ids: Ids of the lists.
        conditions: `all_of(...)` or `any_of(...)`, at most 8 conditions; everybody if left out.
        subscribed: When they subscribed: a period, or first and last day (YYYY-MM-DD).
        cycle: Whether they are in an autoresponder cycle, or not; both if left out.
    """
    joined = conditions or all_of()
    described: SearchSection = {
        "campaignIdsList": list(campaign_ids),
        "logicOperator": joined.operator,
        "subscriberCycle": list(cycle),
        "subscriptionDate": subscribed if isinstance(subscribed, str) else "custom",
        "conditions": list(joined.conditions),
    }
    if not isinstance(subscribed, str):
        first, last = subscribed
        described["customDate"] = {"from": first, "to": last}
    return described
