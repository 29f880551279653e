"""A server on a real socket that does to calls what networks do."""

import contextlib
import json
import socket
import ssl
import struct
import time
from collections import deque
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass

from tests.client.listener import Listener

Behaviour = Callable[[socket.socket], None]
"""What happens to a connection once its request was read."""


@dataclass(frozen=True)
class Early:
    """A behaviour of a server that has not read the whole request.

    Attributes:
        behaviour: What happens to the connection.
        after_head: Whether the head of the request was read; else nothing was.
    """

    behaviour: Behaviour
    after_head: bool

    def __call__(self, connection: socket.socket) -> None:
        self.behaviour(connection)


_RESET = struct.pack("ii", 1, 0)  # SO_LINGER without time: closing sends RST

_TLS_HELLO = b"\x16"


def answer(
    status: int = 200,
    body: object = None,
    content_type: str = "application/json",
    headers: Mapping[str, str] | None = None,
) -> Behaviour:
    """A whole answer; texts and bytes are the body as it stands, anything else becomes JSON."""
    text = body if isinstance(body, str | bytes) else "" if body is None else json.dumps(body)
    content = text if isinstance(text, bytes) else text.encode()
    lines = {"Content-Type": content_type, "Content-Length": str(len(content))}
    lines |= {"Connection": "close", **(headers or {})}

    def behave(connection: socket.socket) -> None:
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        connection.sendall(f"HTTP/1.1 {status} X\r\n{head}\r\n".encode() + content)

    return behave


def reset(connection: socket.socket) -> None:
    """Tear the connection down without an answer."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)


def close(connection: socket.socket) -> None:
    """Close the connection without an answer."""


def cut_short(connection: socket.socket) -> None:
    """Send the head of a success and half of the body it promised."""
    connection.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"half": ')


def break_tls(connection: socket.socket) -> None:
    """Send what no TLS connection can decrypt."""
    socket.socket.send(connection, b"\x17\x03\x03\x00\x20" + bytes(32))


def hang(connection: socket.socket) -> None:
    """Say nothing until the other side gives up."""
    with contextlib.suppress(OSError):
        connection.recv(1)


def stall(connection: socket.socket) -> None:
    """Read nothing for longer than an impatient client writes."""
    time.sleep(0.45)


def reset_handshake(connection: socket.socket) -> None:
    """Tear the connection down in the middle of the handshake."""
    connection.recv(65536)
    reset(connection)


def keep_alive(connection: socket.socket) -> None:
    """Answer every call of a connection; only the first is among the server's requests."""
    while True:
        answer(200, {"ok": True}, headers={"Connection": "keep-alive"})(connection)
        _read_request(connection)


class FaultServer(Listener):
    """Serves one request a connection, each by the next behaviour of a script.

    Attributes:
        url: Base URL of the API.
        script: Behaviours still to come; the last one stays.
        requests: Heads and bodies of the requests that arrived.
    """

    def __init__(self, *script: Behaviour, tls: ssl.SSLContext | None = None) -> None:
        super().__init__()
        self.script = deque(script)
        self._tls = tls
        self.requests: list[str] = []
        self.url = f"{'https' if tls else 'http'}://{self.address}/v3"

    def meet(self, connection: socket.socket) -> None:
        """Read a request, and behave."""
        if self._tls is not None:
            connection = self._tls.wrap_socket(connection, server_side=True)
        with connection:
            if not isinstance(self.script[0], Early):
                self.requests.append(_read_request(connection))
            elif self.script[0].after_head:
                self.requests.append(_read_head(connection)[0].decode())
            (self.script.popleft() if len(self.script) > 1 else self.script[0])(connection)


def _read_head(connection: socket.socket) -> tuple[bytes, bytes]:
    """The head of a request, and what came with it of the body."""
    received = b""
    while b"\r\n\r\n" not in received:
        received += _receive(connection)
    head, _, body = received.partition(b"\r\n\r\n")
    return head, body


def _read_request(connection: socket.socket) -> str:
    head, body = _read_head(connection)
    lengths = [
        int(line.split(b":")[1])
        for line in head.splitlines()
        if line.lower().startswith(b"content-length:")
    ]
    while len(body) < sum(lengths):
        body += _receive(connection)
    return (head + b"\r\n\r\n" + body).decode(errors="surrogateescape")


def _receive(connection: socket.socket) -> bytes:
    received = connection.recv(65536)
    if not received or received.startswith(_TLS_HELLO):
        raise ConnectionError("no HTTP request came, or not the whole of it")
    return received


@contextlib.contextmanager
def crowded_url() -> Generator[str]:
    """Base URL of a server too busy to take connections: those who ask hear nothing."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _ in range(4):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(listener.getsockname())
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/v3"


def unused_url() -> str:
    """Base URL that refuses connections."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return f"http://127.0.0.1:{listener.getsockname()[1]}/v3"
