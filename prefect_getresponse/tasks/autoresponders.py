"""Autoresponders: messages that contacts get on a day of their list's cycle.

Action-based autoresponders became workflows; the API neither creates nor changes them any more.
Source: GetResponse API v3, Autoresponders.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, Required

from pydantic import AfterValidator, Field, StringConstraints
from typing_extensions import TypedDict

from prefect_getresponse.client.request import RetryClass
from prefect_getresponse.omit import OMIT, Omit
from prefect_getresponse.operation import Query, operation
from prefect_getresponse.tasks.common import (
    CampaignLink,
    FromFieldLink,
    FromFieldReference,
    Page,
    PerPage,
    SortOrder,
    TrueOrFalse,
)
from prefect_getresponse.tasks.messages import (
    ExternalLexpad,
    Hour,
    MessageClickTrack,
    MessageContent,
    MessageFlag,
    MessageStatistics,
    MessageStatus,
    StatisticsGroup,
    ThumbnailSize,
    WeekDay,
)

if TYPE_CHECKING:
    from prefect_getresponse.credentials import GetResponseCredentials

AutoresponderSubject = Annotated[str, StringConstraints(min_length=2, max_length=128)]
AutoresponderName = Annotated[str, StringConstraints(min_length=2, max_length=128)]
AutoresponderSendType = Literal["signup", "immediately", "delay", "custom"]
AutoresponderTriggerType = Literal["onday"]
AutoresponderEditor = Literal["editor_v3", "getresponse", "text", "html"]
DayOfCycle = Annotated[int, Field(ge=0, le=9999)]


class AutoresponderSendSettings(TypedDict, total=False):
    """At which hour of its day the message is sent.

    `signup`: the hour at which the contact joined; `immediately`: when the day begins; `delay`:
    `delayInHours` (0 to 23, needed) after that; `custom`: at `sendAtHour` (0 to 23, needed), with
    `timeTravel` in the contact's own time zone. `recurrence` is no longer heeded.
    """

    type: Required[AutoresponderSendType]
    delayInHours: Hour
    sendAtHour: Hour
    recurrence: TrueOrFalse
    timeTravel: TrueOrFalse
    excludedDaysOfWeek: list[WeekDay]
    externalLexpad: ExternalLexpad


def _has_its_hour(settings: AutoresponderSendSettings) -> AutoresponderSendSettings:
    if settings["type"] == "delay" and "delayInHours" not in settings:
        raise ValueError("type `delay` needs `delayInHours`")
    if settings["type"] == "custom" and "sendAtHour" not in settings:
        raise ValueError("type `custom` needs `sendAtHour`")
    return settings


AutoresponderTiming = Annotated[AutoresponderSendSettings, AfterValidator(_has_its_hour)]


class AutoresponderTriggerSettings(TypedDict, total=False):
    """Which contacts get the message, and on which day of their cycle (0 to 9999).

    Of `selectedCampaigns` only the first counts. `type` and `selectedSegments` are deprecated.
    """

    type: AutoresponderTriggerType
    dayOfCycle: DayOfCycle
    selectedCampaigns: list[str]
    selectedSegments: list[str]


class AutoresponderTriggerSettingsDetails(AutoresponderTriggerSettings, total=False):
    """Which contacts get the message; the further members tell of actions and are deprecated."""

    autoresponder: str | None
    newsletter: str | None
    clickTrackId: str | None
    goal: str | None
    custom: str | None
    newCustomValue: str | None
    action: str | None


class AutoresponderStatistics(TypedDict, total=False):
    """Messages delivered so far, and the rates of opens and clicks."""

    delivered: float
    openRate: float
    clickRate: float


class _AnyAutoresponder(TypedDict, total=False):
    autoresponderId: Required[str]
    href: str
    name: str
    subject: str
    campaignId: str
    status: MessageStatus
    fromField: FromFieldLink
    replyTo: FromFieldLink
    content: MessageContent
    flags: list[MessageFlag]
    sendSettings: AutoresponderSendSettings
    triggerSettings: AutoresponderTriggerSettingsDetails
    statistics: AutoresponderStatistics
    createdOn: str
    trackOpens: TrueOrFalse


class Autoresponder(_AnyAutoresponder, total=False):
    """A row of a listing of autoresponders."""

    campaign: CampaignLink


class AutoresponderCampaign(TypedDict, total=False):
    """The list, as only the details of an autoresponder write it."""

    id: Required[str]
    name: str | None
    href: str


class AutoresponderDetails(_AnyAutoresponder, total=False):
    """An autoresponder as the API answers it."""

    clickTracks: list[MessageClickTrack]
    campaign: AutoresponderCampaign
    editor: AutoresponderEditor


@operation("GET", "/autoresponders")
def list_autoresponders(
    credentials: GetResponseCredentials,
    *,
    subject: Annotated[str | Omit, Query("query[subject]")] = OMIT,
    name: Annotated[str | Omit, Query("query[name]")] = OMIT,
    status: Annotated[MessageStatus | Omit, Query("query[status]")] = OMIT,
    created_from: Annotated[str | Omit, Query("query[createdOn][from]")] = OMIT,
    created_to: Annotated[str | Omit, Query("query[createdOn][to]")] = OMIT,
    campaign_id: Annotated[str | Omit, Query("query[campaignId]")] = OMIT,
    sort_name: Annotated[SortOrder | Omit, Query("sort[name]")] = OMIT,
    sort_subject: Annotated[SortOrder | Omit, Query("sort[subject]")] = OMIT,
    sort_day_of_cycle: Annotated[SortOrder | Omit, Query("sort[dayOfCycle]")] = OMIT,
    sort_delivered: Annotated[SortOrder | Omit, Query("sort[delivered]")] = OMIT,
    sort_open_rate: Annotated[SortOrder | Omit, Query("sort[openRate]")] = OMIT,
    sort_click_rate: Annotated[SortOrder | Omit, Query("sort[clickRate]")] = OMIT,
    sort_created_on: Annotated[SortOrder | Omit, Query("sort[createdOn]")] = OMIT,
    fields: str | Omit = OMIT,
    page: Page | Omit = OMIT,
    per_page: PerPage | Omit = OMIT,
) -> list[Autoresponder]:
    """Read one page of autoresponders.

    Args:
        credentials: The account.
        subject: Keep autoresponders whose subject contains this.
        name: Keep autoresponders whose name contains this.
        status: Keep autoresponders that are `enabled` or `disabled`.
        created_from: Keep autoresponders created at or after this date (ISO 8601).
        created_to: Keep autoresponders created at or before this date (ISO 8601).
        campaign_id: Keep autoresponders of this list.
        sort_name: Sort by name.
        sort_subject: Sort by subject.
        sort_day_of_cycle: Sort by day of the cycle.
        sort_delivered: Sort by messages delivered.
        sort_open_rate: Sort by rate of opens.
        sort_click_rate: Sort by rate of clicks.
        sort_created_on: Sort by date of creation.
        fields: Comma-separated members to answer with.
        page: Page, from 1.
        per_page: Autoresponders per page, up to 1000.

    Returns:
        The autoresponders of the page.
    """
    ...


@operation("POST", "/autoresponders", retry_class=RetryClass.KEYED)
def create_autoresponder(
    credentials: GetResponseCredentials,
    *,
    status: MessageStatus,
    subject: AutoresponderSubject,
    content: MessageContent,
    send_settings: AutoresponderTiming,
    trigger_settings: AutoresponderTriggerSettings,
    name: AutoresponderName | Omit = OMIT,
    campaign_id: str | Omit = OMIT,
    from_field: FromFieldReference | Omit = OMIT,
    reply_to: FromFieldReference | Omit = OMIT,
    flags: list[MessageFlag] | Omit = OMIT,
    track_opens: TrueOrFalse | Omit = OMIT,
) -> AutoresponderDetails:
    """Create an autoresponder.

    Args:
        credentials: The account.
        status: `enabled` sends from now on.
        subject: 2 to 128 characters.
        content: HTML, plain text or both, up to 524,288 characters each.
        send_settings: The hour of sending.
        trigger_settings: The day of the cycle, and the list.
        name: Name inside GetResponse, 2 to 128 characters, unique.
        campaign_id: List that it belongs to; the default list if omitted.
        from_field: Sender; the default sender if omitted.
        reply_to: Sender that answers go to.
        flags: What to track.
        track_opens: Whether opens are tracked; `true` if omitted.

    Returns:
        The new autoresponder.
    """
    ...


@operation("GET", "/autoresponders/statistics")
def list_autoresponder_statistics(
    credentials: GetResponseCredentials,
    *,
    group_by: Annotated[StatisticsGroup | Omit, Query("query[groupBy]")] = OMIT,
    autoresponder_id: Annotated[str | Omit, Query("query[autoreponderId]")] = OMIT,
    campaign_id: Annotated[str | Omit, Query("query[campaignId]")] = OMIT,
    created_from: Annotated[str | Omit, Query("query[createdOn][from]")] = OMIT,
    created_to: Annotated[str | Omit, Query("query[createdOn][to]")] = OMIT,
    fields: str | Omit = OMIT,
    page: Page | Omit = OMIT,
    per_page: PerPage | Omit = OMIT,
) -> list[MessageStatistics]:
    """Read statistics of several autoresponders together.

    Args:
        credentials: The account.
        group_by: Length of the intervals; `total` is one for all.
        autoresponder_id: Ids of autoresponders, separated by commas (GetResponse spells the
            parameter `autoreponderId`).
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


