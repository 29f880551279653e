"""RSS newsletters: messages made again and again of what a feed has news of.

Source: GetResponse API v3, RSS Newsletters.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, Required

from pydantic import AfterValidator, Field, StringConstraints
from typing_extensions import TypedDict

from prefect_getresponse.client.request import RetryClass
from prefect_getresponse.omit import OMIT, Omit
from prefect_getresponse.operation import Query, operation
from prefect_getresponse.tasks.common import (
    FromFieldLink,
    FromFieldReference,
    Page,
    PerPage,
    SortOrder,
)
from prefect_getresponse.tasks.messages import (
    Hour,
    MessageClickTrack,
    MessageContent,
    MessageEditor,
    MessageFlag,
    MessageStatistics,
    MessageStatus,
    StatisticsGroup,
    WeekDay,
)

if TYPE_CHECKING:
    from prefect_getresponse.credentials import GetResponseCredentials

RssNewsletterSubject = Annotated[str, StringConstraints(min_length=1, max_length=255)]
RssNewsletterName = Annotated[str, StringConstraints(min_length=1, max_length=255)]
RssFrequency = Literal["asap", "daily", "weekly", "monthly"]
RssFilter = Literal["recent", "engaged", "shared", "commented"]
LAST_DAY_OF_MONTH = 31

_NEEDED: dict[RssFrequency, tuple[str, ...]] = {
    "asap": (),
    "daily": ("sendAtHour",),
    "weekly": ("sendAtHour", "sendAtWeekDay"),
    "monthly": ("sendAtHour", "sendAtMonthDay"),
}


def _month_day(day: int) -> int:
    if day not in (*range(1, 29), LAST_DAY_OF_MONTH):
        raise ValueError("1 to 28, or 31 for the last day of the month")
    return day


MonthDay = Annotated[int, Field(ge=1, le=31), AfterValidator(_month_day)]


class RssNewsletterSendSettings(TypedDict, total=False):
    """Who gets the messages, when, and which articles stand in them (1 to 30).

    `daily` needs `sendAtHour` (0 to 23), `weekly` also `sendAtWeekDay`, `monthly` also
    `sendAtMonthDay` (1 to 28, or 31 for the last day). All selections are lists of ids; of
    `selectedCampaigns` only the first counts.
    """

    frequency: Required[RssFrequency]
    filter: Required[RssFilter]
    maxArticles: Annotated[int, Field(ge=1, le=30)]
    sendAtHour: Hour
    sendAtWeekDay: WeekDay
    sendAtMonthDay: MonthDay
    selectedCampaigns: list[str]
    selectedSegments: list[str]
    selectedSuppressions: list[str]
    excludedCampaigns: list[str]
    excludedSegments: list[str]
    selectedContacts: list[str]


def _has_its_time(settings: RssNewsletterSendSettings) -> RssNewsletterSendSettings:
    missing = [name for name in _NEEDED[settings["frequency"]] if name not in settings]
    if missing:
        raise ValueError(f"frequency `{settings['frequency']}` needs {', '.join(missing)}")
    return settings


RssNewsletterTiming = Annotated[RssNewsletterSendSettings, AfterValidator(_has_its_time)]


class _AnyRssNewsletter(TypedDict, total=False):
    rssNewsletterId: Required[str]
    href: str
    rssFeedUrl: str
    subject: str
    name: str
    status: MessageStatus
    editor: MessageEditor
    fromField: FromFieldLink
    replyTo: FromFieldLink
    content: MessageContent
    sendSettings: RssNewsletterSendSettings
    createdOn: str


class RssNewsletter(_AnyRssNewsletter, total=False):
    """A row of a listing of RSS newsletters; `flags` is one text with commas."""

    flags: str


class RssNewsletterDetails(_AnyRssNewsletter, total=False):
    """An RSS newsletter as the API answers it."""

    clickTracks: list[MessageClickTrack]
    flags: list[MessageFlag]


@operation("GET", "/rss-newsletters")
def list_rss_newsletters(
    credentials: GetResponseCredentials,
    *,
    subject: Annotated[str | Omit, Query("query[subject]")] = OMIT,
    status: Annotated[MessageStatus | Omit, Query("query[status]")] = OMIT,
    created_from: Annotated[str | Omit, Query("query[createdOn][from]")] = OMIT,
    created_to: Annotated[str | Omit, Query("query[createdOn][to]")] = OMIT,
    campaign_id: Annotated[str | Omit, Query("query[campaignId]")] = OMIT,
    sort_created_on: Annotated[SortOrder | Omit, Query("sort[createdOn]")] = OMIT,
    fields: str | Omit = OMIT,
    page: Page | Omit = OMIT,
    per_page: PerPage | Omit = OMIT,
) -> list[RssNewsletter]:
    """Read one page of RSS newsletters.

    Args:
        credentials: The account.
        subject: Keep RSS newsletters whose subject contains this.
        status: Keep RSS newsletters that are `enabled` or `disabled`.
        created_from: Keep RSS newsletters created at or after this date (ISO 8601).
        created_to: Keep RSS newsletters created at or before this date (ISO 8601).
        campaign_id: Keep RSS newsletters sent to this list.
        sort_created_on: Sort by date of creation.
        fields: Comma-separated members to answer with.
        page: Page, from 1.
        per_page: RSS newsletters per page, up to 1000.

    Returns:
        The RSS newsletters of the page.
    """
    ...


@operation("POST", "/rss-newsletters", retry_class=RetryClass.ONCE)
def create_rss_newsletter(
    credentials: GetResponseCredentials,
    *,
    rss_feed_url: str,
    subject: RssNewsletterSubject,
    status: MessageStatus,
    from_field: FromFieldReference,
    content: MessageContent,
    send_settings: RssNewsletterTiming,
    name: RssNewsletterName | Omit = OMIT,
    editor: MessageEditor | Omit = OMIT,
    reply_to: FromFieldReference | Omit = OMIT,
    flags: list[MessageFlag] | Omit = OMIT,
) -> RssNewsletterDetails:
    """Create an RSS newsletter; `enabled` it sends as soon as the feed has news.

    Never repeated when the answer is lost: look for it with `list_rss_newsletters` by subject.

    Args:
        credentials: The account.
        rss_feed_url: URL of the feed.
        subject: 1 to 255 characters.
        status: `enabled` sends from now on.
        from_field: Sender.
        content: HTML, plain text or both, up to 524,288 characters each.
        send_settings: Who gets it, when, and which articles.
        name: Name inside GetResponse, 1 to 255 characters; names may repeat.
        editor: What the content was made with.
        reply_to: Sender that answers go to.
        flags: What to track.

    Returns:
        The new RSS newsletter.
    """
    ...


@operation("GET", "/rss-newsletters/statistics")
def list_rss_newsletter_statistics(
    credentials: GetResponseCredentials,
    *,
    group_by: Annotated[StatisticsGroup | Omit, Query("query[groupBy]")] = OMIT,
    rss_newsletter_id: Annotated[str | Omit, Query("query[rssNewsletterId]")] = OMIT,
    campaign_id: Annotated[str | Omit, Query("query[campaignId]")] = OMIT,
    created_from: Annotated[str | Omit, Query("query[createdOn][from]")] = OMIT,
    created_to: Annotated[str | Omit, Query("query[createdOn][to]")] = OMIT,
    fields: str | Omit = OMIT,
    page: Page | Omit = OMIT,
    per_page: PerPage | Omit = OMIT,
) -> list[MessageStatistics]:
    """Read statistics of several RSS newsletters together.

    Args:
        credentials: The account.
        group_by: Length of the intervals; `total` is one for all.
        rss_newsletter_id: Ids of RSS newsletters, separated by commas.
        campaign_id: Ids of lists, separated by commas.
        created_from: Count from this date on (ISO 8601).
        created_to: Count up to this date (ISO 8601).
        fields: Comma-separated members to answer with.
        page: Page, from 1.
        per_page: Intervals per page, up to 1000.

    Returns:
        One row per interval.
    """
    ...


@operation("GET", "/rss-newsletters/{rss_newsletter_id}")
def get_rss_newsletter(
    credentials: GetResponseCredentials, rss_newsletter_id: str, *, fields: str | Omit = OMIT
) -> RssNewsletterDetails:
    """Read one RSS newsletter.

    Args:
        credentials: The account.
        rss_newsletter_id: Id of the RSS newsletter.
        fields: Comma-separated members to answer with.

    Returns:
        The RSS newsletter.
    """
    ...


@operation("POST", "/rss-newsletters/{rss_newsletter_id}", retry_class=RetryClass.UPDATE)
def update_rss_newsletter(
    credentials: GetResponseCredentials,
    rss_newsletter_id: str,
    *,
    rss_feed_url: str | Omit = OMIT,
    subject: RssNewsletterSubject | Omit = OMIT,
    status: MessageStatus | Omit = OMIT,
    from_field: FromFieldReference | Omit = OMIT,
    content: MessageContent | Omit = OMIT,
    send_settings: RssNewsletterTiming | Omit = OMIT,
    name: RssNewsletterName | Omit = OMIT,
    editor: MessageEditor | Omit = OMIT,
    reply_to: FromFieldReference | Omit = OMIT,
    flags: list[MessageFlag] | Omit = OMIT,
) -> RssNewsletterDetails:
    """Change an RSS newsletter; what is omitted stays, a member that is given changes as a whole.

    Args:
        credentials: The account.
        rss_newsletter_id: Id of the RSS newsletter.
        rss_feed_url: URL of the feed.
        subject: 1 to 255 characters.
        status: `enabled` sends from now on, `disabled` stops.
        from_field: Sender.
        content: HTML, plain text or both, up to 524,288 characters each.
        send_settings: Who gets it, when, and which articles.
        name: Name inside GetResponse, 1 to 255 characters; names may repeat.
        editor: What the content was made with.
        reply_to: Sender that answers go to.
        flags: What to track.

    Returns:
        The changed RSS newsletter.
    """
    ...


@operation("DELETE", "/rss-newsletters/{rss_newsletter_id}")
def delete_rss_newsletter(credentials: GetResponseCredentials, rss_newsletter_id: str) -> None:
    """Delete an RSS newsletter; nothing more is sent.

    Args:
        credentials: The account.
        rss_newsletter_id: Id of the RSS newsletter.
    """
    ...


@operation("GET", "/rss-newsletters/{rss_newsletter_id}/statistics")
def get_rss_newsletter_statistics(
    credentials: GetResponseCredentials,
    rss_newsletter_id: str,
    *,
    group_by: Annotated[StatisticsGroup | Omit, Query("query[groupBy]")] = OMIT,
    created_from: Annotated[str | Omit, Query("query[createdOn][from]")] = OMIT,
    created_to: Annotated[str | Omit, Query("query[createdOn][to]")] = OMIT,
    fields: str | Omit = OMIT,
    page: Page | Omit = OMIT,
    per_page: PerPage | Omit = OMIT,
) -> list[MessageStatistics]:
    """Read statistics of one RSS newsletter.

    Args:
        credentials: The account.
        rss_newsletter_id: Id of the RSS newsletter.
        group_by: Length of the intervals; `total` is one for all.
        created_from: Count from this date on (ISO 8601).
        created_to: Count up to this date (ISO 8601).
        fields: Comma-separated members to answer with.
        page: Page, from 1.
        per_page: Intervals per page, up to 1000.

    Returns:
        One row per interval.
    """
    ...
