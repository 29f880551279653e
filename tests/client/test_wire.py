"""A call ends, whatever arrives; certificates that are refused say why."""

from __future__ import annotations

import datetime
import os
import resource
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import SecretStr

from prefect_getresponse.client import errors
from prefect_getresponse.client.connection import Connection
from prefect_getresponse.client.request import RetryClass
from prefect_getresponse.client.wire import ANSWER_SECONDS, CONNECT_SECONDS
from tests.client.certificates import make_certificate, server_context
from tests.client.connect_proxy import ConnectProxy
from tests.client.fault_server import FaultServer, answer
from tests.client.listener import Listener
from tests.client.senders import Flavour, MakeSender, Sender, call

Drip = Callable[[socket.socket, Callable[[], None]], None]


def headers(connection: socket.socket, tick: Callable[[], None]) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nX-A: ")
    while True:
        tick()
        connection.sendall(b"a")


def hints(connection: socket.socket, tick: Callable[[], None]) -> None:
    while True:
        tick()
        connection.sendall(b"HTTP/1.1 103 Early Hints\r\n\r\n")


def trailers(connection: socket.socket, tick: Callable[[], None]) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n[]\r\n0\r\nX: ")
    while True:
        tick()
        connection.sendall(b"a")


@pytest.mark.parametrize("drip", [headers, hints])
@pytest.mark.parametrize("retry_class", [RetryClass.KEYED, RetryClass.ONCE])
def test_an_answer_that_never_comes_ends_the_call(
    drip: Drip, retry_class: RetryClass, sender: MakeSender
) -> None:
    client = sender("http://127.0.0.1:1/v3")

    def tick() -> None:
        time.sleep(0.02)  # lets the client finish what it writes
        client.now += ANSWER_SECONDS / 5

    with FaultServer(lambda connection: drip(connection, tick)) as server:
        client = sender(server.url)
        with pytest.raises(errors.OutcomeUnknown, match="ReadTimeout"):
            client.send(call(retry_class))


def test_a_body_that_never_ends_is_one_that_broke_off(sender: MakeSender) -> None:
    client = sender("http://127.0.0.1:1/v3")

    def tick() -> None:
        time.sleep(0.02)  # lets the client finish what it writes
        client.now += ANSWER_SECONDS / 5

    with FaultServer(lambda connection: trailers(connection, tick)) as server:
        client = sender(server.url)
        assert client.send(call(RetryClass.ONCE)).data is None


def test_a_read_is_not_retried_without_end(sender: MakeSender) -> None:
    client = sender("http://127.0.0.1:1/v3")

    def tick() -> None:
        time.sleep(0.02)  # lets the client finish what it writes
        client.now += ANSWER_SECONDS

    with FaultServer(lambda connection: hints(connection, tick)) as server:
        client = sender(server.url)
        with pytest.raises(errors.TransportFailed, match="ReadTimeout"):
            client.send(call())
        assert len(server.requests) <= 3


@pytest.mark.skipif(sys.platform != "linux", reason="limits of Linux")
@pytest.mark.parametrize("retry_class", [RetryClass.READ, RetryClass.ONCE])
def test_a_socket_that_may_not_be_opened_is_no_trouble_of_the_network(
    retry_class: RetryClass, sender: MakeSender
) -> None:
    with FaultServer(answer(200, [])) as server:
        client = sender(server.url)
        client.send(call(RetryClass.ONCE))  # whatever it opens once
        limits = resource.getrlimit(resource.RLIMIT_NOFILE)
        with Path(os.devnull).open() as next_one:
            resource.setrlimit(resource.RLIMIT_NOFILE, (next_one.fileno(), limits[1]))
        try:
            with pytest.raises(errors.TransportFailed, match="no further files") as told:
                client.send(call(retry_class))
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, limits)
    assert "ulimit" in told.value.advice


class SilentProxy(Listener):
    """Takes a request for a tunnel, and then drips, or hangs up."""

    def __init__(self, drip: bytes, tick: Callable[[], None]) -> None:
        super().__init__()
        self._drip, self._tick = drip, tick
        self.asked = 0

    def meet(self, connection: socket.socket) -> None:
        with connection:
            connection.recv(65536)
            self.asked += 1
            while self._drip:
                self._tick()
                connection.sendall(self._drip)


