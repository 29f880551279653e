"""Workflows: marketing automation, built in GetResponse's web panel.

The API reads them and switches them on and off.  Source: GetResponse API v3, Workflows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Required

from typing_extensions import TypedDict

from prefect_getresponse.client.request import RetryClass
from prefect_getresponse.omit import OMIT, Omit
from prefect_getresponse.operation import operation
from prefect_getresponse.tasks.common import Page, PerPage

if TYPE_CHECKING:
    from prefect_getresponse.credentials import GetResponseCredentials

WorkflowStatus = Literal["active", "inactive", "incomplete"]
"""`incomplete` is what the web panel calls a draft."""


class WorkflowSubscriberStatistics(TypedDict):
    """People who went through a workflow, and who are in it."""

    completedCount: int
    inProgressCount: int


class Workflow(TypedDict, total=False):
    """A workflow as the API answers it."""

    workflowId: Required[str]
    name: str
    status: WorkflowStatus
    dateStart: str
    dateStop: str
    subscriberStatistics: WorkflowSubscriberStatistics


@operation("GET", "/workflow")
def list_workflows(
    credentials: GetResponseCredentials,
    *,
    fields: str | Omit = OMIT,
    page: Page | Omit = OMIT,
    per_page: PerPage | Omit = OMIT,
) -> list[Workflow]:
    """Read one page of workflows.

    Args:
        credentials: The account.
        fields: Comma-separated members to answer with.
        page: Page, from 1.
        per_page: Workflows per page, up to 1000.

    Returns:
        The workflows of the page.
    """
    ...


@operation("GET", "/workflow/{workflow_id}")
def get_workflow(
    credentials: GetResponseCredentials, workflow_id: str, *, fields: str | Omit = OMIT
) -> Workflow:
    """Read one workflow.

    Args:
        credentials: The account.
        workflow_id: Id of the workflow.
        fields: Comma-separated members to answer with.

    Returns:
        The workflow.
    """
    ...


@operation("POST", "/workflow/{workflow_id}", retry_class=RetryClass.UPDATE)
def update_workflow(
    credentials: GetResponseCredentials, workflow_id: str, *, status: WorkflowStatus
) -> Workflow:
    """Switch a workflow on or off, or make it a draft.

    An active workflow acts on people at once: it may send messages.

    Args:
        credentials: The account.
        workflow_id: Id of the workflow.
        status: `active`, `inactive` or `incomplete` (a draft).

    Returns:
        The changed workflow.
    """
    ...
