"""Postal addresses (tag Addresses)."""

from __future__ import annotations

from typing import Any

from prefect_getresponse.sandbox.contract.countries import COUNTRY_NAMES
from prefect_getresponse.sandbox.resources.collection import Collection
from prefect_getresponse.sandbox.world.records import Record
from prefect_getresponse.sandbox.world.world import World

_TEXTS = (
    "firstName",
    "lastName",
    "address1",
    "address2",
    "city",
    "zip",
    "province",
    "provinceCode",
    "phone",
    "company",
)


def _with_country(_world: World, _address: Record, stored: dict[str, Any]) -> dict[str, Any]:
    return {**stored, "countryName": COUNTRY_NAMES[stored["countryCode"]]}


ADDRESSES = Collection(
    "addresses",
    "/addresses/{addressId}",
    defaults=dict.fromkeys(_TEXTS, ""),
    render=_with_country,
)

BEHAVIOURS = ADDRESSES.behaviours(
    listing="getAddressList",
    get="getAddress",
    create="createAddress",
    update="updateAddress",
    delete="deleteAddress",
)
