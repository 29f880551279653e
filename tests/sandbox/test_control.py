"""Control from outside, and faults: on the wire of a real socket where that matters."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from prefect_getresponse.sandbox import Sandbox
from tests.sandbox.conftest import KEY, Api


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    """A client of a sandbox that listens."""
    headers = {"X-Auth-Token": f"api-key {KEY}", "X-Sandbox-Client": "me"}
    with (
        Sandbox(api_key=KEY).serve() as server,
        httpx.Client(base_url=server.url.removesuffix("/v3"), headers=headers) as client,
    ):
        yield client


def test_a_head_is_answered_without_body_and_the_connection_stays(http: httpx.Client) -> None:
    assert (http.head("/v3/tags").status_code, http.head("/v3/tags").content) == (400, b"")
    assert http.get("/_sandbox/log").json()["calls"][0]["client_id"] == "me"
    assert tags(http) == []


def set_fault(http: httpx.Client, **fault: Any) -> None:
    faults = [{"method": "POST", "path": "/v3/tags", **fault}]
    assert http.post("/_sandbox/faults", json={"faults": faults}).is_success


def tags(http: httpx.Client) -> list[str]:
    return [tag["name"] for tag in http.get("/v3/tags").json()]


def create_tag(http: httpx.Client) -> httpx.Response:
    return http.post("/v3/tags", json={"name": "vip"})


def test_the_log_is_complete_and_leaves_out_control(http: httpx.Client) -> None:
    http.get("/v3/tags", params={"query[name]": "vip"})
    create_tag(http)
    http.get("/_sandbox/state")
    http.get("/v3/tags", headers={"X-Auth-Token": "wrong"})
    calls = http.get("/_sandbox/log").json()["calls"]
    assert [(c["method"], c["path"], c["status"]) for c in calls] == [
        ("GET", "/v3/tags", 200),
        ("POST", "/v3/tags", 201),
        ("GET", "/v3/tags", 401),
    ]
    assert calls[0].keys() == {"at", "method", "path", "query", "status", "client_id"}
    assert calls[0]["query"] == "query%5Bname%5D=vip"
    assert calls[0]["client_id"] == "me"
    http.post("/_sandbox/reset")
    assert http.get("/_sandbox/log").json() == {"calls": []}
    assert tags(http) == []


def test_a_reset_connection(http: httpx.Client) -> None:
    set_fault(http, kind="reset")
    with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
        create_tag(http)
    assert tags(http) == []


def test_a_truncated_answer_of_a_call_that_was_executed(http: httpx.Client) -> None:
    set_fault(http, kind="truncate")
    with pytest.raises(httpx.RemoteProtocolError):
        create_tag(http)
    assert tags(http) == ["vip"]


@pytest.mark.parametrize("code", [1, *range(1000, 1030)])
def test_any_code_of_the_catalogue_can_be_answered(http: httpx.Client, code: int) -> None:
    set_fault(http, kind="status", status=403, code=code)
    answer = create_tag(http)
    assert (answer.status_code, answer.json()["code"]) == (403, code)
    assert answer.json()["codeDescription"] not in ("", "Error")


def test_a_code_outside_the_catalogue_is_refused(http: httpx.Client) -> None:
    fault = {"kind": "status", "status": 403, "code": 1030}
    assert http.post("/_sandbox/faults", json={"faults": [fault]}).status_code == 400


def test_a_maintenance_page(http: httpx.Client) -> None:
    set_fault(http, kind="html")
    answer = create_tag(http)
    assert answer.status_code == 200
    assert "html" in answer.headers["Content-Type"]
    assert tags(http) == []


@pytest.mark.parametrize("status", [500, 503])
def test_a_commit_that_is_answered_with_a_failure(http: httpx.Client, status: int) -> None:
    set_fault(http, kind="commit_then_fail", status=status)
    assert create_tag(http).status_code == status
    assert tags(http) == ["vip"]


def test_a_commit_that_is_answered_with_nothing(http: httpx.Client) -> None:
    set_fault(http, kind="commit_then_fail", status=0)
    with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
        create_tag(http)
    assert tags(http) == ["vip"]


def test_a_delay_on_the_wire(http: httpx.Client) -> None:
    set_fault(http, kind="delay", seconds=0.05)
    begun = time.monotonic()
    assert create_tag(http).status_code == 201
    assert time.monotonic() - begun >= 0.05


def test_after_and_times_choose_the_calls(http: httpx.Client) -> None:
    faults = [{"path": "/v3/tags", "kind": "status", "status": 503, "after": 1, "times": 2}]
    http.post("/_sandbox/faults", json={"faults": faults})
    assert [http.get("/v3/tags").status_code for _ in range(5)] == [200, 503, 503, 200, 200]
    http.post("/_sandbox/faults", json={"faults": faults})
    http.post("/_sandbox/faults", json={"faults": []})
    assert [http.get("/v3/tags").status_code for _ in range(3)] == [200] * 3


def test_a_429_of_a_fault_says_how_long(http: httpx.Client) -> None:
    set_fault(http, kind="status", status=429, seconds=7)
    answer = create_tag(http)
    assert answer.status_code == 429
    assert answer.json()["context"]["timeToReset"] == "7 seconds"


@pytest.mark.parametrize(
    "fault",
    [{"kind": "fire"}, {}, {"kind": "status", "status": 99}, {"kind": "reset", "when": "now"}],
)
def test_what_is_no_fault_is_refused(http: httpx.Client, fault: dict[str, Any]) -> None:
    answer = http.post("/_sandbox/faults", json={"faults": [fault]})
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_ten_calls_in_flight_and_no_more(http: httpx.Client) -> None:
    faults = [{"path": "/v3/accounts", "kind": "delay", "seconds": 0.3, "times": 0}]
    http.post("/_sandbox/faults", json={"faults": faults})
    ready = threading.Barrier(11)

    def call(_: int) -> int:
        ready.wait()
        return http.get("/v3/accounts").status_code

    with ThreadPoolExecutor(11) as threads:
        statuses = sorted(threads.map(call, range(11)))
    assert statuses == [200] * 10 + [429]


@pytest.mark.parametrize(
    ("action", "body", "status"),
    [
        ("remove", {"list": "none", "email": "a@example.com", "reason": "api"}, 404),
        ("remove", {"list": "customers", "email": "a@example.com", "reason": "api"}, 404),
        ("remove", {"list": "customers", "email": "a@example.com", "reason": "whim"}, 400),
        ("remove", {"list": "customers"}, 400),
        ("confirm", {"list": "customers", "email": "a@example.com"}, 404),
        ("dance", {}, 404),
    ],
)
@pytest.mark.usefixtures("campaign")
def test_control_calls_that_cannot_be_done(
    api: Api, action: str, body: dict[str, str], status: int
) -> None:
    answer = api.http.post(f"/_sandbox/{action}", json=body)
    assert answer.status_code == status
    assert answer.json()["error"]


def test_control_needs_no_key() -> None:
    sandbox = Sandbox(api_key=KEY)
    with httpx.Client(transport=sandbox.transport(), base_url="http://sandbox.test") as http:
        assert http.get("/_sandbox/state").json()["queued"] == 0


def test_the_state_shows_people_with_tags_and_fields(api: Api, campaign: str) -> None:
    tag = api.ok("POST", "/tags", {"name": "vip"})["tagId"]
    body = {"email": "jane@example.com", "name": "Jane", "campaign": {"campaignId": campaign}}
    api.ok("POST", "/contacts", body | {"tags": [{"tagId": tag}]})
    assert api.control("GET", "state")["queued"] == 1
    api.advance(300)
    state = api.control("GET", "state")
    [mine] = [each for each in state["lists"] if each["campaignId"] == campaign]
    [jane] = mine["contacts"]
    assert (jane["email"], jane["name"], jane["tags"]) == ("jane@example.com", "Jane", ["vip"])


async def test_the_async_transport_waits_out_delays() -> None:
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)
        await asyncio.sleep(0)

    sandbox = Sandbox(api_key=KEY)
    headers = {"X-Auth-Token": f"api-key {KEY}"}
    async with httpx.AsyncClient(
        transport=sandbox.async_transport(sleep), base_url="http://sandbox.test", headers=headers
    ) as http:
        faults = [{"path": "/v3/tags", "kind": "delay", "seconds": 2}]
        await http.post("/_sandbox/faults", json={"faults": faults})
        assert (await http.get("/v3/tags")).status_code == 200
    assert waited == [2]


@pytest.mark.parametrize("options", [{"api_key": ""}, {"speed": 0}, {"seed_contacts": -1}])
def test_arguments_that_make_no_sense(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r".+"):
        Sandbox(**options)
