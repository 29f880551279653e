"""Conditions of segments about what people bought, or left in a cart."""

from __future__ import annotations

from typing import Any

import pytest

from prefect_getresponse.sandbox.contract.dates import iso
from tests.sandbox.conftest import Api

DAY = 86_400.0
NUMBER = {"operatorType": "numeric_operator"}
EQUAL = {"operatorType": "equal_operator"}


class Market:
    """A shop where Ann bought twice, Ben once in another currency, and Cleo left a cart."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self.campaign = api.create_list("customers")
        api.add(self.campaign, "ann@example.com", "ben@example.com", "cleo@example.com")
        shop = {"name": "Market", "locale": "EN", "currency": "EUR"}
        self.shop = api.ok("POST", "/shops", shop)["shopId"]
        self.cap = self._product("Cap", "Acme", "Headwear")
        self.mug = self._product("Mug", "Potter", "Kitchen")
        self.start = api.now
        self._buy("orders", "ann", self.cap, 20, "EUR")
        api.advance(20 * DAY)
        self._buy("orders", "ann", self.mug, 10, "EUR")
        self._buy("orders", "ben", self.cap, 99, "USD")
        self._buy("carts", "cleo", self.mug, 30, "EUR")
        done = self._buy("carts", "ann", self.mug, 10, "EUR")
        self._buy("orders", "ann", self.mug, 0, "EUR", cartId=done["cartId"])

    def _product(self, name: str, vendor: str, category: str) -> dict[str, Any]:
        variant = {"name": name, "sku": name, "price": 1, "priceTax": 1}
        body = {
            "name": name,
            "vendor": vendor,
            "categories": [{"name": category}],
            "variants": [variant],
        }
        product: dict[str, Any] = self.api.ok("POST", f"/shops/{self.shop}/products", body)
        return product

    def _buy(
        self, what: str, who: str, product: dict[str, Any], price: float, currency: str, **more: Any
    ) -> Any:
        [variant] = product["variants"]
        bought = {"variantId": variant["variantId"], "price": price, "quantity": 1}
        if what == "carts":
            bought["priceTax"] = price
        body = {
            "contactId": self.api.find(self.campaign, f"{who}@example.com")["contactId"],
            "totalPrice": price,
            "currency": currency,
            "selectedVariants": [bought],
            **more,
        }
        return self.api.ok("POST", f"/shops/{self.shop}/{what}", body)

    def who(self, kind: str, **members: Any) -> set[str]:
        section = {
            "campaignIdsList": [self.campaign],
            "logicOperator": "and",
            "subscriberCycle": ["receiving_autoresponder", "not_receiving_autoresponder"],
            "subscriptionDate": "all_time",
            "conditions": [{"conditionType": f"ecommerce_{kind}", **members}],
        }
        body = {
            "subscribersType": ["subscribed"],
            "sectionLogicOperator": "or",
            "section": [section],
        }
        rows = self.api.ok("POST", "/search-contacts/contacts", body)
        return {row["email"].partition("@")[0] for row in rows}


@pytest.fixture
def market(api: Api) -> Market:
    return Market(api)


def test_number_of_purchases(market: Market) -> None:
    def bought(operator: str, value: int, date: dict[str, Any], scope: str = "all") -> set[str]:
        number = {**NUMBER, "operator": operator, "value": value}
        return market.who("number_of_purchases", **number, scope=scope, date=date)

    anytime = {"operator": "anytime"}
    assert bought("numeric_gt_eq", 1, anytime) == {"ann", "ben"}
    assert bought("numeric_gt_eq", 2, anytime, market.shop) == {"ann"}
    assert bought("numeric_eq", 0, anytime) == {"cleo"}
    assert bought("numeric_gt_eq", 1, anytime, "other") == set()
    first = iso(market.start)[:10]
    early = {"operator": "custom", "range": f"{first}/{first}"}
    assert bought("numeric_eq", 1, early) == {"ann"}
    recent = {"operator": "last_n_days", "numberOfDays": 7, "includeCurrentPeriod": True}
    assert bought("numeric_gt_eq", 1, recent) == {"ann", "ben"}
    assert bought("numeric_gt_eq", 1, {**recent, "includeCurrentPeriod": False}) == set()


def test_total_spent_counts_one_currency(market: Market) -> None:
    more = {**NUMBER, "operator": "numeric_gt", "scope": "all", "date": {"operator": "anytime"}}

    assert market.who("total_spent", **more, value=29.5, currency="EUR") == {"ann"}
    assert market.who("total_spent", **more, value=29.5, currency="USD") == {"ben"}


def test_product_category_and_brand(market: Market) -> None:
    def product(**members: Any) -> set[str]:
        scopes = {"shopScope": "all", "categoryScope": "all", "productScope": "all"}
        time = {"dateOperator": "all_time"}
        return market.who(
            "product_purchased", **{**EQUAL, "operator": "is", **scopes, **time, **members}
        )

    [kitchen] = [each["categoryId"] for each in market.mug["categories"]]
    assert product() == {"ann", "ben"}
    assert product(operator="is_not") == {"cleo"}
    assert product(productScope=market.cap["productId"]) == {"ann", "ben"}
    assert product(categoryScope=kitchen) == {"ann"}
    assert product(dateOperator="date_to", value=iso(market.start)[:10]) == {"ann"}
    brand = {**EQUAL, "scope": market.shop, "value": "acme"}
    assert market.who("brand_purchased", **brand, operator="is") == {"ann", "ben"}
    assert market.who("brand_purchased", **brand, operator="not_is") == {"cleo"}


def test_a_cart_is_abandoned_until_an_order_names_it(market: Market) -> None:
    value = {"currency": "EUR", "value": 1, "operator": "numeric_gt"}
    cart = {"shopScope": "all", "cartValue": value}

    assert market.who("abandoned_cart", **cart, dateOperator="anytime") == {"cleo"}
    assert market.who("abandoned_cart", **cart, dateOperator="never") == {"ann", "ben"}
    recent = {"dateOperator": "last_n_days", "value": 2}
    assert market.who("abandoned_cart", **cart, **recent) == {"cleo"}
    dear = {**cart, "cartValue": {**value, "value": 100}}
    assert market.who("abandoned_cart", **dear, dateOperator="anytime") == set()
