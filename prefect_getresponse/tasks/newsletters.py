"""Newsletters: messages that are sent once, now or at a time, to lists, segments or contacts.

A newsletter is a `draft` or a `broadcast`; there is no operation that changes one.
Source: GetResponse API v3, Newsletters.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, Required

from pydantic import AfterValidator, StringConstraints
from typing_extensions import TypedDict

from prefect_getresponse.client.request import RetryClass
from prefect_getresponse.omit import OMIT, Omit
from prefect_getresponse.operation import Query, operation
from prefect_getresponse.tasks.common import (
    Base64,
    CampaignLink,
    CampaignReference,
    FromFieldLink,
    FromFieldReference,
    Page,
    PerPage,
    SortOrder,
    TrueOrFalse,
    decoded_size,
)
from prefect_getresponse.tasks.messages import (
    ExternalLexpad,
    LocalTime,
    MessageClickTrack,
    MessageContent,
    MessageEditor,
    MessageFlag,
    MessageStatistics,
    MessageStatus,
    StatisticsGroup,
    ThumbnailSize,
    TimeZoneReference,
)

if TYPE_CHECKING:
    from prefect_getresponse.credentials import GetResponseCredentials

LARGEST_ATTACHMENTS = 400 * 1024
"""Bytes of all attachments of a newsletter together, before base64."""

NewsletterSubject = Annotated[str, StringConstraints(min_length=2, max_length=128)]
NewsletterName = Annotated[str, StringConstraints(min_length=2, max_length=128)]
NewsletterType = Literal["draft", "broadcast", "splittest", "automation"]
NewsletterActivityType = Literal["send", "open", "click"]


class NewsletterAttachment(TypedDict):
    """A file that goes with the message; `content` is base64 without line breaks."""

    fileName: str
    content: Base64
    mimeType: str


def _not_too_large(attachments: list[NewsletterAttachment]) -> list[NewsletterAttachment]:
    size = sum(decoded_size(each["content"]) for each in attachments)
    if size > LARGEST_ATTACHMENTS:
        raise ValueError(f"{size} bytes in all, GetResponse takes {LARGEST_ATTACHMENTS} (400 KB)")
    return attachments


NewsletterAttachments = Annotated[list[NewsletterAttachment], AfterValidator(_not_too_large)]


class NewsletterSendOn(TypedDict):
    """When to send: `date` without an offset, in the named time zone."""

    date: LocalTime
    timeZone: TimeZoneReference


class NewsletterSendSettings(TypedDict, total=False):
    """Who gets the message and when; several selections are combined with AND.

    All selections are lists of ids. Without `sendOn` the message is sent at once. `timeTravel`
    sends at the given hour of each recipient, which takes up to 24 hours.
    """

    selectedCampaigns: list[str]
    selectedSegments: list[str]
    selectedSuppressions: list[str]
    excludedCampaigns: list[str]
    excludedSegments: list[str]
    selectedContacts: list[str]
    timeTravel: TrueOrFalse
    perfectTiming: TrueOrFalse
    externalLexpad: ExternalLexpad | None
    sendOn: NewsletterSendOn


class NewsletterSendSettingsDetails(TypedDict, total=False):
    """Who gets the message, as the API answers it; the time is the newsletter's `sendOn`."""

    selectedCampaigns: list[str]
    selectedSegments: list[str]
    selectedSuppressions: list[str]
    excludedCampaigns: list[str]
    excludedSegments: list[str]
    selectedContacts: list[str]
    timeTravel: TrueOrFalse
    perfectTiming: TrueOrFalse
    externalLexpad: ExternalLexpad | None


class NewsletterSendTiming(TypedDict, total=False):
    """How the hour of sending is chosen, all that a listing shows of the settings."""

    timeTravel: TrueOrFalse
    perfectTiming: TrueOrFalse


class NewsletterSendMetrics(TypedDict, total=False):
    """How far sending has come; all numbers are texts, rates such as `0.02`."""

    status: Literal["scheduled", "in_progress", "finished"]
    sent: str
    total: str
    delivered: str
    openRate: str
    clickRate: str
    humanOpenRate: str
    humanClickRate: str


class Newsletter(TypedDict, total=False):
    """A row of a listing of newsletters; `flags` is one text with commas."""

    newsletterId: Required[str]
    href: str
    name: str
    type: NewsletterType
    status: MessageStatus
    editor: MessageEditor
    subject: str
    campaign: CampaignLink
    sendOn: str
    sendSettings: NewsletterSendTiming
    sendMetrics: NewsletterSendMetrics
    createdOn: str
    flags: str


class NewsletterDetails(TypedDict, total=False):
    """A newsletter as the API answers it."""

    newsletterId: Required[str]
    href: str
    name: str
    type: NewsletterType
    status: MessageStatus
    editor: MessageEditor
    subject: str
    fromField: FromFieldLink
    replyTo: FromFieldLink
    campaign: CampaignLink
    sendOn: str
    attachments: list[NewsletterAttachment]
    sendSettings: NewsletterSendSettingsDetails
    sendMetrics: NewsletterSendMetrics
    createdOn: str
    content: MessageContent
    clickTracks: list[MessageClickTrack]
    flags: list[MessageFlag]


