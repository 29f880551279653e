"""Shops (tag Shops)."""

from __future__ import annotations

from typing import Any

from prefect_getresponse.sandbox.resources.collection import Collection
from prefect_getresponse.sandbox.world.records import Record
from prefect_getresponse.sandbox.world.world import World


def _with_totals(world: World, shop: Record, stored: dict[str, Any]) -> dict[str, Any]:
    scope = {"shopId": shop.record_id}
    sold = (
        variant["price"] * variant["quantity"]
        for order in world.records.within("orders", scope)
        for variant in order.members["selectedVariants"]
    )
    count = sum(1 for _ in world.records.within("products", scope))
    return {
        **stored,
        "productCount": count,
        "productRevenue": round(sum(sold), 2),
        "revenueCurrency": stored["currency"],
    }


SHOPS = Collection(
    "shops",
    "/shops/{shopId}",
    details_only=frozenset({"productCount", "productRevenue", "revenueCurrency"}),
    render=_with_totals,
)

BEHAVIOURS = SHOPS.behaviours(
    listing="getShopList",
    get="getShopById",
    create="createShop",
    update="updateShop",
    delete="deleteShop",
)
