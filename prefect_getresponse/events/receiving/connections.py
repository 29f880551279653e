"""Keeps slow and idle clients from costing the others anything.

uvicorn limits neither how long a client may take to send its headers nor how many idle connections
it keeps. And it sends the headers of an answer and its body one after the other, though the system
call is the dearest part of a short answer.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from contextlib import suppress

from uvicorn.protocols.http.h11_impl import H11Protocol

MOST_CONNECTIONS = 2000
HEADER_SECONDS = 10.0
FILES = 65_536
"""Open files to ask for: one a connection."""


class Connections:
    """Open connections, those that have been idle longest first.

    Args:
        most: How many are kept; more, and the one that has been idle longest is closed.
    """

    def __init__(self, most: int = MOST_CONNECTIONS) -> None:
        self._most = most
        self._open: OrderedDict[GuardedProtocol, None] = OrderedDict()

    def __len__(self) -> int:
        return len(self._open)

    def opened(self, connection: GuardedProtocol) -> None:
        """Note a new connection, and make room if there are too many."""
        self._open[connection] = None
        if len(self._open) > self._most:
            idle = next((each for each in self._open if not each.is_at_work), connection)
            self._open.pop(idle, None)
            idle.close()

    def used(self, connection: GuardedProtocol) -> None:
        """Note that a connection has just been used."""
        if connection in self._open:
            self._open.move_to_end(connection)

    def closed(self, connection: GuardedProtocol) -> None:
        """Forget a connection."""
        self._open.pop(connection, None)


class _Together(asyncio.Transport):
    """A transport that sends at once what is written in one turn of the event loop."""

    def __init__(self, transport: asyncio.Transport) -> None:
        super().__init__()
        self._transport = transport
        self._loop = asyncio.get_running_loop()
        self._written: list[bytes | bytearray | memoryview] = []

    def write(self, data: bytes | bytearray | memoryview) -> None:
        if not data:
            return
        if not self._written:
            self._loop.call_soon(self._send)
        self._written.append(data)

    def close(self) -> None:
        self._send()
        self._transport.close()

    def is_closing(self) -> bool:
        return self._transport.is_closing()

    def pause_reading(self) -> None:
        self._transport.pause_reading()

    def resume_reading(self) -> None:
        self._transport.resume_reading()

    def _send(self) -> None:
        if self._written:
            self._transport.write(b"".join(self._written))
            self._written.clear()


class GuardedProtocol(H11Protocol):
    """uvicorn's protocol, with a watch on its connections and their headers."""

    guard = Connections()
    header_seconds = HEADER_SECONDS
    _deadline: asyncio.TimerHandle | None = None

    @property
    def is_at_work(self) -> bool:
        """Whether a request is being answered."""
        # uvicorn has no cycle before the first request, whatever its types say.
        return bool(self.cycle) and not self.cycle.response_complete

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin the wait for the first request."""
        super().connection_made(transport)
        self.transport = _Together(transport)
        self._await_headers()
        self.guard.opened(self)

    def data_received(self, data: bytes) -> None:
        """Take what came; headers must be complete in time."""
        super().data_received(data)
        if self.is_at_work:
            self._stop_waiting()
        elif self._deadline is None:
            self._await_headers()
        self.guard.used(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._stop_waiting()
        self.guard.closed(self)
        super().connection_lost(exc)

    def close(self) -> None:
        """Close the connection."""
        self.transport.close()

    def _await_headers(self) -> None:
        loop = asyncio.get_running_loop()
        self._deadline = loop.call_later(self.header_seconds, self._give_up)

    def _stop_waiting(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _give_up(self) -> None:
        self._deadline = None
        if not self.is_at_work:
            self.close()


def guarded_protocol(
    most: int = MOST_CONNECTIONS, header_seconds: float = HEADER_SECONDS
) -> type[GuardedProtocol]:
    """A protocol for one server, with a count of its own.

    Args:
        most: Connections that are kept.
        header_seconds: Longest time until the headers of a request are complete.
    """
    own = {"guard": Connections(most), "header_seconds": header_seconds}
    return type("GuardedProtocol", (GuardedProtocol,), own)


def allow_many_files() -> int:
    """Raise the limit of open files as far as it may be; returns what it is then."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return FILES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]
