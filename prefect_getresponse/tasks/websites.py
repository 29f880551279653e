"""Websites that were made with the website builder.

They are made in the panel and read here; their ids are UUIDs.  Source: GetResponse API v3,
Websites, Website.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, Required

from typing_extensions import TypedDict

from prefect_getresponse.omit import OMIT, Omit
from prefect_getresponse.operation import Query, operation
from prefect_getresponse.tasks.common import Device, Page, PerPage, SortOrder, TrueOrFalse

if TYPE_CHECKING:
    from prefect_getresponse.credentials import GetResponseCredentials

WebsiteStatus = Literal["published", "unpublished"]


class WebsiteStatistics(TypedDict, total=False):
    """How a website was visited; a visit is a browsing session, a view may be a reload."""

    pageViews: int
    visits: int
    uniqueVisitors: int


class Website(TypedDict, total=False):
    """A row of a listing of websites; dates have no offset and are in GMT."""

    websiteId: Required[str]
    href: str
    name: str
    status: WebsiteStatus
    domainUrl: str
    thumbnailUrl: str
    isChatsEnabled: TrueOrFalse
    createdAt: str
    updatedAt: str
    statistics: WebsiteStatistics


class WebsitePage(TypedDict, total=False):
    """A page of a website, such as its 404 or thank-you page."""

    uuid: Required[str]
    name: str
    status: Literal["active", "inactive"]
    url: str
    redirectUrl: str
    createdAt: str


class WebsiteDetails(Website, total=False):
    """One website with its pages."""

    pages: list[WebsitePage]


class WebsitePerformance(TypedDict, total=False):
    """Statistics of one website."""

    websiteId: Required[str]
    name: str
    pageViews: int
    visits: int
    uniqueVisitors: int
    thumbnailUrl: str


@operation("GET", "/websites")
def list_websites(
    credentials: GetResponseCredentials,
    *,
    name: Annotated[str | Omit, Query("query[name]")] = OMIT,
    status: Annotated[WebsiteStatus | Omit, Query("query[status]")] = OMIT,
    stats_from: Annotated[str | Omit, Query("stats[from]")] = OMIT,
    stats_to: Annotated[str | Omit, Query("stats[to]")] = OMIT,
    sort_name: Annotated[SortOrder | Omit, Query("sort[name]")] = OMIT,
    sort_created_at: Annotated[SortOrder | Omit, Query("sort[createdAt]")] = OMIT,
    sort_updated_at: Annotated[SortOrder | Omit, Query("sort[updatedAt]")] = OMIT,
    sort_page_views: Annotated[SortOrder | Omit, Query("sort[pageViews]")] = OMIT,
    sort_visits: Annotated[SortOrder | Omit, Query("sort[visits]")] = OMIT,
    sort_unique_visitors: Annotated[SortOrder | Omit, Query("sort[uniqueVisitors]")] = OMIT,
    fields: str | Omit = OMIT,
    page: Page | Omit = OMIT,
    per_page: PerPage | Omit = OMIT,
) -> list[Website]:
    """Read one page of websites.

    Args:
        credentials: The account.
        name: Keep websites whose name contains this.
        status: Keep those that are published, or not.
        stats_from: Count statistics from this moment (ISO 8601).
        stats_to: Count statistics up to this moment (ISO 8601).
        sort_name: Sort by name.
        sort_created_at: Sort by date of creation.
        sort_updated_at: Sort by date of the last change.
        sort_page_views: Sort by number of page views.
        sort_visits: Sort by number of visits.
        sort_unique_visitors: Sort by number of unique visitors.
        fields: Comma-separated members to answer with.
        page: Page, from 1.
        per_page: Websites per page, up to 1000.

    Returns:
        The websites of the page.
    """
    ...


@operation("GET", "/websites/{website_id}")
def get_website(
    credentials: GetResponseCredentials, website_id: str, *, fields: str | Omit = OMIT
) -> WebsiteDetails:
    """Read one website with its pages.

    Args:
        credentials: The account.
        website_id: Id of the website.
        fields: Comma-separated members to answer with.

    Returns:
        The website.
    """
    ...


@operation("GET", "/statistics/wbe/{website_id}/performance")
def get_website_statistics(
    credentials: GetResponseCredentials,
    website_id: str,
    *,
    date_from: Annotated[str | Omit, Query("query[date][from]")] = OMIT,
    date_to: Annotated[str | Omit, Query("query[date][to]")] = OMIT,
    location: Annotated[str | Omit, Query("query[location]")] = OMIT,
    device: Annotated[Device | Omit, Query("query[device]")] = OMIT,
    page: Annotated[str | Omit, Query("query[page]")] = OMIT,
    fields: str | Omit = OMIT,
) -> WebsitePerformance:
    """Read the statistics of one website.

    Args:
        credentials: The account.
        website_id: Id of the website.
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
