"""Custom reports: CSV files that GetResponse makes in the background.

Which kinds there are depends on the plan, and an add-on is needed. The API makes one-time reports
only; recurring ones of the panel can be read. Source: GetResponse API v3, Custom Reports.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Literal, Required

from pydantic import AfterValidator, StringConstraints
from typing_extensions import TypedDict

from prefect_getresponse.client.request import RetryClass
from prefect_getresponse.omit import OMIT, Omit
from prefect_getresponse.operation import Query, operation
from prefect_getresponse.tasks.common import Page, PerPage, SortOrder

if TYPE_CHECKING:
    from prefect_getresponse.credentials import GetResponseCredentials

CustomReportName = Annotated[str, StringConstraints(min_length=3, max_length=70)]
CustomReportFrequency = Literal["monthly", "weekly", "daily", "one_time"]
CustomReportType = Literal[
    "subscription_rejections",
    "message_stats",
    "unsubscribe_contacts_lists_report",
    "standard_subscriber_activity_report",
    "bounces",
    "account_summary_report",
    "user_activity",
    "list_summary_report",
    "isp_message_stats_report",
    "webinar_participants_report",
    "import_error_report",
    "message_clicks_report",
    "unconfirmed_contacts_stats_report",
    "transactional_email_bounce_report",
    "message_activity_report",
]


def _day(text: str) -> str:
    try:
        if date.fromisoformat(text).isoformat() == text:
            return text
    except ValueError:
        pass
    raise ValueError("not a day such as 2026-01-15")


Day = Annotated[str, AfterValidator(_day)]


class CustomReportPeriod(TypedDict):
    """Days that a new report covers, `2026-01-01`."""

    frequency: Literal["one_time"]
    startDate: Day
    endDate: Day


class CustomReportFilters(TypedDict):
    """What a `message_activity_report` tells: activities in the newsletters with these ids."""

    activityType: list[Literal["click", "open", "send"]]
    messageId: list[str]


class CustomReportOneTime(TypedDict, total=False):
    """The time that a one-time report covers."""

    startDate: str
    endDate: str


class CustomReportRecurring(TypedDict, total=False):
    """When a recurring report is made; `hour` is 0 to 23."""

    dayOfMonth: int | None
    dayOfWeek: (
        Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] | None
    )
    hour: int


class CustomReportScheduling(TypedDict, total=False):
    """How often a report is made: `oneTime` or `recurring`, the other one is null."""

    frequency: CustomReportFrequency
    oneTime: CustomReportOneTime | None
    recurring: CustomReportRecurring | None


class CustomReportFile(TypedDict, total=False):
    """A file of a report, there until `expiresAt`.

    `downloadUrl` is another one at each reading and valid for 5 minutes. It needs no credentials:
    fetch it without the account's key.
    """

    customReportFileId: Required[str]
    downloadUrl: str
    status: Literal["pending", "in-progress", "ready", "error"]
    expiresAt: str


class CustomReport(TypedDict, total=False):
    """A row of a listing of reports."""

    customReportId: Required[str]
    name: str
    href: str
    frequency: CustomReportFrequency
    createdAt: str
    generatedAt: str


class CustomReportDetails(TypedDict, total=False):
    """A report as the API answers it; `filters` is an empty list for most kinds."""

    customReportId: Required[str]
    name: str
    href: str
    type: CustomReportType
    scheduling: CustomReportScheduling
    filters: CustomReportFilters | list[str]
    files: list[CustomReportFile]
    createdAt: str
    generatedAt: str


@operation("GET", "/custom-reports")
def list_custom_reports(
    credentials: GetResponseCredentials,
    *,
    name: Annotated[str | Omit, Query("query[name]")] = OMIT,
    sort_name: Annotated[SortOrder | Omit, Query("sort[name]")] = OMIT,
    sort_frequency: Annotated[SortOrder | Omit, Query("sort[frequency]")] = OMIT,
    sort_generated_at: Annotated[SortOrder | Omit, Query("sort[generatedAt]")] = OMIT,
    fields: str | Omit = OMIT,
    page: Page | Omit = OMIT,
    per_page: PerPage | Omit = OMIT,
) -> list[CustomReport]:
    """Read one page of reports.

    Args:
        credentials: The account.
        name: Keep reports whose name contains this.
        sort_name: Sort by name.
        sort_frequency: Sort by frequency.
        sort_generated_at: Sort by date of making.
        fields: Comma-separated members to answer with.
        page: Page, from 1.
        per_page: Reports per page, up to 1000.

    Returns:
        The reports of the page.
    """
    ...


@operation("POST", "/custom-reports", retry_class=RetryClass.ONCE)
def create_custom_report(
    credentials: GetResponseCredentials,
    *,
    name: CustomReportName,
    type: CustomReportType,
    scheduling: CustomReportPeriod,
    filters: CustomReportFilters | Omit = OMIT,
) -> CustomReportDetails:
    """Have a report made once, in the background.

    Its `files` tell when it is `ready`; GetResponse also sends the webhook
    `custom_reports_file_status_changed`. Never repeated when the answer is lost: look for it with
    `list_custom_reports` by name.

    Args:
        credentials: The account.
        name: 3 to 70 characters; names may repeat.
        type: Kind of report.
        scheduling: Days that it covers.
        filters: Needed for `message_activity_report`, refused for all other kinds.

    Returns:
        The new report.
    """
    ...


@operation("GET", "/custom-reports/{custom_report_id}")
def get_custom_report(
    credentials: GetResponseCredentials, custom_report_id: str, *, fields: str | Omit = OMIT
) -> CustomReportDetails:
    """Read one report with its files.

    A file's `downloadUrl` is only answered, never followed: whoever downloads the file must not
    send the account's key along.

    Args:
        credentials: The account.
        custom_report_id: Id of the report.
        fields: Comma-separated members to answer with.

    Returns:
        The report; each reading makes new links, valid for 5 minutes.
    """
    ...
