"""Products of shops, each with at least one variant.  Source: GetResponse API v3, Products."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Required

from pydantic import Field, StringConstraints
from typing_extensions import TypedDict

from prefect_getresponse.client.request import RetryClass
from prefect_getresponse.omit import OMIT, Omit
from prefect_getresponse.operation import Query, operation
from prefect_getresponse.tasks.categories import BaseCategory, NewCategory
from prefect_getresponse.tasks.common import ExternalId, LongUrl, Page, PerPage, SortOrder
from prefect_getresponse.tasks.meta_fields import BaseMetaField, MetaField, NewMetaField
from prefect_getresponse.tasks.product_variants import BaseProductVariant, NewProductVariant

if TYPE_CHECKING:
    from prefect_getresponse.credentials import GetResponseCredentials

ProductName = Annotated[str, StringConstraints(min_length=2, max_length=255)]
ProductType = Annotated[str, StringConstraints(min_length=2, max_length=64)]
Vendor = Annotated[str, StringConstraints(min_length=2, max_length=64)]


class AssignedCategory(TypedDict, total=False):
    """A category to assign, and whether it becomes the product's default one."""

    categoryId: Required[str]
    isDefault: bool


class AssignedMetaField(TypedDict):
    """A meta field to assign."""

    metaFieldId: str


class Product(TypedDict, total=False):
    """A product as the API answers it."""

    productId: Required[str]
    href: str
    name: str
    type: str
    url: str
    vendor: str
    externalId: str
    categories: list[BaseCategory]
    variants: list[BaseProductVariant]
    metaFields: list[BaseMetaField]
    createdOn: str
    updatedOn: str


@operation("GET", "/shops/{shop_id}/products")
def list_products(
    credentials: GetResponseCredentials,
    shop_id: str,
    *,
    name: Annotated[str | Omit, Query("query[name]")] = OMIT,
    vendor: Annotated[str | Omit, Query("query[vendor]")] = OMIT,
    category: Annotated[str | Omit, Query("query[category]")] = OMIT,
    category_id: Annotated[str | Omit, Query("query[categoryId]")] = OMIT,
    external_id: Annotated[str | Omit, Query("query[externalId]")] = OMIT,
    variant_name: Annotated[str | Omit, Query("query[variantName]")] = OMIT,
    meta_field_names: Annotated[str | Omit, Query("query[metaFieldNames]")] = OMIT,
    meta_field_values: Annotated[str | Omit, Query("query[metaFieldValues]")] = OMIT,
    created_from: Annotated[str | Omit, Query("query[createdOn][from]")] = OMIT,
    created_to: Annotated[str | Omit, Query("query[createdOn][to]")] = OMIT,
    sort_name: Annotated[SortOrder | Omit, Query("sort[name]")] = OMIT,
    sort_created_on: Annotated[SortOrder | Omit, Query("sort[createdOn]")] = OMIT,
    fields: str | Omit = OMIT,
    page: Page | Omit = OMIT,
    per_page: PerPage | Omit = OMIT,
) -> list[Product]:
    """Read one page of products.

    Args:
        credentials: The account.
        shop_id: Id of the shop.
        name: Keep products whose name contains this.
        vendor: Keep products whose vendor contains this.
        category: Keep products with a category whose name contains this.
        category_id: Keep products of this category.
        external_id: Keep products with this id of your own system.
        variant_name: Keep products with a variant whose name contains this.
        meta_field_names: Keep products with a meta field of one of these names, separated by
            commas.
        meta_field_values: Keep products with a meta field of one of these values, separated by
            commas.
        created_from: Keep products created at or after this date (ISO 8601).
        created_to: Keep products created at or before this date (ISO 8601).
        sort_name: Sort by name.
        sort_created_on: Sort by date of creation.
        fields: Comma-separated members to answer with.
        page: Page, from 1.
        per_page: Products per page, up to 1000.

    Returns:
        The products of the page.
    """
    ...


