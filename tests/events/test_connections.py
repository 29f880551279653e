"""Slow and idle clients cost the others nothing, on real sockets."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

import httpx
import pytest
import uvicorn
from pydantic import SecretStr
from uvicorn.protocols.http.h11_impl import H11Protocol

from prefect_getresponse.events.inbox.inbox import Inbox
from prefect_getresponse.events.receiving import application as receiving
from prefect_getresponse.events.receiving.connections import guarded_protocol
from prefect_getresponse.webhooks import receiver
from tests.events.samples import SECRET, opened

MOST = 20


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    """A receiver that keeps 20 connections and waits half a second for headers."""
    with _served(tmp_path, guarded_protocol(MOST, header_seconds=0.5)) as port:
        yield port


@contextmanager
def _served(tmp_path: Path, protocol: type[H11Protocol]) -> Generator[int]:
    inbox = Inbox(str(tmp_path / "inbox.sqlite"))
    application = receiver([SecretStr(SECRET)], inbox=inbox, emit="none")
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        application, http=protocol, lifespan="off", log_level="warning", ws="none"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve([listening])), daemon=True)
    thread.start()
    try:
        yield listening.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join()
        inbox.close()


def is_closed(connection: socket.socket) -> bool:
    connection.settimeout(10)
    try:
        return connection.recv(1) == b""
    except ConnectionError:
        return True


def test_idle_connections_make_room_for_those_that_work(port: int) -> None:
    with httpx.Client(base_url=f"http://127.0.0.1:{port}") as http:
        query = {"secret": SECRET}
        idle = [socket.create_connection(("127.0.0.1", port)) for _ in range(3 * MOST)]
        for _ in range(3):
            assert http.post("/webhooks", params=query, json=opened()).status_code == 200
        assert all(is_closed(each) for each in idle[:MOST])
        for each in idle:
            each.close()


def test_a_connection_that_was_used_waits_longer_for_the_next_request(port: int) -> None:
    used = HTTPConnection("127.0.0.1", port)
    with socket.create_connection(("127.0.0.1", port)) as silent:
        for _ in range(2):
            used.request("POST", f"/webhooks?secret={SECRET}", b"[]")
            assert used.getresponse().read() == b'{"status":"OK"}'
            assert is_closed(silent)  # the time for headers is over
    used.close()


@pytest.mark.parametrize(("secret", "status"), [(SECRET, b"200 OK"), ("wrong", b"401 Unauth")])
def test_an_answer_is_sent_whole(port: int, secret: str, status: bytes) -> None:
    head = f"POST /webhooks?secret={secret} HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n[]"
    with socket.create_connection(("127.0.0.1", port)) as connection:
        for _ in range(5 if secret == SECRET else 1):
            connection.sendall(head.encode())
            answer = connection.recv(4096)  # what one `send` brought
            assert answer.startswith(b"HTTP/1.1 " + status)
            assert answer.endswith(b"}")
        assert secret == SECRET or is_closed(connection)


@pytest.mark.parametrize("secret", [SECRET, "wrong"])
def test_a_body_that_does_not_come_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, secret: str
) -> None:
    monkeypatch.setattr(receiving, "BODY_SECONDS", 0.2)
    with _served(tmp_path, H11Protocol) as port:  # uvicorn's own, which would keep it open
        with socket.create_connection(("127.0.0.1", port)) as slow:
            head = (
                f"POST /webhooks?secret={secret} HTTP/1.1\r\nHost: h\r\nContent-Length: 99\r\n\r\n"
            )
            slow.sendall(head.encode())
            slow.settimeout(10)
            answer = b"".join(iter(lambda: slow.recv(4096), b""))
        assert answer.startswith(b"HTTP/1.1 503" if secret == SECRET else b"HTTP/1.1 401")


def test_headers_must_come_in_time(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as slow:
        slow.sendall(b"POST /webhooks HTTP/1.1\r\nHost: ho")
        assert is_closed(slow)
    with httpx.Client(base_url=f"http://127.0.0.1:{port}") as http:
        assert http.get("/health").status_code == 200
