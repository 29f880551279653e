"""Accounts: who owns the data, what the plan allows, and who must never be written to.

Source: GetResponse API v3, Accounts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, Required

from pydantic import StringConstraints
from typing_extensions import TypedDict

from prefect_getresponse.client.request import RetryClass
from prefect_getresponse.omit import OMIT, Omit
from prefect_getresponse.operation import Query, operation
from prefect_getresponse.tasks.common import (
    Blocklist,
    BlocklistFlag,
    EnabledOrDisabled,
    Page,
    PerPage,
    TrueOrFalse,
)

if TYPE_CHECKING:
    from prefect_getresponse.credentials import GetResponseCredentials

NumberOfEmployees = Literal["50", "250", "500", "more"]
TimeFormat = Literal["12h", "24h"]
BadgeType = Literal["landing_page", "website_builder_elegant", "referral"]
PaymentPlan = Literal["Free Trial", "Monthly", "12 Months", "24 Months"]
PaymentMethod = Literal[
    "outside_system",
    "inside_system",
    "credit_card",
    "platnosci_pl",
    "direct_debit",
    "paypal",
    "yandex",
    "alipay",
    "alipay_mobile",
    "boleto",
    "ideal",
    "qiwi",
    "sofort",
    "webmoney",
]
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


class AccountBadge(TypedDict, total=False):
    """Whether messages and pages show the GetResponse badge."""

    status: EnabledOrDisabled


class AccountCreditCard(TypedDict, total=False):
    """The credit card that pays; its number is masked."""

    number: str
    expirationDate: str


class AccountAddon(TypedDict, total=False):
    """An addition to the plan, and what it costs."""

    name: str
    price: int
    active: TrueOrFalse


class AccountBilling(TypedDict, total=False):
    """Plan and payment; `listSize` is the most contacts that the plan allows.

    The API writes `listSize` and `accountBalance` as texts, prices as numbers.
    """

    listSize: str
    paymentPlan: PaymentPlan
    subscriptionPrice: int
    renewalDate: str
    currencyCode: str
    accountBalance: str
    price: int
    paymentMethod: PaymentMethod
    creditCard: AccountCreditCard | None
    addons: list[AccountAddon]


class CallbackActions(TypedDict, total=False):
    """Which actions of contacts are told to the callback address."""

    open: bool
    click: bool
    subscribe: bool
    unsubscribe: bool
    survey: bool


class Callbacks(TypedDict, total=False):
    """Legacy callbacks: where to, and about what."""

    url: str
    actions: CallbackActions


class IndustryTag(TypedDict, total=False):
    """An industry that accounts and lists can name."""

    industryTagId: Required[str]
    name: str
    description: str


class Login(TypedDict, total=False):
    """A login to the panel; `logoutTime` is None while it lasts."""

    loginTime: str
    logoutTime: str | None
    isSuccessful: TrueOrFalse
    ip: str


class SendingLimit(TypedDict, total=False):
    """How many messages the account may send in `timeFrame` seconds, and how many it did."""

    timeFrame: int
    limit: int
    used: int


class TimeZone(TypedDict, total=False):
    """A time zone; where something is sent later, the API spells its number `timeZoneId`."""

    timezoneId: Required[int]
    name: str
    offset: str
    country: str


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


@operation("GET", "/accounts/badge")
def get_account_badge(credentials: GetResponseCredentials) -> AccountBadge:
    """Read whether the GetResponse badge is shown.

    Args:
        credentials: The account.

    Returns:
        The state of the badge.
    """
    ...


@operation("POST", "/accounts/badge", retry_class=RetryClass.UPDATE)
def update_account_badge(
    credentials: GetResponseCredentials,
    *,
    status: EnabledOrDisabled,
    type: BadgeType | Omit = OMIT,
) -> AccountBadge:
    """Show or hide the GetResponse badge.

    Args:
        credentials: The account.
        status: Whether it is shown.
        type: Where; `referral` if omitted.

    Returns:
        The state of the badge.
    """
    ...


@operation("GET", "/accounts/billing")
def get_account_billing(
    credentials: GetResponseCredentials, *, fields: str | Omit = OMIT
) -> AccountBilling:
    """Read plan and payment.

    Args:
        credentials: The account.
        fields: Comma-separated members to answer with.

    Returns:
        Plan and payment.
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
        additional_flags: `add` blocks them besides those already blocked, `delete` unblocks them;
            without either they replace everything that is blocked. `noResponse` asks for no answer.

    Returns:
        All that is blocked now, or None with `noResponse`.
    """
    ...


@operation("GET", "/accounts/callbacks")
def get_callbacks(credentials: GetResponseCredentials) -> Callbacks:
    """Read the legacy callbacks; `NotFound` says that they are off.

    Webhooks are another thing: they are made in the panel, and the API does not show them.

    Args:
        credentials: The account.

    Returns:
        Where callbacks go, and about what.
    """
    ...


@operation("POST", "/accounts/callbacks", retry_class=RetryClass.UPDATE)
def update_callbacks(
    credentials: GetResponseCredentials,
    *,
    url: str | Omit = OMIT,
    actions: CallbackActions | Omit = OMIT,
) -> Callbacks:
    """Turn legacy callbacks on, or change them.

    GetResponse calls `url` once an action, waits 4 seconds, and never repeats a call that failed.

    Args:
        credentials: The account.
        url: Where callbacks go; needed while they are off.
        actions: About what.

    Returns:
        Where callbacks go, and about what.
    """
    ...


@operation("DELETE", "/accounts/callbacks")
def disable_callbacks(credentials: GetResponseCredentials) -> None:
    """Turn legacy callbacks off.

    Args:
        credentials: The account.
    """
    ...


@operation("GET", "/accounts/industries")
def list_industries(
    credentials: GetResponseCredentials,
    *,
    fields: str | Omit = OMIT,
    page: Page | Omit = OMIT,
    per_page: PerPage | Omit = OMIT,
) -> list[IndustryTag]:
    """Read one page of the industries that accounts and lists can name.

    Args:
        credentials: The account, whose language the names are in.
        fields: Comma-separated members to answer with.
        page: Page, from 1.
        per_page: Industries per page, up to 1000.

    Returns:
        The industries of the page.
    """
    ...


@operation("GET", "/accounts/login-history")
def list_account_logins(
    credentials: GetResponseCredentials,
    *,
    fields: str | Omit = OMIT,
    page: Page | Omit = OMIT,
    per_page: PerPage | Omit = OMIT,
) -> list[Login]:
    """Read one page of the logins to the panel.

    Args:
        credentials: The account.
        fields: Comma-separated members to answer with.
        page: Page, from 1.
        per_page: Logins per page, up to 1000.

    Returns:
        The logins of the page.
    """
    ...


@operation("GET", "/accounts/sending-limits")
def list_sending_limits(
    credentials: GetResponseCredentials, *, fields: str | Omit = OMIT
) -> list[SendingLimit]:
    """Read how many messages the account may send, and has sent; without pages.

    Args:
        credentials: The account.
        fields: Comma-separated members to answer with.

    Returns:
        One limit per time frame.
    """
    ...


@operation("GET", "/accounts/timezones")
def list_timezones(
    credentials: GetResponseCredentials, *, fields: str | Omit = OMIT
) -> list[TimeZone]:
    """Read all time zones, without pages; sending later names them by number.

    Args:
        credentials: The account, whose language the countries are in.
        fields: Comma-separated members to answer with.

    Returns:
        The time zones.
    """
    ...
