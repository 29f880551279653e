"""From fields: addresses that messages come from.

A new one is inactive until its owner follows the link GetResponse mails to it; the API cannot do
that. Source: GetResponse API v3, From Fields.
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

FromFieldName = Annotated[str, StringConstraints(min_length=2, max_length=64)]


class FromFieldDomain(TypedDict, total=False):
    """What mail servers may think of the address's domain."""

    status: (
        Literal[
            "confirmed", "unconfirmed", "deleted", "can_not_be_used", "dns_configuration_pending"
        ]
        | None
    )
    DKIMWarning: (
        Literal["not_recommended", "can_not_be_used", "not_authenticated", "at_risk"] | None
    )
    hasDMARCWarning: TrueOrFalse


class FromField(TypedDict, total=False):
    """A sender as the API answers it; messages leave from `rewrittenEmail` if there is one."""

    fromFieldId: Required[str]
    href: str
    email: str
    rewrittenEmail: str | None
    name: str
    isActive: TrueOrFalse
    isDefault: TrueOrFalse
    createdOn: str
    domain: FromFieldDomain


@operation("GET", "/from-fields")
def list_from_fields(
    credentials: GetResponseCredentials,
    *,
    email: Annotated[str | Omit, Query("query[email]")] = OMIT,
    name: Annotated[str | Omit, Query("query[name]")] = OMIT,
    is_default: Annotated[bool | Omit, Query("query[isDefault]")] = OMIT,
    is_active: Annotated[bool | Omit, Query("query[isActive]")] = OMIT,
    sort_created_on: Annotated[SortOrder | Omit, Query("sort[createdOn]")] = OMIT,
    fields: str | Omit = OMIT,
    page: Page | Omit = OMIT,
    per_page: PerPage | Omit = OMIT,
) -> list[FromField]:
    """Read one page of senders.

    Args:
        credentials: The account.
        email: Keep senders whose address contains this.
        name: Keep senders whose name contains this.
        is_default: Keep the default sender, or the others.
        is_active: Keep senders that were confirmed, or the others.
        sort_created_on: Sort by date of creation.
        fields: Comma-separated members to answer with.
        page: Page, from 1.
        per_page: Senders per page, up to 1000.

    Returns:
        The senders of the page.
    """
    ...


@operation("POST", "/from-fields", retry_class=RetryClass.KEYED)
def create_from_field(
    credentials: GetResponseCredentials,
    *,
    email: str,
    name: FromFieldName,
) -> FromField:
    """Create a sender; it can be used once the owner of the address has confirmed it.

    Args:
        credentials: The account.
        email: Address, unique.
        name: Name beside the address, 2 to 64 characters.

    Returns:
        The new sender, inactive.
    """
    ...


@operation("GET", "/from-fields/{from_field_id}")
def get_from_field(
    credentials: GetResponseCredentials, from_field_id: str, *, fields: str | Omit = OMIT
) -> FromField:
    """Read one sender.

    Args:
        credentials: The account.
        from_field_id: Id of the sender.
        fields: Comma-separated members to answer with.

    Returns:
        The sender.
    """
    ...


@operation("DELETE", "/from-fields/{from_field_id}")
def delete_from_field(
    credentials: GetResponseCredentials,
    from_field_id: str,
    *,
    from_field_id_to_replace_with: str | Omit = OMIT,
) -> None:
    """Delete a sender; without a replacement one that is in use is refused (code 1009).

    Args:
        credentials: The account.
        from_field_id: Id of the sender.
        from_field_id_to_replace_with: Id of the sender that takes its place wherever it is used.
    """
    ...


@operation("POST", "/from-fields/{from_field_id}/default", retry_class=RetryClass.UPDATE)
def set_from_field_as_default(credentials: GetResponseCredentials, from_field_id: str) -> None:
    """Make a sender the account's default; an inactive one is refused (code 1002).

    Args:
        credentials: The account.
        from_field_id: Id of the sender.
    """
    ...
