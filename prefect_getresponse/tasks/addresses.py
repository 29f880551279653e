"""Postal addresses, of orders above all.  Source: GetResponse API v3, Addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Required

from pydantic import StringConstraints
from typing_extensions import TypedDict

from prefect_getresponse.client.request import RetryClass
from prefect_getresponse.omit import OMIT, Omit
from prefect_getresponse.operation import Query, operation
from prefect_getresponse.tasks.common import Page, PerPage, SortOrder

if TYPE_CHECKING:
    from prefect_getresponse.credentials import GetResponseCredentials

CountryCode = Annotated[str, StringConstraints(min_length=3, max_length=3)]
AddressName = Annotated[str, StringConstraints(min_length=3, max_length=128)]
UpTo64 = Annotated[str, StringConstraints(max_length=64)]
UpTo128 = Annotated[str, StringConstraints(max_length=128)]
UpTo255 = Annotated[str, StringConstraints(max_length=255)]


class NewAddress(TypedDict, total=False):
    """An address that is sent along with an order; the country is an ISO 3166-1 alpha-3 code."""

    countryCode: Required[CountryCode]
    name: Required[AddressName]
    firstName: UpTo64
    lastName: UpTo64
    address1: UpTo255
    address2: UpTo255
    city: UpTo128
    zip: UpTo64
    province: UpTo255
    provinceCode: UpTo64
    phone: UpTo255
    company: UpTo128


class Address(TypedDict, total=False):
    """An address as the API answers it."""

    addressId: Required[str]
    href: str
    countryCode: str
    countryName: str
    name: str
    firstName: str
    lastName: str
    address1: str
    address2: str
    city: str
    zip: str
    province: str
    provinceCode: str
    phone: str
    company: str
    createdOn: str
    updatedOn: str


@operation("GET", "/addresses")
def list_addresses(
    credentials: GetResponseCredentials,
    *,
    name: Annotated[str | Omit, Query("query[name]")] = OMIT,
    first_name: Annotated[str | Omit, Query("query[firstName]")] = OMIT,
    last_name: Annotated[str | Omit, Query("query[lastName]")] = OMIT,
    address1: Annotated[str | Omit, Query("query[address1]")] = OMIT,
    address2: Annotated[str | Omit, Query("query[address2]")] = OMIT,
    city: Annotated[str | Omit, Query("query[city]")] = OMIT,
    zip: Annotated[str | Omit, Query("query[zip]")] = OMIT,
    province: Annotated[str | Omit, Query("query[province]")] = OMIT,
    province_code: Annotated[str | Omit, Query("query[provinceCode]")] = OMIT,
    phone: Annotated[str | Omit, Query("query[phone]")] = OMIT,
    company: Annotated[str | Omit, Query("query[company]")] = OMIT,
    created_from: Annotated[str | Omit, Query("query[createdOn][from]")] = OMIT,
    created_to: Annotated[str | Omit, Query("query[createdOn][to]")] = OMIT,
    sort_created_on: Annotated[SortOrder | Omit, Query("sort[createdOn]")] = OMIT,
    fields: str | Omit = OMIT,
    page: Page | Omit = OMIT,
    per_page: PerPage | Omit = OMIT,
) -> list[Address]:
    """Read one page of addresses.

    Args:
        credentials: The account.
        name: Keep addresses whose name contains this.
        first_name: Keep addresses whose first name contains this.
        last_name: Keep addresses whose last name contains this.
        address1: Keep addresses whose first line contains this.
        address2: Keep addresses whose second line contains this.
        city: Keep addresses whose city contains this.
        zip: Keep addresses whose postal code contains this.
        province: Keep addresses whose province contains this.
        province_code: Keep addresses whose province code contains this.
        phone: Keep addresses whose phone contains this.
        company: Keep addresses whose company contains this.
        created_from: Keep addresses created at or after this date (ISO 8601).
        created_to: Keep addresses created at or before this date (ISO 8601).
        sort_created_on: Sort by date of creation.
        fields: Comma-separated members to answer with.
        page: Page, from 1.
        per_page: Addresses per page, up to 1000.

    Returns:
        The addresses of the page.
    """
    ...


@operation("POST", "/addresses", retry_class=RetryClass.ONCE)
def create_address(
    credentials: GetResponseCredentials,
    *,
    country_code: CountryCode,
    name: AddressName,
    first_name: UpTo64 | Omit = OMIT,
    last_name: UpTo64 | Omit = OMIT,
    address1: UpTo255 | Omit = OMIT,
    address2: UpTo255 | Omit = OMIT,
    city: UpTo128 | Omit = OMIT,
    zip: UpTo64 | Omit = OMIT,
    province: UpTo255 | Omit = OMIT,
    province_code: UpTo64 | Omit = OMIT,
    phone: UpTo255 | Omit = OMIT,
    company: UpTo128 | Omit = OMIT,
) -> Address:
    """Create an address.

    Names may repeat: a second call makes a second address.

    Args:
        credentials: The account.
        country_code: Country (ISO 3166-1 alpha-3).
        name: Name of the address, 3 to 128 characters.
        first_name: Up to 64 characters.
        last_name: Up to 64 characters.
        address1: First line, up to 255 characters.
        address2: Second line, up to 255 characters.
        city: Up to 128 characters.
        zip: Postal code, up to 64 characters.
        province: Up to 255 characters.
        province_code: Up to 64 characters, any text.
        phone: Up to 255 characters, any text.
        company: Up to 128 characters.

    Returns:
        The new address.
    """
    ...


@operation("GET", "/addresses/{address_id}")
def get_address(
    credentials: GetResponseCredentials, address_id: str, *, fields: str | Omit = OMIT
) -> Address:
    """Read one address.

    Args:
        credentials: The account.
        address_id: Id of the address.
        fields: Comma-separated members to answer with.

    Returns:
        The address.
    """
    ...


@operation("POST", "/addresses/{address_id}", retry_class=RetryClass.UPDATE)
def update_address(
    credentials: GetResponseCredentials,
    address_id: str,
    *,
    country_code: CountryCode | Omit = OMIT,
    name: AddressName | Omit = OMIT,
    first_name: UpTo64 | Omit = OMIT,
    last_name: UpTo64 | Omit = OMIT,
    address1: UpTo255 | Omit = OMIT,
    address2: UpTo255 | Omit = OMIT,
    city: UpTo128 | Omit = OMIT,
    zip: UpTo64 | Omit = OMIT,
    province: UpTo255 | Omit = OMIT,
    province_code: UpTo64 | Omit = OMIT,
    phone: UpTo255 | Omit = OMIT,
    company: UpTo128 | Omit = OMIT,
) -> Address:
    """Change an address; what is omitted stays.

    Args:
        credentials: The account.
        address_id: Id of the address.
        country_code: Country (ISO 3166-1 alpha-3).
        name: Name of the address, 3 to 128 characters.
        first_name: Up to 64 characters.
        last_name: Up to 64 characters.
        address1: First line, up to 255 characters.
        address2: Second line, up to 255 characters.
        city: Up to 128 characters.
        zip: Postal code, up to 64 characters.
        province: Up to 255 characters.
        province_code: Up to 64 characters, any text.
        phone: Up to 255 characters, any text.
        company: Up to 128 characters.

    Returns:
        The changed address.
    """
    ...


@operation("DELETE", "/addresses/{address_id}")
def delete_address(credentials: GetResponseCredentials, address_id: str) -> None:
    """Delete an address.

    Args:
        credentials: The account.
        address_id: Id of the address.
    """
    ...
