import pytest

from prefect_getresponse import GetResponseCredentials, NotFound, ValidationFailed
from prefect_getresponse.tasks.product_variants import (
    create_product_variant,
    delete_product_variant,
    get_product_variant,
    list_product_variants,
    update_product_variant,
)
from prefect_getresponse.tasks.products import Product
from prefect_getresponse.tasks.taxes import list_taxes
from tests.conftest import Run


def test_life_of_a_variant(
    run: Run, credentials: GetResponseCredentials, shop_id: str, product: Product
) -> None:
    path = (shop_id, product["productId"])
    variant = run(
        create_product_variant,
        credentials,
        *path,
        name="Blue",
        sku="CAP-BLUE",
        price=20,
        price_tax=24.6,
        previous_price=25,
        images=[{"src": "https://example.com/blue.png", "position": 1}],
        taxes=[{"name": "VAT", "rate": 23}],
    )
    variant_id = variant["variantId"]
    assert (variant.get("quantity"), variant.get("position")) == (1, 2)
    assert [each.get("name") for each in run(list_taxes, credentials, shop_id)] == ["VAT"]

    changed = run(
        update_product_variant, credentials, *path, variant_id, previous_price=None, images=[]
    )
    assert (changed.get("previousPrice"), changed.get("images")) == (None, [])
    assert changed.get("taxes") == variant.get("taxes")
    assert run(list_product_variants, credentials, *path, sku="blue") == [changed]
    later = "2100-01-01T00:00:00+0000"
    assert run(list_product_variants, credentials, *path, created_from=later) == []

    run(delete_product_variant, credentials, *path, variant_id)
    with pytest.raises(NotFound):
        run(get_product_variant, credentials, *path, variant_id)


def test_a_stock_keeping_unit_is_one_variant_of_a_product(
    run: Run, credentials: GetResponseCredentials, shop_id: str, product: Product
) -> None:
    with pytest.raises(ValidationFailed, match="sku"):
        run(
            create_product_variant,
            credentials,
            shop_id,
            product["productId"],
            name="Also red",
            sku="CAP-RED",
            price=20,
            price_tax=24.6,
        )
