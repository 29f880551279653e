"""A/B tests (legacy), which can only be read; `ab_tests_subject` holds the current ones.

Source: GetResponse API v3, A/B tests.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, Required

from typing_extensions import TypedDict

from prefect_getresponse.omit import OMIT, Omit
from prefect_getresponse.operation import Query, operation
from prefect_getresponse.tasks.common import CampaignLink, FromFieldLink, Page, PerPage, SortOrder
from prefect_getresponse.tasks.messages import AbTestSendSettings

if TYPE_CHECKING:
    from prefect_getresponse.credentials import GetResponseCredentials

SplittestStatus = Literal["active", "inactive"]
SplittestType = Literal["content", "subject", "day", "hour", "from_field"]
SplittestStage = Literal[
    "queued",
    "schedule_sampling",
    "evaluate_sampling",
    "choose_winning",
    "schedule_winning",
    "send_winning",
    "canceled_queued",
    "canceled_sampling",
    "canceled_winning",
    "incomplete",
    "finished",
]


class SplittestNewsletter(TypedDict, total=False):
    """One of the newsletters of a test; all numbers are texts."""

    newsletterId: Required[str]
    href: str
    name: str
    subject: str
    fromField: FromFieldLink
    status: Literal["sampled", "chosen", "rejected"]
    sendOn: str
    samplingTargets: str
    samplingDelivered: str
    scoreOpens: str
    scoreClicks: str


class Splittest(TypedDict, total=False):
    """A test as the API answers it; all numbers are texts, `samplingTime` counts seconds."""

    splittestId: Required[str]
    href: str
    name: str
    campaign: CampaignLink
    status: SplittestStatus
    winningCriteria: Literal["open", "click"] | None
    winningTarget: str
    stage: SplittestStage
    type: SplittestType
    samplingPercentage: str | None
    samplingTime: str | None
    chooseWinning: Literal["automatic", "manual"] | None
    winningScoreOpens: str
    winningScoreClicks: str
    winningDelivered: str
    winningScheduleOn: str | None
    nextStepOn: str | None
    evaluationSkippedOn: str | None
    canceledOn: str | None
    createdOn: str | None
    newsletters: list[SplittestNewsletter]
    sendSettings: AbTestSendSettings


@operation("GET", "/splittests")
def list_splittests(
    credentials: GetResponseCredentials,
    *,
    name: Annotated[str | Omit, Query("query[name]")] = OMIT,
    type: Annotated[str | Omit, Query("query[type]")] = OMIT,
    status: Annotated[SplittestStatus | Omit, Query("query[status]")] = OMIT,
    created_from: Annotated[str | Omit, Query("query[createdOn][from]")] = OMIT,
    created_to: Annotated[str | Omit, Query("query[createdOn][to]")] = OMIT,
    sort_name: Annotated[SortOrder | Omit, Query("sort[name]")] = OMIT,
    sort_created_on: Annotated[SortOrder | Omit, Query("sort[createdOn]")] = OMIT,
    fields: str | Omit = OMIT,
    page: Page | Omit = OMIT,
    per_page: PerPage | Omit = OMIT,
) -> list[Splittest]:
    """Read one page of A/B tests (legacy).

    Args:
        credentials: The account.
        name: Keep tests whose name contains this.
        type: Keep tests of this: `content`, `subject`, `day`, `hour` or `from_field`.
        status: Keep `inactive` tests; `active` ones if omitted.
        created_from: Keep tests created at or after this date (ISO 8601).
        created_to: Keep tests created at or before this date (ISO 8601).
        sort_name: Sort by name.
        sort_created_on: Sort by date of creation.
        fields: Comma-separated members to answer with.
        page: Page, from 1.
        per_page: Tests per page, up to 1000.

    Returns:
        The tests of the page.
    """
    ...


@operation("GET", "/splittests/{splittest_id}")
def get_splittest(
    credentials: GetResponseCredentials, splittest_id: str, *, fields: str | Omit = OMIT
) -> Splittest:
    """Read one legacy A/B test.

    Args:
        credentials: The account.
        splittest_id: Id of the test.
        fields: Comma-separated members to answer with.

    Returns:
        The test.
    """
    ...
