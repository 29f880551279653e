"""SMS messages that workflows send.  GetResponse MAX, as an add-on.

Source: GetResponse API v3, SMS Automation Messages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, Required

from typing_extensions import TypedDict

from prefect_getresponse.omit import OMIT, Omit
from prefect_getresponse.operation import Query, operation
from prefect_getresponse.tasks.common import CampaignLink, Page, PerPage, SortOrder
from prefect_getresponse.tasks.sms_messages import SmsClickTrack, SmsCounts

if TYPE_CHECKING:
    from prefect_getresponse.credentials import GetResponseCredentials


class SmsWorkflow(TypedDict, total=False):
    """A workflow that sends a message."""

    workflowId: Required[str]
    name: str
    href: str


class SmsAutomation(TypedDict, total=False):
    """A row of a listing of automated SMS messages."""

    smsId: Required[str]
    href: str
    name: str
    campaign: CampaignLink
    modifiedOn: str
    status: Literal["ready", "in_use"]
    statistics: SmsCounts
    senderName: str
    hasLinks: bool


class SmsAutomationDetails(SmsAutomation, total=False):
    """One automated SMS message, its links, and the workflows that send it."""

    content: str | None
    workflows: list[SmsWorkflow]
    clickTracks: list[SmsClickTrack]


@operation("GET", "/sms-automation")
def list_sms_automations(
    credentials: GetResponseCredentials,
    *,
    name: Annotated[str | Omit, Query("query[name]")] = OMIT,
    campaign_id: Annotated[str | Omit, Query("query[campaignId]")] = OMIT,
    has_links: Annotated[bool | Omit, Query("query[hasLinks]")] = OMIT,
    sort_status: Annotated[SortOrder | Omit, Query("sort[status]")] = OMIT,
    sort_name: Annotated[SortOrder | Omit, Query("sort[name]")] = OMIT,
    sort_modified_on: Annotated[SortOrder | Omit, Query("sort[modifiedOn]")] = OMIT,
    sort_delivered: Annotated[SortOrder | Omit, Query("sort[delivered]")] = OMIT,
    sort_sent: Annotated[SortOrder | Omit, Query("sort[sent]")] = OMIT,
    sort_clicks: Annotated[SortOrder | Omit, Query("sort[clicks]")] = OMIT,
    fields: str | Omit = OMIT,
    page: Page | Omit = OMIT,
    per_page: PerPage | Omit = OMIT,
) -> list[SmsAutomation]:
    """Read one page of automated SMS messages.

    Args:
        credentials: The account.
        name: Keep messages whose name contains this.
        campaign_id: Keep messages of this list.
        has_links: Keep messages with links (True) or without any (False).
        sort_status: Sort by whether a workflow uses it.
        sort_name: Sort by name.
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


@operation("GET", "/sms-automation/{sms_id}")
def get_sms_automation(
    credentials: GetResponseCredentials, sms_id: str, *, fields: str | Omit = OMIT
) -> SmsAutomationDetails:
    """Read one automated SMS message, its links, and the workflows that send it.

    Args:
        credentials: The account.
        sms_id: Id of the message.
        fields: Comma-separated members to answer with.

    Returns:
        The message.
    """
    ...
