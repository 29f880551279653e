"""OAuth 2.0, MAX accounts and time zones: who may call, and as whom."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from prefect_getresponse.sandbox import Sandbox
from tests.sandbox.conftest import KEY, Api

CLIENT = ("sandbox-client", "sandbox-secret")
BACK = "http://127.0.0.1:8750/"
Make = Callable[..., Api]


@pytest.fixture
def make() -> Make:
    """Makes a sandbox whose caller sends no key of its own accord."""

    def make(**options: Any) -> Api:
        api = Api(**options)
        del api.http.headers["X-Auth-Token"]
        return api

    return make


def ask(api: Api, auth: tuple[str, str] = CLIENT, /, **form: str) -> httpx.Response:
    """Call the token endpoint."""
    return api.http.post("/v3/token", data=form, auth=auth)


def issued(api: Api, grant: str = "client_credentials", **form: str) -> dict[str, Any]:
    """The token endpoint's answer to a grant."""
    answer = ask(api, CLIENT, grant_type=grant, **form)
    assert answer.status_code == 200, answer.text
    members: dict[str, Any] = answer.json()
    return members


def use(api: Api, token: str, **headers: str) -> httpx.Response:
    """Call the API with an access token."""
    return api.http.get("/v3/tags", headers={"Authorization": f"Bearer {token}", **headers})


def code(api: Api, **query: str) -> str:
    """An authorization code."""
    given = {"response_type": "code", "client_id": CLIENT[0], "state": "x y"} | query
    answer = api.http.get("/oauth2_authorize.html", params=given)
    assert answer.status_code == 302, answer.text
    return httpx.URL(answer.headers["Location"]).params["code"]


class TestGrants:
    def test_client_credentials_give_a_day_and_no_refresh_token(self, make: Make) -> None:
        api = make()
        token = issued(api)

        assert token.keys() == {"access_token", "expires_in", "token_type", "scope"}
        assert (token["expires_in"], token["token_type"], token["scope"]) == (86400, "Bearer", None)
        assert use(api, token["access_token"]).status_code == 200

    def test_a_code_gives_an_hour_and_a_refresh_token_once(self, make: Make) -> None:
        api = make()
        used = code(api)
        token = issued(api, "authorization_code", code=used)

        assert (token["expires_in"], len(token["refresh_token"])) == (3600, 40)
        assert ask(api, grant_type="authorization_code", code=used).status_code == 400

    def test_a_code_lives_ten_minutes_at_any_speed(self, make: Make) -> None:
        api = make(speed=1000)
        early, late = code(api), code(api)
        api.advance(599)
        assert issued(api, "authorization_code", code=early)
        api.advance(2)
        refused = ask(api, grant_type="authorization_code", code=late)
        assert refused.json() == {"error": "invalid_grant"}

    def test_a_refresh_token_is_replaced(self, make: Make) -> None:
        api = make()
        first = issued(api, "authorization_code", code=code(api))
        second = issued(api, "refresh_token", refresh_token=first["refresh_token"])

        assert second["expires_in"] == 86400
        assert second["refresh_token"] != first["refresh_token"]
        assert second["access_token"] != first["access_token"]
        again = ask(api, grant_type="refresh_token", refresh_token=first["refresh_token"])
        assert (again.status_code, again.json()) == (400, {"error": "invalid_grant"})

    @pytest.mark.parametrize(
        ("form", "error"),
        [
            ({}, "invalid_request"),
            ({"grant_type": "password"}, "unsupported_grant_type"),
            ({"grant_type": "refresh_token"}, "invalid_grant"),
            ({"grant_type": "authorization_code", "code": "none"}, "invalid_grant"),
        ],
    )
    def test_other_forms_are_refused(self, form: dict[str, str], error: str, make: Make) -> None:
        answer = ask(make(), CLIENT, **form)
        assert (answer.status_code, answer.json()) == (400, {"error": error})

    @pytest.mark.parametrize("auth", [("sandbox-client", "wrong"), ("x", "sandbox-secret")])
    def test_the_client_must_be_right(self, auth: tuple[str, str], make: Make) -> None:
        answer = ask(make(), auth, grant_type="client_credentials")
        assert (answer.status_code, answer.json()) == (401, {"error": "invalid_client"})

    @pytest.mark.parametrize("word", ["", "Basic", "Basic %%%", "Basic /w==", f"Bearer {KEY}"])
    def test_so_must_be_the_header(self, word: str, make: Make) -> None:
        form = {"grant_type": "client_credentials"}
        answer = make().http.post("/v3/token", data=form, headers={"Authorization": word})
        assert answer.status_code == 401


