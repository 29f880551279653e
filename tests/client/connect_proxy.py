"""A proxy on a real socket that opens tunnels (`CONNECT`), all to one server."""

import base64
import contextlib
import socket
import threading
from urllib.parse import urlsplit

from tests.client.listener import Listener


class ConnectProxy(Listener):
    """Connects whoever asks for any host to one server of the tests.

    Attributes:
        url: URL of the proxy, with the password that it asks for.
        heads: What the proxy was asked, as it sees it.
        carried: Bytes that went through to the server.
    """

    def __init__(self, target: str, password: str = "") -> None:
        super().__init__()
        self._target = (urlsplit(target).hostname, urlsplit(target).port)
        self._word = base64.b64encode(f"user:{password}".encode()).decode() if password else ""
        self.url = (
            f"http://user:{password}@{self.address}" if password else f"http://{self.address}"
        )
        self.heads: list[str] = []
        self.carried = b""

    def meet(self, connection: socket.socket) -> None:
        """Open a tunnel, if the password is right."""
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            if not (byte := connection.recv(1)):
                return  # one that was opened ahead, and never used
            head += byte
        self.heads.append(head.decode())
        if self._word and f"Proxy-Authorization: Basic {self._word}" not in self.heads[-1]:
            connection.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")
            return
        with socket.create_connection(self._target) as server:
            connection.sendall(b"HTTP/1.1 200 Connected\r\n\r\n")
            back = threading.Thread(target=_pour, args=(server, connection), daemon=True)
            back.start()
            while data := connection.recv(65536):
                self.carried += data
                server.sendall(data)
            server.shutdown(socket.SHUT_WR)
            back.join()


def _pour(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
