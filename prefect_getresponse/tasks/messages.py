"""Types that mail messages share: newsletters, autoresponders, RSS newsletters and A/B tests.

Source: GetResponse API v3, Newsletters, Autoresponders, RSS newsletters.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, Required

from pydantic import AfterValidator, Field, StringConstraints
from typing_extensions import TypedDict

MessageText = Annotated[str, StringConstraints(max_length=524_288)]
MessageStatus = Literal["enabled", "disabled"]
MessageFlag = Literal["clicktrack", "google_analytics"]
MessageEditor = Literal["custom", "text", "getresponse", "legacy", "html2"]
StatisticsGroup = Literal["hour", "day", "month", "total"]
ThumbnailSize = Literal["default", "small"]
Hour = Annotated[int, Field(ge=0, le=23)]
WeekDay = Literal["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


def local_time(text: str) -> str:
    """Check a time that has no offset of its own, because a time zone is named beside it.

    Raises:
        ValueError: It is no time, or says an offset.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("not a date and time such as 2026-07-14T07:00:00") from None
    if moment.tzinfo is not None:
        raise ValueError("a time without offset is needed: `timeZone` says what it means")
    return text


LocalTime = Annotated[str, AfterValidator(local_time)]
"""A time of the time zone named beside it, `2026-07-14T07:00:00`."""


class TimeZoneReference(TypedDict):
    """A time zone, by its number in GetResponse's own list (`GET /accounts/timezones`)."""

    timeZoneId: int


class MessageContent(TypedDict, total=False):
    """What a message says: HTML, plain text or both, each up to 524,288 characters."""

    html: MessageText
    plain: MessageText


class ExternalLexpad(TypedDict, total=False):
    """A server of yours that gives the content of each recipient's message while it is sent.

    `dataSourceToken` (up to 255 characters) is sent to it as `X-Auth-Token`.
    """

    dataSourceUrl: Required[Annotated[str, StringConstraints(min_length=1, max_length=2048)]]
    dataSourceToken: Annotated[str, StringConstraints(max_length=255)] | None


class AbTestSendSettings(TypedDict, total=False):
    """Who gets the message of an A/B test: lists of ids, combined with AND.

    Of `selectedCampaigns` only the first counts. GetResponse spells `selectedSupressions` with one
    p here.
    """

    selectedCampaigns: list[str]
    selectedSegments: list[str]
    selectedSupressions: list[str]
    excludedCampaigns: list[str]
    excludedSegments: list[str]


class MessageClickTrack(TypedDict, total=False):
    """A tracked link of a message; `amount` counts its clicks, as a text."""

    clickTrackId: Required[str]
    url: str
    name: str
    amount: str


class MessageStatistics(TypedDict, total=False):
    """What a message did in one interval (ISO 8601 start and duration, UTC).

    Since 2026 the `Human` members count without what programs opened and clicked.
    """

    timeInterval: str
    sent: int
    totalOpened: int
    uniqueOpened: int
    totalClicked: int
    uniqueClicked: int
    goals: int
    uniqueGoals: int
    forwarded: int
    unsubscribed: int
    bounced: int
    complaints: int
    totalHumanOpened: int
    uniqueHumanOpened: int
    totalHumanClicked: int
    uniqueHumanClicked: int