class TestAccessTokens:
    @pytest.mark.parametrize(("speed", "life"), [(1, 86400), (60, 1440), (1e9, 1)])
    def test_live_shorter_at_speed(self, speed: float, life: int, make: Make) -> None:
        api = make(speed=speed)
        token = issued(api)
        assert token["expires_in"] == life

        api.advance(life - 0.1)
        assert use(api, token["access_token"]).status_code == 200
        api.advance(0.1)
        answer = use(api, token["access_token"])
        assert (answer.status_code, answer.json()["code"]) == (401, 1014)
        assert answer.json()["message"] == "The access token provided is expired"
        assert answer.json()["context"] == {"sentToken": token["access_token"]}

    def test_unknown_ones_are_refused(self, make: Make) -> None:
        answer = use(make(), "none")
        assert (answer.status_code, answer.json()["code"]) == (401, 1014)
        assert "invalid" in answer.json()["message"]

    def test_end_when_told(self, make: Make) -> None:
        api = make()
        token = issued(api)["access_token"]
        assert api.http.post("/_sandbox/expire_tokens").json() == {"expired": 1}
        assert use(api, token).status_code == 401
        assert api.http.post("/_sandbox/expire_tokens").json() == {"expired": 0}

    def test_do_not_survive_a_reset(self, make: Make) -> None:
        api = make()
        token = issued(api)["access_token"]
        api.http.post("/_sandbox/reset")
        assert use(api, token).status_code == 401
        assert issued(api)["access_token"] != token

    def test_state_counts_them_and_shows_none(self, make: Make) -> None:
        api = make()
        token = issued(api, "authorization_code", code=code(api))
        state = api.http.get("/_sandbox/state")
        assert state.json()["oauth"] == {
            "clientId": CLIENT[0],
            "redirectUrl": BACK,
            "accessTokens": 1,
            "refreshTokens": 1,
        }
        assert not any(str(value) in state.text for value in (token["access_token"], CLIENT[1]))

    def test_calls_of_the_token_endpoint_are_in_the_log(self, make: Make) -> None:
        api = make()
        issued(api)
        [call] = api.http.get("/_sandbox/log").json()["calls"]
        assert (call["method"], call["path"], call["status"]) == ("POST", "/v3/token", 200)


class TestAuthorizePage:
    def test_sends_back_with_code_and_state(self, make: Make) -> None:
        query = {"response_type": "code", "client_id": CLIENT[0], "state": "x&y"}
        answer = make().http.get("/oauth2_authorize.html", params=query)
        back = httpx.URL(answer.headers["Location"])

        assert answer.status_code == 302
        assert str(back).startswith(f"{BACK}?code=")
        assert back.params["state"] == "x&y"

    def test_keeps_the_query_of_the_redirect_url(self, make: Make) -> None:
        api = make(redirect_url="https://app.example/cb?a=b", client_id="c", client_secret="s")
        query = {"response_type": "code", "client_id": "c"}
        location = api.http.get("/oauth2_authorize.html", params=query).headers["Location"]
        assert location.startswith("https://app.example/cb?a=b&code=")

    @pytest.mark.parametrize(
        "query", [{}, {"client_id": "other"}, {"client_id": CLIENT[0], "response_type": "token"}]
    )
    def test_refuses_other_applications(self, query: dict[str, str], make: Make) -> None:
        answer = make().http.get("/oauth2_authorize.html", params=query)
        assert answer.status_code == 400
        assert "html" in answer.headers["Content-Type"]

    def test_codes_are_only_for_whoever_can_log_in(self, make: Make) -> None:
        assert make().http.get("/v3/tags").status_code == 401


class TestMax:
    @pytest.mark.parametrize(
        ("sent", "status", "error"),
        [
            ({}, 400, 1021),
            ({"X-Domain": "other.example"}, 404, 1024),
            ({"X-Domain": "https://max.example"}, 404, 1024),
            ({"X-Domain": "MAX.example"}, 200, None),
        ],
    )
    def test_needs_its_domain(
        self, sent: dict[str, str], status: int, error: int | None, make: Make
    ) -> None:
        api = make(domain="max.example")
        key = {"X-Auth-Token": f"api-key {KEY}"}
        answer = api.http.get("/v3/accounts", headers={**key, **sent})
        token = api.http.post(
            "/v3/token", data={"grant_type": "client_credentials"}, auth=CLIENT, headers=sent
        )

        assert answer.status_code == token.status_code == status
        assert answer.json().get("code") == token.json().get("code") == error

    def test_retail_has_no_domain(self, api: Api) -> None:
        answer = api.http.get("/v3/accounts", headers={"X-Domain": "max.example"})
        assert (answer.status_code, answer.json()["code"]) == (400, 1021)

    def test_its_authorize_page_needs_no_header(self, make: Make) -> None:
        assert code(make(domain="max.example"))


class TestTimeZone:
    @pytest.mark.parametrize(
        ("zone", "printed"),
        [
            ("Europe/Warsaw", "2026-09-21T16:53:20+0200"),
            ("America/New_York", "2026-09-21T10:53:20-0400"),
            ("UTC", "2026-09-21T14:53:20+0000"),
            ("", "2026-09-21T14:53:20+0000"),
        ],
    )
    def test_dates_are_printed_in_it(self, zone: str, printed: str, api: Api) -> None:
        api.now = 1_790_002_400.0
        tag = api.http.post("/v3/tags", json={"name": "vip"}).json()["tagId"]
        answer = api.http.get(f"/v3/tags/{tag}", headers={"X-Time-Zone": zone})
        assert answer.json()["createdAt"] == printed

    @pytest.mark.parametrize("zone", ["Mars/Olympus", "../../etc/passwd", "/etc/passwd"])
    def test_unknown_ones_are_refused(self, zone: str, api: Api) -> None:
        answer = api.http.get("/v3/tags", headers={"X-Time-Zone": zone})
        assert (answer.status_code, answer.json()["code"]) == (400, 1021)


@pytest.mark.parametrize("option", ["api_key", "client_id", "client_secret"])
def test_what_opens_the_account_cannot_be_empty(option: str) -> None:
    options: dict[str, Any] = {option: ""}
    with pytest.raises(ValueError, match="is empty"):
        Sandbox(**options)
