"""Variants of products (tag Product Variants)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from prefect_getresponse.sandbox.contract.errors import FieldError, invalid
from prefect_getresponse.sandbox.contract.validation import Body
from prefect_getresponse.sandbox.resources.collection import Collection, member
from prefect_getresponse.sandbox.resources.meta_fields import META_FIELDS, new_meta_field_ids
from prefect_getresponse.sandbox.resources.request import HREF, Request
from prefect_getresponse.sandbox.resources.taxes import TAXES, tax_ids
from prefect_getresponse.sandbox.world.records import Record
from prefect_getresponse.sandbox.world.world import World


def _stored(world: World, body: Body, now: float, above: Mapping[str, str]) -> Body:
    """Return a variant as it is kept: what has identifiers of its own is named by them."""
    kept = dict(body)
    if "images" in body:
        kept["images"] = [_image(world, image, above["shopId"]) for image in body["images"]]
    if "metaFields" in body:
        kept["metaFields"] = new_meta_field_ids(world, body["metaFields"], now, above)
    if "taxes" in body:
        kept["taxes"] = tax_ids(world, body["taxes"], now, above)
    return kept


def _image(world: World, body: Body, shop_id: str) -> Body:
    image_id = world.ids.next()
    return {"imageId": image_id, "href": f"{HREF}/shops/{shop_id}/images/{image_id}", **body}


def _next_position(world: World, above: Mapping[str, str]) -> int:
    return 1 + sum(1 for _ in world.records.within(PRODUCT_VARIANTS.name, above))


def _complete_new(world: World, request: Request, variant: Record) -> None:
    variant.members.setdefault("position", _next_position(world, variant.above))
    _complete(world, request, variant)


def _complete(world: World, request: Request, variant: Record) -> None:
    _refuse_taken_sku(world, variant)
    variant.members.update(_stored(world, request.body, request.now, variant.above))


def _refuse_taken_sku(world: World, variant: Record) -> None:
    """Refuse the stock-keeping unit of another variant; the contract knows no 409 here."""
    sku = variant.members["sku"]
    for other in world.records.within(PRODUCT_VARIANTS.name, variant.above):
        if other.members["sku"] == sku and other.record_id != variant.record_id:
            raise invalid([FieldError("sku", "unique", f"Not unique: {sku}")])


def _shown(world: World, _variant: Record, stored: dict[str, Any]) -> dict[str, Any]:
    return {
        **stored,
        "metaFields": META_FIELDS.mentions(world, stored["metaFields"]),
        "taxes": TAXES.mentions(world, stored["taxes"]),
    }


PRODUCT_VARIANTS = Collection(
    "product_variants",
    "/shops/{shopId}/products/{productId}/variants/{variantId}",
    parents=("shops", "products"),
    defaults={
        "previousPrice": None,
        "previousPriceTax": None,
        "quantity": 1,
        "externalId": "",
        "images": [],
        "metaFields": [],
        "taxes": [],
    },
    attributes={"createdAt": member("createdOn")},
    on_create=_complete_new,
    on_update=_complete,
    render=_shown,
)


def add_variant(world: World, body: Body, now: float, above: Mapping[str, str]) -> None:
    """Make a variant that was sent along with its product.

    Args:
        world: The account.
        body: The variant as it was sent.
        now: Unix seconds.
        above: Identifiers of shop and product by their names in the path.
    """
    members = {"position": _next_position(world, above), **_stored(world, body, now, above)}
    PRODUCT_VARIANTS.add(world, members, now, above)


BEHAVIOURS = PRODUCT_VARIANTS.behaviours(
    listing="getProductVariantList",
    get="getProductVariantById",
    create="createProductVariant",
    update="updateProductVariant",
    delete="deleteProductVariant",
)
