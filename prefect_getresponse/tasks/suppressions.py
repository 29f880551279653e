"""Suppressions: named sets of masks that a message can exclude.

Source: GetResponse API v3, Suppressions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Required

from typing_extensions import TypedDict

from prefect_getresponse.client.request import RetryClass
from prefect_getresponse.omit import OMIT, Omit
from prefect_getresponse.operation import Query, operation
from prefect_getresponse.tasks.common import Page, PerPage, SortOrder

if TYPE_CHECKING:
    from prefect_getresponse.credentials import GetResponseCredentials


class Suppression(TypedDict, total=False):
    """A row of a listing of suppressions; it does not show the masks."""

    suppressionId: Required[str]
    name: str
    createdOn: str
    href: str


class SuppressionDetails(Suppression, total=False):
    """One suppression with its masks: addresses and domains."""

    masks: list[str]


@operation("GET", "/suppressions")
def list_suppressions(
    credentials: GetResponseCredentials,
    *,
    name: Annotated[str | Omit, Query("query[name]")] = OMIT,
    created_from: Annotated[str | Omit, Query("query[createdOn][from]")] = OMIT,
    created_to: Annotated[str | Omit, Query("query[createdOn][to]")] = OMIT,
    sort_name: Annotated[SortOrder | Omit, Query("sort[name]")] = OMIT,
    sort_created_on: Annotated[SortOrder | Omit, Query("sort[createdOn]")] = OMIT,
    fields: str | Omit = OMIT,
    page: Page | Omit = OMIT,
    per_page: PerPage | Omit = OMIT,
) -> list[Suppression]:
    """Read one page of suppressions.

    Args:
        credentials: The account.
        name: Keep suppressions whose name contains this.
        created_from: Keep suppressions created at or after this date (ISO 8601).
        created_to: Keep suppressions created at or before this date (ISO 8601).
        sort_name: Sort by name.
        sort_created_on: Sort by date of creation.
        fields: Comma-separated members to answer with.
        page: Page, from 1.
        per_page: Suppressions per page, up to 1000.

    Returns:
        The suppressions of the page.
    """
    ...


@operation("POST", "/suppressions", retry_class=RetryClass.KEYED)
def create_suppression(
    credentials: GetResponseCredentials, *, name: str, masks: list[str] | Omit = OMIT
) -> SuppressionDetails:
    """Create a suppression.

    Args:
        credentials: The account.
        name: Name, unique.
        masks: Addresses (`jane@example.com`) and domains (`@example.com`).

    Returns:
        The new suppression.
    """
    ...


@operation("GET", "/suppressions/{suppression_id}")
def get_suppression(credentials: GetResponseCredentials, suppression_id: str) -> SuppressionDetails:
    """Read one suppression with its masks.

    Args:
        credentials: The account.
        suppression_id: Id of the suppression.

    Returns:
        The suppression.
    """
    ...


@operation("POST", "/suppressions/{suppression_id}", retry_class=RetryClass.UPDATE)
def update_suppression(
    credentials: GetResponseCredentials, suppression_id: str, *, name: str, masks: list[str]
) -> SuppressionDetails:
    """Change a suppression; both members are always needed.

    Args:
        credentials: The account.
        suppression_id: Id of the suppression.
        name: Name, unique.
        masks: All addresses and domains it shall hold.

    Returns:
        The changed suppression.
    """
    ...


@operation("DELETE", "/suppressions/{suppression_id}")
def delete_suppression(credentials: GetResponseCredentials, suppression_id: str) -> None:
    """Delete a suppression.

    Args:
        credentials: The account.
        suppression_id: Id of the suppression.
    """
    ...
