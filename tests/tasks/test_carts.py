import pytest

from prefect_getresponse import GetResponseCredentials, InvalidArguments, NotFound
from prefect_getresponse.tasks.carts import (
    create_cart,
    delete_cart,
    get_cart,
    list_carts,
    update_cart,
)
from tests.conftest import Run


def test_life_of_a_cart(
    run: Run, credentials: GetResponseCredentials, shop_id: str, variant_id: str, customer_id: str
) -> None:
    cart = run(
        create_cart,
        credentials,
        shop_id,
        contact_id=customer_id,
        total_price=20,
        total_tax_price=24.6,
        currency="PLN",
        selected_variants=[{"variantId": variant_id, "quantity": 1, "price": 20, "priceTax": 24.6}],
        external_id="cart-1",
    )
    cart_id = cart["cartId"]
    assert [each["variantId"] for each in cart.get("selectedVariants", [])] == [variant_id]

    changed = run(update_cart, credentials, shop_id, cart_id, selected_variants=[], total_price=0)
    assert (changed.get("selectedVariants"), changed.get("totalTaxPrice")) == ([], 24.6)
    assert run(list_carts, credentials, shop_id, external_id="cart-1") == [changed]
    assert run(list_carts, credentials, shop_id, external_id="cart") == []

    run(delete_cart, credentials, shop_id, cart_id)
    with pytest.raises(NotFound):
        run(get_cart, credentials, shop_id, cart_id)


def test_an_amount_below_zero_is_not_sent(
    run: Run, credentials: GetResponseCredentials, shop_id: str, customer_id: str
) -> None:
    with pytest.raises(InvalidArguments, match="total_price"):
        run(
            create_cart,
            credentials,
            shop_id,
            contact_id=customer_id,
            total_price=-1,
            currency="PLN",
            selected_variants=[],
        )
    assert run(list_carts, credentials, shop_id) == []
