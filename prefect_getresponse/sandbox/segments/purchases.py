"""Who bought what, for conditions of segments: by the orders and carts of the account's shops."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from prefect_getresponse.sandbox.contract.dates import parse_moment
from prefect_getresponse.sandbox.contract.validation import Body, objects
from prefect_getresponse.sandbox.people.contact_book import Contact
from prefect_getresponse.sandbox.segments.condition_dates import condition_bounds
from prefect_getresponse.sandbox.segments.numeric import compare_numbers
from prefect_getresponse.sandbox.world.records import Record
from prefect_getresponse.sandbox.world.world import World

Condition = Mapping[str, Any]
Test = Callable[[Contact], bool]


def purchase_test(world: World, condition: Condition, now: float) -> Test:
    """Turn a checked condition about purchases into a test of contacts.

    Args:
        world: The account.
        condition: A condition whose type begins with `ecommerce_`.
        now: Unix seconds.
    """
    match condition["conditionType"]:
        case "ecommerce_number_of_purchases":
            return _amount_test(condition, _orders(world, condition, now), lambda _order: 1.0)
        case "ecommerce_total_spent":
            orders = _in_currency(_orders(world, condition, now), condition["currency"])
            return _amount_test(condition, orders, lambda order: order.members["totalPrice"])
        case "ecommerce_abandoned_cart":
            return _cart_test(world, condition, now)
        case _:
            return _product_test(world, condition, now)


def _amount_test(
    condition: Condition, orders: Iterable[Record], amount: Callable[[Record], float]
) -> Test:
    amounts: defaultdict[str, float] = defaultdict(float)
    for order in orders:
        amounts[order.members["contactId"]] += amount(order)
    name, wanted = condition["operator"], condition["value"]
    return lambda contact: compare_numbers(name, amounts.get(contact.contact_id, 0.0), wanted)


def _product_test(world: World, condition: Condition, now: float) -> Test:
    """Whether somebody bought a product, of a category, or of a brand (`vendor`)."""
    buyers = {
        order.members["contactId"]
        for order in _orders(world, condition, now)
        if any(_fits(product, condition) for product in _products(world, order))
    }
    is_wanted = condition["operator"] == "is"
    return lambda contact: (contact.contact_id in buyers) == is_wanted


def _fits(product: Record, condition: Condition) -> bool:
    if condition["conditionType"] == "ecommerce_brand_purchased":
        brand, wanted = str(product.members.get("vendor", "")), str(condition["value"])
        return brand.casefold() == wanted.casefold()
    of_product = {"all", product.record_id}
    of_category = {"all", *_category_ids(product)}
    return condition["productScope"] in of_product and condition["categoryScope"] in of_category


def _category_ids(product: Record) -> Iterator[str]:
    return (str(each.get("categoryId")) for each in objects(product.members.get("categories")))


def _cart_test(world: World, condition: Condition, now: float) -> Test:
    """A cart is abandoned while no order names it."""
    start, end = condition_bounds(condition, now)
    bought = {order.members.get("cartId") for order in world.records.of("orders").values()}
    value: Body = condition["cartValue"]
    leavers = {
        cart.members["contactId"]
        for cart in _in_currency(_in_shop(world, "carts", condition), value["currency"])
        if cart.record_id not in bought
        and start <= parse_moment(cart.members["createdOn"]) <= end
        and compare_numbers(value["operator"], cart.members["totalPrice"], value["value"])
    }
    is_wanted = condition["dateOperator"] != "never"
    return lambda contact: (contact.contact_id in leavers) == is_wanted


def _orders(world: World, condition: Condition, now: float) -> Iterator[Record]:
    start, end = condition_bounds(condition, now)
    for order in _in_shop(world, "orders", condition):
        if start <= parse_moment(order.members["processedAt"]) <= end:
            yield order


def _in_shop(world: World, collection: str, condition: Condition) -> Iterator[Record]:
    shop = condition.get("shopScope", condition.get("scope"))
    for record in world.records.of(collection).values():
        if shop in ("all", record.above["shopId"]):
            yield record


def _in_currency(records: Iterable[Record], currency: str) -> Iterator[Record]:
    return (each for each in records if each.members["currency"] == currency)


def _products(world: World, order: Record) -> Iterator[Record]:
    variants, products = world.records.of("product_variants"), world.records.of("products")
    for bought in objects(order.members.get("selectedVariants")):
        variant = variants.get(str(bought.get("variantId")))
        product = products.get(variant.above["productId"]) if variant else None
        if product:
            yield product
