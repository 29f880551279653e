"""Webhooks: only who knows the secret is heard, each event once, and nobody's address goes on."""

import asyncio
import json
import logging
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest
from prefect.events import Event
from pydantic import SecretStr

from prefect_getresponse import InvalidConfiguration
from prefect_getresponse.webhooks import MAX_BODY, REMEMBERED_SECONDS, app, receiver

SECRET, BEFORE = "new-" + "s" * 40, "old-" + "s" * 40
NOW = datetime(2026, 5, 4, 10, 30, tzinfo=UTC).timestamp()
ADDRESS = "canary.ann@mail.example"


class Endpoint:
    """A receiver, and what it handed on."""

    def __init__(self) -> None:
        self.now = NOW
        self.events: list[Event] = []
        self.fails = False
        secrets = [SecretStr(SECRET), SecretStr(BEFORE)]
        asgi = receiver(secrets, deliver=self._deliver, clock=lambda: self.now)
        self._transport = httpx.ASGITransport(asgi)

    async def _deliver(self, events: Sequence[Event]) -> None:
        if self.fails:
            raise OSError("no server")
        self.events += events

    async def post(
        self, body: Any, *, secret: str = SECRET, webhook_id: str = "", path: str = "/webhooks"
    ) -> httpx.Response:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"X-Webhook-ID": webhook_id} if webhook_id else {}
        async with httpx.AsyncClient(transport=self._transport, base_url="https://hooks") as http:
            return await http.post(
                path, params={"secret": secret}, content=content, headers=headers
            )

    async def get(self, path: str, params: dict[str, str]) -> httpx.Response:
        async with httpx.AsyncClient(transport=self._transport, base_url="https://hooks") as http:
            return await http.get(path, params=params)


@pytest.fixture
def endpoint() -> Endpoint:
    return Endpoint()


def opened(occurred: str = "2026-05-04T10:15:00+00:00", **more: Any) -> dict[str, Any]:
    return {
        "type": "contact_opened_message",
        "contact": {
            "contactId": "Kp5",
            "email": ADDRESS,
            "name": "Ann Canary",
            "href": "https://evil.example/contacts/Kp5",
            "campaign": {"campaignId": "Cx2", "name": "news"},
        },
        "message": {"resourceType": "autoresponders", "resourceId": "Mz3", "subject": "Spring"},
        "account": {"accountId": "Ab1"},
        "event": {"occurredAt": occurred},
        **more,
    }


async def test_an_event_is_handed_on_without_anything_of_a_person(
    endpoint: Endpoint, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    answer = await endpoint.post(opened(), webhook_id="1-2-3")

    assert (answer.status_code, answer.json()) == (200, {"status": "OK"})
    [event] = endpoint.events
    assert event.event == "getresponse.webhook.contact_opened_message"
    assert event.resource["getresponse.timely"] == "true"
    assert event.resource["getresponse.contact"] == "Kp5"
    ids = {"contact": "Kp5", "campaign": "Cx2", "message": "Mz3", "account": "Ab1"}
    assert event.payload == {"ids": ids, "occurred_at": "2026-05-04T10:15:00+00:00"}
    shown = event.model_dump_json() + caplog.text
    assert not [text for text in ("canary", "Ann", "Spring", "evil.example") if text in shown]


@pytest.mark.parametrize(
    ("secret", "status"),
    [(SECRET, 200), (BEFORE, 200), ("", 401), (SECRET[:-1], 401), (f"{SECRET}x", 401), ("ä", 401)],
)
async def test_only_who_knows_a_secret_is_heard(
    endpoint: Endpoint, secret: str, status: int
) -> None:
    assert (await endpoint.post(opened(), secret=secret)).status_code == status
    assert len(endpoint.events) == (status == 200)
    called = await endpoint.get("/callbacks", {"secret": secret, "action": "open"})
    assert called.status_code == status


async def test_an_event_counts_once_in_a_day(endpoint: Endpoint) -> None:
    batch = [opened(), opened()]
    for _ in range(3):
        assert (await endpoint.post(batch, webhook_id="a")).json() == {"status": "OK"}
    assert len({event.id for event in endpoint.events}) == len(endpoint.events) == 2

    again = Endpoint()
    await again.post(batch, webhook_id="a")
    assert [event.id for event in again.events] == [event.id for event in endpoint.events]

    endpoint.now += REMEMBERED_SECONDS + 1
    await endpoint.post(batch, webhook_id="a")
    assert len(endpoint.events) == 4


async def test_without_an_id_nothing_is_taken_for_a_repeat(endpoint: Endpoint) -> None:
    await endpoint.post([opened(), opened()])
    await endpoint.post(opened())
    assert len(endpoint.events) == 3


async def test_trouble_of_ours_makes_it_come_again(endpoint: Endpoint) -> None:
    endpoint.fails = True
    assert (await endpoint.post(opened(), webhook_id="a")).status_code == 503
    endpoint.fails = False
    assert (await endpoint.post(opened(), webhook_id="a")).status_code == 200
    assert len(endpoint.events) == 1


@pytest.mark.parametrize(
    ("occurred", "timely"),
    [
        ("2026-05-04T10:30:00+00:00", "true"),
        ("2026-05-04T11:31:00+02:00", "true"),
        ("2026-05-04T09:29:00+00:00", "false"),
        ("2026-05-04T10:31:00+00:00", "false"),
        ("yesterday", "false"),
    ],
)
async def test_old_and_future_events_are_marked(
    endpoint: Endpoint, occurred: str, timely: str
) -> None:
    assert (await endpoint.post(opened(occurred))).status_code == 200
    assert endpoint.events[0].resource["getresponse.timely"] == timely


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"[" * 100_000, 400),
        (b"\xff", 400),
        (b"[]", 400),
        (b"17", 400),
        (b'{"type": 1}', 400),
        (b'{"type": "a b"}', 400),
        ([opened()] * 101, 400),
        (b'{"type": "something_new"}', 200),
        (b'{"type": "a", "contact": 1, "event": [], "account": {"accountId": "../x"}}', 200),
        (b" " * (MAX_BODY + 1), 413),
    ],
    ids=range(12),
)
async def test_any_body_has_an_answer(endpoint: Endpoint, body: Any, status: int) -> None:
    assert (await endpoint.post(body)).status_code == status
    assert len(endpoint.events) == (status == 200)
    assert all("../x" not in event.model_dump_json() for event in endpoint.events)


