import pytest

from prefect_getresponse import GetResponseCredentials, NotFound, ValidationFailed
from prefect_getresponse.tasks.categories import (
    create_category,
    delete_category,
    get_category,
    list_categories,
    update_category,
)
from tests.conftest import Run


def test_life_of_a_category(run: Run, credentials: GetResponseCredentials, shop_id: str) -> None:
    top = run(create_category, credentials, shop_id, name="Headwear", external_id="ext1")
    below = run(create_category, credentials, shop_id, name="Caps", parent_id=top["categoryId"])

    assert run(get_category, credentials, shop_id, top["categoryId"]) == top
    renamed = run(update_category, credentials, shop_id, below["categoryId"], name="Hats")
    assert renamed.get("parentId") == top["categoryId"]
    assert run(list_categories, credentials, shop_id, parent_id=top["categoryId"]) == [renamed]
    assert run(list_categories, credentials, shop_id, external_id="ext1") == [top]

    run(delete_category, credentials, shop_id, top["categoryId"])
    with pytest.raises(NotFound):
        run(get_category, credentials, shop_id, top["categoryId"])


def test_a_repeated_call_makes_no_second_category(
    run: Run, credentials: GetResponseCredentials, shop_id: str
) -> None:
    made = [run(create_category, credentials, shop_id, name="Headwear") for _ in range(2)]
    assert made[0] == made[1]
    assert len(run(list_categories, credentials, shop_id)) == 1


def test_the_date_of_creation_has_a_name_of_its_own(
    run: Run, credentials: GetResponseCredentials, shop_id: str
) -> None:
    run(create_category, credentials, shop_id, name="Headwear")
    later = "2100-01-01T00:00:00+0000"
    assert run(list_categories, credentials, shop_id, created_from=later) == []
    assert len(run(list_categories, credentials, shop_id, created_to=later)) == 1


def test_the_category_above_must_exist(
    run: Run, credentials: GetResponseCredentials, shop_id: str
) -> None:
    with pytest.raises(ValidationFailed, match="parentId"):
        run(create_category, credentials, shop_id, name="Caps", parent_id="none")
