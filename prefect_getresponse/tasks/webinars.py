"""Webinars, set up in GetResponse's web panel.

Source: GetResponse API v3, Webinars.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, Required

from typing_extensions import TypedDict

from prefect_getresponse.omit import OMIT, Omit
from prefect_getresponse.operation import Query, operation
from prefect_getresponse.tasks.common import CampaignLink, Page, PerPage, SortOrder

if TYPE_CHECKING:
    from prefect_getresponse.credentials import GetResponseCredentials

WebinarStatus = Literal["upcoming", "finished", "published", "unpublished"]
WebinarType = Literal["all", "live", "on_demand"]


class WebinarNewsletter(TypedDict):
    """A message that invites to a webinar."""

    newsletterId: str
    href: str


class WebinarStatistics(TypedDict):
    """People who registered for a webinar, saw its page and took part."""

    registrants: int
    visitors: int
    attendees: int


class Webinar(TypedDict, total=False):
    """A webinar as the API answers it."""

    webinarId: Required[str]
    href: str
    createdOn: str
    startsOn: str
    webinarUrl: str
    status: WebinarStatus
    type: WebinarType
    campaigns: list[CampaignLink]
    newsletters: list[WebinarNewsletter]
    statistics: WebinarStatistics


@operation("GET", "/webinars")
def list_webinars(
    credentials: GetResponseCredentials,
    *,
    name: Annotated[str | Omit, Query("query[name]")] = OMIT,
    campaign_id: Annotated[str | Omit, Query("query[campaignId]")] = OMIT,
    status: Annotated[WebinarStatus | Omit, Query("query[status]")] = OMIT,
    type: Annotated[WebinarType | Omit, Query("query[type]")] = OMIT,
    sort_name: Annotated[SortOrder | Omit, Query("sort[name]")] = OMIT,
    sort_created_on: Annotated[SortOrder | Omit, Query("sort[createdOn]")] = OMIT,
    sort_starts_on: Annotated[SortOrder | Omit, Query("sort[startsOn]")] = OMIT,
    fields: str | Omit = OMIT,
    page: Page | Omit = OMIT,
    per_page: PerPage | Omit = OMIT,
) -> list[Webinar]:
    """Read one page of webinars.

    Args:
        credentials: The account.
        name: Keep webinars whose name contains this.
        campaign_id: Keep webinars of these lists: ids with commas between them.
        status: Keep webinars in this state.
        type: Keep webinars of this kind.
        sort_name: Sort by name.
        sort_created_on: Sort by date of creation.
        sort_starts_on: Sort by start.
        fields: Comma-separated members to answer with.
        page: Page, from 1.
        per_page: Webinars per page, up to 1000.

    Returns:
        The webinars of the page.
    """
    ...


@operation("GET", "/webinars/{webinar_id}")
def get_webinar(
    credentials: GetResponseCredentials, webinar_id: str, *, fields: str | Omit = OMIT
) -> Webinar:
    """Read one webinar.

    Args:
        credentials: The account.
        webinar_id: Id of the webinar.
        fields: Comma-separated members to answer with.

    Returns:
        The webinar.
    """
    ...
