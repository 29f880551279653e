"""SMS messages and their statistics.  GetResponse MAX, as an add-on.

Source: GetResponse API v3, SMS Messages and Sms.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, Required

from pydantic import StringConstraints
from typing_extensions import TypedDict

from prefect_getresponse.client.request import RetryClass
from prefect_getresponse.omit import OMIT, Omit
from prefect_getresponse.operation import Query, operation
from prefect_getresponse.tasks.common import CampaignLink, Page, PerPage, SortOrder

if TYPE_CHECKING:
    from prefect_getresponse.credentials import GetResponseCredentials

SmsName = Annotated[str, StringConstraints(min_length=1, max_length=100)]
SmsText = Annotated[str, StringConstraints(min_length=1)]
SmsType = Literal["sms", "draft"]
SmsSendingStatus = Literal["scheduled", "sending", "sent"]
SmsRecipientsType = Literal["contacts", "importedNumbers"]
SmsSenderNameStatus = Literal["pending", "active", "rejected"]


class SmsToContacts(TypedDict, total=False):
    """Contacts that get a message: of some lists, or named ones, never both.

    `phoneNumberCustomFieldId` names the custom field that holds their numbers.
    """

    phoneNumberCustomFieldId: Required[str]
    selectedCampaigns: list[str]
    excludedCampaigns: list[str]
    selectedContacts: list[str]


class SmsPhoneNumber(TypedDict):
    """A telephone number with its country (ISO 3166-1 alpha-2, `PL`)."""

    phone: str
    countryCode: Annotated[str, StringConstraints(min_length=2, max_length=2)]


class SmsSendSettings(TypedDict, total=False):
    """Who gets a message, and from whom; without `senderNameId` the default sender name is used.

    `contacts` or `importedNumbers` is needed, by the type of recipients.
    """

    senderNameId: str
    contacts: SmsToContacts
    importedNumbers: list[SmsPhoneNumber]


class SmsTimeZone(TypedDict, total=False):
    """A time zone as the API answers it."""

    timeZoneId: int
    timeZoneName: str
    timeZoneOffset: str


class SmsSendOn(TypedDict, total=False):
    """When a message goes out: a time without offset, and its time zone."""

    date: str
    timeZone: SmsTimeZone


class SmsSendMetrics(TypedDict, total=False):
    """How far the sending is."""

    progress: str
    status: SmsSendingStatus


class SmsCounts(TypedDict, total=False):
    """Messages sent and delivered, and clicks on their links."""

    sent: int
    delivered: int
    clicks: int


class SmsClickTrack(TypedDict, total=False):
    """A link of a message, and how often it was clicked."""

    clickTrackId: Required[str]
    href: str
    url: str
    label: str
    amount: int
    uniqueAmount: int


class Sms(TypedDict, total=False):
    """A row of a listing of SMS messages."""

    smsId: Required[str]
    href: str
    name: str
    campaign: CampaignLink
    modifiedOn: str
    type: SmsType
    sendOn: SmsSendOn | None
    recipientsType: SmsRecipientsType
    senderName: str
    content: str
    sendMetrics: SmsSendMetrics
    statistics: SmsCounts


class SmsContactsDetails(TypedDict, total=False):
    """Contacts that get a message, as the API answers it."""

    selectedCampaigns: list[str]
    selectedSegments: list[str]
    excludedCampaigns: list[str]
    excludedSegments: list[str]
    selectedContacts: list[str]
    phoneNumberCustomFieldId: str


class SmsImportedNumbersDetails(TypedDict, total=False):
    """How many numbers were given."""

    count: int


class SmsSendSettingsDetails(TypedDict, total=False):
    """Who gets a message, as the API answers it; the other kind of recipients is null."""

    contacts: SmsContactsDetails | None
    importedNumbers: SmsImportedNumbersDetails | None


class SmsDetails(Sms, total=False):
    """One SMS message, with at most 20 of its links."""

    sendSettings: SmsSendSettingsDetails | None
    clickTracks: list[SmsClickTrack]


class SmsSenderName(TypedDict, total=False):
    """A name that SMS messages come from; only an `active` one can send."""

    senderNameId: Required[str]
    name: str
    status: SmsSenderNameStatus
    isDefault: bool


class SmsTotalPrice(TypedDict, total=False):
    """What a message cost; the amount is a text."""

    amount: str
    currency: str


class SmsCountryPrice(TypedDict, total=False):
    """What a message cost in one country; the price is a text."""

    price: str
    currency: str


class SmsLinkStatistics(TypedDict, total=False):
    """Clicks on the link of a message."""

    url: str
    clicks: int
    uniqueClicks: int


class SmsCountryStatistics(TypedDict, total=False):
    """What a message did in one country."""

    countryCode: str
    recipients: int
    smsCount: int
    price: SmsCountryPrice


class SmsStatistics(TypedDict, total=False):
    """What a message did, and what it cost."""

    smsId: Required[str]
    totalSms: int
    totalRecipients: int
    totalDelivered: int
    totalClicks: int
    totalUniqueClicks: int
    totalUnsubscribes: int
    totalPrice: SmsTotalPrice
    link: SmsLinkStatistics
    countryStatistics: SmsCountryStatistics


@operation("GET", "/sms")
def list_sms(
    credentials: GetResponseCredentials,
    *,
    type: Annotated[SmsType | Omit, Query("query[type]")] = OMIT,
    name: Annotated[str | Omit, Query("query[name]")] = OMIT,
    sending_status: Annotated[SmsSendingStatus | Omit, Query("query[sendingStatus]")] = OMIT,
    campaign_id: Annotated[str | Omit, Query("query[campaignId]")] = OMIT,
    has_links: Annotated[bool | Omit, Query("query[hasLinks]")] = OMIT,
    sort_sending_status: Annotated[SortOrder | Omit, Query("sort[sendingStatus]")] = OMIT,
    sort_name: Annotated[SortOrder | Omit, Query("sort[name]")] = OMIT,
    sort_send_on: Annotated[SortOrder | Omit, Query("sort[sendOn]")] = OMIT,
    sort_modified_on: Annotated[SortOrder | Omit, Query("sort[modifiedOn]")] = OMIT,
    sort_delivered: Annotated[SortOrder | Omit, Query("sort[delivered]")] = OMIT,
    sort_sent: Annotated[SortOrder | Omit, Query("sort[sent]")] = OMIT,
    sort_clicks: Annotated[SortOrder | Omit, Query("sort[clicks]")] = OMIT,
    fields: str | Omit = OMIT,
    page: Page | Omit = OMIT,
    per_page: PerPage | Omit = OMIT,
) -> list[Sms]:
    """Read one page of SMS messages.

    Args:
        credentials: The account.
        type: Keep messages (`sms`) or drafts (`draft`).
        name: Keep messages whose name contains this.
        sending_status: Keep messages whose sending is so far.
        campaign_id: Keep messages of this list.
        has_links: Keep messages with links (True) or without any (False).
        sort_sending_status: Sort by how far the sending is.
        sort_name: Sort by name.
        sort_send_on: Sort by date of sending.
        sort_modified_on: Sort by date of the last change.
        sort_delivered: Sort by number delivered.
        sort_sent: Sort by number sent.
        sort_clicks: Sort by clicks on links.
        fields: Comma-separated members to answer with.
        page: Page, from 1.
        per_page: Messages per page, up to 1000.

    Returns:
        The messages of the page.
    """
    ...


@operation("POST", "/sms", retry_class=RetryClass.ONCE)
def send_sms(
    credentials: GetResponseCredentials,
    *,
    name: SmsName,
    content: SmsText,
    recipients_type: SmsRecipientsType,
    send_settings: SmsSendSettings,
) -> SmsDetails:
    """Send an SMS message, at once: it cannot be scheduled through the API.

    A repeat would reach people twice, so a doubtful call ends as `OutcomeUnknown`: look for the
    message with `list_sms`. Since 2026.

    Args:
        credentials: The account.
        name: Name of the message in GetResponse, 1 to 100 characters.
        content: What it says.
        recipients_type: Which of the two the settings name: `contacts` or `importedNumbers`.
        send_settings: Who gets it, and from whom.

    Returns:
        The new message.
    """
    ...


@operation("GET", "/sms/sender-names")
def list_sms_sender_names(
    credentials: GetResponseCredentials,
    *,
    status: Annotated[str | Omit, Query("query[status]")] = OMIT,
    fields: str | Omit = OMIT,
) -> list[SmsSenderName]:
    """Read the names that SMS messages may come from.  Since 2026.

    Args:
        credentials: The account.
        status: Keep names in this state: `pending`, `active` or `rejected`.
        fields: Comma-separated members to answer with.

    Returns:
        All sender names.
    """
    ...


@operation("GET", "/sms/{sms_id}")
def get_sms(
    credentials: GetResponseCredentials, sms_id: str, *, fields: str | Omit = OMIT
) -> SmsDetails:
    """Read one SMS message, with at most 20 of its links.

    Args:
        credentials: The account.
        sms_id: Id of the message.
        fields: Comma-separated members to answer with.

    Returns:
        The message.
    """
    ...


@operation("GET", "/statistics/sms/{sms_id}")
def get_sms_statistics(
    credentials: GetResponseCredentials,
    sms_id: str,
    *,
    created_from: Annotated[str | Omit, Query("query[createdOn][from]")] = OMIT,
    created_to: Annotated[str | Omit, Query("query[createdOn][to]")] = OMIT,
    fields: str | Omit = OMIT,
) -> SmsStatistics:
    """Count what one SMS message did, and what it cost.

    Args:
        credentials: The account.
        sms_id: Id of the message.
        created_from: Count from this day (`YYYY-MM-DD`).
        created_to: Count to this day (`YYYY-MM-DD`).
        fields: Comma-separated members to answer with.

    Returns:
        The statistics.
    """
    ...
