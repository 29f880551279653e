"""A program that answers every call at once with the same few bytes, and prints its URL first.

Nothing in it costs what a client could be blamed for: no framework, no parsing beyond the length of
a body, one connection after another kept alive. With a PEM file as its word it speaks TLS.
"""

from __future__ import annotations

import asyncio
import json
import re
import ssl
import sys

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.IGNORECASE)
_BODY = json.dumps(
    [{"tagId": f"tag{number}", "name": f"tag_{number}", "color": ""} for number in range(10)]
).encode()
_ANSWER = b"\r\n".join(
    [
        b"HTTP/1.1 200 OK",
        b"Content-Type: application/json",
        b"Content-Length: %d" % len(_BODY),
        b"X-RateLimit-Limit: 30000",
        b"X-RateLimit-Remaining: 29000",
        b"X-RateLimit-Reset: 600 seconds",
        b"TotalCount: 10",
        b"TotalPages: 1",
        b"CurrentPage: 1",
        b"",
        _BODY,
    ]
)


class _Connection(asyncio.Protocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._received = b""

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, found, body = self._received.partition(b"\r\n\r\n")
        length = _LENGTH.search(head + b"\r\n")
        if found and len(body) >= (int(length[1]) if length else 0):
            self._received = b""
            self._transport.write(_ANSWER)


async def main(certificate: str = "") -> None:
    """Serve until the process is ended."""
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER) if certificate else None
    if tls:
        tls.load_cert_chain(certificate)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(_Connection, "127.0.0.1", 0, ssl=tls)
    port = server.sockets[0].getsockname()[1]
    print(f"{'https' if tls else 'http'}://127.0.0.1:{port}/v3", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
