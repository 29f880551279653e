"""Imports: many people added and updated by one call.  Source: GetResponse API v3, Imports.

GetResponse takes 20 MB a call, 20 imports in 24 hours, one at a time for a list and two for an
account; one is at work while its status is `uploaded`, `to_review`, `review` or `approved`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, Required

from pydantic import AfterValidator
from typing_extensions import TypedDict

from prefect_getresponse.client.request import RetryClass
from prefect_getresponse.omit import OMIT, Omit
from prefect_getresponse.operation import Query, operation
from prefect_getresponse.tasks.common import CampaignLink, Page, PerPage, SortOrder

if TYPE_CHECKING:
    from prefect_getresponse.credentials import GetResponseCredentials

LARGEST_IMPORT = 20_000_000
"""Bytes of the JSON body of one import: 20 MB, taken at their smaller meaning."""
ImportStatus = Literal[
    "uploaded",
    "to_review",
    "review",
    "approved",
    "finished",
    "rejected",
    "canceled",
]


def _check_mapping(names: list[str]) -> list[str]:
    if "email" not in names:
        raise ValueError("one column must be `email`")
    if len(set(names)) < len(names):
        raise ValueError("every column has a name of its own")
    return names


FieldMapping = Annotated[list[str], AfterValidator(_check_mapping)]
"""What the columns are: `email`, `name`, `ip`, names of custom fields, `tag:` and a tag's name."""


class ImportStatistics(TypedDict, total=False):
    """How many rows came to what; the last three account for all that were uploaded."""

    uploaded: Required[int]
    invalid: Required[int]
    updated: Required[int]
    addedToList: Required[int]


class ImportErrorStatistics(TypedDict, total=False):
    """Why rows were invalid; GetResponse does not say which ones."""

    syntaxErrors: int
    alreadyInQueue: int
    invalidDomains: int
    blacklist: int
    policyFailures: int
    mismatchedCriteria: int


class Import(TypedDict, total=False):
    """An import as the API answers it."""

    importId: Required[str]
    campaign: CampaignLink
    status: ImportStatus
    statistics: ImportStatistics
    errorStatistics: ImportErrorStatistics
    createdOn: str
    finishedOn: str
    href: str


@operation("GET", "/imports")
def list_imports(
    credentials: GetResponseCredentials,
    *,
    campaign_id: Annotated[str | Omit, Query("query[campaignId]")] = OMIT,
    created_from: Annotated[str | Omit, Query("query[createdOn][from]")] = OMIT,
    created_to: Annotated[str | Omit, Query("query[createdOn][to]")] = OMIT,
    sort_created_on: Annotated[SortOrder | Omit, Query("sort[createdOn]")] = OMIT,
    sort_finished_on: Annotated[SortOrder | Omit, Query("sort[finishedOn]")] = OMIT,
    sort_campaign_name: Annotated[SortOrder | Omit, Query("sort[campaignName]")] = OMIT,
    sort_uploaded_contacts: Annotated[SortOrder | Omit, Query("sort[uploadedContacts]")] = OMIT,
    sort_updated_contacts: Annotated[SortOrder | Omit, Query("sort[updatedContacts]")] = OMIT,
    sort_added_contacts: Annotated[SortOrder | Omit, Query("sort[addedContacts]")] = OMIT,
    sort_invalid_contacts: Annotated[SortOrder | Omit, Query("sort[invalidContacts]")] = OMIT,
    sort_status: Annotated[SortOrder | Omit, Query("sort[status]")] = OMIT,
    fields: str | Omit = OMIT,
    page: Page | Omit = OMIT,
    per_page: PerPage | Omit = OMIT,
) -> list[Import]:
    """Read one page of imports, those made in the panel included.

    Args:
        credentials: The account.
        campaign_id: Keep imports into this list.
        created_from: Keep imports created at or after this date (ISO 8601).
        created_to: Keep imports created at or before this date (ISO 8601).
        sort_created_on: Sort by date of creation.
        sort_finished_on: Sort by the date at which they ended.
        sort_campaign_name: Sort by the name of the list.
        sort_uploaded_contacts: Sort by the number of rows.
        sort_updated_contacts: Sort by the number of people updated.
        sort_added_contacts: Sort by the number of people added.
        sort_invalid_contacts: Sort by the number of invalid rows.
        sort_status: Sort by status.
        fields: Comma-separated members to answer with.
        page: Page, from 1.
        per_page: Imports per page, up to 1000.

    Returns:
        The imports of the page.
    """
    ...


@operation(
    "POST",
    "/imports",
    retry_class=RetryClass.IMPORT,
    budget="imports",
    largest_body=LARGEST_IMPORT,
)
def create_import(
    credentials: GetResponseCredentials,
    *,
    campaign_id: str,
    field_mapping: FieldMapping,
    contacts: list[list[str]],
) -> Import:
    """Add people to a list, and update those who are on it; nobody is asked to confirm.

    The answer comes at once, with the status `uploaded`; the work takes minutes, and a person at
    GetResponse may look at it first. Read it with `get_import` until it is `finished`, `rejected`
    or `canceled`. `Conflict` means that another import of the list, or two of the account, are
    running. The 21st call within 24 hours waits until the first of them is a day old.

    Args:
        credentials: The account.
        campaign_id: Id of the list.
        field_mapping: What the columns are: `email` (required), `name`, `ip`, names of custom
            fields, and `tag:` followed by the name of a tag, which is created if it is missing.
        contacts: Rows of texts in the order of the columns; one value per custom field. In the
            column of a tag, `1` attaches it and `0` does nothing: an import removes no tag. As
            JSON the whole call has at most 20 MB, some 285,000 rows of five short columns.

    Returns:
        The new import.
    """
    ...


@operation("GET", "/imports/{import_id}")
def get_import(
    credentials: GetResponseCredentials, import_id: str, *, fields: str | Omit = OMIT
) -> Import:
    """Read one import: how far it is, and what became of its rows.

    The first answers with the status `finished` may have incomplete statistics: they are complete
    when `uploaded` is the number of rows, and `invalid`, `updated` and `addedToList` add up to it.

    Args:
        credentials: The account.
        import_id: Id of the import.
        fields: Comma-separated members to answer with.

    Returns:
        The import.
    """
    ...
