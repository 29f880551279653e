"""A proxy on a real socket that opens tunnels (`CONNECT`), all to one server."""

import base64
import contextlib
import socket
import threading
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit


class ConnectProxy:
    """Connects whoever asks for any host to one server of the tests.

    Attributes:
        url: URL of the proxy, with the password that it asks for.
        heads: What the proxy was asked, as it sees it.
        carried: Bytes that went through to the server.
    """

    def __init__(self, target: str, password: str = "") -> None:
        self._target = (urlsplit(target).hostname, urlsplit(target).port)
        self._word = base64.b64encode(f"user:{password}".encode()).decode() if password else ""
        self._listener = socket.create_server(("127.0.0.1", 0))
        port = self._listener.getsockname()[1]
        self.address = f"127.0.0.1:{port}"
        self.url = (
            f"http://user:{password}@{self.address}" if password else f"http://{self.address}"
        )
        self.heads: list[str] = []
        self.carried = b""
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            with client, contextlib.suppress(OSError):
                self._tunnel(client)

    def _tunnel(self, client: socket.socket) -> None:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += client.recv(1)
        self.heads.append(head.decode())
        if self._word and f"Proxy-Authorization: Basic {self._word}" not in self.heads[-1]:
            client.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")
            return
        with socket.create_connection(self._target) as server:
            client.sendall(b"HTTP/1.1 200 Connected\r\n\r\n")
            back = threading.Thread(target=_pour, args=(server, client), daemon=True)
            back.start()
            while data := client.recv(65536):
                self.carried += data
                server.sendall(data)
            server.shutdown(socket.SHUT_WR)
            back.join()


def _pour(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