class NewsletterActivityContact(TypedDict, total=False):
    """Whose activity it was."""

    contactId: Required[str]
    email: str
    href: str


class NewsletterActivity(TypedDict, total=False):
    """One recipient who was sent, opened or clicked the newsletter."""

    activity: NewsletterActivityType
    createdOn: str
    contact: NewsletterActivityContact


@operation("GET", "/newsletters")
def list_newsletters(
    credentials: GetResponseCredentials,
    *,
    subject: Annotated[str | Omit, Query("query[subject]")] = OMIT,
    name: Annotated[str | Omit, Query("query[name]")] = OMIT,
    status: Annotated[MessageStatus | Omit, Query("query[status]")] = OMIT,
    created_from: Annotated[str | Omit, Query("query[createdOn][from]")] = OMIT,
    created_to: Annotated[str | Omit, Query("query[createdOn][to]")] = OMIT,
    send_from: Annotated[str | Omit, Query("query[sendOn][from]")] = OMIT,
    send_to: Annotated[str | Omit, Query("query[sendOn][to]")] = OMIT,
    type: Annotated[NewsletterType | Omit, Query("query[type]")] = OMIT,
    campaign_id: Annotated[str | Omit, Query("query[campaignId]")] = OMIT,
    sort_created_on: Annotated[SortOrder | Omit, Query("sort[createdOn]")] = OMIT,
    sort_send_on: Annotated[SortOrder | Omit, Query("sort[sendOn]")] = OMIT,
    fields: str | Omit = OMIT,
    page: Page | Omit = OMIT,
    per_page: PerPage | Omit = OMIT,
) -> list[Newsletter]:
    """Read one page of newsletters.

    Args:
        credentials: The account.
        subject: Keep newsletters whose subject contains this.
        name: Keep newsletters whose name contains this.
        status: Keep newsletters that are `enabled` or `disabled`.
        created_from: Keep newsletters created at or after this date (ISO 8601).
        created_to: Keep newsletters created at or before this date (ISO 8601).
        send_from: Keep newsletters sent at or after this date (ISO 8601).
        send_to: Keep newsletters sent at or before this date (ISO 8601).
        type: Keep drafts, broadcasts, messages of A/B tests or of automations.
        campaign_id: Keep newsletters of this list.
        sort_created_on: Sort by date of creation.
        sort_send_on: Sort by date of sending.
        fields: Comma-separated members to answer with.
        page: Page, from 1.
        per_page: Newsletters per page, up to 1000.

    Returns:
        The newsletters of the page.
    """
    ...


@operation("POST", "/newsletters", retry_class=RetryClass.ONCE, budget="newsletters")
def create_newsletter(
    credentials: GetResponseCredentials,
    *,
    subject: NewsletterSubject,
    from_field: FromFieldReference,
    campaign: CampaignReference,
    content: MessageContent,
    send_settings: NewsletterSendSettings,
    name: NewsletterName | Omit = OMIT,
    type: Literal["broadcast", "draft"] | Omit = OMIT,
    reply_to: FromFieldReference | Omit = OMIT,
    attachments: NewsletterAttachments | Omit = OMIT,
    flags: list[MessageFlag] | Omit = OMIT,
    track_opens: TrueOrFalse | Omit = OMIT,
) -> NewsletterDetails:
    """Create a newsletter and send it, at once or at a time; or keep it as a draft.

    Never repeated when the answer is lost: look for it with `list_newsletters` by name. GetResponse
    takes 256 of these calls a day; further ones wait for their turn, up to a day. Since 2026 the
    time stands in `send_settings`, not beside it.

    Args:
        credentials: The account.
        subject: 2 to 128 characters.
        from_field: Sender.
        campaign: List that the newsletter belongs to; `send_settings` say who gets it.
        content: HTML, plain text or both, up to 524,288 characters each.
        send_settings: Who gets it and when; without `sendOn` at once.
        name: Name inside GetResponse, 2 to 128 characters; names may repeat.
        type: `broadcast` (if omitted) is sent, `draft` is kept.
        reply_to: Sender that answers go to.
        attachments: Files, 400 KB (409,600 bytes) in all before base64.
        flags: What to track.
        track_opens: Whether opens are tracked; `true` if omitted.

    Returns:
        The new newsletter; `sendMetrics` tell how far sending has come.
    """
    ...


@operation("POST", "/newsletters/send-draft", retry_class=RetryClass.ONCE)
def send_newsletter_draft(
    credentials: GetResponseCredentials,
    *,
    message_id: str,
    send_settings: NewsletterSendSettings,
) -> NewsletterDetails:
    """Send a draft, at once or at a time; refused (code 1002) for what is no draft.

    Never repeated when the answer is lost: `get_newsletter` tells whether it is still a draft.

    Args:
        credentials: The account.
        message_id: Id of the draft, its `newsletterId`.
        send_settings: Who gets it and when; without `sendOn` at once. They replace the draft's.

    Returns:
        The newsletter, a broadcast now.
    """
    ...


