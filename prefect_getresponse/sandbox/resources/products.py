"""Products of shops (tag Products)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from prefect_getresponse.sandbox.contract.errors import FieldError
from prefect_getresponse.sandbox.contract.messages import Answer, json_answer
from prefect_getresponse.sandbox.contract.validation import Body, objects
from prefect_getresponse.sandbox.resources.categories import CATEGORIES, find_or_add
from prefect_getresponse.sandbox.resources.collection import Collection
from prefect_getresponse.sandbox.resources.meta_fields import META_FIELDS, new_meta_field_ids
from prefect_getresponse.sandbox.resources.product_variants import PRODUCT_VARIANTS, add_variant
from prefect_getresponse.sandbox.resources.request import Behaviours, Checks, Request
from prefect_getresponse.sandbox.world.records import Record
from prefect_getresponse.sandbox.world.world import World


def _complete(world: World, request: Request, product: Record) -> None:
    """Keep what a body brings along: each collection as a whole, in place of the present one."""
    body, members, now = request.body, product.members, request.now
    if "categories" in body:
        sent = [
            {**each, "categoryId": find_or_add(world, each, now, product.above).record_id}
            for each in body["categories"]
        ]
        members["categories"] = _assigned([], sent)
    if "metaFields" in body:
        members["metaFields"] = new_meta_field_ids(world, body["metaFields"], now, product.above)
    if "variants" in body:
        del members["variants"]
        scope = {**product.above, "productId": product.record_id}
        for variant in list(world.records.within(PRODUCT_VARIANTS.name, scope)):
            world.records.drop(PRODUCT_VARIANTS.name, variant)
        for each in body["variants"]:
            add_variant(world, each, now, scope)


def _assigned(present: Iterable[Body], sent: Iterable[Body]) -> list[Body]:
    """Return the categories of a product, exactly one of them the default one.

    A mark as default passes to the last category sent with one and is never just taken away;
    without any the first category has it.
    """
    default = ""
    found: dict[str, None] = {}
    for each in (*present, *sent):
        found[each["categoryId"]] = None
        if each.get("isDefault"):
            default = each["categoryId"]
    default = default or next(iter(found), "")
    return [{"categoryId": each, "isDefault": each == default} for each in found]


def _categories(world: World, product: Record) -> list[dict[str, Any]]:
    known = world.records.of(CATEGORIES.name)
    present = (each for each in product.members["categories"] if each["categoryId"] in known)
    rows = _assigned([], present)
    shown = CATEGORIES.mentions(world, (each["categoryId"] for each in rows))
    return [{**one, "isDefault": row["isDefault"]} for one, row in zip(shown, rows, strict=True)]


def _variants(world: World, product: Record) -> list[dict[str, Any]]:
    scope = {**product.above, "productId": product.record_id}
    found = world.records.within(PRODUCT_VARIANTS.name, scope)
    return PRODUCT_VARIANTS.mentions(world, (each.record_id for each in found))


def _shown(world: World, product: Record, stored: dict[str, Any]) -> dict[str, Any]:
    return {
        **stored,
        "categories": _categories(world, product),
        "variants": _variants(world, product),
        "metaFields": META_FIELDS.mentions(world, stored["metaFields"]),
    }


def _has(values: Iterable[str], text: str) -> bool:
    return any(text.casefold() in value.casefold() for value in values)


def _is_any(values: Iterable[str], texts: str) -> bool:
    wanted = {text.strip().casefold() for text in texts.split(",")}
    return any(value.casefold() in wanted for value in values)


def _of_categories(world: World, product: Record, name: str) -> Iterator[str]:
    return (each[name] for each in _categories(world, product))


def _of_meta_fields(world: World, product: Record, name: str) -> Iterator[str]:
    return (each[name] for each in META_FIELDS.mentions(world, product.members["metaFields"]))


def _of_variants(world: World, product: Record, name: str) -> Iterator[str]:
    return (each[name] for each in _variants(world, product))


PRODUCTS = Collection(
    "products",
    "/shops/{shopId}/products/{productId}",
    parents=("shops",),
    defaults={"externalId": "", "categories": [], "metaFields": []},
    filters={
        "query[category]": lambda world, product, text: _has(
            _of_categories(world, product, "name"), text
        ),
        "query[categoryId]": lambda world, product, text: (
            text in _of_categories(world, product, "categoryId")
        ),
        "query[variantName]": lambda world, product, text: _has(
            _of_variants(world, product, "name"), text
        ),
        "query[metaFieldNames]": lambda world, product, texts: _is_any(
            _of_meta_fields(world, product, "name"), texts
        ),
        "query[metaFieldValues]": lambda world, product, texts: _is_any(
            _of_meta_fields(world, product, "value"), texts
        ),
    },
    on_create=_complete,
    on_update=_complete,
    render=_shown,
)


def upsert_categories(world: World, request: Request) -> Answer:
    """`POST /shops/{shopId}/products/{productId}/categories`: assigns some, takes none away."""
    product = PRODUCTS.existing(world, request)
    present = product.members["categories"]
    product.members["categories"] = _assigned(present, request.body["categories"])
    return json_answer(request.successful, _categories(world, product))


def upsert_meta_fields(world: World, request: Request) -> Answer:
    """`POST /shops/{shopId}/products/{productId}/meta-fields`: assigns some, takes none away."""
    product = PRODUCTS.existing(world, request)
    sent = (each["metaFieldId"] for each in request.body["metaFields"])
    product.members["metaFields"] = list(dict.fromkeys([*product.members["metaFields"], *sent]))
    known = world.records.of(META_FIELDS.name)
    present = (known[each] for each in product.members["metaFields"] if each in known)
    return json_answer(request.successful, [META_FIELDS.row(world, each) for each in present])


def check_skus(_world: World, body: Body) -> Iterator[FieldError]:
    """Check that no two variants of a product share a stock-keeping unit."""
    seen: set[Any] = set()
    for index, variant in enumerate(objects(body.get("variants"))):
        sku = variant.get("sku")
        if isinstance(sku, str) and sku in seen:
            yield FieldError(f"variants[{index}].sku", "unique", f"Not unique: {sku}")
        seen.add(sku if isinstance(sku, str) else None)


BEHAVIOURS: Behaviours = {
    **PRODUCTS.behaviours(
        listing="getProductList",
        get="getProductById",
        create="createProduct",
        update="updateProduct",
        delete="deleteProduct",
    ),
    "upsertProductCategories": upsert_categories,
    "upsertMetaFields": upsert_meta_fields,
}
CHECKS: Checks = {"createProduct": check_skus, "updateProduct": check_skus}
