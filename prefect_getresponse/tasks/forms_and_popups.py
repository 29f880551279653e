"""Forms and popups that were made with the current editor.

They are made in the panel and read here; their ids are UUIDs.  Source: GetResponse API v3, Forms
and Popups, Form and Popup.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, Required

from typing_extensions import TypedDict

from prefect_getresponse.omit import OMIT, Omit
from prefect_getresponse.operation import Query, operation
from prefect_getresponse.tasks.common import Device, Page, PerPage, SortOrder

if TYPE_CHECKING:
    from prefect_getresponse.credentials import GetResponseCredentials

PopupStatus = Literal["published", "unpublished"]
PopupType = Literal["popup", "inline"]


class PopupStatistics(TypedDict, total=False):
    """What a form or popup brought in; `ctr` is clicks by views in percent."""

    views: int
    uniqueVisitors: int
    leads: int
    ctr: int


class PopupSummary(TypedDict, total=False):
    """What is known of every form or popup; dates have no offset and are in GMT."""

    popupId: Required[str]
    href: str
    name: str
    status: PopupStatus
    type: PopupType
    createdAt: str
    updatedAt: str


class Popup(PopupSummary, total=False):
    """A row of a listing of forms and popups."""

    statistics: PopupStatistics


class PopupDetails(PopupSummary, total=False):
    """One form or popup."""

    thumbnailUrl: str


class PopupPerformance(TypedDict, total=False):
    """Statistics of one form or popup; `ctr` is clicks by views in percent."""

    popupId: Required[str]
    views: int
    clicks: int
    ctr: int
    leads: int


@operation("GET", "/popups")
def list_popups(
    credentials: GetResponseCredentials,
    *,
    name: Annotated[str | Omit, Query("query[name]")] = OMIT,
    status: Annotated[PopupStatus | Omit, Query("query[status]")] = OMIT,
    stats_from: Annotated[str | Omit, Query("stats[from]")] = OMIT,
    stats_to: Annotated[str | Omit, Query("stats[to]")] = OMIT,
    sort_name: Annotated[SortOrder | Omit, Query("sort[name]")] = OMIT,
    sort_status: Annotated[SortOrder | Omit, Query("sort[status]")] = OMIT,
    sort_created_at: Annotated[SortOrder | Omit, Query("sort[createdAt]")] = OMIT,
    sort_updated_at: Annotated[SortOrder | Omit, Query("sort[updatedAt]")] = OMIT,
    sort_views: Annotated[SortOrder | Omit, Query("sort[views]")] = OMIT,
    sort_unique_visitors: Annotated[SortOrder | Omit, Query("sort[uniqueVisitors]")] = OMIT,
    sort_leads: Annotated[SortOrder | Omit, Query("sort[leads]")] = OMIT,
    sort_ctr: Annotated[SortOrder | Omit, Query("sort[ctr]")] = OMIT,
    fields: str | Omit = OMIT,
    page: Page | Omit = OMIT,
    per_page: PerPage | Omit = OMIT,
) -> list[Popup]:
    """Read one page of forms and popups.

    Args:
        credentials: The account.
        name: Keep forms and popups whose name contains this.
        status: Keep those that are published, or not.
        stats_from: Count statistics from this moment (ISO 8601).
        stats_to: Count statistics up to this moment (ISO 8601).
        sort_name: Sort by name.
        sort_status: Sort by status.
        sort_created_at: Sort by date of creation.
        sort_updated_at: Sort by date of the last change.
        sort_views: Sort by number of views.
        sort_unique_visitors: Sort by number of unique visitors.
        sort_leads: Sort by number of leads.
        sort_ctr: Sort by click-through rate.
        fields: Comma-separated members to answer with.
        page: Page, from 1.
        per_page: Forms and popups per page, up to 1000.

    Returns:
        The forms and popups of the page.
    """
    ...


@operation("GET", "/popups/{popup_id}")
def get_popup(
    credentials: GetResponseCredentials, popup_id: str, *, fields: str | Omit = OMIT
) -> PopupDetails:
    """Read one form or popup.

    Args:
        credentials: The account.
        popup_id: Id of the form or popup.
        fields: Comma-separated members to answer with.

    Returns:
        The form or popup.
    """
    ...


@operation("GET", "/statistics/popups/{popup_id}/performance")
def get_popup_statistics(
    credentials: GetResponseCredentials,
    popup_id: str,
    *,
    date_from: Annotated[str | Omit, Query("query[date][from]")] = OMIT,
    date_to: Annotated[str | Omit, Query("query[date][to]")] = OMIT,
    location: Annotated[str | Omit, Query("query[location]")] = OMIT,
    device: Annotated[Device | Omit, Query("query[device]")] = OMIT,
    fields: str | Omit = OMIT,
) -> PopupPerformance:
    """Read the statistics of one form or popup.

    Args:
        credentials: The account.
        popup_id: Id of the form or popup.
        date_from: Count from this day (YYYY-MM-DD).
        date_to: Count up to this day (YYYY-MM-DD).
        location: Count visitors from this place only.
        device: Count visitors on this kind of device only.
        fields: Comma-separated members to answer with.

    Returns:
        The statistics.
    """
    ...
