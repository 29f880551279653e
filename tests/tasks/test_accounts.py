import pytest

from prefect_getresponse import GetResponseCredentials, NotFound
from prefect_getresponse.tasks.accounts import (
    disable_callbacks,
    get_account,
    get_account_blocklist,
    get_callbacks,
    update_account,
    update_account_blocklist,
    update_callbacks,
)
from tests.conftest import Run


def test_change_the_account(run: Run, credentials: GetResponseCredentials) -> None:
    before = run(get_account, credentials)
    changed = run(update_account, credentials, city="Gdynia", number_of_employees="50")

    assert changed["accountId"] == before["accountId"]
    assert run(get_account, credentials) == before | {"city": "Gdynia", "numberOfEmployees": "50"}
    assert run(get_account, credentials, fields="city").keys() <= {"accountId", "city", "href"}


def test_blocklist(run: Run, credentials: GetResponseCredentials) -> None:
    block = update_account_blocklist
    assert run(block, credentials, masks=["@a.example"]) == {"masks": ["@a.example"]}
    run(block, credentials, masks=["b@b.example", "@c.example"], additional_flags=["add"])
    assert run(get_account_blocklist, credentials, mask="b.ex") == {"masks": ["b@b.example"]}
    run(block, credentials, masks=["@a.example"], additional_flags=["delete"])
    assert run(get_account_blocklist, credentials) == {"masks": ["b@b.example", "@c.example"]}
    silent = run(block, credentials, masks=[], additional_flags=["noResponse"])
    assert silent is None
    assert run(get_account_blocklist, credentials) == {"masks": []}


def test_callbacks_are_turned_on_changed_and_off(
    run: Run, credentials: GetResponseCredentials
) -> None:
    with pytest.raises(NotFound):
        run(get_callbacks, credentials)
    run(update_callbacks, credentials, url="https://hooks.example.com", actions={"open": True})
    changed = run(update_callbacks, credentials, actions={"click": True})

    assert run(get_callbacks, credentials) == changed
    assert changed.get("url") == "https://hooks.example.com"
    assert changed.get("actions", {}).get("open")
    run(disable_callbacks, credentials)
    with pytest.raises(NotFound):
        run(get_callbacks, credentials)
