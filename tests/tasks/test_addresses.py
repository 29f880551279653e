import pytest

from prefect_getresponse import GetResponseCredentials, NotFound, ValidationFailed
from prefect_getresponse.tasks.addresses import (
    create_address,
    delete_address,
    get_address,
    list_addresses,
    update_address,
)
from tests.conftest import Run


def test_life_of_an_address(run: Run, credentials: GetResponseCredentials) -> None:
    address = run(create_address, credentials, country_code="POL", name="Office", city="Gdansk")
    address_id = address["addressId"]
    run(create_address, credentials, country_code="DEU", name="Home", city="Berlin")

    assert address.get("countryName") == "Poland"
    changed = run(update_address, credentials, address_id, address1="Arkonska 6", zip="80-387")
    assert (changed.get("city"), changed.get("zip")) == ("Gdansk", "80-387")
    found = run(list_addresses, credentials, city="gda", address1="arkonska")
    assert [each["addressId"] for each in found] == [address_id]

    run(delete_address, credentials, address_id)
    with pytest.raises(NotFound):
        run(get_address, credentials, address_id)


def test_a_country_that_is_none(run: Run, credentials: GetResponseCredentials) -> None:
    with pytest.raises(ValidationFailed, match="countryCode"):
        run(create_address, credentials, country_code="XXX", name="Office")
