"""Accounts: who owns the data, and who must never be written to.

Source: GetResponse API v3, Accounts.
"""

from __future__ import annotations

from typing import Annotated, Literal, Required

from pydantic import StringConstraints
from typing_extensions import TypedDict

from prefect_getresponse.client.request import RetryClass
from prefect_getresponse.credentials import GetResponseCredentials
from prefect_getresponse.omit import OMIT, Omit
from prefect_getresponse.operation import Query, operation
from prefect_getresponse.tasks.common import Blocklist, BlocklistFlag

NumberOfEmployees = Literal["50", "250", "500", "more"]
TimeFormat = Literal["12h", "24h"]
_Text64 = Annotated[str, StringConstraints(min_length=2, max_length=64)]


class AccountCountryCode(TypedDict, total=False):
    """Country of an account."""

    countryCodeId: str
    countryCode: str


class AccountIndustryTag(TypedDict, total=False):
    """Industry of an account."""

    industryTagId: str


class AccountTimeZone(TypedDict, total=False):
    """Time zone of an account."""

    name: str
    offset: str


class Account(TypedDict, total=False):
    """The account as the API answers it."""

    accountId: Required[str]
    email: str
    countryCode: AccountCountryCode
    industryTag: AccountIndustryTag
    timeZone: AccountTimeZone
    href: str
    firstName: str
    lastName: str
    companyName: str
    phone: str
    state: str
    city: str
    street: str
    zipCode: str
    numberOfEmployees: NumberOfEmployees
    timeFormat: TimeFormat


@operation("GET", "/accounts")
def get_account(credentials: GetResponseCredentials, *, fields: str | Omit = OMIT) -> Account:
    """Read the account.

    Args:
        credentials: The account.
        fields: Comma-separated members to answer with.

    Returns:
        The account.
    """
    ...


@operation("POST", "/accounts", retry_class=RetryClass.UPDATE)
def update_account(
    credentials: GetResponseCredentials,
    *,
    first_name: _Text64 | Omit = OMIT,
    last_name: _Text64 | Omit = OMIT,
    company_name: _Text64 | Omit = OMIT,
    phone: Annotated[str, StringConstraints(min_length=2, max_length=32)] | Omit = OMIT,
    state: Annotated[str, StringConstraints(min_length=2, max_length=40)] | Omit = OMIT,
    city: str | Omit = OMIT,
    street: _Text64 | Omit = OMIT,
    zip_code: Annotated[str, StringConstraints(min_length=2, max_length=9)] | Omit = OMIT,
    number_of_employees: NumberOfEmployees | Omit = OMIT,
    time_format: TimeFormat | Omit = OMIT,
) -> Account:
    """Change the account; what is omitted stays.

    Args:
        credentials: The account.
        first_name: 2 to 64 characters.
        last_name: 2 to 64 characters.
        company_name: 2 to 64 characters.
        phone: 2 to 32 characters.
        state: 2 to 40 characters.
        city: City.
        street: 2 to 64 characters.
        zip_code: 2 to 9 characters.
        number_of_employees: Up to 50, 250 or 500, or more.
        time_format: How times are written.

    Returns:
        The changed account.
    """
    ...


@operation("GET", "/accounts/blocklists")
def get_account_blocklist(
    credentials: GetResponseCredentials,
    *,
    mask: Annotated[str | Omit, Query("query[mask]")] = OMIT,
) -> Blocklist:
    """Read what is blocked on every list of the account; all of it, without pages.

    Args:
        credentials: The account.
        mask: Keep masks that contain this.

    Returns:
        The blocked addresses and domains.
    """
    ...


@operation("POST", "/accounts/blocklists", retry_class=RetryClass.UPDATE)
def update_account_blocklist(
    credentials: GetResponseCredentials,
    *,
    masks: list[str],
    additional_flags: Annotated[list[BlocklistFlag] | Omit, Query("additionalFlags")] = OMIT,
) -> Blocklist | None:
    """Block addresses and domains on every list of the account.

    Args:
        credentials: The account.
        masks: Addresses (`jane@example.com`) and domains (`@example.com`).
        additional_flags: `add` blocks the masks besides those that are, `delete` unblocks them;
            without either they replace everything that is blocked. `noResponse` asks for no answer.

    Returns:
        All that is blocked now, or None with `noResponse`.
    """
    ...
