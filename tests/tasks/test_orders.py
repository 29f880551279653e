from typing import Any

import pytest

from prefect_getresponse import GetResponseCredentials, InvalidArguments, NotFound, ValidationFailed
from prefect_getresponse.tasks.orders import (
    OrderDetails,
    create_order,
    delete_order,
    get_order,
    list_orders,
    update_order,
)
from tests.conftest import Run


@pytest.fixture
def order(
    run: Run, credentials: GetResponseCredentials, shop_id: str, variant_id: str, customer_id: str
) -> OrderDetails:
    return run(
        create_order,
        credentials,
        shop_id,
        contact_id=customer_id,
        total_price=40,
        currency="PLN",
        selected_variants=[{"variantId": variant_id, "price": 20, "quantity": 2}],
        external_id="order-1",
        status="NEW",
        shipping_address={"name": "Home", "countryCode": "POL", "city": "Gdansk"},
        processed_at="2026-01-02T03:04:05+0000",
        additional_flags=["skipAutomation"],
    )


def test_life_of_an_order(
    run: Run, credentials: GetResponseCredentials, shop_id: str, order: OrderDetails
) -> None:
    order_id = order["orderId"]
    changed = run(
        update_order,
        credentials,
        shop_id,
        order_id,
        status="SENT",
        shipping_address={"name": "Work", "countryCode": "DEU"},
    )
    address = changed.get("shippingAddress", {})
    assert (address.get("countryName"), address.get("city")) == ("Germany", "")
    assert changed.get("selectedVariants") == order.get("selectedVariants")
    assert run(get_order, credentials, shop_id, order_id) == changed

    run(delete_order, credentials, shop_id, order_id)
    with pytest.raises(NotFound):
        run(get_order, credentials, shop_id, order_id)


def test_orders_are_found(
    run: Run, credentials: GetResponseCredentials, shop_id: str, order: OrderDetails
) -> None:
    [row] = run(list_orders, credentials, shop_id, external_id="order-1", status="NEW")
    assert row["orderId"] == order["orderId"]
    assert "selectedVariants" not in row
    moment = "2026-01-02T03:04:06+0000"
    assert run(list_orders, credentials, shop_id, processed_from=moment) == []
    assert run(list_orders, credentials, shop_id, processed_to=moment) == [row]


def test_a_buyer_must_exist(
    run: Run, credentials: GetResponseCredentials, shop_id: str, variant_id: str
) -> None:
    with pytest.raises(ValidationFailed, match="contactId"):
        run(
            create_order,
            credentials,
            shop_id,
            contact_id="none",
            total_price=20,
            currency="PLN",
            selected_variants=[{"variantId": variant_id, "price": 20, "quantity": 1}],
        )


def test_half_an_address_is_not_sent(
    run: Run, credentials: GetResponseCredentials, shop_id: str, order: OrderDetails
) -> None:
    half: Any = {"name": "Home"}
    with pytest.raises(InvalidArguments, match=r"billing_address\.countryCode"):
        run(
            update_order,
            credentials,
            shop_id,
            order["orderId"],
            billing_address=half,
        )
