"""Custom fields: what an account knows about its contacts besides name and address.

Since 2026 a field has a `type` (what its values are) and a `format` (how forms ask for them).
Source: GetResponse API v3, Custom Fields.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, Required

from pydantic import StringConstraints
from typing_extensions import TypedDict

from prefect_getresponse.client.request import RetryClass
from prefect_getresponse.omit import OMIT, Omit
from prefect_getresponse.operation import Query, operation
from prefect_getresponse.tasks.common import Page, PerPage, SortOrder, TrueOrFalse

if TYPE_CHECKING:
    from prefect_getresponse.credentials import GetResponseCredentials

CustomFieldName = Annotated[str, StringConstraints(min_length=1, max_length=128)]
CustomFieldType = Literal[
    "string",
    "number",
    "date",
    "datetime",
    "country",
    "currency",
    "phone",
    "gender",
    "ip",
    "url",
]
CustomFieldFormat = Literal[
    "text", "textarea", "radio", "checkbox", "single_select", "multi_select"
]


class CustomField(TypedDict, total=False):
    """A custom field as the API answers it; `fieldType` repeats the format."""

    customFieldId: Required[str]
    href: str
    name: str
    type: CustomFieldType
    valueType: str
    format: CustomFieldFormat
    fieldType: str
    hidden: TrueOrFalse
    values: list[str]


@operation("GET", "/custom-fields")
def list_custom_fields(
    credentials: GetResponseCredentials,
    *,
    name: Annotated[str | Omit, Query("query[name]")] = OMIT,
    sort_name: Annotated[SortOrder | Omit, Query("sort[name]")] = OMIT,
    fields: str | Omit = OMIT,
    page: Page | Omit = OMIT,
    per_page: PerPage | Omit = OMIT,
) -> list[CustomField]:
    """Read one page of custom fields.

    Args:
        credentials: The account.
        name: Keep fields whose name contains this.
        sort_name: Sort by name.
        fields: Comma-separated members to answer with.
        page: Page, from 1.
        per_page: Fields per page, up to 1000.

    Returns:
        The custom fields of the page.
    """
    ...


@operation("POST", "/custom-fields", retry_class=RetryClass.KEYED)
def create_custom_field(
    credentials: GetResponseCredentials,
    *,
    name: CustomFieldName,
    type: CustomFieldType,
    format: CustomFieldFormat,
    hidden: TrueOrFalse,
    values: list[str],
) -> CustomField:
    """Create a custom field.

    Args:
        credentials: The account.
        name: 1 to 128 lower-case letters, digits and underscores, unique; not a merge word of
            messages: name, email, twitter, facebook, buzz, myspace, linkedin, digg, googleplus,
            pinterest, responder, campaign, change.
        type: What its values are.
        format: How forms ask for them.
        hidden: Whether contacts cannot see it.
        values: Values to choose from; empty where people write their own.

    Returns:
        The new custom field.
    """
    ...


@operation("GET", "/custom-fields/{custom_field_id}")
def get_custom_field(
    credentials: GetResponseCredentials, custom_field_id: str, *, fields: str | Omit = OMIT
) -> CustomField:
    """Read one custom field.

    Args:
        credentials: The account.
        custom_field_id: Id of the field.
        fields: Comma-separated members to answer with.

    Returns:
        The custom field.
    """
    ...


@operation("POST", "/custom-fields/{custom_field_id}", retry_class=RetryClass.UPDATE)
def update_custom_field(
    credentials: GetResponseCredentials,
    custom_field_id: str,
    *,
    hidden: TrueOrFalse,
    values: list[str],
) -> CustomField:
    """Change who sees a custom field and what it offers; both are always needed.

    Args:
        credentials: The account.
        custom_field_id: Id of the field.
        hidden: Whether contacts cannot see it.
        values: All values to choose from.

    Returns:
        The changed custom field.
    """
    ...


@operation("DELETE", "/custom-fields/{custom_field_id}")
def delete_custom_field(credentials: GetResponseCredentials, custom_field_id: str) -> None:
    """Delete a custom field; refused (code 1009) while a form or segment uses it.

    Args:
        credentials: The account.
        custom_field_id: Id of the field.
    """
    ...
