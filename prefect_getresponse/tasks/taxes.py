"""Taxes of shops.  Source: GetResponse API v3, Taxes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Required

from pydantic import Field, StringConstraints
from typing_extensions import TypedDict

from prefect_getresponse.client.request import RetryClass
from prefect_getresponse.omit import OMIT, Omit
from prefect_getresponse.operation import Query, operation
from prefect_getresponse.tasks.common import Page, PerPage, SortOrder

if TYPE_CHECKING:
    from prefect_getresponse.credentials import GetResponseCredentials

TaxName = Annotated[str, StringConstraints(min_length=2, max_length=255)]
TaxRate = Annotated[int | float, Field(ge=0, le=99.9)]
"""Per cent."""


class NewTax(TypedDict):
    """A tax that is sent along with a variant of a product or an order."""

    name: TaxName
    rate: TaxRate


class BaseTax(TypedDict, total=False):
    """A tax as products and orders show it."""

    taxId: Required[str]
    href: str
    name: str
    rate: int | float


class Tax(BaseTax, total=False):
    """A tax as the API answers it."""

    createdOn: str
    updatedOn: str


@operation("GET", "/shops/{shop_id}/taxes")
def list_taxes(
    credentials: GetResponseCredentials,
    shop_id: str,
    *,
    name: Annotated[str | Omit, Query("query[name]")] = OMIT,
    created_from: Annotated[str | Omit, Query("query[createdOn][from]")] = OMIT,
    created_to: Annotated[str | Omit, Query("query[createdOn][to]")] = OMIT,
    sort_created_on: Annotated[SortOrder | Omit, Query("sort[createdOn]")] = OMIT,
    fields: str | Omit = OMIT,
    page: Page | Omit = OMIT,
    per_page: PerPage | Omit = OMIT,
) -> list[Tax]:
    """Read one page of taxes.

    Args:
        credentials: The account.
        shop_id: Id of the shop.
        name: Keep taxes whose name contains this.
        created_from: Keep taxes created at or after this date (ISO 8601).
        created_to: Keep taxes created at or before this date (ISO 8601).
        sort_created_on: Sort by date of creation.
        fields: Comma-separated members to answer with.
        page: Page, from 1.
        per_page: Taxes per page, up to 1000.

    Returns:
        The taxes of the page.
    """
    ...


@operation("POST", "/shops/{shop_id}/taxes", retry_class=RetryClass.ONCE)
def create_tax(
    credentials: GetResponseCredentials, shop_id: str, *, name: TaxName, rate: TaxRate
) -> Tax:
    """Create a tax.

    Names may repeat: a second call makes a second tax.

    Args:
        credentials: The account.
        shop_id: Id of the shop.
        name: 2 to 255 characters.
        rate: Per cent, 0 to 99.9.

    Returns:
        The new tax.
    """
    ...


@operation("GET", "/shops/{shop_id}/taxes/{tax_id}")
def get_tax(
    credentials: GetResponseCredentials, shop_id: str, tax_id: str, *, fields: str | Omit = OMIT
) -> Tax:
    """Read one tax.

    Args:
        credentials: The account.
        shop_id: Id of the shop.
        tax_id: Id of the tax.
        fields: Comma-separated members to answer with.

    Returns:
        The tax.
    """
    ...


@operation("POST", "/shops/{shop_id}/taxes/{tax_id}", retry_class=RetryClass.UPDATE)
def update_tax(
    credentials: GetResponseCredentials,
    shop_id: str,
    tax_id: str,
    *,
    name: TaxName | Omit = OMIT,
    rate: TaxRate | Omit = OMIT,
) -> Tax:
    """Change a tax; what is omitted stays.

    Args:
        credentials: The account.
        shop_id: Id of the shop.
        tax_id: Id of the tax.
        name: 2 to 255 characters.
        rate: Per cent, 0 to 99.9.

    Returns:
        The changed tax.
    """
    ...


@operation("DELETE", "/shops/{shop_id}/taxes/{tax_id}")
def delete_tax(credentials: GetResponseCredentials, shop_id: str, tax_id: str) -> None:
    """Delete a tax.

    Args:
        credentials: The account.
        shop_id: Id of the shop.
        tax_id: Id of the tax.
    """
    ...