async def test_a_slash_at_the_end_loses_no_event(endpoint: Endpoint) -> None:
    assert (await endpoint.post(opened(), path="/webhooks/")).status_code == 200
    assert len(endpoint.events) == 1


@pytest.mark.parametrize("in_body", [False, True])
async def test_callbacks_become_events_too(endpoint: Endpoint, in_body: bool) -> None:
    given = "action=click&ACCOUNT_ID=Ab1&CONTACT_ID=Kp5&contact_email=canary%40mail.example"
    if in_body:
        answer = await endpoint.post(given.encode(), path="/callbacks")
    else:
        answer = await endpoint.get("/callbacks", {"secret": SECRET, **dict(parse_qsl(given))})
    assert answer.status_code == 200, answer.text
    [event] = endpoint.events
    assert event.event == "getresponse.callback.click"
    assert event.payload == {"ids": {"account": "Ab1", "contact": "Kp5"}}


@pytest.mark.parametrize("secret", ["", "short", "x" * 42])
def test_a_secret_is_long(secret: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_INTEGRATIONS_GETRESPONSE_WEBHOOK_SECRET", secret)
    with pytest.raises(InvalidConfiguration, match="at least 32 random bytes"):
        app()
    monkeypatch.setenv("PREFECT_INTEGRATIONS_GETRESPONSE_WEBHOOK_SECRET", SECRET)
    assert app().routes


@pytest.mark.xdist_group("prefect")
@pytest.mark.filterwarnings("ignore:.*<socket.socket:pytest.PytestUnraisableExceptionWarning")
async def test_prefect_has_the_event_when_getresponse_is_answered(prefect_server: str) -> None:
    moment = datetime.now(UTC)
    secrets = [SecretStr(SECRET)]
    transport = httpx.ASGITransport(receiver(secrets, account_name=f"hooked-{moment:%H%M%S%f}"))
    async with httpx.AsyncClient(transport=transport, base_url="https://hooks") as http:
        body = opened(moment.isoformat())
        answer = await http.post("/webhooks", params={"secret": SECRET}, json=body)
    assert answer.json() == {"status": "OK"}

    wanted = {"filter": {"event": {"name": ["getresponse.webhook.contact_opened_message"]}}}
    found: list[dict[str, Any]] = []
    async with httpx.AsyncClient(base_url=prefect_server) as http:
        for _ in range(50):  # the server writes events down a little later
            found = (await http.post("/events/filter", json=wanted)).json()["events"]
            if found:
                break
            await asyncio.sleep(0.2)
    assert found[0]["payload"]["ids"]["contact"] == "Kp5"
