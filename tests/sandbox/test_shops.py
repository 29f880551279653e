"""Shops and what lies under them: products, categories, carts, orders, statistics."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from tests.sandbox.conftest import Api
from tests.support.faults import fault_paths

CAP = {"name": "Red cap", "sku": "CAP-RED", "price": 20, "priceTax": 27.5}


class Shop:
    """A shop with one customer."""

    def __init__(self, api: Api, contact: str) -> None:
        self.api = api
        self.contact = contact
        body = {"name": "Monster market", "locale": "PL", "currency": "PLN"}
        self.path = f"/shops/{api.ok('POST', '/shops', body)['shopId']}"

    def post(self, path: str, body: Mapping[str, Any]) -> Any:
        return self.api.ok("POST", f"{self.path}{path}", body)

    def get(self, path: str, **query: Any) -> Any:
        return self.api.ok("GET", f"{self.path}{path}", **query)

    def product(self, **members: Any) -> Any:
        return self.post("/products", {"name": "Monster cap", "variants": [CAP], **members})

    def order(self, variant: str, price: float, **members: Any) -> Any:
        bought = {"variantId": variant, "price": price, "quantity": 1}
        order = {"contactId": self.contact, "totalPrice": price, "currency": "PLN"}
        return self.post("/orders", {**order, "selectedVariants": [bought], **members})


@pytest.fixture
def shop(api: Api, campaign: str) -> Shop:
    api.add(campaign, "jane@example.com")
    return Shop(api, api.find(campaign, "jane@example.com")["contactId"])


def test_a_product_brings_its_parts_along(shop: Shop) -> None:
    size = {"name": "Shoe size", "value": "11", "valueType": "integer"}
    vat = {"name": "VAT", "rate": 23}
    variant = {**CAP, "taxes": [vat], "images": [{"src": "https://example.com/a", "position": 1}]}
    product = shop.product(
        variants=[variant, {**CAP, "sku": "CAP-BLUE", "taxes": [vat]}],
        categories=[{"name": "Headwear"}, {"name": "Red"}],
        metaFields=[size],
    )

    assert [each["position"] for each in product["variants"]] == [1, 2]
    assert product["variants"][0]["images"][0]["imageId"]
    assert product["variants"][0]["taxes"] == product["variants"][1]["taxes"]
    assert [each["name"] for each in shop.get("/taxes")] == ["VAT"]
    assert [each["isDefault"] for each in product["categories"]] == [True, False]
    [stored] = shop.get("/meta-fields")
    assert product["metaFields"] == [
        {name: value for name, value in stored.items() if not name.endswith("On")}
    ]


def test_parts_change_where_they_are_changed(shop: Shop) -> None:
    product = shop.product(categories=[{"name": "Headwear"}])
    [category], [variant] = product["categories"], product["variants"]
    shop.post(f"/categories/{category['categoryId']}", {"name": "Caps"})
    path = f"/products/{product['productId']}"
    shop.post(f"{path}/variants/{variant['variantId']}", {"previousPrice": 25})

    seen = shop.get(path)
    assert seen["categories"][0]["name"] == "Caps"
    assert seen["variants"][0]["previousPrice"] == 25


def test_an_update_replaces_collections(shop: Shop) -> None:
    product = shop.product(categories=[{"name": "Headwear"}])
    path = f"/products/{product['productId']}"
    changed = shop.post(path, {"variants": [{**CAP, "name": "Other"}], "categories": []})

    assert [each["name"] for each in changed["variants"]] == ["Other"]
    assert changed["categories"] == []
    assert shop.post(path, {"vendor": "GetResponse"})["variants"] == changed["variants"]


def test_stock_keeping_units_are_unique_within_a_product(shop: Shop) -> None:
    path = f"{shop.path}/products"
    twice = {"name": "Monster cap", "variants": [CAP, CAP]}
    answer = shop.api.call("POST", path, twice)
    assert answer.status_code == 400
    assert fault_paths(answer)[0] == "variants[1].sku"

    one, other = shop.product(), shop.product()
    assert shop.api.call("POST", f"{path}/{one['productId']}/variants", CAP).status_code == 400
    assert other["variants"][0]["sku"] == CAP["sku"]


def test_products_are_found_by_their_parts(shop: Shop) -> None:
    size = {"name": "size", "value": "11", "valueType": "integer"}
    found = shop.product(categories=[{"name": "Headwear"}], metaFields=[size])
    shop.product(name="Shirt", variants=[{**CAP, "name": "Shirt"}])

    queries = {
        "query[category]": "head",
        "query[categoryId]": found["categories"][0]["categoryId"],
        "query[variantName]": "CAP",
        "query[metaFieldNames]": "colour, size",
        "query[metaFieldValues]": "11",
    }
    for name, value in queries.items():
        rows = shop.get("/products", **{name: value})
        assert [each["productId"] for each in rows] == [found["productId"]], name


def test_a_category_is_made_once(shop: Shop) -> None:
    first = shop.post("/categories", {"name": "Headwear", "externalId": "ext1"})
    assert shop.post("/categories", {"name": "Headwear", "externalId": "ext1"}) == first
    below = shop.post("/categories", {"name": "Headwear", "parentId": first["categoryId"]})
    assert below["categoryId"] != first["categoryId"]
    by_parent = shop.get("/categories", **{"query[parentId]": first["categoryId"]})
    assert by_parent == [below]
    future = {"search[createdAt][from]": "2100-01-01T00:00:00+0000"}
    assert shop.get("/categories", **future) == []


def test_a_category_lies_below_one_of_its_shop_and_never_below_itself(shop: Shop) -> None:
    top = shop.post("/categories", {"name": "Headwear"})
    below = shop.post("/categories", {"name": "Caps", "parentId": top["categoryId"]})
    path = f"{shop.path}/categories/{top['categoryId']}"
    circle = shop.api.call("POST", path, {"parentId": below["categoryId"]})
    assert circle.json()["code"] == 1000
    missing = shop.api.call("POST", path, {"parentId": "none"})
    assert missing.json()["code"] == 1001

    shop.api.ok("DELETE", path)
    assert "parentId" not in shop.get(f"/categories/{below['categoryId']}")


def test_assigning_categories_takes_none_away(shop: Shop) -> None:
    product = shop.product(categories=[{"name": "Headwear"}])
    path = f"/products/{product['productId']}/categories"
    first = product["categories"][0]["categoryId"]
    second = shop.post("/categories", {"name": "Red"})["categoryId"]

    def marks(**assigned: bool) -> dict[str, bool]:
        sent = [{"categoryId": key, "isDefault": value} for key, value in assigned.items()]
        rows = shop.post(path, {"categories": sent})
        return {row["categoryId"]: row["isDefault"] for row in rows}

    assert marks(**{first: False}) == {first: True}
    assert marks(**{second: False}) == {first: True, second: False}
    assert marks(**{second: True}) == {first: False, second: True}


def test_assigning_meta_fields_takes_none_away(shop: Shop) -> None:
    size = {"name": "Shoe size", "value": "11", "valueType": "integer"}
    product = shop.product(metaFields=[size])
    other = shop.post("/meta-fields", {"name": "Colour", "value": "red", "valueType": "string"})
    path = f"/products/{product['productId']}/meta-fields"
    sent = {"metaFields": [{"metaFieldId": other["metaFieldId"]}]}

    for _ in range(2):
        assert [each["name"] for each in shop.post(path, sent)] == ["Shoe size", "Colour"]


def test_an_order_shows_what_was_bought(shop: Shop) -> None:
    product = shop.product(categories=[{"name": "Headwear"}])
    [variant] = product["variants"]
    address = {"name": "Home", "countryCode": "POL", "city": "Gdansk"}
    order = shop.order(variant["variantId"], 20, shippingAddress=address, status="NEW")

    [bought] = order["selectedVariants"]
    assert bought["href"] == variant["href"]
    assert [each["name"] for each in bought["categories"]] == ["Headwear"]
    assert order["shippingAddress"]["countryName"] == "Poland"
    assert "createdOn" not in order
    [row] = shop.get("/orders", **{"query[status]": "NEW"})
    assert row == {name: value for name, value in order.items() if name != "selectedVariants"}

    shop.api.ok("POST", f"/addresses/{order['shippingAddress']['addressId']}", {"city": "Gdynia"})
    path = f"/orders/{order['orderId']}"
    assert shop.get(path)["shippingAddress"]["city"] == "Gdynia"
    replaced = shop.post(path, {"shippingAddress": {"name": "Work", "countryCode": "DEU"}})
    assert replaced["shippingAddress"]["city"] == ""


@pytest.mark.parametrize(
    ("member", "path"),
    [
        ("contactId", "contactId"),
        ("cartId", "cartId"),
        ("variantId", "selectedVariants[0].variantId"),
    ],
)
def test_an_order_names_what_exists(shop: Shop, member: str, path: str) -> None:
    variant = shop.product()["variants"][0]["variantId"]
    bought = {"variantId": variant, "price": 1, "quantity": 1}
    order: dict[str, Any] = {"contactId": shop.contact, "totalPrice": 1, "currency": "PLN"}
    if member == "variantId":
        bought[member] = "none"
    else:
        order[member] = "none"
    body = {**order, "selectedVariants": [bought]}
    answer = shop.api.call("POST", f"{shop.path}/orders", body)

    assert answer.json()["code"] == 1001
    assert fault_paths(answer) == [path]


def test_what_another_shop_has_is_unknown(shop: Shop) -> None:
    variant = shop.product()["variants"][0]["variantId"]
    other = Shop(shop.api, shop.contact)
    cart = {
        "contactId": shop.contact,
        "totalPrice": 20,
        "currency": "PLN",
        "selectedVariants": [{"variantId": variant, "quantity": 1, "price": 20, "priceTax": 24.6}],
    }

    assert other.api.call("POST", f"{other.path}/carts", cart).json()["code"] == 1001
    assert shop.post("/carts", cart)["selectedVariants"][0]["href"].endswith(variant)


def test_countries_are_known(api: Api) -> None:
    answer = api.call("POST", "/addresses", {"name": "Home", "countryCode": "XXX"})
    assert fault_paths(answer) == ["countryCode"]


def test_deleting_a_shop_deletes_what_it_has(shop: Shop) -> None:
    shop.order(shop.product()["variants"][0]["variantId"], 20)
    shop.api.ok("DELETE", shop.path)
    assert shop.api.call("GET", f"{shop.path}/products").status_code == 404
    performance = shop.api.ok("GET", "/statistics/ecommerce/performance")
    assert performance["order"]["orders"] == 0


def test_totals_of_a_shop(shop: Shop) -> None:
    variant = shop.product()["variants"][0]["variantId"]
    shop.order(variant, 20)
    shop.order(variant, 2.5)
    details = shop.get("")
    assert (details["productCount"], details["productRevenue"]) == (1, 22.5)
    assert "productCount" not in shop.api.ok("GET", "/shops")[0]


def _day(number: int) -> str:
    """The day `number` days after the sandbox's beginning, 2026-09-21."""
    return f"2026-09-{21 + number}"


