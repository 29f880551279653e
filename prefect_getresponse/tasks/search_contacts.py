"""Search contacts: GetResponse's own word for segments, contacts found by conditions.

A segment (search contacts) has up to 8 sections of up to 8 conditions.
Source: GetResponse API v3, Search Contacts and the segments manual.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, Required, get_args

from pydantic import AfterValidator, Field
from typing_extensions import TypedDict

from prefect_getresponse.client.request import RetryClass
from prefect_getresponse.credentials import GetResponseCredentials
from prefect_getresponse.omit import OMIT, Omit
from prefect_getresponse.operation import Query, operation
from prefect_getresponse.tasks.common import CampaignLink, Page, PerPage, SortOrder

SubscribersType = Literal["subscribed", "undelivered", "removed", "unconfirmed"]
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
ConditionType = Literal[
    "name",
    "email",
    "custom",
    "subscription_date",
    "subscription_method",
    "opened",
    "not_opened",
    "phase",
    "last_send_date",
    "last_click_date",
    "last_open_date",
    "webinar",
    "clicked",
    "not_clicked",
    "sent",
    "not_sent",
    "geo",
    "gdpr",
    "score",
    "engagement_score",
    "tag",
    "goal",
    "crm",
    "ecommerce_number_of_purchases",
    "ecommerce_total_spent",
    "ecommerce_product_purchased",
    "ecommerce_brand_purchased",
    "ecommerce_abandoned_cart",
    "sms_sent",
    "sms_link_clicked",
    "sms_link_not_clicked",
    "custom_event",
]
RemovalReason = Literal[
    "api",
    "automation",
    "blacklisted",
    "bounce",
    "cleaner",
    "complaint",
    "support",
    "unsubscribe",
    "user",
]
"""Why somebody is on a list no more."""

_CONDITION_TYPES = frozenset(get_args(ConditionType))


def _check_condition(condition: dict[str, Any]) -> dict[str, Any]:
    if condition.get("conditionType") not in _CONDITION_TYPES:
        raise ValueError(f"conditionType is one of {', '.join(sorted(_CONDITION_TYPES))}")
    return condition


Condition = Annotated[dict[str, Any], AfterValidator(_check_condition)]
"""One condition: its `conditionType` (see `ConditionType`) and the members that this type has."""


CustomDate = TypedDict("CustomDate", {"from": str, "to": str})
"""First and last day of a period, `2026-01-31`."""


class SearchSection(TypedDict, total=False):
    """Conditions on the people of some lists, at most 8 of them.

    `subscriptionDate` `custom` needs `customDate`.
    """

    campaignIdsList: Required[list[str]]
    logicOperator: Required[LogicOperator]
    subscriberCycle: Required[list[SubscriberCycle]]
    subscriptionDate: Required[SubscriptionDate]
    customDate: CustomDate
    conditions: Annotated[list[Condition], Field(max_length=8)]


class SearchedContact(TypedDict, total=False):
    """A contact that was found; `reason` and `deletedOn` tell about those removed."""

    contactId: Required[str]
    name: str | None
    email: str
    origin: str
    dayOfCycle: str | None
    createdOn: str
    campaign: CampaignLink
    score: str | None
    reason: RemovalReason | None
    deletedOn: str | None


@operation("POST", "/search-contacts/contacts", retry_class=RetryClass.READ)
def list_contacts_by_conditions(
    credentials: GetResponseCredentials,
    *,
    subscribers_type: Annotated[list[SubscribersType], Field(min_length=1, max_length=1)],
    section_logic_operator: LogicOperator,
    section: Annotated[list[SearchSection], Field(max_length=8)],
    sort_name: Annotated[SortOrder | Omit, Query("sort[name]")] = OMIT,
    sort_email: Annotated[SortOrder | Omit, Query("sort[email]")] = OMIT,
    sort_created_on: Annotated[SortOrder | Omit, Query("sort[createdOn]")] = OMIT,
    fields: Annotated[str | Omit, Query("fields")] = OMIT,
    page: Annotated[Page | Omit, Query("page")] = OMIT,
    per_page: Annotated[PerPage | Omit, Query("perPage")] = OMIT,
) -> list[SearchedContact]:
    """Read one page of the contacts that meet conditions, without saving a segment.

    The only way to see people who have not confirmed (`unconfirmed`) or who were removed
    (`removed`).

    Args:
        credentials: The account.
        subscribers_type: Exactly one kind of contacts to look among.
        section_logic_operator: Whether one section suffices (`or`) or all must hold (`and`).
        section: Up to 8 sections of up to 8 conditions.
        sort_name: Sort by name.
        sort_email: Sort by address.
        sort_created_on: Sort by date of adding.
        fields: Comma-separated members to answer with.
        page: Page, from 1.
        per_page: Contacts a page, up to 1000.

    Returns:
        The contacts of the page.
    """
    ...
