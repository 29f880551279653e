"""Shops (tag Shops)."""

from __future__ import annotations

from prefect_getresponse.sandbox.resources.collection import Collection

SHOPS = Collection("shops", "/shops/{shopId}")

BEHAVIOURS = SHOPS.behaviours(
    listing="getShopList",
    get="getShopById",
    create="createShop",
    update="updateShop",
    delete="deleteShop",
)
