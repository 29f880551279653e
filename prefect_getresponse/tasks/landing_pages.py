"""Landing pages that were made with the current editor.

They are made in the panel and read here; their ids are UUIDs.  Source: GetResponse API v3, Landing
Pages, Landing Page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, Required

from typing_extensions import TypedDict

from prefect_getresponse.omit import OMIT, Omit
from prefect_getresponse.operation import Query, operation
from prefect_getresponse.tasks.common import Device, Page, PerPage, SortOrder, TrueOrFalse

if TYPE_CHECKING:
    from prefect_getresponse.credentials import GetResponseCredentials

LandingPageStatus = Literal["published", "unpublished"]


class LandingPageStatistics(TypedDict, total=False):
    """What a landing page brought in; `subscriptionRate` is leads by visitors in percent."""

    visits: int
    leads: int
    subscriptionRate: int


class LandingPageSummary(TypedDict, total=False):
    """What is known of every landing page; dates have no offset and are in GMT."""

    lpsId: Required[str]
    href: str
    name: str
    status: LandingPageStatus
    domainUrl: str
    thumbnailUrl: str
    isChatsEnabled: TrueOrFalse
    createdAt: str
    updatedAt: str


class LandingPage(LandingPageSummary, total=False):
    """A row of a listing of landing pages."""

    statistics: LandingPageStatistics


class LandingPagePage(TypedDict, total=False):
    """A page of a landing page, such as its 404 or thank-you page."""

    uuid: Required[str]
    name: str
    status: Literal["active", "inactive"]
    url: str
    redirectUrl: str
    createdAt: str


class LandingPageDetails(LandingPageSummary, total=False):
    """One landing page with its pages; a visit is a browsing session, a view may be a reload."""

    pageViews: int
    visits: int
    uniqueVisitors: int
    pages: list[LandingPagePage]


class LandingPagePerformance(TypedDict, total=False):
    """Statistics of one landing page."""

    lpsId: Required[str]
    name: str
    pageViews: int
    visits: int
    uniqueVisitors: int
    thumbnailUrl: str


@operation("GET", "/lps")
def list_landing_pages(
    credentials: GetResponseCredentials,
    *,
    name: Annotated[str | Omit, Query("query[name]")] = OMIT,
    status: Annotated[LandingPageStatus | Omit, Query("query[status]")] = OMIT,
    stats_from: Annotated[str | Omit, Query("stats[from]")] = OMIT,
    stats_to: Annotated[str | Omit, Query("stats[to]")] = OMIT,
    sort_name: Annotated[SortOrder | Omit, Query("sort[name]")] = OMIT,
    sort_created_at: Annotated[SortOrder | Omit, Query("sort[createdAt]")] = OMIT,
    sort_updated_at: Annotated[SortOrder | Omit, Query("sort[updatedAt]")] = OMIT,
    sort_visits: Annotated[SortOrder | Omit, Query("sort[visits]")] = OMIT,
    sort_leads: Annotated[SortOrder | Omit, Query("sort[leads]")] = OMIT,
    sort_subscription_rate: Annotated[SortOrder | Omit, Query("sort[subscriptionRate]")] = OMIT,
    fields: str | Omit = OMIT,
    page: Page | Omit = OMIT,
    per_page: PerPage | Omit = OMIT,
) -> list[LandingPage]:
    """Read one page of landing pages.

    Args:
        credentials: The account.
        name: Keep landing pages whose name contains this.
        status: Keep those that are published, or not.
        stats_from: Count statistics from this moment (ISO 8601).
        stats_to: Count statistics up to this moment (ISO 8601).
        sort_name: Sort by name.
        sort_created_at: Sort by date of creation.
        sort_updated_at: Sort by date of the last change.
        sort_visits: Sort by number of visits.
        sort_leads: Sort by number of leads.
        sort_subscription_rate: Sort by subscription rate.
        fields: Comma-separated members to answer with.
        page: Page, from 1.
        per_page: Landing pages per page, up to 1000.

    Returns:
        The landing pages of the page.
    """
    ...


@operation("GET", "/lps/{lps_id}")
def get_landing_page(
    credentials: GetResponseCredentials, lps_id: str, *, fields: str | Omit = OMIT
) -> LandingPageDetails:
    """Read one landing page with its pages.

    Args:
        credentials: The account.
        lps_id: Id of the landing page.
        fields: Comma-separated members to answer with.

    Returns:
        The landing page.
    """
    ...


@operation("GET", "/statistics/lps/{lps_id}/performance")
def get_landing_page_statistics(
    credentials: GetResponseCredentials,
    lps_id: str,
    *,
    date_from: Annotated[str | Omit, Query("query[date][from]")] = OMIT,
    date_to: Annotated[str | Omit, Query("query[date][to]")] = OMIT,
    location: Annotated[str | Omit, Query("query[location]")] = OMIT,
    device: Annotated[Device | Omit, Query("query[device]")] = OMIT,
    page: Annotated[str | Omit, Query("query[page]")] = OMIT,
    fields: str | Omit = OMIT,
) -> LandingPagePerformance:
    """Read the statistics of one landing page.

    Args:
        credentials: The account.
        lps_id: Id of the landing page.
        date_from: Count from this date (ISO 8601).
        date_to: Count up to this date (ISO 8601).
        location: Count visitors from this place only.
        device: Count visitors on this kind of device only.
        page: Count one page of it, by its UUID.
        fields: Comma-separated members to answer with.

    Returns:
        The statistics.
    """
    ...
