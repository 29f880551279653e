"""Taxes of shops (tag Taxes)."""

from __future__ import annotations

from prefect_getresponse.sandbox.resources.collection import Collection
from prefect_getresponse.sandbox.resources.shops import SHOPS

TAXES = Collection("taxes", "/shops/{shopId}/taxes/{taxId}", parent=SHOPS)

BEHAVIOURS = TAXES.behaviours(
    listing="getTaxList",
    get="getTaxById",
    create="createTax",
    update="updateTax",
    delete="deleteTax",
)
