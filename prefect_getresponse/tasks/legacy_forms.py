"""Legacy forms: web forms of the oldest editor.

They are read here; `forms` has the later ones.  Source: GetResponse API v3, Legacy Forms.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Required

from typing_extensions import TypedDict

from prefect_getresponse.omit import OMIT, Omit
from prefect_getresponse.operation import Query, operation
from prefect_getresponse.tasks.common import (
    CampaignLink,
    EnabledOrDisabled,
    Page,
    PerPage,
    SortOrder,
)

if TYPE_CHECKING:
    from prefect_getresponse.credentials import GetResponseCredentials


class LegacyFormStatistics(TypedDict, total=False):
    """How often a form was seen, and how many people subscribed through it."""

    opened: int
    subscribed: int


class LegacyForm(TypedDict, total=False):
    """A legacy form as the API answers it; `scriptUrl` shows it on a page."""

    webformId: Required[str]
    name: str
    href: str
    scriptUrl: str
    status: EnabledOrDisabled
    modifiedOn: str
    statistics: LegacyFormStatistics
    campaign: CampaignLink


@operation("GET", "/webforms")
def list_legacy_forms(
    credentials: GetResponseCredentials,
    *,
    name: Annotated[str | Omit, Query("query[name]")] = OMIT,
    modified_from: Annotated[str | Omit, Query("query[modifiedOn][from]")] = OMIT,
    modified_to: Annotated[str | Omit, Query("query[modifiedOn][to]")] = OMIT,
    campaign_id: Annotated[str | Omit, Query("query[campaignId]")] = OMIT,
    sort_modified_on: Annotated[SortOrder | Omit, Query("sort[modifiedOn]")] = OMIT,
    fields: str | Omit = OMIT,
    page: Page | Omit = OMIT,
    per_page: PerPage | Omit = OMIT,
) -> list[LegacyForm]:
    """Read one page of legacy forms.

    Args:
        credentials: The account.
        name: Keep legacy forms whose name contains this.
        modified_from: Keep legacy forms changed at or after this date (ISO 8601).
        modified_to: Keep legacy forms changed at or before this date (ISO 8601).
        campaign_id: Keep forms of these lists: ids separated by commas.
        sort_modified_on: Sort by date of the last change.
        fields: Comma-separated members to answer with.
        page: Page, from 1.
        per_page: Legacy forms per page, up to 1000.

    Returns:
        The legacy forms of the page.
    """
    ...


@operation("GET", "/webforms/{webform_id}")
def get_legacy_form(
    credentials: GetResponseCredentials, webform_id: str, *, fields: str | Omit = OMIT
) -> LegacyForm:
    """Read one legacy form.

    Args:
        credentials: The account.
        webform_id: Id of the legacy form.
        fields: Comma-separated members to answer with.

    Returns:
        The legacy form.
    """
    ...
