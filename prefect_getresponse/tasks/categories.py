"""Categories of products in shops.  Source: GetResponse API v3, Categories."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Required

from pydantic import StringConstraints
from typing_extensions import TypedDict

from prefect_getresponse.client.request import RetryClass
from prefect_getresponse.omit import OMIT, Omit
from prefect_getresponse.operation import Query, operation
from prefect_getresponse.tasks.common import ExternalId, LongUrl, Page, PerPage, SortOrder

if TYPE_CHECKING:
    from prefect_getresponse.credentials import GetResponseCredentials

CategoryName = Annotated[str, StringConstraints(min_length=2, max_length=64)]
CategoryId = Annotated[str, StringConstraints(min_length=2, max_length=64)]


class NewCategory(TypedDict, total=False):
    """A category that is sent along with a product."""

    name: Required[CategoryName]
    parentId: CategoryId
    isDefault: bool
    url: LongUrl
    externalId: ExternalId


class BaseCategory(TypedDict, total=False):
    """A category as orders show it."""

    categoryId: Required[str]
    href: str
    name: str
    parentId: str
    isDefault: bool
    url: str
    externalId: str


class Category(BaseCategory, total=False):
    """A category as the API answers it."""

    createdOn: str
    updatedOn: str


@operation("GET", "/shops/{shop_id}/categories")
def list_categories(
    credentials: GetResponseCredentials,
    shop_id: str,
    *,
    name: Annotated[str | Omit, Query("query[name]")] = OMIT,
    parent_id: Annotated[str | Omit, Query("query[parentId]")] = OMIT,
    external_id: Annotated[str | Omit, Query("query[externalId]")] = OMIT,
    created_from: Annotated[str | Omit, Query("search[createdAt][from]")] = OMIT,
    created_to: Annotated[str | Omit, Query("search[createdAt][to]")] = OMIT,
    sort_name: Annotated[SortOrder | Omit, Query("sort[name]")] = OMIT,
    sort_created_at: Annotated[SortOrder | Omit, Query("sort[createdAt]")] = OMIT,
    fields: str | Omit = OMIT,
    page: Page | Omit = OMIT,
    per_page: PerPage | Omit = OMIT,
) -> list[Category]:
    """Read one page of categories.

    Args:
        credentials: The account.
        shop_id: Id of the shop.
        name: Keep categories whose name contains this.
        parent_id: Keep categories right below this one.
        external_id: Keep categories with this id of your own system.
        created_from: Keep categories created at or after this date (ISO 8601).
        created_to: Keep categories created at or before this date (ISO 8601).
        sort_name: Sort by name.
        sort_created_at: Sort by date of creation.
        fields: Comma-separated members to answer with.
        page: Page, from 1.
        per_page: Categories per page, up to 1000.

    Returns:
        The categories of the page.
    """
    ...


@operation("POST", "/shops/{shop_id}/categories", retry_class=RetryClass.KEYED)
def create_category(
    credentials: GetResponseCredentials,
    shop_id: str,
    *,
    name: CategoryName,
    parent_id: CategoryId | Omit = OMIT,
    is_default: bool | Omit = OMIT,
    url: LongUrl | Omit = OMIT,
    external_id: ExternalId | Omit = OMIT,
) -> Category:
    """Create a category.

    A second call with the same arguments creates no second category.

    Args:
        credentials: The account.
        shop_id: Id of the shop.
        name: 2 to 64 characters.
        parent_id: Id of the category above it.
        is_default: Whether it is the default one.
        url: Its page, up to 2048 characters.
        external_id: Its id in your own system, up to 255 characters.

    Returns:
        The new category.
    """
    ...


@operation("GET", "/shops/{shop_id}/categories/{category_id}")
def get_category(
    credentials: GetResponseCredentials,
    shop_id: str,
    category_id: str,
    *,
    fields: str | Omit = OMIT,
) -> Category:
    """Read one category.

    Args:
        credentials: The account.
        shop_id: Id of the shop.
        category_id: Id of the category.
        fields: Comma-separated members to answer with.

    Returns:
        The category.
    """
    ...


@operation("POST", "/shops/{shop_id}/categories/{category_id}", retry_class=RetryClass.UPDATE)
def update_category(
    credentials: GetResponseCredentials,
    shop_id: str,
    category_id: str,
    *,
    name: CategoryName | Omit = OMIT,
    parent_id: CategoryId | Omit = OMIT,
    is_default: bool | Omit = OMIT,
    url: LongUrl | Omit = OMIT,
    external_id: ExternalId | Omit = OMIT,
) -> Category:
    """Change a category; what is omitted stays.

    Args:
        credentials: The account.
        shop_id: Id of the shop.
        category_id: Id of the category.
        name: 2 to 64 characters.
        parent_id: Id of the category above it.
        is_default: Whether it is the default one.
        url: Its page, up to 2048 characters.
        external_id: Its id in your own system, up to 255 characters.

    Returns:
        The changed category.
    """
    ...


@operation("DELETE", "/shops/{shop_id}/categories/{category_id}")
def delete_category(credentials: GetResponseCredentials, shop_id: str, category_id: str) -> None:
    """Delete a category.

    Args:
        credentials: The account.
        shop_id: Id of the shop.
        category_id: Id of the category.
    """
    ...
