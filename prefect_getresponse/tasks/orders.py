"""Orders of contacts in shops.  Source: GetResponse API v3, Orders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, Required

from pydantic import Field, StringConstraints
from typing_extensions import TypedDict

from prefect_getresponse.client.request import RetryClass
from prefect_getresponse.omit import OMIT, Omit
from prefect_getresponse.operation import Query, operation
from prefect_getresponse.tasks.addresses import Address, NewAddress
from prefect_getresponse.tasks.categories import BaseCategory
from prefect_getresponse.tasks.common import Amount, ExternalId, LongUrl, Page, PerPage, SortOrder
from prefect_getresponse.tasks.meta_fields import BaseMetaField, NewMetaField
from prefect_getresponse.tasks.taxes import BaseTax, NewTax

if TYPE_CHECKING:
    from prefect_getresponse.credentials import GetResponseCredentials

OrderStatus = Annotated[str, StringConstraints(max_length=64)]
OrderFlag = Literal["skipAutomation"]
"""Keeps the order from starting workflows that wait for a purchase."""


class NewOrderVariant(TypedDict, total=False):
    """A variant that was bought; `priceTax` is, like `totalPriceTax`, not explained further."""

    variantId: Required[str]
    price: Required[Amount]
    priceTax: Amount
    quantity: Required[Annotated[int, Field(ge=1)]]
    taxes: list[NewTax]


class OrderVariant(TypedDict, total=False):
    """A variant that was bought, as the API answers it."""

    variantId: Required[str]
    href: str
    price: int | float
    priceTax: int | float
    quantity: int
    taxes: list[BaseTax]
    categories: list[BaseCategory]


class Order(TypedDict, total=False):
    """A row of a listing of orders; it does not show what was bought."""

    orderId: Required[str]
    href: str
    contactId: str
    orderUrl: str
    externalId: str
    totalPrice: int | float
    totalPriceTax: int | float
    currency: str
    status: str
    cartId: str
    description: str
    shippingPrice: int | float
    shippingAddress: Address
    billingStatus: str
    billingAddress: Address
    processedAt: str
    metaFields: list[BaseMetaField]


class OrderDetails(Order, total=False):
    """An order as the API answers it."""

    selectedVariants: list[OrderVariant]


@operation("GET", "/shops/{shop_id}/orders")
def list_orders(
    credentials: GetResponseCredentials,
    shop_id: str,
    *,
    description: Annotated[str | Omit, Query("query[description]")] = OMIT,
    status: Annotated[str | Omit, Query("query[status]")] = OMIT,
    external_id: Annotated[str | Omit, Query("query[externalId]")] = OMIT,
    processed_from: Annotated[str | Omit, Query("query[processedAt][from]")] = OMIT,
    processed_to: Annotated[str | Omit, Query("query[processedAt][to]")] = OMIT,
    sort_created_on: Annotated[SortOrder | Omit, Query("sort[createdOn]")] = OMIT,
    fields: str | Omit = OMIT,
    page: Page | Omit = OMIT,
    per_page: PerPage | Omit = OMIT,
) -> list[Order]:
    """Read one page of orders.

    Args:
        credentials: The account.
        shop_id: Id of the shop.
        description: Keep orders whose description contains this.
        status: Keep orders with this status.
        external_id: Keep orders with this id of your own system.
        processed_from: Keep orders made at or after this date (ISO 8601).
        processed_to: Keep orders made at or before this date (ISO 8601).
        sort_created_on: Sort by date of creation.
        fields: Comma-separated members to answer with.
        page: Page, from 1.
        per_page: Orders per page, up to 1000.

    Returns:
        The orders of the page.
    """
    ...


@operation("POST", "/shops/{shop_id}/orders", retry_class=RetryClass.ONCE)
def create_order(
    credentials: GetResponseCredentials,
    shop_id: str,
    *,
    contact_id: str,
    total_price: Amount,
    currency: str,
    selected_variants: list[NewOrderVariant],
    order_url: LongUrl | Omit = OMIT,
    external_id: ExternalId | Omit = OMIT,
    total_price_tax: Amount | Omit = OMIT,
    status: OrderStatus | Omit = OMIT,
    cart_id: str | Omit = OMIT,
    description: str | Omit = OMIT,
    shipping_price: Amount | Omit = OMIT,
    shipping_address: NewAddress | Omit = OMIT,
    billing_status: str | Omit = OMIT,
    billing_address: NewAddress | Omit = OMIT,
    processed_at: str | Omit = OMIT,
    meta_fields: list[NewMetaField] | Omit = OMIT,
    additional_flags: Annotated[list[OrderFlag] | Omit, Query("additionalFlags")] = OMIT,
) -> OrderDetails:
    """Create an order.

    Contact, variants and cart must exist. Whether GetResponse refuses an `external_id` that it has
    already is not documented: look for it first.

    Args:
        credentials: The account.
        shop_id: Id of the shop.
        contact_id: Id of the contact who bought.
        total_price: Total of the order.
        currency: Currency (ISO 4217).
        selected_variants: What was bought.
        order_url: Its page, up to 2048 characters.
        external_id: Its id in your own system, up to 255 characters.
        total_price_tax: Total price tax; the contract does not say whether the tax alone.
        status: Up to 64 characters, a word of your own such as `NEW`.
        cart_id: Id of the cart that it came from.
        description: Any text.
        shipping_price: Price of the delivery.
        shipping_address: Where to.
        billing_status: A word of your own such as `PENDING`.
        billing_address: Who pays.
        processed_at: When it was made (ISO 8601).
        meta_fields: Meta fields.
        additional_flags: `skipAutomation` starts no workflow at its element "Make a purchase".

    Returns:
        The new order.
    """
    ...


@operation("GET", "/shops/{shop_id}/orders/{order_id}")
def get_order(
    credentials: GetResponseCredentials, shop_id: str, order_id: str, *, fields: str | Omit = OMIT
) -> OrderDetails:
    """Read one order.

    Args:
        credentials: The account.
        shop_id: Id of the shop.
        order_id: Id of the order.
        fields: Comma-separated members to answer with.

    Returns:
        The order.
    """
    ...


@operation("POST", "/shops/{shop_id}/orders/{order_id}", retry_class=RetryClass.UPDATE)
def update_order(
    credentials: GetResponseCredentials,
    shop_id: str,
    order_id: str,
    *,
    contact_id: str | Omit = OMIT,
    total_price: Amount | Omit = OMIT,
    currency: str | Omit = OMIT,
    order_url: LongUrl | Omit = OMIT,
    external_id: ExternalId | Omit = OMIT,
    total_price_tax: Amount | Omit = OMIT,
    status: OrderStatus | Omit = OMIT,
    cart_id: str | Omit = OMIT,
    description: str | Omit = OMIT,
    shipping_price: Amount | Omit = OMIT,
    shipping_address: NewAddress | Omit = OMIT,
    billing_status: str | Omit = OMIT,
    billing_address: NewAddress | Omit = OMIT,
    processed_at: str | Omit = OMIT,
    meta_fields: list[NewMetaField] | Omit = OMIT,
    additional_flags: Annotated[list[OrderFlag] | Omit, Query("additionalFlags")] = OMIT,
) -> OrderDetails:
    """Change an order; what is omitted stays.

    Addresses and meta fields are replaced whole; `update_address` changes a part of an address.
    What was bought cannot be changed.

    Args:
        credentials: The account.
        shop_id: Id of the shop.
        order_id: Id of the order.
        contact_id: Id of the contact who bought.
        total_price: Total of the order.
        currency: Currency (ISO 4217).
        order_url: Its page, up to 2048 characters.
        external_id: Its id in your own system, up to 255 characters.
        total_price_tax: Total price tax; the contract does not say whether the tax alone.
        status: Up to 64 characters, a word of your own such as `NEW`.
        cart_id: Id of the cart that it came from.
        description: Any text.
        shipping_price: Price of the delivery.
        shipping_address: Where to; replaces the whole address.
        billing_status: A word of your own such as `PENDING`.
        billing_address: Who pays; replaces the whole address.
        processed_at: When it was made (ISO 8601).
        meta_fields: Meta fields; replaces all.
        additional_flags: `skipAutomation` starts no workflow at its element "Make a purchase".

    Returns:
        The changed order.
    """
    ...


@operation("DELETE", "/shops/{shop_id}/orders/{order_id}")
def delete_order(credentials: GetResponseCredentials, shop_id: str, order_id: str) -> None:
    """Delete an order.

    Args:
        credentials: The account.
        shop_id: Id of the shop.
        order_id: Id of the order.
    """
    ...
