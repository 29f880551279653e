"""The account: badge, billing, callbacks and dictionaries."""

from __future__ import annotations

from tests.sandbox.conftest import Api


def test_each_badge_has_a_state_of_its_own(api: Api) -> None:
    assert api.ok("GET", "/accounts/badge") == {"status": "disabled"}
    api.ok("POST", "/accounts/badge", {"status": "enabled", "type": "landing_page"})
    assert api.ok("GET", "/accounts/badge") == {"status": "disabled"}
    api.ok("POST", "/accounts/badge", {"status": "enabled"})
    assert api.ok("GET", "/accounts/badge") == {"status": "enabled"}


def test_life_of_callbacks(api: Api) -> None:
    path = "/accounts/callbacks"
    assert api.call("GET", path).status_code == 404
    assert api.call("POST", path, {"actions": {"open": True}}).status_code == 400

    on = api.ok("POST", path, {"url": "https://hooks.example.com/a", "actions": {"open": True}})
    assert on["actions"] == {
        "open": True,
        "click": False,
        "subscribe": False,
        "unsubscribe": False,
        "survey": False,
    }
    changed = api.ok("POST", path, {"actions": {"click": True}})
    assert changed["url"] == on["url"]
    assert (changed["actions"]["open"], changed["actions"]["click"]) == (True, True)
    assert api.ok("GET", path) == changed
    assert api.call("DELETE", path).status_code == 204
    assert api.call("GET", path).status_code == 404


def test_dictionaries(api: Api) -> None:
    zones = api.ok("GET", "/accounts/timezones")
    [warsaw] = [zone for zone in zones if zone["name"] == "Europe/Warsaw"]
    assert (warsaw["timezoneId"], warsaw["country"]) == (1, "Poland")
    assert warsaw["offset"] in ("+01:00", "+02:00")

    industries = api.ok("GET", "/accounts/industries", perPage=2, page=2)
    assert [each["industryTagId"] for each in industries] == ["3", "4"]


def test_billing_and_logins(api: Api) -> None:
    billing = api.ok("GET", "/accounts/billing", fields="listSize,creditCard")
    assert billing == {"listSize": "2500", "creditCard": None}
    [login] = api.ok("GET", "/accounts/login-history")
    assert (login["isSuccessful"], login["logoutTime"]) == ("true", None)


def test_nobody_has_consents(api: Api, campaign: str) -> None:
    api.add(campaign, "ann@example.com")
    contact = api.find(campaign, "ann@example.com")

    assert api.ok("GET", f"/contacts/{contact['contactId']}/consents") == []
    assert api.call("GET", "/contacts/none/consents").status_code == 404
