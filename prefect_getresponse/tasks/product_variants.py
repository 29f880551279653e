"""Variants of products: what has a price and is sold.

Source: GetResponse API v3, Product Variants.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Required

from pydantic import StringConstraints
from typing_extensions import TypedDict

from prefect_getresponse.client.request import RetryClass
from prefect_getresponse.omit import OMIT, Omit
from prefect_getresponse.operation import Query, operation
from prefect_getresponse.tasks.common import ExternalId, LongUrl, Page, PerPage, SortOrder
from prefect_getresponse.tasks.meta_fields import BaseMetaField, NewMetaField
from prefect_getresponse.tasks.taxes import BaseTax, NewTax

if TYPE_CHECKING:
    from prefect_getresponse.credentials import GetResponseCredentials

VariantName = Annotated[str, StringConstraints(min_length=1, max_length=255)]
Sku = Annotated[str, StringConstraints(min_length=2, max_length=255)]
Barcode = Annotated[str, StringConstraints(min_length=2, max_length=255)]
VariantDescription = Annotated[str, StringConstraints(min_length=2, max_length=1000)]


class NewProductVariantImage(TypedDict):
    """A picture of a variant: where it is on the web, and its place among the pictures."""

    src: str
    position: int


class ProductVariantImage(TypedDict, total=False):
    """A picture of a variant as the API answers it."""

    imageId: str
    href: str
    src: Required[str]
    position: Required[int]


class NewProductVariant(TypedDict, total=False):
    """A variant that is sent along with a product."""

    name: Required[VariantName]
    url: LongUrl
    sku: Required[Sku]
    price: Required[int | float]
    priceTax: Required[int | float]
    previousPrice: int | float | None
    previousPriceTax: int | float | None
    quantity: int
    position: int
    barcode: Barcode
    externalId: ExternalId
    description: VariantDescription
    images: list[NewProductVariantImage]
    metaFields: list[NewMetaField]
    taxes: list[NewTax]


class BaseProductVariant(TypedDict, total=False):
    """A variant as products show it."""

    variantId: Required[str]
    href: str
    name: str
    url: str
    sku: str
    price: int | float
    priceTax: int | float
    previousPrice: int | float | None
    previousPriceTax: int | float | None
    quantity: int
    position: int
    barcode: str
    externalId: str
    description: str
    images: list[ProductVariantImage]
    metaFields: list[BaseMetaField]
    taxes: list[BaseTax]


class ProductVariant(BaseProductVariant, total=False):
    """A variant as the API answers it."""

    createdOn: str
    updatedOn: str


@operation("GET", "/shops/{shop_id}/products/{product_id}/variants")
def list_product_variants(
    credentials: GetResponseCredentials,
    shop_id: str,
    product_id: str,
    *,
    name: Annotated[str | Omit, Query("query[name]")] = OMIT,
    sku: Annotated[str | Omit, Query("query[sku]")] = OMIT,
    description: Annotated[str | Omit, Query("query[description]")] = OMIT,
    external_id: Annotated[str | Omit, Query("query[externalId]")] = OMIT,
    created_from: Annotated[str | Omit, Query("query[createdAt][from]")] = OMIT,
    created_to: Annotated[str | Omit, Query("query[createdAt][to]")] = OMIT,
    sort_created_on: Annotated[SortOrder | Omit, Query("sort[createdOn]")] = OMIT,
    fields: str | Omit = OMIT,
    page: Page | Omit = OMIT,
    per_page: PerPage | Omit = OMIT,
) -> list[ProductVariant]:
    """Read one page of product variants.

    Args:
        credentials: The account.
        shop_id: Id of the shop.
        product_id: Id of the product.
        name: Keep variants whose name contains this.
        sku: Keep variants whose stock-keeping unit contains this.
        description: Keep variants whose description contains this.
        external_id: Keep variants with this id of your own system.
        created_from: Keep variants created at or after this date (ISO 8601).
        created_to: Keep variants created at or before this date (ISO 8601).
        sort_created_on: Sort by date of creation.
        fields: Comma-separated members to answer with.
        page: Page, from 1.
        per_page: Product variants per page, up to 1000.

    Returns:
        The product variants of the page.
    """
    ...


@operation("POST", "/shops/{shop_id}/products/{product_id}/variants", retry_class=RetryClass.KEYED)
def create_product_variant(
    credentials: GetResponseCredentials,
    shop_id: str,
    product_id: str,
    *,
    name: VariantName,
    sku: Sku,
    price: int | float,
    price_tax: int | float,
    url: LongUrl | Omit = OMIT,
    previous_price: int | float | Omit | None = OMIT,
    previous_price_tax: int | float | Omit | None = OMIT,
    quantity: int | Omit = OMIT,
    position: int | Omit = OMIT,
    barcode: Barcode | Omit = OMIT,
    external_id: ExternalId | Omit = OMIT,
    description: VariantDescription | Omit = OMIT,
    images: list[NewProductVariantImage] | Omit = OMIT,
    meta_fields: list[NewMetaField] | Omit = OMIT,
    taxes: list[NewTax] | Omit = OMIT,
) -> ProductVariant:
    """Create a product variant.

    Args:
        credentials: The account.
        shop_id: Id of the shop.
        product_id: Id of the product.
        name: 1 to 255 characters.
        sku: Stock-keeping unit, unique within the product; 2 to 255 characters.
        price: Price without tax.
        price_tax: Price including tax.
        url: Its page, up to 2048 characters.
        previous_price: Price without tax before the change; None for no such price.
        previous_price_tax: Price including tax before the change; None for no such price.
        quantity: How many there are, 1 if omitted.
        position: Its place among the variants.
        barcode: 2 to 255 characters.
        external_id: Its id in your own system, up to 255 characters.
        description: 2 to 1000 characters.
        images: Pictures.
        meta_fields: Meta fields; they are created with the variant.
        taxes: Taxes; they are created with the variant.

    Returns:
        The new product variant.
    """
    ...


@operation("GET", "/shops/{shop_id}/products/{product_id}/variants/{variant_id}")
def get_product_variant(
    credentials: GetResponseCredentials,
    shop_id: str,
    product_id: str,
    variant_id: str,
    *,
    fields: str | Omit = OMIT,
) -> ProductVariant:
    """Read one product variant.

    Args:
        credentials: The account.
        shop_id: Id of the shop.
        product_id: Id of the product.
        variant_id: Id of the product variant.
        fields: Comma-separated members to answer with.

    Returns:
        The product variant.
    """
    ...


@operation(
    "POST",
    "/shops/{shop_id}/products/{product_id}/variants/{variant_id}",
    retry_class=RetryClass.UPDATE,
)
def update_product_variant(
    credentials: GetResponseCredentials,
    shop_id: str,
    product_id: str,
    variant_id: str,
    *,
    name: VariantName | Omit = OMIT,
    sku: Sku | Omit = OMIT,
    price: int | float | Omit = OMIT,
    price_tax: int | float | Omit = OMIT,
    url: LongUrl | Omit = OMIT,
    previous_price: int | float | Omit | None = OMIT,
    previous_price_tax: int | float | Omit | None = OMIT,
    quantity: int | Omit = OMIT,
    position: int | Omit = OMIT,
    barcode: Barcode | Omit = OMIT,
    external_id: ExternalId | Omit = OMIT,
    description: VariantDescription | Omit = OMIT,
    images: list[NewProductVariantImage] | Omit = OMIT,
    meta_fields: list[NewMetaField] | Omit = OMIT,
    taxes: list[NewTax] | Omit = OMIT,
) -> ProductVariant:
    """Change a product variant; what is omitted stays.

    Collections are replaced whole: pictures, meta fields and taxes that are not sent again go.
    Single ones are changed by `update_meta_field` and `update_tax`.

    Args:
        credentials: The account.
        shop_id: Id of the shop.
        product_id: Id of the product.
        variant_id: Id of the product variant.
        name: 1 to 255 characters.
        sku: Stock-keeping unit, unique within the product; 2 to 255 characters.
        price: Price without tax.
        price_tax: Price including tax.
        url: Its page, up to 2048 characters.
        previous_price: Price without tax before the change; None for no such price.
        previous_price_tax: Price including tax before the change; None for no such price.
        quantity: How many there are.
        position: Its place among the variants.
        barcode: 2 to 255 characters.
        external_id: Its id in your own system, up to 255 characters.
        description: 2 to 1000 characters.
        images: Pictures; replaces all.
        meta_fields: Meta fields; replaces all.
        taxes: Taxes; replaces all.

    Returns:
        The changed product variant.
    """
    ...


@operation("DELETE", "/shops/{shop_id}/products/{product_id}/variants/{variant_id}")
def delete_product_variant(
    credentials: GetResponseCredentials, shop_id: str, product_id: str, variant_id: str
) -> None:
    """Delete a product variant.

    Args:
        credentials: The account.
        shop_id: Id of the shop.
        product_id: Id of the product.
        variant_id: Id of the product variant.
    """
    ...
