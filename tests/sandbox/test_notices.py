"""Webhooks and callbacks that the sandbox sends: when things happen, as GetResponse words them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest

from prefect_getresponse.sandbox import Sandbox
from tests.sandbox.conftest import Api

URL = "http://127.0.0.1:9/webhooks?secret=s"
OK = {"status": "OK"}


class Listener:
    """Takes requests, and answers them as it is told."""

    def __init__(self) -> None:
        self.requests: list[httpx.Request] = []
        self.answer: Callable[[], httpx.Response] = lambda: httpx.Response(200, json=OK)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return self.answer()

    @property
    def payloads(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for request in self.requests:
            body = json.loads(request.content)
            found += body if isinstance(body, list) else [body]
        return found

    @property
    def types(self) -> list[str]:
        return [each["type"] for each in self.payloads]


@pytest.fixture
def listener() -> Listener:
    return Listener()


def listen(api: Api, **settings: Any) -> None:
    api.control("POST", "webhooks", {"url": URL, **settings})


def log(api: Api, kind: str = "webhooks") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = api.control("GET", kind)["deliveries"]
    return found


def test_an_unsubscribe_is_told_with_the_documented_headers(
    api: Api, campaign: str, listener: Listener
) -> None:
    api.add(campaign, "ann@mail.example")
    contact = api.find(campaign, "ann@mail.example")
    listen(api)
    api.control(
        "POST", "remove", {"list": campaign, "email": "ann@mail.example", "reason": "unsubscribe"}
    )

    assert api.sandbox.send_notices(listener) == 1
    [request] = listener.requests
    assert (request.method, str(request.url)) == ("POST", URL)
    assert request.headers["X-Webhook-Type"] == "contact_removed_link"
    assert request.headers["X-Webhook-ID"] != request.headers["X-Request-ID"]
    [payload] = listener.payloads
    assert payload["contact"] == {
        "contactId": contact["contactId"],
        "email": "ann@mail.example",
        "name": None,
        "campaign": {
            "campaignId": campaign,
            "name": "customers",
            "href": f"https://api.getresponse.com/v3/campaigns/{campaign}",
        },
        "href": f"https://api.getresponse.com/v3/contacts/{contact['contactId']}",
    }
    assert payload["event"]["occurredAt"].endswith("+00:00")
    [delivery] = log(api)
    assert delivery.pop("at") == api.now
    assert delivery == {
        "id": request.headers["X-Webhook-ID"],
        "index": 0,
        "type": "contact_removed_link",
        "contact_id": contact["contactId"],
        "attempt": 1,
        "status": 200,
        "occurred_at": payload["event"]["occurredAt"],
    }


def test_all_that_happens_to_a_person_is_told(api: Api, campaign: str, listener: Listener) -> None:
    other = api.create_list("vip")
    fields = api.ok(
        "POST",
        "/custom-fields",
        {"name": "pet", "type": "string", "format": "text", "hidden": "false", "values": []},
    )
    listen(api)
    api.add(campaign, "ann@mail.example", "no@rejected.example")
    contact_id = api.find(campaign, "ann@mail.example")["contactId"]
    path = f"/contacts/{contact_id}"
    values = [{"customFieldId": fields["customFieldId"], "value": ["cat"]}]
    api.ok("POST", f"{path}/custom-fields", {"customFieldValues": values})
    api.ok("POST", f"{path}/custom-fields", {"customFieldValues": values})  # changes nothing
    api.ok("POST", path, {"email": "anna@mail.example"})
    api.control("POST", "copy", {"list": campaign, "email": "anna@mail.example", "to": "vip"})
    api.control("POST", "remove", {"list": "vip", "email": "anna@mail.example", "reason": "bounce"})
    api.ok("POST", path, {"campaign": {"campaignId": other}})
    api.ok("DELETE", path)  # by the API: no webhook tells
    api.sandbox.send_notices(listener)

    assert sorted(listener.types) == [
        "contact_added",
        "contact_copied",
        "contact_custom_field_changed",
        "contact_email_changed",
        "contact_moved",
        "contact_rejected",
        "contact_removed_bounce",
    ]
    moved = next(each for each in listener.payloads if each["type"] == "contact_moved")
    assert moved["contact"]["campaign"]["campaignId"] == other
    assert moved["contact"]["sourceCampaign"]["campaignName"] == "customers"


def test_imports_and_reports_are_told(api: Api, campaign: str, listener: Listener) -> None:
    listen(api, types=["contacts_import_finished", "custom_reports_file_status_changed"])
    rows = {"campaignId": campaign, "fieldMapping": ["email"], "contacts": [["ann@mail.example"]]}
    made = api.ok("POST", "/imports", rows)
    period = {"frequency": "one_time", "startDate": "2026-01-01", "endDate": "2026-01-31"}
    body = {"name": "Messages", "type": "message_stats", "scheduling": period}
    report = api.ok("POST", "/custom-reports", body)
    api.advance(1000)
    api.sandbox.send_notices(listener)

    assert Counter(listener.types) == {
        "contacts_import_finished": 1,
        "custom_reports_file_status_changed": 2,
    }
    imported = next(each for each in listener.payloads if "import" in each)
    assert imported["import"]["importId"] == made["importId"]
    reported = next(each for each in listener.payloads if "customReport" in each)
    assert reported["customReport"]["customReportId"] == report["customReportId"]


def newsletter(api: Api, campaign: str) -> str:
    sender = api.ok("GET", "/from-fields")[0]["fromFieldId"]
    body = {
        "name": "May",
        "subject": "Spring offer",
        "campaign": {"campaignId": campaign},
        "fromField": {"fromFieldId": sender},
        "content": {"plain": "https://shop.example/"},
        "flags": ["clicktrack"],
        "sendSettings": {"selectedCampaigns": [campaign], "timeTravel": "false"},
    }
    return str(api.ok("POST", "/newsletters", body)["newsletterId"])


def test_opens_and_clicks_are_told_when_they_happen(
    api: Api, campaign: str, listener: Listener
) -> None:
    api.add(campaign, *(f"p{number}@mail.example" for number in range(20)))
    listen(api, types=["contact_opened_message", "contact_clicked_message_link"])
    message = newsletter(api, campaign)
    for _ in range(30):
        api.advance(600)
        api.sandbox.send_notices(listener)

    seen = api.ok("GET", f"/newsletters/{message}/activities", perPage=1000)
    counts = Counter(each["activity"] for each in seen)
    told = Counter(listener.types)
    assert told["contact_opened_message"] == counts["open"] > 0
    assert told["contact_clicked_message_link"] == counts["click"] > 0
    clicked = next(each for each in listener.payloads if "clickTrack" in each)
    assert clicked["message"]["resourceId"] == message
    assert clicked["clickTrack"]["url"] == "https://shop.example/"


def test_sms_clicks_are_told(api: Api, campaign: str, listener: Listener) -> None:
    field = {"name": "mobile", "type": "phone", "format": "text", "hidden": "false"}
    field_id = api.ok("POST", "/custom-fields", {**field, "values": []})["customFieldId"]
    for number in range(30):
        customs = [{"customFieldId": field_id, "value": [f"+485000000{number:02}"]}]
        contact = {"email": f"p{number}@mail.example", "campaign": {"campaignId": campaign}}
        api.ok("POST", "/contacts", {**contact, "customFieldValues": customs})
    api.advance(300)
    listen(api, types=["contact_clicked_sms_link"])
    settings = {"phoneNumberCustomFieldId": field_id, "selectedCampaigns": [campaign]}
    sms = {
        "name": "May",
        "content": "https://shop.example/",
        "recipientsType": "contacts",
        "sendSettings": {"contacts": settings},
    }
    sent = api.ok("POST", "/sms", sms)
    api.advance(20_000)
    api.sandbox.send_notices(listener)

    assert listener.types
    assert {each["sms"]["smsId"] for each in listener.payloads} == {sent["smsId"]}
    assert listener.payloads[0]["clickTrack"]["url"] == "https://shop.example/"


@pytest.mark.parametrize(
    ("answer", "attempts"),
    [
        (httpx.Response(200, json=OK), 1),
        (httpx.Response(202, json=OK), 1),
        (httpx.Response(200, json={"status": "fine"}), 4),
        (httpx.Response(201, text="OK"), 4),
        (httpx.Response(204), 4),
        (httpx.Response(206, json=OK), 4),
        (httpx.Response(500), 4),
        (httpx.Response(503), 4),
        (httpx.Response(429), 4),
        (httpx.Response(400), 1),
        (httpx.Response(401), 1),
        (httpx.Response(302, headers={"Location": "https://elsewhere.example"}), 1),
    ],
    ids=lambda value: str(value),
)
def test_the_answer_says_whether_it_comes_again(
    api: Api, campaign: str, listener: Listener, answer: httpx.Response, attempts: int
) -> None:
    listener.answer = lambda: answer
    listen(api)
    api.add(campaign, "ann@mail.example")
    for _ in range(8):
        api.sandbox.send_notices(listener)
        api.advance(3600)
    assert len(listener.requests) == attempts
    assert len({each.headers["X-Webhook-ID"] for each in listener.requests}) == 1
    assert len({each.headers["X-Request-ID"] for each in listener.requests}) == attempts
    assert [each["attempt"] for each in log(api)] == list(range(1, attempts + 1))


def test_no_answer_is_a_reason_to_try_again(api: Api, campaign: str, listener: Listener) -> None:
    def broken() -> httpx.Response:
        raise httpx.ReadTimeout("too slow")

    listener.answer = broken
    listen(api)
    api.add(campaign, "ann@mail.example")
    api.sandbox.send_notices(listener)
    assert [each["status"] for each in log(api)] == [0]
    listener.answer = lambda: httpx.Response(200, json=OK)
    api.advance(60)
    api.sandbox.send_notices(listener)
    assert [each["status"] for each in log(api)] == [0, 200]


def add_many(api: Api, campaign: str, count: int) -> None:
    rows = [[f"p{number}@mail.example"] for number in range(count)]
    body = {"campaignId": campaign, "fieldMapping": ["email"], "contacts": rows}
    api.ok("POST", "/imports", body)
    api.advance(600)


def test_batches_lose_nothing(api: Api, campaign: str, listener: Listener) -> None:
    listen(api, batch=100, types=["contact_added"])
    add_many(api, campaign, 250)
    api.sandbox.send_notices(listener)
    assert [len(json.loads(each.content)) for each in listener.requests] == [100, 100, 50]
    assert [each["index"] for each in log(api)] == [*range(100), *range(100), *range(50)]


def test_loss_duplicates_and_disorder_are_as_asked_and_the_same_each_time() -> None:
    def trial() -> tuple[list[tuple[str, Any]], list[str], list[str]]:
        api, listener = Api(), Listener()
        campaign = api.create_list("customers")
        listen(api, loss=0.1, duplicates=0.2, shuffle=True, types=["contact_added"])
        add_many(api, campaign, 500)
        api.sandbox.send_notices(listener)
        api.advance(60)
        api.sandbox.send_notices(listener)
        rows = [(each["contact_id"], each["status"]) for each in log(api)]
        added = [each["contactId"] for each in api.control("GET", "state")["lists"][1]["contacts"]]
        return rows, [each["contact"]["contactId"] for each in listener.payloads], added

    rows, arrived, added = trial()
    lost = [contact for contact, status in rows if status is None]
    twice = [contact for contact, count in Counter(arrived).items() if count == 2]
    assert 30 < len(lost) < 75
    assert 60 < len(twice) < 125
    assert not set(lost) & set(arrived)
    assert len(set(lost) | set(arrived)) == 500
    assert list(dict.fromkeys(arrived)) != sorted(dict.fromkeys(arrived), key=added.index)
    assert trial() == (rows, arrived, added)


def test_delay(api: Api, campaign: str, listener: Listener) -> None:
    listen(api, delay=30)
    api.add(campaign, "ann@mail.example")
    assert api.sandbox.send_notices(listener) == 0
    api.advance(31)
    assert api.sandbox.send_notices(listener) == 1


def test_an_empty_address_ends_it(api: Api, campaign: str, listener: Listener) -> None:
    listen(api)
    api.control("POST", "webhooks", {"url": ""})
    api.add(campaign, "ann@mail.example")
    assert api.sandbox.send_notices(listener) == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"url": "http://hooks.example/"},
        {"url": "ftp://127.0.0.1/"},
        {"url": URL, "types": ["contact_bought"]},
        {"url": URL, "types": "contact_added"},
        {"url": URL, "loss": 1.5},
        {"url": URL, "duplicates": "many"},
        {"url": URL, "shuffle": 1},
        {"url": URL, "batch": 101},
        {"url": URL, "batch": 0},
        {"url": URL, "lost": 0.1},
    ],
    ids=str,
)
def test_settings_that_make_no_sense_are_said_to(api: Api, wrong: dict[str, Any]) -> None:
    answer = api.http.post("/_sandbox/webhooks", json=wrong)
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_callbacks_are_parameters_and_come_once(
    api: Api, campaign: str, listener: Listener
) -> None:
    listener.answer = lambda: httpx.Response(500)
    api.control("POST", "callbacks", {"url": "http://127.0.0.1:9/cb?secret=s"})
    api.add(campaign, "ann@mail.example")
    person = {"list": campaign, "email": "ann@mail.example"}
    api.control("POST", "survey", {**person, "survey": "Pets", "question": "Cat?", "answer": "yes"})
    api.control("POST", "goal", {**person, "goal": "Bought", "url": "https://shop.example/thanks"})
    api.control("POST", "remove", {**person, "reason": "unsubscribe"})
    for _ in range(3):
        api.sandbox.send_notices(listener)
        api.advance(3600)

    told = [dict(parse_qsl(each.url.query.decode())) for each in listener.requests]
    assert [each["action"] for each in told] == ["subscribe", "survey", "goal", "unsubscribe"]
    assert {each["contact_email"] for each in told} == {"ann@mail.example"}
    assert {each.method for each in listener.requests} == {"GET"}
    assert told[0]["contact_origin"] == "api"
    assert told[1]["question_answer"] == "yes"
    assert told[2]["goal_domain"] == "shop.example"
    assert [each["status"] for each in log(api, "callbacks")] == [500] * 4
    assert api.ok("GET", "/accounts/callbacks")["actions"]["open"] is True


def test_callbacks_go_where_the_api_was_told_if_that_is_here(
    api: Api, campaign: str, listener: Listener
) -> None:
    for url, sent in (("https://hooks.example/cb", 0), ("http://127.0.0.1:9/cb", 1)):
        body = {"url": url, "actions": {"subscribe": True}}
        api.ok("POST", "/accounts/callbacks", body)
        api.add(campaign, f"{sent}@mail.example")
        assert api.sandbox.send_notices(listener) == sent
    api.ok("DELETE", "/accounts/callbacks")
    api.add(campaign, "late@mail.example")
    assert api.sandbox.send_notices(listener) == 0


def test_a_sandbox_on_a_port_sends_by_itself() -> None:
    received = Listener()
    with Sandbox(speed=1000).serve() as there, httpx.Client(trust_env=False) as http:
        base = there.url.removesuffix("/v3")
        # Another sandbox listens, answers 404, and its log has the request.
        with Sandbox().serve() as here:
            url = here.url.replace("/v3", "/v3/webhooks")
            settings = {"url": url, "types": ["contact_added"]}
            http.post(f"{base}/_sandbox/webhooks", json=settings).raise_for_status()
            headers = {"X-Auth-Token": "api-key sandbox-key"}
            [campaign] = http.get(f"{there.url}/campaigns", headers=headers).json()
            contact = {
                "email": "a@mail.example",
                "campaign": {"campaignId": campaign["campaignId"]},
            }
            http.post(f"{there.url}/contacts", json=contact, headers=headers).raise_for_status()
            for _ in range(200):
                log = http.get(f"{base}/_sandbox/webhooks").json()
                if log["deliveries"]:
                    break
            else:
                pytest.fail("nothing was sent")
            assert log["deliveries"][0]["status"] == 401
    assert not received.requests