@operation("GET", "/newsletters/statistics")
def list_newsletter_statistics(
    credentials: GetResponseCredentials,
    *,
    group_by: Annotated[StatisticsGroup | Omit, Query("query[groupBy]")] = OMIT,
    newsletter_id: Annotated[str | Omit, Query("query[newsletterId]")] = OMIT,
    campaign_id: Annotated[str | Omit, Query("query[campaignId]")] = OMIT,
    created_from: Annotated[str | Omit, Query("query[createdOn][from]")] = OMIT,
    created_to: Annotated[str | Omit, Query("query[createdOn][to]")] = OMIT,
    fields: str | Omit = OMIT,
    page: Page | Omit = OMIT,
    per_page: PerPage | Omit = OMIT,
) -> list[MessageStatistics]:
    """Read statistics of several newsletters together.

    Args:
        credentials: The account.
        group_by: Length of the intervals; `total` is one for all.
        newsletter_id: Ids of newsletters, separated by commas.
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


@operation("GET", "/newsletters/{newsletter_id}")
def get_newsletter(
    credentials: GetResponseCredentials, newsletter_id: str, *, fields: str | Omit = OMIT
) -> NewsletterDetails:
    """Read one newsletter.

    Args:
        credentials: The account.
        newsletter_id: Id of the newsletter.
        fields: Comma-separated members to answer with.

    Returns:
        The newsletter; `sendMetrics` tell how far sending has come.
    """
    ...


@operation("DELETE", "/newsletters/{newsletter_id}")
def delete_newsletter(credentials: GetResponseCredentials, newsletter_id: str) -> None:
    """Delete a newsletter; refused while it is being sent (code 1011) or a segment uses it (1009).

    Args:
        credentials: The account.
        newsletter_id: Id of the newsletter.
    """
    ...


@operation(
    "GET",
    "/newsletters/{newsletter_id}/activities",
    deprecated="GetResponse will remove it; a custom report (message_activity_report) takes its "
    "place.",
)
def list_newsletter_activities(
    credentials: GetResponseCredentials,
    newsletter_id: str,
    *,
    activity: Annotated[NewsletterActivityType | Omit, Query("query[activity]")] = OMIT,
    created_from: Annotated[str | Omit, Query("query[createdOn][from]")] = OMIT,
    created_to: Annotated[str | Omit, Query("query[createdOn][to]")] = OMIT,
    sort_created_on: Annotated[SortOrder | Omit, Query("sort[createdOn]")] = OMIT,
    page: Page | Omit = OMIT,
    per_page: PerPage | Omit = OMIT,
) -> list[NewsletterActivity]:
    """Read one page of what recipients did with a newsletter.

    The last 14 days, unless dates are given; nothing older than 30 days can be read.

    Args:
        credentials: The account.
        newsletter_id: Id of the newsletter.
        activity: Keep one kind of activity.
        created_from: Keep activities at or after this date (ISO 8601); 14 days ago if omitted.
        created_to: Keep activities at or before this date (ISO 8601); now if omitted.
        sort_created_on: Sort by date.
        page: Page, from 1.
        per_page: Activities per page, up to 1000.

    Returns:
        The activities of the page.
    """
    ...


@operation("POST", "/newsletters/{newsletter_id}/cancel", retry_class=RetryClass.UPDATE)
def cancel_newsletter(credentials: GetResponseCredentials, newsletter_id: str) -> NewsletterDetails:
    """Stop a newsletter that is waiting to be sent; it becomes a draft.

    One that is on its way to recipients is refused (code 1011), one that was sent too (1002).

    Args:
        credentials: The account.
        newsletter_id: Id of the newsletter.

    Returns:
        The newsletter, a draft now.
    """
    ...


@operation("GET", "/newsletters/{newsletter_id}/statistics")
def get_newsletter_statistics(
    credentials: GetResponseCredentials,
    newsletter_id: str,
    *,
    group_by: Annotated[StatisticsGroup | Omit, Query("query[groupBy]")] = OMIT,
    created_from: Annotated[str | Omit, Query("query[createdOn][from]")] = OMIT,
    created_to: Annotated[str | Omit, Query("query[createdOn][to]")] = OMIT,
    fields: str | Omit = OMIT,
    page: Page | Omit = OMIT,
    per_page: PerPage | Omit = OMIT,
) -> list[MessageStatistics]:
    """Read statistics of one newsletter.

    Args:
        credentials: The account.
        newsletter_id: Id of the newsletter.
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


@operation("GET", "/newsletters/{newsletter_id}/thumbnail")
def get_newsletter_thumbnail(
    credentials: GetResponseCredentials, newsletter_id: str, *, size: ThumbnailSize | Omit = OMIT
) -> bytes:
    """Read a picture of a newsletter.

    Args:
        credentials: The account.
        newsletter_id: Id of the newsletter.
        size: `default` (if omitted) or `small`.

    Returns:
        The image; which kind of image it is shows in its first bytes.
    """
    ...
