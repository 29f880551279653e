"""Calls that must not be repeated: each by a connection of its own, which is opened ahead."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pydantic import SecretStr

from prefect_getresponse.client import once
from prefect_getresponse.client.connection import Connection
from prefect_getresponse.client.request import RetryClass
from tests.client.certificates import make_certificate, server_context
from tests.client.connect_proxy import ConnectProxy
from tests.client.listener import Listener
from tests.client.senders import Flavour, Sender, call

ANSWER = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: keep-alive\r\n"
    b"Content-Length: 2\r\n\r\n[]"
)
SOON = 0.02
"""Seconds after which an impatient server does something about a connection without a call."""
Line = Callable[[ssl.SSLSocket], None]


class Server(Listener):
    """Answers every call, and knows by which connection each came.

    Attributes:
        calls: Calls of each connection, in the order in which they were opened.
        ends: How many connections have ended.
        impatient: Does something with a connection on which no call comes soon.
    """

    at_once = True

    def __init__(self, certificate: Path) -> None:
        super().__init__()
        self._tls = server_context(certificate)
        self.calls: list[int] = []
        self.ends = 0
        self.impatient: Line | None = None
        self.greets: Callable[[], bool] = lambda: True

    @property
    def url(self) -> str:
        return f"https://{self.address}/v3"

    def meet(self, connection: socket.socket) -> None:
        number = len(self.calls)
        self.calls.append(0)
        try:
            if self.greets():
                with self._tls.wrap_socket(connection, server_side=True) as line:
                    self._answer(line, number)
        finally:
            self.ends += 1

    def _answer(self, line: ssl.SSLSocket, number: int) -> None:
        if self.impatient and number % 2:  # those that are opened ahead
            line.settimeout(SOON)
        try:
            while line.recv(65536):
                self.calls[number] += 1
                line.sendall(ANSWER)
        except TimeoutError:
            assert self.impatient is not None
            self.impatient(line)


class Proxy(ConnectProxy):
    at_once = True


@pytest.fixture(params=["sync", "async"])
def flavour(request: pytest.FixtureRequest) -> Flavour:
    chosen: Flavour = request.param
    return chosen


@pytest.fixture
def server(tmp_path: Path) -> Generator[Server]:
    with Server(make_certificate(tmp_path / "c.pem", "127.0.0.1")) as started:
        yield started


@contextmanager
def sending(
    server: Server, flavour: Flavour, folder: Path, proxy: str = "", most: int = 10
) -> Generator[Sender]:
    connection = Connection(str(folder / "c.pem"), SecretStr(proxy), most=most)
    with Sender(flavour, server.url, connection=connection) as client:
        yield client
    assert client.calls.total() == sum(server.calls)  # none was made a second time


def send(client: Sender, retry_class: RetryClass = RetryClass.ONCE) -> None:
    assert client.send(call(retry_class)).data == []


@pytest.mark.parametrize("through", ["", "proxy"])
def test_each_has_a_connection_that_was_opened_ahead(
    through: str, server: Server, flavour: Flavour, tmp_path: Path
) -> None:
    with contextlib.ExitStack() as stack:
        proxy = stack.enter_context(Proxy(server.url, "secret")).url if through else ""
        client = stack.enter_context(sending(server, flavour, tmp_path, proxy))
        for sent in range(1, 5):
            send(client)
            client.rest()
            # All calls so far by one each, and one that waits for the next.
            assert server.calls == [1] * sent + [0]


def test_calls_in_a_row_have_one_each(server: Server, flavour: Flavour, tmp_path: Path) -> None:
    with sending(server, flavour, tmp_path) as client:
        for _ in range(20):
            send(client)
    assert sum(server.calls) == 20
    assert max(server.calls) == 1


def test_other_calls_open_none_ahead(server: Server, flavour: Flavour, tmp_path: Path) -> None:
    with sending(server, flavour, tmp_path) as client:
        for _ in range(3):
            send(client, RetryClass.READ)
            client.rest()
    assert server.calls == [3]


def test_there_are_no_more_than_may_be(server: Server, flavour: Flavour, tmp_path: Path) -> None:
    with sending(server, flavour, tmp_path, most=1) as client:
        for _ in range(3):
            send(client)
            client.rest()
    assert server.calls == [1, 1, 1]


def hang_up(line: ssl.SSLSocket) -> None:
    line.close()


def say_so(line: ssl.SSLSocket) -> None:
    line.sendall(b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n")
    line.settimeout(None)
    line.recv(1)


def tear(line: ssl.SSLSocket) -> None:
    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    line.close()


@pytest.mark.parametrize("impatient", [hang_up, say_so, tear])
def test_one_that_the_server_has_given_up_is_not_used(
    impatient: Line, server: Server, flavour: Flavour, tmp_path: Path
) -> None:
    server.impatient = impatient
    with sending(server, flavour, tmp_path) as client:
        for _ in range(3):
            send(client)
            client.rest()
    assert server.calls == [1, 0, 1, 0, 1, 0]


def test_one_that_is_old_is_not_used(
    server: Server, flavour: Flavour, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(once, "LIFE", 0.05)
    with sending(server, flavour, tmp_path) as client:
        for _ in range(2):
            send(client)
            client.rest(0.3)
    assert server.calls == [1, 0, 1, 0]


def test_what_fails_ahead_is_told_to_nobody(
    server: Server, flavour: Flavour, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    server.greets = lambda: len(server.calls) % 2 == 1
    with sending(server, flavour, tmp_path) as client:
        for _ in range(2):
            send(client)
            client.rest()
    assert server.calls == [1, 0, 1, 0]
    assert {record.name for record in caplog.records} <= {"asyncio", "prefect_getresponse"}


def test_one_that_does_not_come_about_keeps_no_call_waiting(
    server: Server, flavour: Flavour, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(once, "PATIENCE", 0.05)
    goes_on = threading.Event()

    def greets() -> bool:
        if len(server.calls) == 2:
            goes_on.wait()
        return True

    server.greets = greets
    with sending(server, flavour, tmp_path) as client:
        for _ in range(2):
            send(client)
    goes_on.set()
    assert server.calls[:3] == [1, 0, 1]


def test_none_is_left_when_the_client_is_closed(
    server: Server, flavour: Flavour, tmp_path: Path
) -> None:
    with sending(server, flavour, tmp_path) as client:
        for _ in range(3):
            send(client)
        client.rest()
    deadline = threading.Event()
    for _ in range(100):
        if server.ends == len(server.calls):
            break
        deadline.wait(0.02)
    assert server.ends == len(server.calls)
    assert not [each for each in threading.enumerate() if each.name == "connection"]