def test_performance_is_compared_with_the_period_before(shop: Shop) -> None:
    variant = shop.product()["variants"][0]["variantId"]
    for day, price in ((0, 10), (1, 10), (2, 30), (3, 10)):
        shop.order(variant, price, processedAt=f"{_day(day)}T12:00:00+0000")
    query = {"query[orderDate][from]": _day(2), "query[orderDate][to]": _day(3)}
    performance = shop.api.ok("GET", "/statistics/ecommerce/performance", **query)

    assert performance == {
        "currency": "PLN",
        "order": {
            "orders": 2,
            "ordersTrend": 0,
            "avgOrderRevenue": 20,
            "avgOrderRevenueTrend": 100,
        },
        "revenue": {"revenue": 40, "revenueTrend": 100},
    }


def test_revenue_by_day_and_by_month(shop: Shop) -> None:
    variant = shop.product()["variants"][0]["variantId"]
    for day, price in ((0, 10), (2, 30), (2, 5)):
        shop.order(variant, price, processedAt=f"{_day(day)}T12:00:00+0000")

    def series(start: str, end: str, **query: str) -> list[tuple[str, float, int]]:
        period = {"query[orderDate][from]": start, "query[orderDate][to]": end, **query}
        rows = shop.api.ok("GET", "/statistics/ecommerce/revenue", **period)["timeSeries"]
        return [(row["timeInterval"], row["revenue"], row["orders"]) for row in rows]

    assert series(_day(0), _day(2)) == [
        ("2026-09-21T00:00:00+0000/P1D", 10, 1),
        ("2026-09-22T00:00:00+0000/P1D", 0, 0),
        ("2026-09-23T00:00:00+0000/P1D", 35, 2),
    ]
    assert series("2026-08-15", "2026-10-01") == [
        ("2026-08-01T00:00:00+0000/P1M", 0, 0),
        ("2026-09-01T00:00:00+0000/P1M", 45, 3),
        ("2026-10-01T00:00:00+0000/P1M", 0, 0),
    ]
    assert series(_day(0), _day(0), **{"query[shopId]": "none"})[0][1:] == (0, 0)


def test_statistics_to_the_end_of_time(api: Api) -> None:
    query = {"query[orderDate][from]": "9999-11-30", "query[orderDate][to]": "9999-12-31"}
    rows = api.ok("GET", "/statistics/ecommerce/revenue", **query)["timeSeries"]
    assert rows[-1]["timeInterval"] == "9999-12-01T00:00:00+0000/P1M"


def test_statistics_of_an_account_without_orders(api: Api) -> None:
    revenue = api.ok("GET", "/statistics/ecommerce/revenue", fields="timeSeries")
    assert revenue.keys() == {"timeSeries"}
    assert [row["orders"] for row in revenue["timeSeries"]] == [0]
