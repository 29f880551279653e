"""Meta fields: properties of products, variants and orders that GetResponse has no member for.

Source: GetResponse API v3, Meta Fields.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, Required

from pydantic import StringConstraints
from typing_extensions import TypedDict

from prefect_getresponse.client.request import RetryClass
from prefect_getresponse.omit import OMIT, Omit
from prefect_getresponse.operation import Query, operation
from prefect_getresponse.tasks.common import Page, PerPage, SortOrder

if TYPE_CHECKING:
    from prefect_getresponse.credentials import GetResponseCredentials

MetaFieldName = Annotated[str, StringConstraints(min_length=3, max_length=63)]
MetaFieldValue = Annotated[str, StringConstraints(max_length=65_000)]
MetaFieldDescription = Annotated[str, StringConstraints(max_length=255)]
MetaFieldType = Literal["string", "integer"]


class NewMetaField(TypedDict, total=False):
    """A meta field that is sent along with a product, a variant or an order."""

    name: Required[MetaFieldName]
    value: Required[MetaFieldValue]
    valueType: Required[MetaFieldType]
    description: MetaFieldDescription


class BaseMetaField(TypedDict, total=False):
    """A meta field as products, variants and orders show it."""

    metaFieldId: Required[str]
    href: str
    name: str
    value: str
    valueType: MetaFieldType
    description: str


class MetaField(BaseMetaField, total=False):
    """A meta field as the API answers it."""

    createdOn: str
    updatedOn: str


@operation("GET", "/shops/{shop_id}/meta-fields")
def list_meta_fields(
    credentials: GetResponseCredentials,
    shop_id: str,
    *,
    name: Annotated[str | Omit, Query("query[name]")] = OMIT,
    description: Annotated[str | Omit, Query("query[description]")] = OMIT,
    value: Annotated[str | Omit, Query("query[value]")] = OMIT,
    created_from: Annotated[str | Omit, Query("query[createdOn][from]")] = OMIT,
    created_to: Annotated[str | Omit, Query("query[createdOn][to]")] = OMIT,
    sort_created_on: Annotated[SortOrder | Omit, Query("sort[createdOn]")] = OMIT,
    fields: str | Omit = OMIT,
    page: Page | Omit = OMIT,
    per_page: PerPage | Omit = OMIT,
) -> list[MetaField]:
    """Read one page of meta fields.

    Args:
        credentials: The account.
        shop_id: Id of the shop.
        name: Keep meta fields whose name contains this.
        description: Keep meta fields whose description contains this.
        value: Keep meta fields whose value contains this.
        created_from: Keep meta fields created at or after this date (ISO 8601).
        created_to: Keep meta fields created at or before this date (ISO 8601).
        sort_created_on: Sort by date of creation.
        fields: Comma-separated members to answer with.
        page: Page, from 1.
        per_page: Meta fields per page, up to 1000.

    Returns:
        The meta fields of the page.
    """
    ...


@operation("POST", "/shops/{shop_id}/meta-fields", retry_class=RetryClass.ONCE)
def create_meta_field(
    credentials: GetResponseCredentials,
    shop_id: str,
    *,
    name: MetaFieldName,
    value: MetaFieldValue,
    value_type: MetaFieldType,
    description: MetaFieldDescription | Omit = OMIT,
) -> MetaField:
    """Create a meta field.

    Names may repeat: a second call makes a second meta field. `upsert_product_meta_fields` attaches
    it to a product.

    Args:
        credentials: The account.
        shop_id: Id of the shop.
        name: 3 to 63 characters.
        value: A text, of numbers too; up to 65,000 characters.
        value_type: What the text means.
        description: Up to 255 characters.

    Returns:
        The new meta field.
    """
    ...


@operation("GET", "/shops/{shop_id}/meta-fields/{meta_field_id}")
def get_meta_field(
    credentials: GetResponseCredentials,
    shop_id: str,
    meta_field_id: str,
    *,
    fields: str | Omit = OMIT,
) -> MetaField:
    """Read one meta field.

    Args:
        credentials: The account.
        shop_id: Id of the shop.
        meta_field_id: Id of the meta field.
        fields: Comma-separated members to answer with.

    Returns:
        The meta field.
    """
    ...


@operation("POST", "/shops/{shop_id}/meta-fields/{meta_field_id}", retry_class=RetryClass.UPDATE)
def update_meta_field(
    credentials: GetResponseCredentials,
    shop_id: str,
    meta_field_id: str,
    *,
    name: MetaFieldName | Omit = OMIT,
    value: MetaFieldValue | Omit = OMIT,
    value_type: MetaFieldType | Omit = OMIT,
    description: MetaFieldDescription | Omit = OMIT,
) -> MetaField:
    """Change a meta field; what is omitted stays.

    Args:
        credentials: The account.
        shop_id: Id of the shop.
        meta_field_id: Id of the meta field.
        name: 3 to 63 characters.
        value: A text, of numbers too; up to 65,000 characters.
        value_type: What the text means.
        description: Up to 255 characters.

    Returns:
        The changed meta field.
    """
    ...


@operation("DELETE", "/shops/{shop_id}/meta-fields/{meta_field_id}")
def delete_meta_field(
    credentials: GetResponseCredentials, shop_id: str, meta_field_id: str
) -> None:
    """Delete a meta field.

    Args:
        credentials: The account.
        shop_id: Id of the shop.
        meta_field_id: Id of the meta field.
    """
    ...
