"""The receiver: only who knows the secret is heard, and what is acknowledged is in the inbox."""

from __future__ import annotations

import asyncio
import gc
import gzip
import json
import logging
import os
import threading
import time
import zlib
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest
from pydantic import SecretStr

from prefect_getresponse import InvalidConfiguration
from prefect_getresponse.events.inbox.database import InboxError
from prefect_getresponse.events.inbox.inbox import Inbox
from prefect_getresponse.events.receiving.reading import MAX_BODY
from prefect_getresponse.webhooks import app, receiver
from tests.events.conftest import Endpoint
from tests.events.samples import ADDRESS, NOW, PREVIOUS, SECRET, opened
from tests.support.asgi import AsgiClient, started_and_stopped
from tests.support.sqlite_file import sqlite_file

OK = {"status": "OK"}


def test_an_event_is_kept_whole(endpoint: Endpoint) -> None:
    answer = endpoint.post(opened(), webhook_id="1-2-3")
    assert (answer.status_code, answer.json()) == (200, OK)
    assert answer.headers["Content-Type"] == "application/json"
    [entry] = endpoint.entries
    assert json.loads(entry.payload) == opened()
    assert (entry.key, entry.kind, entry.type, entry.state) == (
        "1-2-3/0",
        "webhook",
        "contact_opened_message",
        "waiting",
    )
    assert (entry.account_id, entry.contact_id, entry.received_at) == ("Ab1", "Kp5", NOW)
    assert entry.occurred_at == 1_789_996_800.0


def wait_for_bell(endpoint: Endpoint, count: int) -> None:
    for _ in range(200):
        if len(endpoint.rang) >= count:
            return
        time.sleep(0.01)
    raise AssertionError(endpoint.rang)


