"""GDPR fields: the consents that forms ask for.

They are made in the panel and read here; what a contact agreed to is in `list_contact_consents`.
Source: GetResponse API v3, GDPR Fields.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Required

from typing_extensions import TypedDict

from prefect_getresponse.omit import OMIT, Omit
from prefect_getresponse.operation import Query, operation
from prefect_getresponse.tasks.common import Page, PerPage, SortOrder

if TYPE_CHECKING:
    from prefect_getresponse.credentials import GetResponseCredentials


class GdprField(TypedDict, total=False):
    """A row of a listing of GDPR fields."""

    gdprFieldId: Required[str]
    name: str
    createdOn: str
    href: str


class GdprFieldVersion(TypedDict, total=False):
    """One wording of a GDPR field."""

    gdprFieldVersionId: Required[str]
    content: str
    createdOn: str


class GdprFieldDetails(GdprField, total=False):
    """One GDPR field with its present wording."""

    latestVersion: GdprFieldVersion


@operation("GET", "/gdpr-fields")
def list_gdpr_fields(
    credentials: GetResponseCredentials,
    *,
    sort_name: Annotated[SortOrder | Omit, Query("sort[name]")] = OMIT,
    sort_created_on: Annotated[SortOrder | Omit, Query("sort[createdOn]")] = OMIT,
    fields: str | Omit = OMIT,
    page: Page | Omit = OMIT,
    per_page: PerPage | Omit = OMIT,
) -> list[GdprField]:
    """Read one page of GDPR fields.

    Args:
        credentials: The account.
        sort_name: Sort by name.
        sort_created_on: Sort by date of creation.
        fields: Comma-separated members to answer with.
        page: Page, from 1.
        per_page: Fields per page, up to 1000.

    Returns:
        The GDPR fields of the page.
    """
    ...


@operation("GET", "/gdpr-fields/{gdpr_field_id}")
def get_gdpr_field(
    credentials: GetResponseCredentials, gdpr_field_id: str, *, fields: str | Omit = OMIT
) -> GdprFieldDetails:
    """Read one GDPR field with its present wording.

    Args:
        credentials: The account.
        gdpr_field_id: Id of the field.
        fields: Comma-separated members to answer with.

    Returns:
        The GDPR field.
    """
    ...
