"""Search contacts: GetResponse's own word for segments, contacts found by conditions.

A segment (search contacts) has up to 8 sections of up to 8 conditions, written with the functions
of `prefect_getresponse.segments`.  Source: GetResponse API v3, Search Contacts and the segments
manual.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, Required

from pydantic import Field
from typing_extensions import TypedDict

from prefect_getresponse.client.request import RetryClass
from prefect_getresponse.omit import OMIT, Omit
from prefect_getresponse.operation import Query, operation
from prefect_getresponse.segments.sections import (
    MOST_SECTIONS,
    CheckedSection,
    LogicOperator,
    SearchSection,
)
from prefect_getresponse.tasks.common import CampaignLink, Page, PerPage, SortOrder
from prefect_getresponse.tasks.contacts import CustomFieldValue

if TYPE_CHECKING:
    from prefect_getresponse.credentials import GetResponseCredentials

SubscribersType = Literal["subscribed", "undelivered", "removed", "unconfirmed"]
SavedSubscribersType = Literal["subscribed"]
Sections = Annotated[list[CheckedSection], Field(max_length=MOST_SECTIONS)]
RemovalReason = Literal[
    "api",
    "automation",
    "blacklisted",
    "bounce",
    "cleaner",
    "complaint",
    "support",
    "unsubscribe",
    "user",
]
"""Why somebody is on a list no more."""


class SavedSearch(TypedDict, total=False):
    """A row of a listing of saved segments; it does not show the conditions."""

    searchContactId: Required[str]
    name: str
    createdOn: str
    href: str


class SavedSearchDetails(SavedSearch, total=False):
    """A saved segment with its conditions."""

    subscribersType: Required[list[SubscribersType]]
    sectionLogicOperator: Required[LogicOperator]
    section: Required[list[SearchSection]]


class SearchedContact(TypedDict, total=False):
    """A contact that was found; `reason` and `deletedOn` tell about those removed."""

    contactId: Required[str]
    name: str | None
    email: str
    origin: str
    dayOfCycle: str | None
    createdOn: str
    campaign: CampaignLink
    score: str | None
    reason: RemovalReason | None
    deletedOn: str | None


@operation("GET", "/search-contacts")
def list_search_contacts(
    credentials: GetResponseCredentials,
    *,
    name: Annotated[str | Omit, Query("query[name]")] = OMIT,
    created_from: Annotated[str | Omit, Query("query[createdOn][from]")] = OMIT,
    created_to: Annotated[str | Omit, Query("query[createdOn][to]")] = OMIT,
    sort_name: Annotated[SortOrder | Omit, Query("sort[name]")] = OMIT,
    sort_created_on: Annotated[SortOrder | Omit, Query("sort[createdOn]")] = OMIT,
    fields: str | Omit = OMIT,
    page: Page | Omit = OMIT,
    per_page: PerPage | Omit = OMIT,
) -> list[SavedSearch]:
    """Read one page of saved segments, without their conditions.

    Args:
        credentials: The account.
        name: Keep segments whose name contains this.
        created_from: Keep segments created at or after this date (ISO 8601).
        created_to: Keep segments created at or before this date (ISO 8601).
        sort_name: Sort by name.
        sort_created_on: Sort by date of creation.
        fields: Comma-separated members to answer with.
        page: Page, from 1.
        per_page: Segments per page, up to 1000.

    Returns:
        The segments of the page.
    """
    ...


@operation("POST", "/search-contacts", retry_class=RetryClass.KEYED)
def create_search_contacts(
    credentials: GetResponseCredentials,
    *,
    name: str,
    section_logic_operator: LogicOperator,
    section: Sections,
    subscribers_type: list[SavedSubscribersType] | Omit = OMIT,
) -> SavedSearchDetails:
    """Save a segment.

    Args:
        credentials: The account.
        name: Name, unique among segments.
        section_logic_operator: Whether one section suffices (`or`) or all must hold (`and`).
        section: Up to 8 sections of up to 8 conditions.
        subscribers_type: Saved segments are about `subscribed` people only.

    Returns:
        The new segment.
    """
    ...


@operation("POST", "/search-contacts/contacts", retry_class=RetryClass.READ)
def list_contacts_by_conditions(
    credentials: GetResponseCredentials,
    *,
    subscribers_type: Annotated[list[SubscribersType], Field(min_length=1, max_length=1)],
    section_logic_operator: LogicOperator,
    section: Sections,
    sort_name: Annotated[SortOrder | Omit, Query("sort[name]")] = OMIT,
    sort_email: Annotated[SortOrder | Omit, Query("sort[email]")] = OMIT,
    sort_created_on: Annotated[SortOrder | Omit, Query("sort[createdOn]")] = OMIT,
    fields: Annotated[str | Omit, Query("fields")] = OMIT,
    page: Annotated[Page | Omit, Query("page")] = OMIT,
    per_page: Annotated[PerPage | Omit, Query("perPage")] = OMIT,
) -> list[SearchedContact]:
    """Read one page of the contacts that meet conditions, without saving a segment.

    The only way to see people who have not confirmed (`unconfirmed`) or who were removed
    (`removed`).

    Args:
        credentials: The account.
        subscribers_type: Exactly one kind of contacts to look among.
        section_logic_operator: Whether one section suffices (`or`) or all must hold (`and`).
        section: Up to 8 sections of up to 8 conditions.
        sort_name: Sort by name.
        sort_email: Sort by address.
        sort_created_on: Sort by date of adding.
        fields: Comma-separated members to answer with.
        page: Page, from 1.
        per_page: Contacts per page, up to 1000.

    Returns:
        The contacts of the page.
    """
    ...


@operation("GET", "/search-contacts/{search_contact_id}")
def get_search_contacts(
    credentials: GetResponseCredentials, search_contact_id: str, *, fields: str | Omit = OMIT
) -> SavedSearchDetails:
    """Read one saved segment with its conditions.

    Args:
        credentials: The account.
        search_contact_id: Id of the segment.
        fields: Comma-separated members to answer with.

    Returns:
        The segment.
    """
    ...


@operation("POST", "/search-contacts/{search_contact_id}", retry_class=RetryClass.UPDATE)
def update_search_contacts(
    credentials: GetResponseCredentials,
    search_contact_id: str,
    *,
    name: str,
    section_logic_operator: LogicOperator,
    section: Sections,
    subscribers_type: list[SavedSubscribersType] | Omit = OMIT,
) -> SavedSearchDetails:
    """Replace name and all conditions of a saved segment.

    Args:
        credentials: The account.
        search_contact_id: Id of the segment.
        name: Name, unique among segments.
        section_logic_operator: Whether one section suffices (`or`) or all must hold (`and`).
        section: All its sections: up to 8 of up to 8 conditions.
        subscribers_type: Saved segments are about `subscribed` people only.

    Returns:
        The changed segment.
    """
    ...


@operation("DELETE", "/search-contacts/{search_contact_id}")
def delete_search_contacts(credentials: GetResponseCredentials, search_contact_id: str) -> None:
    """Delete a saved segment, not its contacts; refused (code 1009) while something is sent to it.

    Args:
        credentials: The account.
        search_contact_id: Id of the segment.
    """
    ...


@operation("GET", "/search-contacts/{search_contact_id}/contacts")
def list_contacts_by_search_contacts(
    credentials: GetResponseCredentials,
    search_contact_id: str,
    *,
    sort_name: Annotated[SortOrder | Omit, Query("sort[name]")] = OMIT,
    sort_email: Annotated[SortOrder | Omit, Query("sort[email]")] = OMIT,
    sort_created_on: Annotated[SortOrder | Omit, Query("sort[createdOn]")] = OMIT,
    fields: str | Omit = OMIT,
    page: Page | Omit = OMIT,
    per_page: PerPage | Omit = OMIT,
) -> list[SearchedContact]:
    """Read one page of the contacts that are in a saved segment now.

    Args:
        credentials: The account.
        search_contact_id: Id of the segment.
        sort_name: Sort by name.
        sort_email: Sort by address.
        sort_created_on: Sort by date of adding.
        fields: Comma-separated members to answer with.
        page: Page, from 1.
        per_page: Contacts per page, up to 1000.

    Returns:
        The contacts of the page.
    """
    ...


@operation(
    "POST", "/search-contacts/{search_contact_id}/custom-fields", retry_class=RetryClass.UPDATE
)
def upsert_custom_fields_by_search_contacts(
    credentials: GetResponseCredentials,
    search_contact_id: str,
    *,
    custom_field_values: list[CustomFieldValue],
) -> None:
    """Set some custom fields of everybody in a saved segment; their other fields stay.

    The API accepts and does it later, for those who are in the segment then.

    Args:
        credentials: The account.
        search_contact_id: Id of the segment.
        custom_field_values: The fields, each with all the values it shall have.
    """
    ...
