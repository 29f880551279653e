"""Legacy landing pages: those of the legacy editor.

They are read here; `landing_pages` has the later ones.  Source: GetResponse API v3, Legacy Landing
Pages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, Required

from typing_extensions import TypedDict

from prefect_getresponse.omit import OMIT, Omit
from prefect_getresponse.operation import Query, operation
from prefect_getresponse.tasks.common import (
    CampaignLink,
    EnabledOrDisabled,
    Page,
    PerPage,
    SortOrder,
    TrueOrFalse,
)

if TYPE_CHECKING:
    from prefect_getresponse.credentials import GetResponseCredentials

UserDomainStatus = Literal["active", "inactive", "waiting"]


class LegacyLandingPage(TypedDict, total=False):
    """A row of a listing of legacy landing pages.

    It is served at `subdomain` of `domain`, or at the user's own `userDomain`, which is empty if
    there is none.
    """

    landingPageId: Required[str]
    href: str
    metaTitle: str
    domain: str
    subdomain: str
    userDomain: str
    userDomainPath: str
    campaign: CampaignLink
    status: EnabledOrDisabled
    userDomainStatus: UserDomainStatus | None
    testAB: TrueOrFalse
    createdOn: str
    updatedOn: str


class LegacyLandingPageVariant(TypedDict, total=False):
    """A variant of a legacy landing page; the API writes its numbers as texts."""

    variantId: Required[str]
    variant: str
    winner: bool
    visitors: str
    uniqueVisitors: str
    subscribed: str


class LegacyLandingPageDetails(LegacyLandingPage, total=False):
    """One legacy landing page.

    `dayOfCycle` is the day of the autoresponder cycle to start at, None for no cycle.
    """

    metaDescription: str
    metaNoindex: Literal["yes", "no"]
    dayOfCycle: int | None
    optin: Literal["single", "double"]
    favicoUrl: str | None
    thankYouPageType: Literal["stay_on_page", "default", "custom_url"]
    thankYouPageUrl: str
    url: str
    variants: list[LegacyLandingPageVariant]


@operation("GET", "/landing-pages")
def list_legacy_landing_pages(
    credentials: GetResponseCredentials,
    *,
    domain: Annotated[str | Omit, Query("query[domain]")] = OMIT,
    status: Annotated[EnabledOrDisabled | Omit, Query("query[status]")] = OMIT,
    subdomain: Annotated[str | Omit, Query("query[subdomain]")] = OMIT,
    meta_title: Annotated[str | Omit, Query("query[metaTitle]")] = OMIT,
    user_domain: Annotated[str | Omit, Query("query[userDomain]")] = OMIT,
    campaign_id: Annotated[str | Omit, Query("query[campaignId]")] = OMIT,
    created_from: Annotated[str | Omit, Query("query[createdOn][from]")] = OMIT,
    created_to: Annotated[str | Omit, Query("query[createdOn][to]")] = OMIT,
    sort_created_on: Annotated[SortOrder | Omit, Query("sort[createdOn]")] = OMIT,
    sort_domain: Annotated[SortOrder | Omit, Query("sort[domain]")] = OMIT,
    sort_campaign_id: Annotated[SortOrder | Omit, Query("sort[campaignId]")] = OMIT,
    sort_meta_title: Annotated[SortOrder | Omit, Query("sort[metaTitle]")] = OMIT,
    fields: str | Omit = OMIT,
    page: Page | Omit = OMIT,
    per_page: PerPage | Omit = OMIT,
) -> list[LegacyLandingPage]:
    """Read one page of legacy landing pages.

    Args:
        credentials: The account.
        domain: Keep pages whose domain contains this.
        status: Keep pages that are on, or off.
        subdomain: Keep pages whose subdomain contains this.
        meta_title: Keep pages whose title contains this.
        user_domain: Keep pages whose own domain contains this.
        campaign_id: Keep pages of these lists: ids separated by commas.
        created_from: Keep legacy landing pages created at or after this date (ISO 8601).
        created_to: Keep legacy landing pages created at or before this date (ISO 8601).
        sort_created_on: Sort by date of creation.
        sort_domain: Sort by domain.
        sort_campaign_id: Sort by list.
        sort_meta_title: Sort by title.
        fields: Comma-separated members to answer with.
        page: Page, from 1.
        per_page: Legacy landing pages per page, up to 1000.

    Returns:
        The legacy landing pages of the page.
    """
    ...


@operation("GET", "/landing-pages/{landing_page_id}")
def get_legacy_landing_page(
    credentials: GetResponseCredentials, landing_page_id: str, *, fields: str | Omit = OMIT
) -> list[LegacyLandingPageDetails]:
    """Read one legacy landing page; the API answers with a list of it.

    Args:
        credentials: The account.
        landing_page_id: Id of the legacy landing page.
        fields: Comma-separated members to answer with.

    Returns:
        A list of the one legacy landing page.
    """
    ...
