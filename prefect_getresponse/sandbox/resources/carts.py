"""Carts of shops (tag Carts)."""

from __future__ import annotations

from prefect_getresponse.sandbox.resources.collection import Collection
from prefect_getresponse.sandbox.resources.product_variants import PRODUCT_VARIANTS
from prefect_getresponse.sandbox.resources.request import Request
from prefect_getresponse.sandbox.world.records import Record
from prefect_getresponse.sandbox.world.world import World


def _complete(world: World, request: Request, cart: Record) -> None:
    if "selectedVariants" in request.body:
        variants = world.records.of(PRODUCT_VARIANTS.name)
        cart.members["selectedVariants"] = [
            {**each, "href": variants[each["variantId"]].members["href"]}
            for each in request.body["selectedVariants"]
        ]


CARTS = Collection(
    "carts",
    "/shops/{shopId}/carts/{cartId}",
    parents=("shops",),
    defaults={"totalTaxPrice": 0, "externalId": ""},
    on_create=_complete,
    on_update=_complete,
)

BEHAVIOURS = CARTS.behaviours(
    listing="getCarts",
    get="getCart",
    create="createCart",
    update="updateCart",
    delete="deleteCart",
)
