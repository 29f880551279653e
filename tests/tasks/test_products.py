import pytest

from prefect_getresponse import GetResponseCredentials, InvalidArguments, NotFound
from prefect_getresponse.tasks.categories import create_category
from prefect_getresponse.tasks.meta_fields import create_meta_field
from prefect_getresponse.tasks.products import (
    Product,
    create_product,
    delete_product,
    get_product,
    list_products,
    update_product,
    upsert_product_categories,
    upsert_product_meta_fields,
)
from tests.conftest import Run


def test_life_of_a_product(
    run: Run, credentials: GetResponseCredentials, shop_id: str, product: Product
) -> None:
    product_id = product["productId"]
    changed = run(
        update_product,
        credentials,
        shop_id,
        product_id,
        type="Headwear",
        categories=[{"name": "Caps"}],
        meta_fields=[{"name": "Size", "value": "11", "valueType": "integer"}],
    )
    assert changed.get("variants") == product.get("variants")
    assert [each.get("isDefault") for each in changed.get("categories", [])] == [True]
    assert run(get_product, credentials, shop_id, product_id) == changed
    assert run(list_products, credentials, shop_id, category="cap", variant_name="red") == [changed]
    assert run(list_products, credentials, shop_id, meta_field_values="10,11") == [changed]
    assert run(list_products, credentials, shop_id, meta_field_values="10") == []

    run(delete_product, credentials, shop_id, product_id)
    with pytest.raises(NotFound):
        run(get_product, credentials, shop_id, product_id)


def test_assigning_adds(
    run: Run, credentials: GetResponseCredentials, shop_id: str, product: Product
) -> None:
    product_id = product["productId"]
    for name in ("Caps", "Red"):
        category = run(create_category, credentials, shop_id, name=name)
        assigned = run(
            upsert_product_categories,
            credentials,
            shop_id,
            product_id,
            categories=[{"categoryId": category["categoryId"]}],
        )
    assert [each.get("isDefault") for each in assigned] == [True, False]

    field = run(
        create_meta_field, credentials, shop_id, name="Size", value="11", value_type="integer"
    )
    fields = run(
        upsert_product_meta_fields,
        credentials,
        shop_id,
        product_id,
        meta_fields=[{"metaFieldId": field["metaFieldId"]}],
    )
    assert fields == [field]


def test_a_product_needs_a_variant(
    run: Run, credentials: GetResponseCredentials, shop_id: str
) -> None:
    with pytest.raises(InvalidArguments, match="variants"):
        run(create_product, credentials, shop_id, name="Monster cap", variants=[])
    with pytest.raises(InvalidArguments, match=r"variants\.0\.sku"):
        run(
            create_product,
            credentials,
            shop_id,
            name="Monster cap",
            variants=[{"name": "Red", "sku": "X", "price": 1, "priceTax": 1}],
        )
    assert run(list_products, credentials, shop_id) == []
