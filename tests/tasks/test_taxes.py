import pytest

from prefect_getresponse import GetResponseCredentials, InvalidArguments, NotFound
from prefect_getresponse.tasks.taxes import create_tax, delete_tax, get_tax, list_taxes, update_tax
from tests.conftest import Run


def test_life_of_a_tax(run: Run, credentials: GetResponseCredentials, shop_id: str) -> None:
    tax = run(create_tax, credentials, shop_id, name="VAT", rate=23)
    tax_id = tax["taxId"]

    assert run(update_tax, credentials, shop_id, tax_id, rate=7.5).get("rate") == 7.5
    assert run(get_tax, credentials, shop_id, tax_id).get("name") == "VAT"
    assert [each["taxId"] for each in run(list_taxes, credentials, shop_id, name="vat")] == [tax_id]
    assert run(list_taxes, credentials, shop_id, created_from="2100-01-01") == []

    run(delete_tax, credentials, shop_id, tax_id)
    with pytest.raises(NotFound):
        run(get_tax, credentials, shop_id, tax_id)


@pytest.mark.parametrize("rate", [-1, 100])
def test_a_rate_out_of_bounds_is_not_sent(
    run: Run, credentials: GetResponseCredentials, shop_id: str, rate: float
) -> None:
    with pytest.raises(InvalidArguments, match="rate"):
        run(create_tax, credentials, shop_id, name="VAT", rate=rate)
    assert run(list_taxes, credentials, shop_id) == []
