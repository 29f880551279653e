"""Postal addresses (tag Addresses)."""

from __future__ import annotations

from prefect_getresponse.sandbox.resources.collection import Collection

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
ADDRESSES = Collection("addresses", "/addresses/{addressId}", defaults=dict.fromkeys(_TEXTS, ""))

BEHAVIOURS = ADDRESSES.behaviours(
    listing="getAddressList",
    get="getAddress",
    create="createAddress",
    update="updateAddress",
    delete="deleteAddress",
)