@operation("GET", "/autoresponders/{autoresponder_id}")
def get_autoresponder(
    credentials: GetResponseCredentials, autoresponder_id: str, *, fields: str | Omit = OMIT
) -> AutoresponderDetails:
    """Read one autoresponder.

    Args:
        credentials: The account.
        autoresponder_id: Id of the autoresponder.
        fields: Comma-separated members to answer with.

    Returns:
        The autoresponder.
    """
    ...


@operation("POST", "/autoresponders/{autoresponder_id}", retry_class=RetryClass.UPDATE)
def update_autoresponder(
    credentials: GetResponseCredentials,
    autoresponder_id: str,
    *,
    status: MessageStatus | Omit = OMIT,
    subject: AutoresponderSubject | Omit = OMIT,
    content: MessageContent | Omit = OMIT,
    send_settings: AutoresponderTiming | Omit = OMIT,
    trigger_settings: AutoresponderTriggerSettings | Omit = OMIT,
    name: AutoresponderName | Omit = OMIT,
    campaign_id: str | Omit = OMIT,
    from_field: FromFieldReference | Omit = OMIT,
    reply_to: FromFieldReference | Omit = OMIT,
    flags: list[MessageFlag] | Omit = OMIT,
    track_opens: TrueOrFalse | Omit = OMIT,
) -> AutoresponderDetails:
    """Change an autoresponder; what is omitted stays, a member that is given changes as a whole.

    Args:
        credentials: The account.
        autoresponder_id: Id of the autoresponder.
        status: `enabled` sends from now on, `disabled` stops.
        subject: 2 to 128 characters.
        content: HTML, plain text or both, up to 524,288 characters each.
        send_settings: The hour of sending.
        trigger_settings: The day of the cycle, and the list.
        name: Name inside GetResponse, 2 to 128 characters, unique.
        campaign_id: List that it belongs to.
        from_field: Sender.
        reply_to: Sender that answers go to.
        flags: What to track.
        track_opens: Whether opens are tracked.

    Returns:
        The changed autoresponder.
    """
    ...


