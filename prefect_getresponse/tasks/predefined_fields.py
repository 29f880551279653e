"""Predefined fields: texts of a list that its messages can show by name.

Source: GetResponse API v3, Predefined Fields.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Required

from pydantic import StringConstraints
from typing_extensions import TypedDict

from prefect_getresponse.client.request import RetryClass
from prefect_getresponse.omit import OMIT, Omit
from prefect_getresponse.operation import Query, operation
from prefect_getresponse.tasks.common import (
    CampaignLink,
    CampaignReference,
    Page,
    PerPage,
    SortOrder,
)

if TYPE_CHECKING:
    from prefect_getresponse.credentials import GetResponseCredentials

PredefinedFieldName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_]{1,32}$")]
PredefinedFieldValue = Annotated[str, StringConstraints(min_length=1, max_length=350)]
ChangedPredefinedFieldValue = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_]{1,350}$")]


class PredefinedField(TypedDict, total=False):
    """A predefined field as the API answers it."""

    predefinedFieldId: Required[str]
    href: str
    name: str
    value: str
    campaign: CampaignLink


@operation("GET", "/predefined-fields")
def list_predefined_fields(
    credentials: GetResponseCredentials,
    *,
    name: Annotated[str | Omit, Query("query[name]")] = OMIT,
    campaign_id: Annotated[str | Omit, Query("query[campaignId]")] = OMIT,
    sort_name: Annotated[SortOrder | Omit, Query("sort[name]")] = OMIT,
    fields: str | Omit = OMIT,
    page: Page | Omit = OMIT,
    per_page: PerPage | Omit = OMIT,
) -> list[PredefinedField]:
    """Read one page of predefined fields.

    Args:
        credentials: The account.
        name: Keep fields whose name contains this.
        campaign_id: Keep fields of this list.
        sort_name: Sort by name.
        fields: Comma-separated members to answer with.
        page: Page, from 1.
        per_page: Fields per page, up to 1000.

    Returns:
        The predefined fields of the page.
    """
    ...


@operation("POST", "/predefined-fields", retry_class=RetryClass.KEYED)
def create_predefined_field(
    credentials: GetResponseCredentials,
    *,
    name: PredefinedFieldName,
    value: PredefinedFieldValue,
    campaign: CampaignReference,
) -> PredefinedField:
    """Create a predefined field.

    Args:
        credentials: The account.
        name: 1 to 32 letters, digits and underscores, unique on its list.
        value: 1 to 350 characters.
        campaign: The list whose messages show it.

    Returns:
        The new predefined field.
    """
    ...


@operation("GET", "/predefined-fields/{predefined_field_id}")
def get_predefined_field(
    credentials: GetResponseCredentials, predefined_field_id: str, *, fields: str | Omit = OMIT
) -> PredefinedField:
    """Read one predefined field.

    Args:
        credentials: The account.
        predefined_field_id: Id of the field.
        fields: Comma-separated members to answer with.

    Returns:
        The predefined field.
    """
    ...


@operation("POST", "/predefined-fields/{predefined_field_id}", retry_class=RetryClass.UPDATE)
def update_predefined_field(
    credentials: GetResponseCredentials,
    predefined_field_id: str,
    *,
    value: ChangedPredefinedFieldValue,
) -> PredefinedField:
    """Change the value of a predefined field; name and list stay.

    The contract takes fewer characters here than at creation: for any other text delete the field
    and create it again.

    Args:
        credentials: The account.
        predefined_field_id: Id of the field.
        value: 1 to 350 letters and underscores; neither digits nor blanks.

    Returns:
        The changed predefined field.
    """
    ...


@operation("DELETE", "/predefined-fields/{predefined_field_id}")
def delete_predefined_field(credentials: GetResponseCredentials, predefined_field_id: str) -> None:
    """Delete a predefined field; messages that show it then show nothing in its place.

    Args:
        credentials: The account.
        predefined_field_id: Id of the field.
    """
    ...
