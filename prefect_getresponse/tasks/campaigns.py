"""Campaigns: GetResponse's own word for lists of contacts; what its pages call a list.

A list (campaign) cannot be deleted through the API.  Source: GetResponse API v3, Campaigns (Lists).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, Required

from pydantic import StringConstraints
from typing_extensions import TypedDict

from prefect_getresponse.client.request import RetryClass
from prefect_getresponse.omit import OMIT, Omit
from prefect_getresponse.operation import Query, operation
from prefect_getresponse.tasks.common import (
    Blocklist,
    BlocklistFlag,
    FromFieldLink,
    FromFieldReference,
    Page,
    PerPage,
    SortOrder,
    TrueOrFalse,
)

if TYPE_CHECKING:
    from prefect_getresponse.credentials import GetResponseCredentials

CampaignName = Annotated[str, StringConstraints(min_length=3, max_length=64)]
OptinType = Literal["single", "double"]
RedirectType = Literal["hosted", "customUrl"]
ConfirmationMimeType = Literal["text/html", "text/plain", "combo"]
NotificationStatus = Literal["enabled", "disabled"]


class CampaignPostal(TypedDict, total=False):
    """Postal address shown in messages; `design` places it by merge words such as `[[city]]`."""

    addPostalToMessages: TrueOrFalse
    city: str
    companyName: str
    country: str
    design: str
    state: str
    street: str
    zipCode: str


class CampaignConfirmation(TypedDict, total=False):
    """The message that asks for confirmation, and where its link leads.

    `redirectUrl` is needed when `redirectType` is `customUrl`.
    """

    fromField: FromFieldReference
    redirectType: RedirectType
    mimeType: ConfirmationMimeType
    redirectUrl: str
    replyTo: FromFieldReference
    subscriptionConfirmationBodyId: str
    subscriptionConfirmationSubjectId: str


class CampaignConfirmationDetails(TypedDict, total=False):
    """The message that asks for confirmation, as the API answers it."""

    fromField: FromFieldLink
    redirectType: RedirectType
    mimeType: ConfirmationMimeType
    redirectUrl: str
    replyTo: FromFieldLink
    subscriptionConfirmationBodyId: str
    subscriptionConfirmationSubjectId: str


CampaignOptinTypes = TypedDict(
    "CampaignOptinTypes",
    {"email": OptinType, "api": OptinType, "import": Literal["single"], "webform": OptinType},
    total=False,
)
"""Whether people must confirm (`double`), by the way they come in."""


class CampaignSubscriptionNotifications(TypedDict, total=False):
    """Whether new subscriptions are announced, and to whom."""

    status: NotificationStatus
    recipients: list[FromFieldReference]


class CampaignSubscriptionNotificationsDetails(TypedDict, total=False):
    """Announcements of new subscriptions, as the API answers them."""

    status: NotificationStatus
    recipients: list[FromFieldLink]


class CampaignProfile(TypedDict, total=False):
    """How the list presents itself: `description` 2 to 255, `title` 2 to 64 characters."""

    description: Annotated[str, StringConstraints(min_length=2, max_length=255)]
    industryTagId: str
    logo: str
    logoLinkUrl: str
    title: Annotated[str, StringConstraints(min_length=2, max_length=64)]


StatisticsGroup = Literal["hour", "day", "month", "total"]

SubscriptionCounts = TypedDict(
    "SubscriptionCounts",
    {
        "import": int,
        "email": int,
        "www": int,
        "panel": int,
        "leads": int,
        "sale": int,
        "api": int,
        "forward": int,
        "survey": int,
        "mobile": int,
        "copy": int,
        "landing_page": int,
        "webinar": int,
        "premium_newsletter": int,
        "course": int,
        "chat": int,
        "website_buider_elegant": int,
        "summary": int,
    },
    total=False,
)
"""How many people subscribed, by the way they came in, and in all (`summary`).

