"""Carts of contacts in shops.  Source: GetResponse API v3, Carts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Required

from pydantic import Field, StringConstraints
from typing_extensions import TypedDict

from prefect_getresponse.client.request import RetryClass
from prefect_getresponse.omit import OMIT, Omit
from prefect_getresponse.operation import Query, operation
from prefect_getresponse.tasks.common import Amount, Page, PerPage, SortOrder

if TYPE_CHECKING:
    from prefect_getresponse.credentials import GetResponseCredentials

Currency = Annotated[str, StringConstraints(min_length=3, max_length=3)]


class NewCartVariant(TypedDict):
    """A variant in a cart; `price` is without tax, `priceTax` with it."""

    variantId: str
    quantity: Annotated[int, Field(ge=1)]
    price: Amount
    priceTax: Amount


class CartVariant(TypedDict, total=False):
    """A variant in a cart as the API answers it."""

    variantId: Required[str]
    quantity: int
    price: int | float
    priceTax: int | float
    href: str


class Cart(TypedDict, total=False):
    """A cart as the API answers it."""

    cartId: Required[str]
    href: str
    contactId: str
    totalPrice: int | float
    totalTaxPrice: int | float
    currency: str
    selectedVariants: list[CartVariant]
    externalId: str
    cartUrl: str
    createdOn: str
    updatedOn: str


@operation("GET", "/shops/{shop_id}/carts")
def list_carts(
    credentials: GetResponseCredentials,
    shop_id: str,
    *,
    created_from: Annotated[str | Omit, Query("query[createdOn][from]")] = OMIT,
    created_to: Annotated[str | Omit, Query("query[createdOn][to]")] = OMIT,
    external_id: Annotated[str | Omit, Query("query[externalId]")] = OMIT,
    sort_created_on: Annotated[SortOrder | Omit, Query("sort[createdOn]")] = OMIT,
    fields: str | Omit = OMIT,
    page: Page | Omit = OMIT,
    per_page: PerPage | Omit = OMIT,
) -> list[Cart]:
    """Read one page of carts.

    Args:
        credentials: The account.
        shop_id: Id of the shop.
        created_from: Keep carts created at or after this date (ISO 8601).
        created_to: Keep carts created at or before this date (ISO 8601).
        external_id: Keep carts with this id of your own system.
        sort_created_on: Sort by date of creation.
        fields: Comma-separated members to answer with.
        page: Page, from 1.
        per_page: Carts per page, up to 1000.

    Returns:
        The carts of the page.
    """
    ...


@operation("POST", "/shops/{shop_id}/carts", retry_class=RetryClass.ONCE)
def create_cart(
    credentials: GetResponseCredentials,
    shop_id: str,
    *,
    contact_id: str,
    total_price: Amount,
    currency: Currency,
    selected_variants: list[NewCartVariant],
    total_tax_price: Amount | Omit = OMIT,
    external_id: str | Omit = OMIT,
    cart_url: str | Omit = OMIT,
) -> Cart:
    """Create a cart.

    Contact and variants must exist. Whether GetResponse refuses an `external_id` that it has
    already is not documented: look for it first.

    Args:
        credentials: The account.
        shop_id: Id of the shop.
        contact_id: Id of the contact whose cart it is.
        total_price: Total without tax.
        currency: Currency (ISO 4217).
        selected_variants: What lies in it.
        total_tax_price: Total including tax.
        external_id: Its id in your own system.
        cart_url: Its page.

    Returns:
        The new cart.
    """
    ...


@operation("GET", "/shops/{shop_id}/carts/{cart_id}")
def get_cart(
    credentials: GetResponseCredentials, shop_id: str, cart_id: str, *, fields: str | Omit = OMIT
) -> Cart:
    """Read one cart.

    Args:
        credentials: The account.
        shop_id: Id of the shop.
        cart_id: Id of the cart.
        fields: Comma-separated members to answer with.

    Returns:
        The cart.
    """
    ...


@operation("POST", "/shops/{shop_id}/carts/{cart_id}", retry_class=RetryClass.UPDATE)
def update_cart(
    credentials: GetResponseCredentials,
    shop_id: str,
    cart_id: str,
    *,
    contact_id: str | Omit = OMIT,
    total_price: Amount | Omit = OMIT,
    currency: Currency | Omit = OMIT,
    selected_variants: list[NewCartVariant] | Omit = OMIT,
    total_tax_price: Amount | Omit = OMIT,
    external_id: str | Omit = OMIT,
    cart_url: str | Omit = OMIT,
) -> Cart:
    """Change a cart; what is omitted stays.

    Args:
        credentials: The account.
        shop_id: Id of the shop.
        cart_id: Id of the cart.
        contact_id: Id of the contact whose cart it is.
        total_price: Total without tax.
        currency: Currency (ISO 4217).
        selected_variants: What lies in it; replaces all.
        total_tax_price: Total including tax.
        external_id: Its id in your own system.
        cart_url: Its page.

    Returns:
        The changed cart.
    """
    ...


@operation("DELETE", "/shops/{shop_id}/carts/{cart_id}")
def delete_cart(credentials: GetResponseCredentials, shop_id: str, cart_id: str) -> None:
    """Delete a cart.

    Args:
        credentials: The account.
        shop_id: Id of the shop.
        cart_id: Id of the cart.
    """
    ...
