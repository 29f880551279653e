"""A/B tests of subjects: some recipients get a variant each, the best one goes to all others.

A test passes through the stages `preparing`, `testing`, `sending_winner` and `completed`.
Source: GetResponse API v3, A/B tests - subject.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Literal, Required

from pydantic import AfterValidator, Field, StringConstraints
from typing_extensions import TypedDict

from prefect_getresponse.client.request import RetryClass
from prefect_getresponse.omit import OMIT, Omit
from prefect_getresponse.operation import Query, operation
from prefect_getresponse.tasks.common import (
    CampaignReference,
    FromFieldLink,
    FromFieldReference,
    Page,
    PerPage,
    SortOrder,
)
from prefect_getresponse.tasks.messages import (
    AbTestSendSettings,
    LocalTime,
    MessageContent,
    TimeZoneReference,
)

if TYPE_CHECKING:
    from prefect_getresponse.credentials import GetResponseCredentials

AbTestName = Annotated[str, StringConstraints(min_length=1, max_length=100)]
VariantSubject = Annotated[str, StringConstraints(min_length=1, max_length=150)]
AbTestFlag = Literal["clicktrack", "google_analytics", "ecommerce_tracking"]
WinnerMode = Literal["automatic", "manual"]
WinningCriteria = Literal["open", "click"]
SamplingPercentage = Annotated[int, Field(ge=1, le=100)]
AbTestStage = Literal[
    "preparing", "testing", "finished", "sending_winner", "cancelled", "draft", "completed"
]
AbTestStageFilter = Literal[
    "preparing", "testing", "finished", "sending-winner", "cancelled", "draft", "completed"
]
"""Stages as the filter spells them; answers say `sending_winner`."""

_DURATION = re.compile(r"P(?=.)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+S)?)?")


def _duration(text: str) -> str:
    if not _DURATION.fullmatch(text):
        raise ValueError("not an ISO 8601 duration such as P0Y0M0DT5H30M0S")
    return text


Duration = Annotated[str, AfterValidator(_duration)]


class AbTestSendOn(TypedDict, total=False):
    """When to begin: `now`, or `scheduled` with `date` (no offset) and `timeZone`."""

    sendingType: Required[Literal["now", "scheduled"]]
    date: LocalTime | None
    timeZone: TimeZoneReference


def _has_its_date(send_on: AbTestSendOn) -> AbTestSendOn:
    dated = send_on.get("date") is not None
    if send_on["sendingType"] == "scheduled" and not (dated and "timeZone" in send_on):
        raise ValueError("sendingType `scheduled` needs `date` and `timeZone`")
    if send_on["sendingType"] == "now" and (dated or "timeZone" in send_on):
        raise ValueError("sendingType `now` takes neither `date` nor `timeZone`")
    return send_on


class AbTestDeliverySettings(TypedDict, total=False):
    """When the test begins, and how its winner is found.

    `samplingPercentage` (1 to 100) of the recipients take part; with 100 and an automatic winner
    nothing more is sent. `samplingTime` is the length of the test (`P0Y0M0DT5H30M0S`).
    """

    sendOn: Required[Annotated[AbTestSendOn, AfterValidator(_has_its_date)]]
    winnerMode: Required[WinnerMode]
    winningCriteria: Required[WinningCriteria]
    samplingPercentage: SamplingPercentage
    samplingTime: Required[Duration | None]


class AbTestTimeZone(TypedDict, total=False):
    """A time zone as answers name it."""

    timeZoneId: int
    timeZoneName: int | str | None
    timeZoneOffset: int | str | None


class AbTestSendOnDetails(TypedDict, total=False):
    """When the test begins, as the API answers it."""

    date: str | None
    timeZone: AbTestTimeZone


class AbTestDeliverySettingsDetails(TypedDict, total=False):
    """How the test goes, as the API answers it; `samplingTime` is a text of seconds."""

    sendOn: AbTestSendOnDetails
    winnerMode: WinnerMode
    winningCriteria: WinningCriteria
    samplingPercentage: int
    samplingTime: str | None


class AbTestCampaign(TypedDict, total=False):
    """The list, as tests name it."""

    campaignId: Required[str]
    href: str


class AbTest(TypedDict, total=False):
    """A row of a listing of tests."""

    abTestId: Required[str]
    name: str
    campaign: AbTestCampaign
    fromField: FromFieldLink
    replyTo: FromFieldLink
    status: Literal["active", "inactive", "deleted"]
    stage: AbTestStage
    deliverySettings: AbTestDeliverySettingsDetails
    flags: list[
        Literal[
            "clicktrack",
            "subscription_reminder",
            "openrate",
            "google_analytics",
            "manual_list",
            "custom_footer",
            "ecommerce_tracking",
        ]
    ]
    createdOn: str | None
    updatedOn: str | None
    href: str


class AbTestStatistics(TypedDict, total=False):
    """Messages delivered, and the rates of opens and clicks in percent: 20.52."""

    delivered: int
    openRate: float
    clickRate: float


class AbTestTotals(TypedDict, total=False):
    """Statistics of all variants and the winner together, and of the winner.

    Both cover the evaluation and what was sent after it; those of a variant the evaluation only.
    """

    total: AbTestStatistics
    winner: AbTestStatistics


class AbTestVariant(TypedDict, total=False):
    """One subject that is tried; `index` is its letter, `A`, `B`, ..."""

    variantId: Required[str]
    subject: str
    isWinner: bool
    statistics: AbTestStatistics
    index: str


class AbTestDetails(AbTest, total=False):
    """A test as the API answers it."""

    winnerSendingStart: str | None
    statistics: AbTestTotals
    variants: list[AbTestVariant]
    sendSettings: AbTestSendSettings
    editor: Literal["html2", "custom", "text", "editor_v3", "getresponse", "legacy"] | None
    content: MessageContent


@operation("GET", "/ab-tests/subject")
def list_subject_ab_tests(
    credentials: GetResponseCredentials,
    *,
    name: Annotated[str | Omit, Query("query[name]")] = OMIT,
    stage: Annotated[AbTestStageFilter | Omit, Query("query[stage]")] = OMIT,
    ab_test_id: Annotated[str | Omit, Query("query[abTestId]")] = OMIT,
    campaign_id: Annotated[str | Omit, Query("query[campaignId]")] = OMIT,
    sort_name: Annotated[SortOrder | Omit, Query("sort[name]")] = OMIT,
    sort_stage: Annotated[SortOrder | Omit, Query("sort[stage]")] = OMIT,
    sort_send_on: Annotated[SortOrder | Omit, Query("sort[sendOn]")] = OMIT,
    sort_total_delivered: Annotated[SortOrder | Omit, Query("sort[totalDelivered]")] = OMIT,
    fields: str | Omit = OMIT,
    page: Page | Omit = OMIT,
    per_page: PerPage | Omit = OMIT,
) -> list[AbTest]:
    """Read one page of tests.

    Args:
        credentials: The account.
        name: Keep tests whose name contains this.
        stage: Keep tests in this stage; the filter spells `sending-winner`, answers say
            `sending_winner`.
        ab_test_id: Ids of tests, separated by commas (one only before 2026).
        campaign_id: Ids of lists, separated by commas (one only before 2026).
        sort_name: Sort by name.
        sort_stage: Sort by stage.
        sort_send_on: Sort by date of sending.
        sort_total_delivered: Sort by messages delivered.
        fields: Comma-separated members to answer with.
        page: Page, from 1.
        per_page: Tests per page, up to 1000.

    Returns:
        The tests of the page.
    """
    ...


@operation("POST", "/ab-tests/subject", retry_class=RetryClass.ONCE)
def create_subject_ab_test(
    credentials: GetResponseCredentials,
    *,
    name: AbTestName,
    campaign: CampaignReference,
    from_field: FromFieldReference,
    delivery_settings: AbTestDeliverySettings,
    variants: Annotated[list[VariantSubject], Field(min_length=2, max_length=5)],
    send_settings: AbTestSendSettings,
    content: MessageContent,
    reply_to: FromFieldReference | Omit = OMIT,
    flags: list[AbTestFlag] | Omit = OMIT,
) -> AbTestDetails:
    """Create a test and send its variants, at once or at a time.

    Never repeated when the answer is lost: look for it with `list_subject_ab_tests` by name.

    Args:
        credentials: The account.
        name: 1 to 100 characters.
        campaign: List that the test belongs to.
        from_field: Sender.
        delivery_settings: When it begins, and how its winner is found.
        variants: 2 to 5 subjects of 1 to 150 characters; texts since 2026, no objects.
        send_settings: Who gets the message.
        content: HTML, plain text or both, up to 524,288 characters each.
        reply_to: Sender that answers go to.
        flags: What to track.

    Returns:
        The new test, with the ids of its variants.
    """
    ...


@operation("GET", "/ab-tests/subject/{ab_test_id}")
def get_subject_ab_test(
    credentials: GetResponseCredentials, ab_test_id: str, *, fields: str | Omit = OMIT
) -> AbTestDetails:
    """Read one test with its variants and their statistics.

    Args:
        credentials: The account.
        ab_test_id: Id of the test.
        fields: Comma-separated members to answer with.

    Returns:
        The test.
    """
    ...


@operation("POST", "/ab-tests/subject/{ab_test_id}/winner", retry_class=RetryClass.ONCE)
def choose_subject_ab_test_winner(
    credentials: GetResponseCredentials, ab_test_id: str, *, variant_id: str
) -> None:
    """Choose the winner of a test with manual choice; it is sent to all who got no variant.

    Never repeated when the answer is lost: `get_subject_ab_test` tells the winner.

    Args:
        credentials: The account.
        ab_test_id: Id of the test.
        variant_id: Id of the variant, of the test's `variants`.
    """
    ...


@operation("DELETE", "/ab-tests/{ab_test_id}")
def delete_ab_test(credentials: GetResponseCredentials, ab_test_id: str) -> None:
    """Delete a test that is in stage `draft`, `cancelled`, `finished` or `completed`.

    Args:
        credentials: The account.
        ab_test_id: Id of the test.
    """
    ...


@operation("POST", "/ab-tests/{ab_test_id}/cancel", retry_class=RetryClass.UPDATE)
def cancel_ab_test(credentials: GetResponseCredentials, ab_test_id: str) -> None:
    """Cancel a test; the API accepts and does it later, see its `stage`.

    Args:
        credentials: The account.
        ab_test_id: Id of the test.
    """
    ...
