"""Tags: labels of contacts.  Source: GetResponse API v3, Tags."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Required

from pydantic import StringConstraints
from typing_extensions import TypedDict

from prefect_getresponse.client.request import RetryClass
from prefect_getresponse.omit import OMIT, Omit
from prefect_getresponse.operation import Query, operation
from prefect_getresponse.tasks.common import Page, PerPage, SortOrder

if TYPE_CHECKING:
    from prefect_getresponse.credentials import GetResponseCredentials

TagName = Annotated[str, StringConstraints(pattern=r"^[_a-zA-Z0-9]{2,64}$")]


class Tag(TypedDict, total=False):
    """A row of a listing of tags."""

    tagId: Required[str]
    name: Required[str]
    href: str
    color: str
    createdAt: str


class TagDetails(TypedDict, total=False):
    """A tag as the API answers it."""

    tagId: Required[str]
    name: str
    color: str
    createdAt: str


@operation("GET", "/tags")
def list_tags(
    credentials: GetResponseCredentials,
    *,
    name: Annotated[str | Omit, Query("query[name]")] = OMIT,
    created_from: Annotated[str | Omit, Query("query[createdAt][from]")] = OMIT,
    created_to: Annotated[str | Omit, Query("query[createdAt][to]")] = OMIT,
    sort_created_at: Annotated[SortOrder | Omit, Query("sort[createdAt]")] = OMIT,
    sort_name: Annotated[SortOrder | Omit, Query("sort[name]")] = OMIT,
    fields: str | Omit = OMIT,
    page: Page | Omit = OMIT,
    per_page: PerPage | Omit = OMIT,
) -> list[Tag]:
    """Read one page of tags.

    Args:
        credentials: The account.
        name: Keep tags whose name contains this.
        created_from: Keep tags created at or after this date (ISO 8601).
        created_to: Keep tags created at or before this date (ISO 8601).
        sort_created_at: Sort by date of creation.
        sort_name: Sort by name.
        fields: Comma-separated members to answer with.
        page: Page, from 1.
        per_page: Tags per page, up to 1000.

    Returns:
        The tags of the page.
    """
    ...


@operation("POST", "/tags", retry_class=RetryClass.KEYED)
def create_tag(credentials: GetResponseCredentials, *, name: TagName) -> TagDetails:
    """Create a tag.

    Args:
        credentials: The account.
        name: 2 to 64 letters, digits and underscores.

    Returns:
        The new tag.
    """
    ...


@operation("GET", "/tags/{tag_id}")
def get_tag(
    credentials: GetResponseCredentials, tag_id: str, *, fields: str | Omit = OMIT
) -> TagDetails:
    """Read one tag.

    Args:
        credentials: The account.
        tag_id: Id of the tag.
        fields: Comma-separated members to answer with.

    Returns:
        The tag.
    """
    ...


@operation(
    "POST",
    "/tags/{tag_id}",
    retry_class=RetryClass.UPDATE,
    deprecated="GetResponse answers with the unchanged tag; create another tag instead.",
)
def update_tag(credentials: GetResponseCredentials, tag_id: str, *, name: TagName) -> TagDetails:
    """Rename a tag; GetResponse no longer changes anything.

    Args:
        credentials: The account.
        tag_id: Id of the tag.
        name: 2 to 64 letters, digits and underscores.

    Returns:
        The unchanged tag.
    """
    ...


@operation("DELETE", "/tags/{tag_id}")
def delete_tag(credentials: GetResponseCredentials, tag_id: str) -> None:
    """Delete a tag, and detach it from every contact.

    Args:
        credentials: The account.
        tag_id: Id of the tag.
    """
    ...