@pytest.mark.parametrize("flavour", ["sync", "async"])
@pytest.mark.parametrize("drip", [b"HTTP/1.1 100 Continue\r\n\r\n", b""])
def test_a_proxy_that_opens_no_tunnel_has_sent_nothing(drip: bytes, flavour: Flavour) -> None:
    now = [0.0]

    def tick() -> None:
        time.sleep(0.02)
        client.now += CONNECT_SECONDS / 4

    with SilentProxy(drip, tick) as proxy:
        connection = Connection(proxy=SecretStr(f"http://{proxy.address}"))
        with Sender(flavour, "https://api.getresponse.com/v3", connection=connection) as client:
            now[0] = client.now
            with pytest.raises(errors.TransportFailed, match=r"ConnectTimeout|ConnectError"):
                client.send(call(RetryClass.ONCE))
            spent = client.now - now[0]
    assert proxy.asked == 5
    assert spent < 5 * 2 * CONNECT_SECONDS + 60


@pytest.mark.parametrize("flavour", ["sync", "async"])
@pytest.mark.parametrize(
    ("host", "shift", "trusted", "said"),
    [
        ("api.getresponse.com", -3, True, "has expired.*clock says 20"),
        ("api.getresponse.com", +3, True, "is not valid yet.*clock says 20"),
        ("elsewhere.example", 0, True, "for another host name"),
        ("api.getresponse.com", 0, False, "authority that is not trusted.*CA file"),
    ],
)
def test_a_refused_certificate_says_why(
    host: str, shift: int, trusted: bool, said: str, flavour: Flavour, tmp_path: Path
) -> None:
    made = make_certificate(tmp_path / "c.pem", host, datetime.timedelta(days=shift))
    other = make_certificate(tmp_path / "o.pem", host)
    with (
        FaultServer(answer(200, []), tls=server_context(made)) as server,
        ConnectProxy(server.url) as proxy,
    ):
        connection = Connection(str(made if trusted else other), SecretStr(proxy.url))
        with (
            Sender(flavour, "https://api.getresponse.com/v3", connection=connection) as client,
            pytest.raises(errors.TransportFailed, match=said),
        ):
            client.send(call(RetryClass.ONCE))
        assert proxy.heads
        assert server.requests == []


@pytest.mark.parametrize("flavour", ["sync", "async"])
def test_a_ca_file_that_is_replaced_is_used(flavour: Flavour, tmp_path: Path) -> None:
    host = "api.getresponse.com"
    first, second = (make_certificate(tmp_path / f"{n}.pem", host) for n in "ab")
    authorities = tmp_path / "authorities.pem"
    authorities.write_bytes(first.read_bytes())
    with (
        FaultServer(answer(200, []), tls=server_context(second)) as server,
        ConnectProxy(server.url) as proxy,
    ):
        connection = Connection(str(authorities), SecretStr(proxy.url))
        with Sender(flavour, f"https://{host}/v3", connection=connection) as client:
            with pytest.raises(errors.TransportFailed, match="not trusted"):
                client.send(call())
            authorities.write_text("half a file")
            with pytest.raises(errors.TransportFailed, match="not trusted"):
                client.send(call())
            authorities.write_bytes(second.read_bytes())
            assert client.send(call()).data == []


class Packets(Listener):
    """Answers a call each, and keeps what came at once."""

    def __init__(self, *headers: str) -> None:
        super().__init__()
        self._headers = "".join(f"{each}\r\n" for each in headers)
        self.came: list[bytes] = []

    def meet(self, connection: socket.socket) -> None:
        with connection:
            self.came.append(connection.recv(65536))
            head = f"HTTP/1.1 200 OK\r\n{self._headers}Content-Type: application/json\r\n"
            connection.sendall(f"{head}Content-Length: 2\r\n\r\n[]".encode())


@pytest.mark.parametrize("retry_class", [RetryClass.KEYED, RetryClass.ONCE])
def test_head_and_body_of_a_call_leave_together(
    retry_class: RetryClass, sender: MakeSender
) -> None:
    with Packets() as server:
        sender(f"http://{server.address}/v3").send(call(retry_class))
    [came] = server.came
    assert came.startswith(b"POST /v3/contacts HTTP/1.1\r\n")
    assert came.endswith(b'{"email":"jane.doe@example.com"}')


def test_a_connection_that_the_server_has_closed_is_not_used_again(sender: MakeSender) -> None:
    with Packets() as server:
        client = sender(f"http://{server.address}/v3")
        for _ in range(3):
            assert client.send(call()).data == []
            time.sleep(0.02)  # lets its end arrive
    assert len(server.came) == 3
    assert client.calls.total() == 3


def test_cookies_are_neither_kept_nor_sent(sender: MakeSender) -> None:
    with Packets("Set-Cookie: visitor=42; Path=/") as server:
        client = sender(f"http://{server.address}/v3")
        for _ in range(2):
            client.send(call())
    assert not [came for came in server.came if b"cookie" in came.lower()]
