"""Orders of shops (tag Orders)."""

from __future__ import annotations

from typing import Any

from prefect_getresponse.sandbox.contract.dates import iso
from prefect_getresponse.sandbox.contract.validation import Body
from prefect_getresponse.sandbox.resources.addresses import ADDRESSES
from prefect_getresponse.sandbox.resources.categories import CATEGORIES
from prefect_getresponse.sandbox.resources.collection import Collection
from prefect_getresponse.sandbox.resources.meta_fields import META_FIELDS, new_meta_field_ids
from prefect_getresponse.sandbox.resources.product_variants import PRODUCT_VARIANTS
from prefect_getresponse.sandbox.resources.request import Request
from prefect_getresponse.sandbox.resources.taxes import TAXES, tax_ids
from prefect_getresponse.sandbox.world.records import Record
from prefect_getresponse.sandbox.world.world import World

_ADDRESSES = ("shippingAddress", "billingAddress")
# Orders are sorted by it, and never answered with it.
_HIDDEN = frozenset({"createdOn"})


def _complete_new(world: World, request: Request, order: Record) -> None:
    order.members.setdefault("processedAt", iso(request.now))
    order.members["selectedVariants"] = [
        _bought(world, each, request) for each in request.body["selectedVariants"]
    ]
    _complete(world, request, order)


def _complete(world: World, request: Request, order: Record) -> None:
    """Keep what a body brings along by its identifiers: each address becomes one of its own."""
    body, members = request.body, order.members
    for name in _ADDRESSES:
        if name in body:
            members[name] = ADDRESSES.add(world, body[name], request.now).record_id
    if "metaFields" in body:
        members["metaFields"] = new_meta_field_ids(
            world, body["metaFields"], request.now, order.above
        )


def _bought(world: World, body: Body, request: Request) -> Body:
    variant = world.records.of(PRODUCT_VARIANTS.name)[body["variantId"]]
    return {
        "priceTax": body["price"],
        **body,
        "href": variant.members["href"],
        "taxes": tax_ids(world, body.get("taxes", ()), request.now, request.path),
        "productId": variant.above["productId"],
    }


def _shown(world: World, _order: Record, stored: dict[str, Any]) -> dict[str, Any]:
    shown = {name: each for name, each in stored.items() if name not in (*_ADDRESSES, *_HIDDEN)}
    addresses = world.records.of(ADDRESSES.name)
    for name in _ADDRESSES:
        address = addresses.get(stored.get(name, ""))
        if address:
            shown[name] = ADDRESSES.details(world, address)
    shown["metaFields"] = META_FIELDS.mentions(world, stored["metaFields"])
    shown["selectedVariants"] = [
        _bought_as_shown(world, each) for each in stored["selectedVariants"]
    ]
    return shown


def _bought_as_shown(world: World, stored: Body) -> Body:
    shown = {name: each for name, each in stored.items() if name != "productId"}
    product = world.records.of("products").get(stored["productId"])
    categories = product.members["categories"] if product else ()
    return {
        **shown,
        "taxes": TAXES.mentions(world, stored["taxes"]),
        "categories": CATEGORIES.mentions(world, (each["categoryId"] for each in categories)),
    }


ORDERS = Collection(
    "orders",
    "/shops/{shopId}/orders/{orderId}",
    parents=("shops",),
    updated="",
    defaults={
        "externalId": "",
        "totalPriceTax": 0,
        "status": "",
        "description": "",
        "shippingPrice": 0,
        "billingStatus": "",
        "metaFields": [],
    },
    details_only=frozenset({"selectedVariants"}),
    exact=frozenset({"status"}),
    on_create=_complete_new,
    on_update=_complete,
    render=_shown,
)

BEHAVIOURS = ORDERS.behaviours(
    listing="getOrderList",
    get="getOrderById",
    create="createOrder",
    update="updateOrder",
    delete="deleteOrder",
)
