"""An account that makes its answers as it goes: the sandbox is too slow for a million people.

`Listing` and `MadeAccount` say what all have in common; a benchmark says what is asked of it.
"""

from __future__ import annotations

import time
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson

CALLS_OF_A_FRAME = 30_000


class MadeAccount(BaseHTTPRequestHandler):
    """Answers calls; a subclass has `do_GET` and whatever else it wants.

    Attributes:
        frame: Calls of the frame so far; another counter begins a new frame.
    """

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    frame = count(1)

    def asked(self) -> tuple[str, dict[str, str]]:
        """Path of a call without the version of the API, and its query."""
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        return parts.path.removeprefix("/v3"), query

    def body(self) -> bytes:
        """Body of a call."""
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def answer(
        self, data: Any, *, total: int = 1, size: int = 100, page: int = 1, status: int = 200
    ) -> None:
        """Answer a call.

        Args:
            data: What is answered.
            total: Rows of the listing.
            size: Rows of a page.
            page: Number of the page.
            status: HTTP status.
        """
        body = orjson.dumps(data)
        self.send_response(status)
        for name, value in (
            ("Content-Type", "application/json"),
            ("Content-Length", len(body)),
            ("TotalCount", total),
            ("TotalPages", -(-total // size)),
            ("CurrentPage", page),
            ("X-RateLimit-Limit", CALLS_OF_A_FRAME),
            ("X-RateLimit-Remaining", max(0, CALLS_OF_A_FRAME - next(type(self).frame))),
            ("X-RateLimit-Reset", "600 seconds"),
        ):
            self.send_header(name, str(value))
        self.end_headers()
        self.wfile.write(body)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


@contextmanager
def serving(account: type[MadeAccount]) -> Generator[str]:
    """Serve an account in threads while the block runs; yields the base URL."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), account)
    with ThreadPoolExecutor(1) as thread:
        thread.submit(server.serve_forever)
        try:
            yield f"http://127.0.0.1:{server.server_port}/v3"
        finally:
            server.shutdown()


def told(seconds: float | None = None) -> str:
    """A moment as the API tells it; now if none is given."""
    return time.strftime("%Y-%m-%dT%H:%M:%S+0000", time.gmtime(seconds))