@operation("POST", "/shops/{shop_id}/products", retry_class=RetryClass.ONCE)
def create_product(
    credentials: GetResponseCredentials,
    shop_id: str,
    *,
    name: ProductName,
    variants: Annotated[list[NewProductVariant], Field(min_length=1)],
    type: ProductType | Omit = OMIT,
    url: LongUrl | Omit = OMIT,
    vendor: Vendor | Omit = OMIT,
    external_id: ExternalId | Omit = OMIT,
    categories: list[NewCategory] | Omit = OMIT,
    meta_fields: list[NewMetaField] | Omit = OMIT,
) -> Product:
    """Create a product with all that belongs to it.

    Categories, variants and meta fields are created with it. Whether GetResponse refuses an
    `external_id` that it has already is not documented: look for it first.

    Args:
        credentials: The account.
        shop_id: Id of the shop.
        name: 2 to 255 characters.
        variants: At least one.
        type: Kind of product, 2 to 64 characters.
        url: Its page, up to 2048 characters.
        vendor: 2 to 64 characters.
        external_id: Its id in your own system, up to 255 characters.
        categories: Categories; the first is the default one unless another says so.
        meta_fields: Meta fields.

    Returns:
        The new product.
    """
    ...


@operation("GET", "/shops/{shop_id}/products/{product_id}")
def get_product(
    credentials: GetResponseCredentials, shop_id: str, product_id: str, *, fields: str | Omit = OMIT
) -> Product:
    """Read one product.

    Args:
        credentials: The account.
        shop_id: Id of the shop.
        product_id: Id of the product.
        fields: Comma-separated members to answer with.

    Returns:
        The product.
    """
    ...


@operation("POST", "/shops/{shop_id}/products/{product_id}", retry_class=RetryClass.UPDATE)
def update_product(
    credentials: GetResponseCredentials,
    shop_id: str,
    product_id: str,
    *,
    name: ProductName | Omit = OMIT,
    variants: Annotated[list[NewProductVariant], Field(min_length=1)] | Omit = OMIT,
    type: ProductType | Omit = OMIT,
    url: LongUrl | Omit = OMIT,
    vendor: Vendor | Omit = OMIT,
    external_id: ExternalId | Omit = OMIT,
    categories: list[NewCategory] | Omit = OMIT,
    meta_fields: list[NewMetaField] | Omit = OMIT,
) -> Product:
    """Change a product; what is omitted stays.

    Collections are replaced whole: variants, categories and meta fields that are not sent again go.
    Single ones are changed by `update_product_variant`, `update_category` and `update_meta_field`.

    Args:
        credentials: The account.
        shop_id: Id of the shop.
        product_id: Id of the product.
        name: 2 to 255 characters.
        variants: At least one; replaces all.
        type: Kind of product, 2 to 64 characters.
        url: Its page, up to 2048 characters.
        vendor: 2 to 64 characters.
        external_id: Its id in your own system, up to 255 characters.
        categories: Categories; the first is the default one unless another says so. Replaces all.
        meta_fields: Meta fields. Replaces all.

    Returns:
        The changed product.
    """
    ...


@operation("DELETE", "/shops/{shop_id}/products/{product_id}")
def delete_product(credentials: GetResponseCredentials, shop_id: str, product_id: str) -> None:
    """Delete a product.

    Args:
        credentials: The account.
        shop_id: Id of the shop.
        product_id: Id of the product.
    """
    ...


@operation(
    "POST", "/shops/{shop_id}/products/{product_id}/categories", retry_class=RetryClass.UPDATE
)
def upsert_product_categories(
    credentials: GetResponseCredentials,
    shop_id: str,
    product_id: str,
    *,
    categories: list[AssignedCategory],
) -> list[BaseCategory]:
    """Assign categories to a product; none is taken away.

    An only category is always the default one.

    Args:
        credentials: The account.
        shop_id: Id of the shop.
        product_id: Id of the product.
        categories: Categories of the shop.

    Returns:
        The categories of the product.
    """
    ...


@operation(
    "POST", "/shops/{shop_id}/products/{product_id}/meta-fields", retry_class=RetryClass.UPDATE
)
def upsert_product_meta_fields(
    credentials: GetResponseCredentials,
    shop_id: str,
    product_id: str,
    *,
    meta_fields: list[AssignedMetaField],
) -> list[MetaField]:
    """Assign meta fields to a product; none is taken away.

    Args:
        credentials: The account.
        shop_id: Id of the shop.
        product_id: Id of the product.
        meta_fields: Meta fields of the shop.

    Returns:
        The meta fields of the product.
    """
    ...
