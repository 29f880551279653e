import pytest

from prefect_getresponse import GetResponseCredentials, InvalidArguments, NotFound
from prefect_getresponse.tasks.shops import (
    create_shop,
    delete_shop,
    get_shop,
    list_shops,
    update_shop,
)
from tests.conftest import Run


def test_life_of_a_shop(run: Run, credentials: GetResponseCredentials) -> None:
    shop = run(create_shop, credentials, name="Monster market", locale="PL", currency="PLN")
    other = run(create_shop, credentials, name="A market", locale="EN", currency="USD")
    shop_id = shop["shopId"]

    changed = run(update_shop, credentials, shop_id, currency="EUR")
    assert (changed.get("currency"), changed.get("locale")) == ("EUR", "PL")
    assert run(get_shop, credentials, shop_id).get("productCount") == 0
    assert [each["shopId"] for each in run(list_shops, credentials, name="monster")] == [shop_id]
    by_name = run(list_shops, credentials, sort_name="ASC", fields="name")
    assert [each["shopId"] for each in by_name] == [other["shopId"], shop_id]

    run(delete_shop, credentials, shop_id)
    with pytest.raises(NotFound):
        run(get_shop, credentials, shop_id)


def test_a_name_of_the_wrong_length_is_not_sent(
    run: Run, credentials: GetResponseCredentials
) -> None:
    with pytest.raises(InvalidArguments, match="name"):
        run(create_shop, credentials, name="abc", locale="PL", currency="PLN")
    assert run(list_shops, credentials) == []
