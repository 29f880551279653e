"""Senders: confirmation, the default, and what happens to those in use."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.conftest import Api


@pytest.fixture
def owner(api: Api) -> str:
    [only] = api.ok("GET", "/from-fields")
    assert (only["isActive"], only["isDefault"]) == ("true", "true")
    return str(only["fromFieldId"])


def create(api: Api, email: str) -> str:
    made = api.ok("POST", "/from-fields", {"email": email, "name": "Shop"})
    return str(made["fromFieldId"])


def code_of(api: Api, method: str, path: str, **query: Any) -> int:
    answer = api.call(method, path, **query)
    assert answer.status_code == 400
    return int(answer.json()["code"])


def test_a_new_one_must_be_confirmed(api: Api, owner: str) -> None:
    shop = create(api, "shop@example.com")
    assert code_of(api, "POST", f"/from-fields/{shop}/default") == 1002
    confirmed = api.control("POST", "confirm-sender", {"email": "shop@example.com"})
    assert confirmed == {"fromFieldId": shop, "isActive": "true"}
    assert api.call("POST", f"/from-fields/{shop}/default").status_code == 200
    [default] = api.ok("GET", "/from-fields", **{"query[isDefault]": "true"})
    assert default["fromFieldId"] == shop


def test_nobody_confirms_what_is_not_there(api: Api) -> None:
    answer = api.http.post("/_sandbox/confirm-sender", json={"email": "none@example.com"})
    assert answer.status_code == 404


def test_a_sender_in_use_goes_with_a_replacement_only(api: Api, campaign: str, owner: str) -> None:
    shop = create(api, "shop@example.com")
    sender = {"fromFieldId": shop}
    newsletter = api.ok(
        "POST",
        "/newsletters",
        {
            "type": "draft",
            "subject": "Spring",
            "fromField": sender,
            "campaign": {"campaignId": campaign},
            "content": {},
            "sendSettings": {},
        },
    )
    confirmation = {"confirmation": {"replyTo": sender}}
    api.ok("POST", f"/campaigns/{campaign}", {"name": "customers", **confirmation})

    path = f"/from-fields/{shop}"
    assert code_of(api, "DELETE", path) == 1009
    for wrong in ("none", shop):
        assert code_of(api, "DELETE", path, fromFieldIdToReplaceWith=wrong) == 1001
    assert api.call("DELETE", path, fromFieldIdToReplaceWith=owner).status_code == 204

    changed = api.ok("GET", f"/newsletters/{newsletter['newsletterId']}")
    assert changed["fromField"]["fromFieldId"] == owner
    settings = api.ok("GET", f"/campaigns/{campaign}")["confirmation"]
    assert settings["replyTo"]["fromFieldId"] == owner


def test_the_default_goes_with_a_replacement_only(api: Api, owner: str) -> None:
    assert code_of(api, "DELETE", f"/from-fields/{owner}") == 1009
    shop = create(api, "shop@example.com")
    assert api.call("DELETE", f"/from-fields/{shop}").status_code == 204


def test_a_list_refers_to_senders_that_exist(api: Api) -> None:
    confirmation = {"fromField": {"fromFieldId": "none"}}
    answer = api.call("POST", "/campaigns", {"name": "fans", "confirmation": confirmation})
    assert (answer.status_code, answer.json()["code"]) == (400, 1001)