def test_prefect_is_told_ids_and_nothing_of_a_person(
    endpoint: Endpoint, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    endpoint.post(opened(), webhook_id="1-2-3")
    wait_for_bell(endpoint, 2)
    filled, each = endpoint.rang
    assert (filled.name, filled.payload) == ("getresponse.inbox.filled", {"received": 1})
    assert each.name == "getresponse.webhook.contact_opened_message"
    assert each.labels["getresponse.contact"] == "Kp5"
    assert each.labels["getresponse.timely"] == "true"
    assert each.payload["ids"] == {
        "contact": "Kp5",
        "campaign": "Cx2",
        "message": "Mz3",
        "account": "Ab1",
    }
    shown = repr(endpoint.rang) + caplog.text
    assert not [text for text in ("canary", "Ann", "Spring", "evil.example") if text in shown]


@pytest.mark.parametrize(
    ("secret", "status"),
    [
        (SECRET, 200),
        (PREVIOUS, 200),
        ("", 401),
        (SECRET[:-1], 401),
        (f"{SECRET}x", 401),
        ("ä", 401),
    ],
)
def test_only_who_knows_a_secret_is_heard(endpoint: Endpoint, secret: str, status: int) -> None:
    assert endpoint.post(opened(), secret=secret).status_code == status
    called = endpoint.client.get("/callbacks", params={"secret": secret, "action": "open"})
    assert called.status_code == status
    assert len(endpoint.entries) == 2 * (status == 200)
    assert SECRET not in repr(endpoint.entries) + str([e.payload for e in endpoint.entries])


def test_one_bad_element_costs_the_others_nothing(endpoint: Endpoint) -> None:
    batch = [opened(), 17, {"type": "a b"}, {"no": "type"}, None, opened()]
    assert endpoint.post(batch, webhook_id="b").json() == OK
    found = {entry.key: entry.state for entry in endpoint.entries}
    assert found == {
        "b/0": "waiting",
        "b/1/unreadable": "unreadable",
        "b/2/unreadable": "unreadable",
        "b/3/unreadable": "unreadable",
        "b/4/unreadable": "unreadable",
        "b/5": "waiting",
    }


def test_a_retry_is_one_entry_even_after_a_restart(endpoint: Endpoint) -> None:
    batch = [opened(), opened()]
    for _ in range(3):
        assert endpoint.post(batch, webhook_id="a").json() == OK
        endpoint.start()
    endpoint.now += 40 * 86_400
    endpoint.post(batch, webhook_id="a")
    assert [entry.key for entry in endpoint.entries] == ["a/0", "a/1"]


def test_without_an_id_nothing_is_taken_for_a_retry(endpoint: Endpoint) -> None:
    endpoint.post([opened(), opened()])
    endpoint.post(opened())
    assert len(endpoint.entries) == 3


@pytest.mark.parametrize("given", ["x" * 5000, "a/../b", "  spaced  ", "1'; DROP TABLE inbox"])
def test_any_id_is_a_key(endpoint: Endpoint, given: str) -> None:
    for _ in range(2):
        assert endpoint.post(opened(), webhook_id=given).json() == OK
    assert len(endpoint.entries) == 1


@pytest.mark.parametrize(
    ("body", "state"),
    [
        (b"", "unreadable"),
        (b"{", "unreadable"),
        (b"[" * 100_000, "unreadable"),
        (b"\xff\x00", "unreadable"),
        (b"17", "unreadable"),
        (b'{"type": 1}', "unreadable"),
        (b'{"type": "something_new"}', "waiting"),
        (b'{"type": "a", "contact": 1, "event": [], "account": {"accountId": "../x"}}', "waiting"),
        (b'{"type": "a", "event": {"occurredAt": "yesterday"}}', "waiting"),
        (b'{"type": "a", "event": {"occurredAt": "9999-99-99T00:00:00"}}', "waiting"),
        (b'{"type": "a", "contact": {"name": "\\u0000"}}', "waiting"),
    ],
    ids=range(11),
)
def test_whatever_comes_is_kept(endpoint: Endpoint, body: bytes, state: str) -> None:
    assert endpoint.post(body).json() == OK
    [entry] = endpoint.entries
    assert entry.state == state
    assert entry.account_id == ""


def test_an_empty_batch_is_nothing(endpoint: Endpoint) -> None:
    assert endpoint.post([]).json() == OK
    assert not endpoint.entries


def test_more_than_a_hundred_are_all_kept(endpoint: Endpoint) -> None:
    assert endpoint.post([opened()] * 250, webhook_id="big").json() == OK
    assert len(endpoint.entries) == 250


@pytest.mark.parametrize(("coding", "pack"), [("gzip", gzip.compress), ("deflate", zlib.compress)])
def test_packed_bodies_are_read(endpoint: Endpoint, coding: str, pack: Any) -> None:
    packed = pack(json.dumps(opened()).encode())
    headers = {"Content-Encoding": coding}
    assert endpoint.post(packed, webhook_id="p", **headers).json() == OK
    assert json.loads(endpoint.entries[0].payload) == opened()


def test_a_body_that_says_to_be_packed_and_is_not_is_read_as_it_is(endpoint: Endpoint) -> None:
    headers = {"Content-Encoding": "gzip"}
    endpoint.post(opened(), **headers)
    cut = gzip.compress(json.dumps(opened()).encode())[:-9]
    endpoint.post(cut, **headers)
    endpoint.post(b"\x01brotli", **{"Content-Encoding": "br"})
    states = sorted(entry.state for entry in endpoint.entries)
    assert states == ["unreadable", "unreadable", "waiting"]


def test_a_bomb_does_not_unfold(endpoint: Endpoint) -> None:
    bomb = gzip.compress(b" " * (MAX_BODY + 1))
    assert endpoint.post(bomb, **{"Content-Encoding": "gzip"}).status_code == 413
    assert endpoint.post(b" " * (MAX_BODY + 1)).status_code == 413
    assert not endpoint.entries


def test_a_slash_at_the_end_loses_no_event(endpoint: Endpoint) -> None:
    assert endpoint.post(opened(), path="/webhooks/").json() == OK
    assert len(endpoint.entries) == 1


@pytest.mark.parametrize("in_body", [False, True])
def test_every_callback_is_an_entry(endpoint: Endpoint, in_body: bool) -> None:
    given = "action=click&ACCOUNT_ID=Ab1&CONTACT_ID=Kp5&contact_email=canary%40mail.example"
    for _ in range(2):
        if in_body:
            answer = endpoint.post(given.encode(), path="/callbacks")
        else:
            query = {"secret": SECRET, **dict(parse_qsl(given))}
            answer = endpoint.client.get("/callbacks", params=query)
        assert answer.json() == OK
    first, second = endpoint.entries
    assert (first.kind, first.type, first.contact_id) == ("callback", "click", "Kp5")
    assert json.loads(first.payload) == json.loads(second.payload) == dict(parse_qsl(given))
    assert first.occurred_at == NOW


def test_a_callback_without_an_action_is_kept(endpoint: Endpoint) -> None:
    query = {"secret": SECRET, "CONTACT_ID": "Kp5"}
    assert endpoint.client.get("/callbacks", params=query).json() == OK
    assert endpoint.entries[0].state == "unreadable"


def test_a_locked_inbox_makes_it_come_again(
    endpoint: Endpoint, caplog: pytest.LogCaptureFixture
) -> None:
    with sqlite_file(endpoint.file, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        answers = [endpoint.post(opened(), webhook_id="a") for _ in range(2)]
        assert {answer.status_code for answer in answers} == {503}
        assert endpoint.client.get("/health").status_code == 503
        other.execute("ROLLBACK")
    assert len([each for each in caplog.records if "not taken" in each.message]) == 1
    assert endpoint.post(opened(), webhook_id="a").status_code == 200
    assert endpoint.client.get("/health").status_code == 200
    assert len(endpoint.entries) == 1


def test_a_full_disk_makes_it_come_again(endpoint: Endpoint) -> None:
    endpoint.post(opened(), webhook_id="before")
    with endpoint.inbox.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        # SQLite's own limit of pages: the database is full, as on a disk without room.
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    big = [opened(padding="x" * 2000)] * 100
    assert endpoint.post(big, webhook_id="a").status_code == 503
    assert [entry.key for entry in endpoint.entries] == ["before/0"]
    with endpoint.inbox.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1000000")
    assert endpoint.post(big, webhook_id="a").status_code == 200
    assert len(endpoint.entries) == 101


def test_prefect_being_down_costs_nothing(tmp_path: Path) -> None:
    def down(_notices: object) -> None:
        raise OSError("no server")

    inbox = Inbox(str(tmp_path / "inbox.sqlite"))
    client = AsgiClient(receiver([SecretStr(SECRET)], inbox=inbox, send=down, emit="each"))
    for number in range(50):
        headers = {"X-Webhook-ID": str(number)}
        answer = client.post("/webhooks", params={"secret": SECRET}, json=opened(), headers=headers)
        assert answer.json() == OK
    assert inbox.counts() == {"waiting": 50}
    client.close()
    inbox.close()


def test_a_probe_is_answered_and_not_kept(endpoint: Endpoint) -> None:
    assert endpoint.post({"type": "prefect_getresponse_probe"}).json() == OK
    assert not endpoint.entries


def test_the_inbox_is_for_its_owner_alone(endpoint: Endpoint) -> None:
    assert not endpoint.file.stat().st_mode & 0o077


async def test_the_inbox_is_closed_after_the_last_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, goes_on, check = threading.Event(), threading.Event(), Inbox.check_writable

    def slow(inbox: Inbox) -> None:
        begun.set()
        goes_on.wait(10)
        check(inbox)
        pools.append(inbox.engine.pool)

    pools: list[Any] = []
    monkeypatch.setattr(Inbox, "check_writable", slow)
    application = receiver([SecretStr(SECRET)], inbox=str(tmp_path / "inbox.sqlite"))
    transport = httpx.ASGITransport(application)
    async with httpx.AsyncClient(transport=transport, base_url="https://hooks") as http:
        asking = asyncio.create_task(http.get("/health"))
        await asyncio.to_thread(begun.wait, 10)
        stopping = asyncio.create_task(started_and_stopped(application))
        await asyncio.sleep(0.01)
        goes_on.set()
        await stopping
        assert (await asking).status_code == 200
    assert [pool.checkedin() for pool in pools] == [0]


@pytest.mark.parametrize("secret", ["", "short", "x" * 42])
def test_a_secret_is_long(secret: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    configure(monkeypatch, secret, tmp_path)
    with pytest.raises(InvalidConfiguration, match="at least 32 random bytes"):
        app()


@pytest.mark.usefixtures("garbage_as_usual")
def test_no_full_garbage_collection_holds_answers_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(monkeypatch, SECRET, tmp_path)
    asyncio.run(started_and_stopped(app()))
    assert gc.get_freeze_count() > 10_000
    assert (tmp_path / "inbox.sqlite").exists()


def configure(monkeypatch: pytest.MonkeyPatch, secret: str, folder: Path) -> None:
    """Set what a server takes from its environment."""
    prefix = "PREFECT_INTEGRATIONS_GETRESPONSE"
    monkeypatch.setenv(f"{prefix}_WEBHOOK_SECRET", secret)
    monkeypatch.setenv(f"{prefix}_INBOX_URL", f"sqlite:///{folder}/inbox.sqlite")


def test_an_inbox_of_a_newer_version_is_left_alone(endpoint: Endpoint) -> None:
    with sqlite_file(endpoint.file) as database:
        database.execute("UPDATE inbox_schema SET version = 99")
    with pytest.raises(InboxError, match="has version 99"):
        Inbox(str(endpoint.file))


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("://", "cannot be understood"),
        ("postgresql://u:${NOT_SET_ANYWHERE}@127.0.0.1/d", "NOT_SET_ANYWHERE"),
        ("nonsense://host/d", "driver"),
        (f"{os.sep}proc/nothing/inbox.sqlite", "cannot be used"),
    ],
)
def test_an_inbox_that_cannot_be_opened_says_why(url: str, says: str) -> None:
    with pytest.raises(InboxError, match=says):
        Inbox(url).close()


def test_an_address_is_in_no_representation(endpoint: Endpoint) -> None:
    endpoint.post(opened())
    assert ADDRESS not in repr(endpoint.entries)
