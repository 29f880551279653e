"""Shops: what products, orders and the rest of e-commerce lie under.

Source: GetResponse API v3, Shops.
"""

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

ShopName = Annotated[str, StringConstraints(min_length=4, max_length=124)]


class Shop(TypedDict, total=False):
    """A row of a listing of shops."""

    shopId: Required[str]
    href: str
    name: str
    locale: str
    currency: str
    createdOn: str
    updatedOn: str


class ShopDetails(Shop, total=False):
    """A shop as the API answers it; `productRevenue` is the total of what was sold.

    It is in `revenueCurrency` (ISO 4217).
    """

    productCount: int
    productRevenue: int | float
    revenueCurrency: str


@operation("GET", "/shops")
def list_shops(
    credentials: GetResponseCredentials,
    *,
    name: Annotated[str | Omit, Query("query[name]")] = OMIT,
    sort_name: Annotated[SortOrder | Omit, Query("sort[name]")] = OMIT,
    sort_created_on: Annotated[SortOrder | Omit, Query("sort[createdOn]")] = OMIT,
    fields: str | Omit = OMIT,
    page: Page | Omit = OMIT,
    per_page: PerPage | Omit = OMIT,
) -> list[Shop]:
    """Read one page of shops.

    Args:
        credentials: The account.
        name: Keep shops whose name contains this.
        sort_name: Sort by name.
        sort_created_on: Sort by date of creation.
        fields: Comma-separated members to answer with.
        page: Page, from 1.
        per_page: Shops per page, up to 1000.

    Returns:
        The shops of the page.
    """
    ...


@operation("POST", "/shops", retry_class=RetryClass.ONCE)
def create_shop(
    credentials: GetResponseCredentials, *, name: ShopName, locale: str, currency: str
) -> ShopDetails:
    """Create a shop.

    Names may repeat: a second call makes a second shop.

    Args:
        credentials: The account.
        name: 4 to 124 characters.
        locale: Language (ISO 639-1).
        currency: Currency (ISO 4217).

    Returns:
        The new shop.
    """
    ...


@operation("GET", "/shops/{shop_id}")
def get_shop(
    credentials: GetResponseCredentials, shop_id: str, *, fields: str | Omit = OMIT
) -> ShopDetails:
    """Read one shop.

    Args:
        credentials: The account.
        shop_id: Id of the shop.
        fields: Comma-separated members to answer with.

    Returns:
        The shop.
    """
    ...


@operation("POST", "/shops/{shop_id}", retry_class=RetryClass.UPDATE)
def update_shop(
    credentials: GetResponseCredentials,
    shop_id: str,
    *,
    name: ShopName | Omit = OMIT,
    locale: str | Omit = OMIT,
    currency: str | Omit = OMIT,
) -> ShopDetails:
    """Change a shop; what is omitted stays.

    Args:
        credentials: The account.
        shop_id: Id of the shop.
        name: 4 to 124 characters.
        locale: Language (ISO 639-1).
        currency: Currency (ISO 4217).

    Returns:
        The changed shop.
    """
    ...


@operation("DELETE", "/shops/{shop_id}")
def delete_shop(credentials: GetResponseCredentials, shop_id: str) -> None:
    """Delete a shop.

    Args:
        credentials: The account.
        shop_id: Id of the shop.
    """
    ...