GetResponse's contract misspells the column of websites; its examples have
`website_builder_elegant`. `forward` is deprecated."""


class RemovalCounts(TypedDict, total=False):
    """How many people were removed, by reason; `compliant` is the API's word for complaints here.

    Reasons that did not occur are left out.
    """

    api: int
    automation: int
    blacklisted: int
    bounce: int
    cleaner: int
    compliant: int
    support: int
    unsubscribe: int
    user: int


class CampaignBalance(TypedDict, total=False):
    """Who came and who went in one period; a part is left out if nothing happened."""

    subscriptions: SubscriptionCounts
    removals: RemovalCounts


class CampaignListSize(TypedDict, total=False):
    """Size of lists at the end of one period, and the change since the last.

    `createdOn` is `YYYY-mm-dd HH:mm:ss`, `YYYY-mm-dd`, `YYYY-mm` or `total`, as grouped.
    """

    totalSubscribers: int
    addedSubscribers: int
    removedSubscribers: int
    createdOn: Required[str]


class CampaignLocation(TypedDict, total=False):
    """How many people are in one country; the contract spells the continent two ways."""

    amount: str
    continentalCode: str
    continentCode: str
    countryCode: str


class CampaignTotals(TypedDict, total=False):
    """What a list has; the API writes these numbers as texts."""

    totalSubscribers: str
    totalNewsletters: str
    totalTriggers: str
    totalLandingPages: str
    totalWebforms: str


class Campaign(TypedDict, total=False):
    """A row of a listing of lists; `description` repeats the name."""

    campaignId: Required[str]
    name: Required[str]
    techName: str
    languageCode: str
    isDefault: TrueOrFalse
    createdOn: str
    href: str
    description: str


class CampaignDetails(TypedDict, total=False):
    """A list as the API answers it."""

    campaignId: Required[str]
    name: str
    techName: str
    languageCode: str
    isDefault: TrueOrFalse
    createdOn: str
    href: str
    postal: CampaignPostal
    confirmation: CampaignConfirmationDetails
    optinTypes: CampaignOptinTypes
    subscriptionNotifications: CampaignSubscriptionNotificationsDetails
    profile: CampaignProfile


@operation("GET", "/campaigns")
def list_campaigns(
    credentials: GetResponseCredentials,
    *,
    name: Annotated[str | Omit, Query("query[name]")] = OMIT,
    is_default: Annotated[bool | Omit, Query("query[isDefault]")] = OMIT,
    sort_name: Annotated[SortOrder | Omit, Query("sort[name]")] = OMIT,
    sort_created_on: Annotated[SortOrder | Omit, Query("sort[createdOn]")] = OMIT,
    fields: str | Omit = OMIT,
    page: Page | Omit = OMIT,
    per_page: PerPage | Omit = OMIT,
) -> list[Campaign]:
    """Read one page of lists.

    Args:
        credentials: The account.
        name: Keep lists whose name contains this.
        is_default: Keep the default list, or the others.
        sort_name: Sort by name.
        sort_created_on: Sort by date of creation.
        fields: Comma-separated members to answer with.
        page: Page, from 1.
        per_page: Lists per page, up to 1000.

    Returns:
        The lists of the page.
    """
    ...


@operation("POST", "/campaigns", retry_class=RetryClass.KEYED)
def create_campaign(
    credentials: GetResponseCredentials,
    *,
    name: CampaignName,
    language_code: str | Omit = OMIT,
    is_default: TrueOrFalse | Omit = OMIT,
    postal: CampaignPostal | Omit = OMIT,
    confirmation: CampaignConfirmation | Omit = OMIT,
    optin_types: CampaignOptinTypes | Omit = OMIT,
    subscription_notifications: CampaignSubscriptionNotifications | Omit = OMIT,
    profile: CampaignProfile | Omit = OMIT,
) -> CampaignDetails:
    r"""Create a list; an account has 1,000 at most.

    Args:
        credentials: The account.
        name: 3 to 64 characters, unique; no emoji and none of `/ \ @ [ ]`.
        language_code: ISO 639-1, or `zt`, `fs`, `md`.
        is_default: Whether it becomes the default list.
        postal: Postal address shown in messages.
        confirmation: The message that asks for confirmation.
        optin_types: Whether people must confirm.
        subscription_notifications: Whether new subscriptions are announced.
        profile: How it presents itself.

    Returns:
        The new list.
    """
    ...


@operation("GET", "/campaigns/statistics/balance")
def get_campaign_balance_statistics(
    credentials: GetResponseCredentials,
    *,
    campaign_id: Annotated[str, Query("query[campaignId]")],
    group_by: Annotated[StatisticsGroup | Omit, Query("query[groupBy]")] = OMIT,
    created_from: Annotated[str | Omit, Query("query[createdOn][from]")] = OMIT,
    created_to: Annotated[str | Omit, Query("query[createdOn][to]")] = OMIT,
) -> list[dict[str, CampaignBalance]]:
    """Read how many people came to lists and left them, by period.

    Args:
        credentials: The account.
        campaign_id: Ids of lists, separated by commas.
        group_by: Length of the periods.
        created_from: Count from this date (ISO 8601).
        created_to: Count up to this date (ISO 8601).

    Returns:
        Objects with one member per period, named by its date.
    """
    ...


@operation("GET", "/campaigns/statistics/list-size")
def get_campaign_list_size_statistics(
    credentials: GetResponseCredentials,
    *,
    campaign_id: Annotated[str, Query("query[campaignId]")],
    group_by: Annotated[StatisticsGroup | Omit, Query("query[groupBy]")] = OMIT,
    created_from: Annotated[str | Omit, Query("query[createdOn][from]")] = OMIT,
    created_to: Annotated[str | Omit, Query("query[createdOn][to]")] = OMIT,
) -> list[CampaignListSize]:
    """Read how the size of lists changed, by period.

    Args:
        credentials: The account.
        campaign_id: Ids of lists, separated by commas.
        group_by: Length of the periods.
        created_from: Count from this date (ISO 8601).
        created_to: Count up to this date (ISO 8601).

    Returns:
        One row per period.
    """
    ...


@operation("GET", "/campaigns/statistics/locations")
def get_campaign_location_statistics(
    credentials: GetResponseCredentials,
    *,
    campaign_id: Annotated[str, Query("query[campaignId]")],
    group_by: Annotated[StatisticsGroup | Omit, Query("query[groupBy]")] = OMIT,
    created_from: Annotated[str | Omit, Query("query[createdOn][from]")] = OMIT,
    created_to: Annotated[str | Omit, Query("query[createdOn][to]")] = OMIT,
) -> list[dict[str, CampaignLocation]]:
    """Read in which countries the people of lists are.

    Args:
        credentials: The account.
        campaign_id: Ids of lists, separated by commas.
        group_by: Length of the periods.
        created_from: Count from this date (ISO 8601).
        created_to: Count up to this date (ISO 8601).

    Returns:
        Objects with one member per country, named by its code; `others` are those of unknown
            place.
    """
    ...


@operation("GET", "/campaigns/statistics/origins")
def get_campaign_origin_statistics(
    credentials: GetResponseCredentials,
    *,
    campaign_id: Annotated[str, Query("query[campaignId]")],
    group_by: Annotated[StatisticsGroup | Omit, Query("query[groupBy]")] = OMIT,
    created_from: Annotated[str | Omit, Query("query[createdOn][from]")] = OMIT,
    created_to: Annotated[str | Omit, Query("query[createdOn][to]")] = OMIT,
) -> list[dict[str, SubscriptionCounts]]:
    """Read by which way the people of lists came in.

    Args:
        credentials: The account.
        campaign_id: Ids of lists, separated by commas.
        group_by: Length of the periods.
        created_from: Count from this date (ISO 8601).
        created_to: Count up to this date (ISO 8601).

    Returns:
        Objects with one member per list, named by its id.
    """
    ...


@operation("GET", "/campaigns/statistics/removals")
def get_campaign_removal_statistics(
    credentials: GetResponseCredentials,
    *,
    campaign_id: Annotated[str, Query("query[campaignId]")],
    group_by: Annotated[StatisticsGroup | Omit, Query("query[groupBy]")] = OMIT,
    created_from: Annotated[str | Omit, Query("query[createdOn][from]")] = OMIT,
    created_to: Annotated[str | Omit, Query("query[createdOn][to]")] = OMIT,
) -> list[dict[str, RemovalCounts]]:
    """Read how many people left lists, and why, by period.

    Args:
        credentials: The account.
        campaign_id: Ids of lists, separated by commas.
        group_by: Length of the periods.
        created_from: Count from this date (ISO 8601).
        created_to: Count up to this date (ISO 8601).

    Returns:
        Objects with one member per period, named by its date.
    """
    ...


@operation("GET", "/campaigns/statistics/subscriptions")
def get_campaign_subscription_statistics(
    credentials: GetResponseCredentials,
    *,
    campaign_id: Annotated[str, Query("query[campaignId]")],
    group_by: Annotated[StatisticsGroup | Omit, Query("query[groupBy]")] = OMIT,
    created_from: Annotated[str | Omit, Query("query[createdOn][from]")] = OMIT,
    created_to: Annotated[str | Omit, Query("query[createdOn][to]")] = OMIT,
) -> list[dict[str, dict[str, SubscriptionCounts]]]:
    """Read how many people came to lists, and by which way, by period.

    Args:
        credentials: The account.
        campaign_id: Ids of lists, separated by commas.
        group_by: Length of the periods.
        created_from: Count from this date (ISO 8601).
        created_to: Count up to this date (ISO 8601).

    Returns:
        Objects with one member per period, named by its date, that has one member per list, named
            by its id.
    """
    ...


@operation("GET", "/campaigns/statistics/summary")
def get_campaign_summary_statistics(
    credentials: GetResponseCredentials,
    *,
    campaign_id: Annotated[str | Omit, Query("query[campaignId]")] = OMIT,
) -> list[dict[str, CampaignTotals]]:
    """Read how many contacts, messages, landing pages and forms lists have.

    Args:
        credentials: The account.
        campaign_id: Ids of lists, separated by commas; all lists if omitted.

    Returns:
        Objects with one member per list, named by its id.
    """
    ...


@operation("GET", "/campaigns/{campaign_id}")
def get_campaign(
    credentials: GetResponseCredentials, campaign_id: str, *, fields: str | Omit = OMIT
) -> CampaignDetails:
    """Read one list.

    Args:
        credentials: The account.
        campaign_id: Id of the list.
        fields: Comma-separated members to answer with.

    Returns:
        The list.
    """
    ...


@operation("POST", "/campaigns/{campaign_id}", retry_class=RetryClass.UPDATE)
def update_campaign(
    credentials: GetResponseCredentials,
    campaign_id: str,
    *,
    name: CampaignName,
    language_code: str | Omit = OMIT,
    is_default: TrueOrFalse | Omit = OMIT,
    postal: CampaignPostal | Omit = OMIT,
    confirmation: CampaignConfirmation | Omit = OMIT,
    optin_types: CampaignOptinTypes | Omit = OMIT,
    subscription_notifications: CampaignSubscriptionNotifications | Omit = OMIT,
    profile: CampaignProfile | Omit = OMIT,
) -> CampaignDetails:
    r"""Change a list; what is omitted stays, but the name is always needed.

    Args:
        credentials: The account.
        campaign_id: Id of the list.
        name: 3 to 64 characters, unique; no emoji and none of `/ \ @ [ ]`.
        language_code: ISO 639-1, or `zt`, `fs`, `md`.
        is_default: Whether it becomes the default list.
        postal: Postal address shown in messages.
        confirmation: The message that asks for confirmation.
        optin_types: Whether people must confirm.
        subscription_notifications: Whether new subscriptions are announced.
        profile: How it presents itself.

    Returns:
        The changed list.
    """
    ...


@operation("GET", "/campaigns/{campaign_id}/blocklists")
def get_campaign_blocklist(
    credentials: GetResponseCredentials,
    campaign_id: str,
    *,
    mask: Annotated[str | Omit, Query("query[mask]")] = OMIT,
) -> Blocklist:
    """Read what is blocked on one list; all of it, without pages.

    Args:
        credentials: The account.
        campaign_id: Id of the list.
        mask: Keep masks that contain this.

    Returns:
        The blocked addresses and domains.
    """
    ...


@operation("POST", "/campaigns/{campaign_id}/blocklists", retry_class=RetryClass.UPDATE)
def update_campaign_blocklist(
    credentials: GetResponseCredentials,
    campaign_id: str,
    *,
    masks: list[str],
    additional_flags: Annotated[list[BlocklistFlag] | Omit, Query("additionalFlags")] = OMIT,
) -> Blocklist | None:
    """Block addresses and domains on one list.

    Args:
        credentials: The account.
        campaign_id: Id of the list.
        masks: Addresses (`jane@example.com`) and domains (`@example.com`).
        additional_flags: `add` blocks them besides those already blocked, `delete` unblocks them;
            without either they replace everything that is blocked. `noResponse` asks for no answer.

    Returns:
        All that is blocked now, or None with `noResponse`.
    """
    ...
