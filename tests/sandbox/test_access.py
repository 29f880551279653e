"""Who may call, which calls there are, and how errors look."""

from __future__ import annotations

from typing import Any, cast

import httpx
import pytest

from prefect_getresponse.sandbox.resources import BEHAVIOURS
from tests.sandbox.conftest import KEY, Api
from tests.support.faults import fault_paths


@pytest.mark.parametrize("token", ["", KEY, f"api-key  {KEY}", "api-key wrong", f"Bearer {KEY}"])
def test_only_the_exact_header_lets_in(api: Api, token: str) -> None:
    answer = api.http.get("/v3/campaigns", headers={"X-Auth-Token": token})
    assert (answer.status_code, answer.json()["code"]) == (401, 1014)


def test_errors_have_the_envelope_of_the_api(api: Api) -> None:
    answer = api.call("GET", "/contacts/none")
    body = answer.json()
    assert answer.status_code == body["httpStatus"] == 404
    assert body["code"] == 1013
    expected = {"httpStatus", "code", "codeDescription", "message", "moreInfo", "context", "uuid"}
    assert body.keys() == expected


def test_every_answer_says_what_is_left_of_the_frame(api: Api) -> None:
    first, second = api.call("GET", "/accounts"), api.call("GET", "/contacts/none")
    assert first.headers["X-RateLimit-Limit"] == "30000"
    assert first.headers["X-RateLimit-Remaining"] == "29999"
    assert second.headers["X-RateLimit-Remaining"] == "29998"
    assert second.headers["X-RateLimit-Reset"] == "599 seconds"


@pytest.mark.parametrize("path", ["/v3/nothing", "/v3", "/contacts", "/v3/contacts/a/b/c"])
def test_what_is_no_operation_is_not_found(api: Api, path: str) -> None:
    assert api.http.get(path).status_code == 404


def test_an_operation_that_is_not_imitated_says_so(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(cast("dict[str, Any]", BEHAVIOURS), "getTagsList")
    answer = api.call("GET", "/tags")
    assert answer.status_code == 501
    assert "Not imitated" in answer.json()["message"]


def test_a_post_needs_json(api: Api) -> None:
    answer = api.http.post("/v3/tags", content=b'{"name": "vip"}')
    assert (answer.status_code, answer.json()["code"]) == (400, 1021)


def test_the_body_of_a_get_is_ignored(api: Api) -> None:
    assert api.call("GET", "/tags", {"name": "vip"}).status_code == 200


def test_a_get_passes_over_parameters_that_other_programs_add(api: Api) -> None:
    tag = api.ok("POST", "/tags", {"name": "vip"})["tagId"]
    assert api.call("GET", f"/tags/{tag}", page=1, perPage=100).status_code == 200
    assert api.call("GET", "/tags", order_by="name").status_code == 200
    assert api.call("GET", "/tags", **{"query[colour]": "red"}).status_code == 400
    assert api.call("GET", "/tags", **{"sort[colour]": "ASC"}).status_code == 400


def test_a_delete_takes_no_body_and_no_undeclared_query(api: Api) -> None:
    tag = api.ok("POST", "/tags", {"name": "vip"})["tagId"]
    assert api.call("DELETE", f"/tags/{tag}", {"really": True}).status_code == 400
    assert api.call("DELETE", f"/tags/{tag}", really="true").status_code == 400
    assert api.call("DELETE", f"/tags/{tag}").status_code == 204
    assert api.call("DELETE", f"/tags/{tag}").status_code == 404


def test_a_400_lists_every_fault_at_once(api: Api, campaign: str) -> None:
    answer = api.call(
        "POST",
        "/contacts",
        {
            "email": "nonsense",
            "campaign": {"campaignId": campaign},
            "name": "x" * 129,
            "scoring": "many",
            "tags": [{"tagId": "none"}],
            "surprise": 1,
        },
    )
    assert (answer.status_code, answer.json()["code"]) == (400, 1000)
    named = {path.partition("[")[0] for path in fault_paths(answer)}
    assert {"email", "name", "scoring", "tags"} <= named


def test_an_unknown_filter_is_refused_with_its_name(api: Api) -> None:
    answer = api.call("GET", "/contacts", **{"query[colour]": "red"})
    assert (answer.status_code, answer.json()["code"]) == (400, 1000)
    assert "colour" in answer.text


def test_handle_is_enough_for_a_mock_transport(api: Api) -> None:
    transport = httpx.MockTransport(api.sandbox.handle)
    headers = {"X-Auth-Token": f"api-key {KEY}"}
    with httpx.Client(transport=transport, headers=headers) as http:
        assert http.get("https://api.getresponse.com/v3/accounts").status_code == 200
