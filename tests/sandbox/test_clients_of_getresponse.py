"""What GetResponse's own clients send beyond the contract: taken, and by `strict` refused."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.conftest import Api
from tests.support.faults import fault_paths

CATEGORY = {"name": "cat", "parentId": None, "externalId": None, "url": None}
VARIANT: dict[str, Any] = {
    "externalId": 300,
    "name": "Blue",
    "price": 1.5,
    "priceTax": 2.0,
    "sku": "blue",
    "url": None,
    "description": None,
    "images": [{"src": "https://shop.example/blue.png", "position": 1}],
}
PRODUCT: dict[str, Any] = {
    "name": "Shirt",
    "url": None,
    "externalId": 1200,
    "categories": [CATEGORY],
    "variants": [VARIANT],
}
OLD_FIELD: dict[str, Any] = {"name": "origin", "type": "text", "hidden": False, "values": ["shop"]}


def test_a_shop_plugin_sends_its_goods_carts_and_orders(api: Api, campaign: str) -> None:
    person = {"email": "jane@example.com", "campaign": {"campaignId": campaign}, "dayOfCycle": 0}
    api.ok("POST", "/contacts", person)
    api.advance(300)
    contact_id = api.find(campaign, "jane@example.com")["contactId"]
    shop = api.ok("POST", "/shops", {"name": "shop", "locale": "PL", "currency": "PLN"})["shopId"]

    product = api.ok("POST", f"/shops/{shop}/products", PRODUCT)

    assert product["externalId"] == "1200"
    assert "url" not in product
    [variant] = product["variants"]
    assert variant["externalId"] == "300"
    selected = {"variantId": variant["variantId"], "price": 1.5, "priceTax": 2.0, "quantity": 1}
    order = {
        "currency": "PLN",
        "totalPrice": 1.5,
        "externalId": "c1",
        "selectedVariants": [selected | {"images": VARIANT["images"]}],
    }
    cart = api.ok(
        "POST",
        f"/shops/{shop}/carts",
        order
        | {"contactId": contact_id, "totalTaxPrice": None, "cartUrl": "https://shop.example/c"},
    )
    assert "images" not in cart["selectedVariants"][0]
    path = f"/shops/{shop}/orders"
    made = api.ok("POST", path, order | {"contactId": contact_id, "cartId": cart["cartId"]})
    changed = api.ok("POST", f"{path}/{made['orderId']}", order | {"totalPrice": 2.5})
    assert changed["totalPrice"] == 2.5
    another = {**VARIANT, "externalId": 301, "sku": "red"}
    api.ok("POST", f"/shops/{shop}/products/{product['productId']}/variants", another)


def test_an_old_kind_of_custom_field_is_one_of_text(api: Api, campaign: str) -> None:
    made = api.ok("POST", "/custom-fields", OLD_FIELD)

    kind = {name: made[name] for name in ("type", "format", "fieldType", "hidden")}
    assert kind == {"type": "string", "format": "text", "fieldType": "text", "hidden": "false"}
    api.add(campaign, "jane@example.com")
    contact_id = api.find(campaign, "jane@example.com")["contactId"]
    values = [{"customFieldId": made["customFieldId"], "value": ["shop"]}]
    api.ok("POST", f"/contacts/{contact_id}/custom-fields", {"customFieldValues": values})
    [row] = api.ok("GET", "/contacts", additionalFlags="exactMatch,forceCustoms")
    assert [each["value"] for each in row["customFieldValues"]] == [["shop"]]


@pytest.mark.parametrize("word", ["number", "date", "phone"])
def test_a_data_type_without_a_format_has_the_format_text(api: Api, word: str) -> None:
    made = api.ok("POST", "/custom-fields", {**OLD_FIELD, "type": word, "values": []})
    assert (made["type"], made["format"]) == (word, "text")


STRICT: list[tuple[str, Any, set[str]]] = [
    ("/custom-fields", OLD_FIELD, {"type", "format", "hidden"}),
    (
        "/shops/{shop}/products",
        PRODUCT,
        {
            "url",
            "externalId",
            *(f"categories[0].{name}" for name in ("parentId", "externalId", "url")),
            *(f"variants[0].{name}" for name in ("externalId", "url", "description")),
        },
    ),
    (
        "/campaigns",
        {"name": "list", "isDefault": True, "confirmation": {"subject": "x"}},
        {"isDefault", "confirmation.subject"},
    ),
]


@pytest.mark.parametrize(("path", "body", "named"), STRICT)
def test_the_contract_alone_refuses_it(path: str, body: Any, named: set[str]) -> None:
    strict = Api(strict=True)
    shop = strict.ok("POST", "/shops", {"name": "shop", "locale": "PL", "currency": "PLN"})
    answer = strict.call("POST", path.format(shop=shop["shopId"]), body)
    assert answer.status_code == 400
    assert set(fault_paths(answer)) == named


@pytest.mark.parametrize(
    "query", [{"perPage": 0}, {"perPage": "abc"}, {"additionalFlags": "forceCustoms"}]
)
def test_the_contract_alone_refuses_queries(query: dict[str, Any]) -> None:
    assert Api().call("GET", "/contacts", **query).status_code == 200
    assert Api(strict=True).call("GET", "/contacts", **query).status_code == 400


def test_a_program_that_reads_to_the_last_page_ends_on_an_empty_account(api: Api) -> None:
    page, answer = 0, None
    while answer is None or answer.headers["TotalPages"] != answer.headers["CurrentPage"]:
        page += 1
        assert page < 3
        answer = api.call("GET", "/contacts", page=page)
    assert (answer.json(), answer.headers["TotalCount"]) == ([], "0")
