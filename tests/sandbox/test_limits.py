"""The limits of calls, held against a clock that is moved by hand."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from prefect_getresponse.sandbox import Sandbox
from tests.sandbox.conftest import Api


def get(api: Api) -> httpx.Response:
    return api.http.get("/v3/accounts")


def refused(answer: httpx.Response) -> dict[str, Any]:
    assert answer.status_code == 429, answer.text
    assert answer.json()["code"] == 1015
    context: dict[str, Any] = answer.json()["context"]
    return context


def batch(api: Api, campaign: str, *emails: str) -> httpx.Response:
    contacts = [{"email": email} for email in emails or ("one@example.com",)]
    return api.http.post("/v3/contacts/batch", json={"campaignId": campaign, "contacts": contacts})


def test_80_calls_in_any_second(api: Api) -> None:
    for number in range(80):
        api.now += 0.01 if number else 0.0
        assert get(api).status_code == 200
    answer = get(api)
    assert refused(answer)["currentLimit"] == 80
    assert answer.headers["Retry-After"] == "1"
    api.now += 0.21
    assert get(api).status_code == 200  # the first call is more than a second ago
    refused(get(api))


def test_30000_calls_in_a_frame_that_begins_with_the_first_call(api: Api) -> None:
    api.advance(1234)
    begun = api.now
    transport = api.sandbox.transport()
    request = httpx.Request("GET", "https://sandbox.test/v3/accounts", headers=api.http.headers)
    for _ in range(30_000):
        api.now += 1 / 64
        assert transport.handle_request(request).status_code == 200
    api.advance(2)
    answer = get(api)
    assert refused(answer)["currentLimit"] == 30_000
    left = int(answer.headers["X-RateLimit-Reset"].split()[0])
    assert left == pytest.approx(begun + 600 - api.now, abs=1)
    api.now = begun + 601
    assert get(api).headers["X-RateLimit-Remaining"] == "29999"


def test_batches_one_a_second_and_80_a_frame(api: Api, campaign: str) -> None:
    assert batch(api, campaign).status_code == 202
    api.now += 0.9
    assert refused(batch(api, campaign))["currentLimit"] == 1
    api.now += 0.2
    for _ in range(79):
        assert batch(api, campaign).status_code == 202
        api.now += 1.0
    assert refused(batch(api, campaign))["currentLimit"] == 80
    api.advance(600)
    assert batch(api, campaign).status_code == 202


def test_a_batch_holds_a_thousand_at_most(api: Api, campaign: str) -> None:
    emails = [f"p{number}@example.com" for number in range(1001)]
    assert batch(api, campaign, *emails[:1000]).status_code == 202
    api.advance(1)
    assert batch(api, campaign, *emails).status_code == 400


def test_refused_calls_count_for_nothing(api: Api) -> None:
    for _ in range(200):
        get(api)
    assert api.control("GET", "state")["limits"]["callsInFrame"] == 80


def test_a_shorter_frame_has_fewer_calls() -> None:
    now = 1_000_000.0
    sandbox = Sandbox(frame_seconds=6, clock=lambda: now)
    headers = {"X-Auth-Token": "api-key sandbox-key"}
    with httpx.Client(transport=sandbox.transport(), headers=headers) as http:
        for left in reversed(range(300)):
            answer = http.get("https://sandbox.test/v3/accounts")
            assert answer.headers["X-RateLimit-Remaining"] == str(left)
            now += 0.015
        assert http.get("https://sandbox.test/v3/accounts").status_code == 429
        now += 6
        assert http.get("https://sandbox.test/v3/accounts").status_code == 200
