"""Click tracks: links in messages, and how often they were clicked.

Source: GetResponse API v3, Click Tracks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, Required

from typing_extensions import TypedDict

from prefect_getresponse.omit import OMIT, Omit
from prefect_getresponse.operation import Query, operation
from prefect_getresponse.tasks.common import Page, PerPage, SortOrder

if TYPE_CHECKING:
    from prefect_getresponse.credentials import GetResponseCredentials


class ClickTrackMessage(TypedDict, total=False):
    """The message that holds the link."""

    resourceId: Required[str]
    type: Literal["broadcast", "automation", "autoresponder", "rss", "splittest", "sms"]
    createdOn: str
    resourceType: Literal["newsletters", "autoresponders", "rss-newsletters", "splittests", "sms"]
    href: str


class ClickTrack(TypedDict, total=False):
    """A tracked link; `name` is its label in the message."""

    clickTrackId: Required[str]
    name: str
    url: str
    clicks: int
    message: ClickTrackMessage
    href: str


@operation("GET", "/click-tracks")
def list_click_tracks(
    credentials: GetResponseCredentials,
    *,
    created_from: Annotated[str | Omit, Query("query[createdOn][from]")] = OMIT,
    created_to: Annotated[str | Omit, Query("query[createdOn][to]")] = OMIT,
    sort_created_on: Annotated[SortOrder | Omit, Query("sort[createdOn]")] = OMIT,
    fields: str | Omit = OMIT,
    page: Page | Omit = OMIT,
    per_page: PerPage | Omit = OMIT,
) -> list[ClickTrack]:
    """Read one page of tracked links; the dates are those of their messages.

    Args:
        credentials: The account.
        created_from: Keep links of messages created at or after this date (ISO 8601).
        created_to: Keep links of messages created at or before this date (ISO 8601).
        sort_created_on: Sort by date of the message.
        fields: Comma-separated members to answer with.
        page: Page, from 1.
        per_page: Links per page, up to 1000.

    Returns:
        The links of the page.
    """
    ...


@operation("GET", "/click-tracks/{click_track_id}")
def get_click_track(
    credentials: GetResponseCredentials, click_track_id: str, *, fields: str | Omit = OMIT
) -> ClickTrack:
    """Read one tracked link.

    Args:
        credentials: The account.
        click_track_id: Id of the link.
        fields: Comma-separated members to answer with.

    Returns:
        The link.
    """
    ...