@operation("DELETE", "/autoresponders/{autoresponder_id}")
def delete_autoresponder(credentials: GetResponseCredentials, autoresponder_id: str) -> None:
    """Delete an autoresponder; nobody gets it any more.

    Args:
        credentials: The account.
        autoresponder_id: Id of the autoresponder.
    """
    ...


@operation("GET", "/autoresponders/{autoresponder_id}/statistics")
def get_autoresponder_statistics(
    credentials: GetResponseCredentials,
    autoresponder_id: str,
    *,
    group_by: Annotated[StatisticsGroup | Omit, Query("query[groupBy]")] = OMIT,
    created_from: Annotated[str | Omit, Query("query[createdOn][from]")] = OMIT,
    created_to: Annotated[str | Omit, Query("query[createdOn][to]")] = OMIT,
    fields: str | Omit = OMIT,
    page: Page | Omit = OMIT,
    per_page: PerPage | Omit = OMIT,
) -> list[MessageStatistics]:
    """Read statistics of one autoresponder.

    Args:
        credentials: The account.
        autoresponder_id: Id of the autoresponder.
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


@operation("GET", "/autoresponders/{autoresponder_id}/thumbnail")
def get_autoresponder_thumbnail(
    credentials: GetResponseCredentials, autoresponder_id: str, *, size: ThumbnailSize | Omit = OMIT
) -> bytes:
    """Read a picture of an autoresponder.

    Args:
        credentials: The account.
        autoresponder_id: Id of the autoresponder.
        size: `default` (if omitted) or `small`.

    Returns:
        The image; which kind of image it is shows in its first bytes.
    """
    ...
