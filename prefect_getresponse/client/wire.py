"""Streams to the host that end in time: whatever arrives on them, a call has a deadline.

What is written waits for what follows, so that head and body of a call leave as one packet.

httpx limits how long one read may take, so a server that sends a byte now and then, or one `1xx`
answer after another, would hold a call for ever.  Here each read and write gets what is left of the
call's time.  Until a proxy has opened its tunnel nothing has reached the host: what fails by then
counts as a connection that could not be made.
"""

from __future__ import annotations

import math
import select
import ssl
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

import httpcore
import httpx

from prefect_getresponse.client.connection import Authorities, Connection

CALL_SECONDS = 300.0
"""From its first byte on, a call that takes longer is broken off."""
ANSWER_SECONDS = 120.0
"""From the last byte of the request on, an answer that takes longer is taken for one that broke."""
CONNECT_SECONDS = 10.0
"""Longest time for a proxy to open a tunnel."""

MOST_HELD = 16_384
"""Bytes of a request that wait for the rest of it; what is larger goes out as it comes."""

_Context = ssl.SSLContext
_SocketOptions = Iterable[Any] | None


class Watch:
    """The time of one attempt.

    Args:
        clock: Seconds that only grow.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self.now = clock
        self._ends = clock() + CALL_SECONDS
        self._answered_by = math.inf

    def wrote(self) -> None:
        """Note that a part of the request has gone out."""
        self._answered_by = self.now() + ANSWER_SECONDS

    def left(self) -> float:
        """Seconds that are left of the call."""
        return min(self._ends, self._answered_by) - self.now()


_watch: ContextVar[Watch | None] = ContextVar("prefect_getresponse_watch", default=None)


@contextmanager
def watched(watch: Watch) -> Generator[None]:
    """Let the streams that are used inside keep a deadline."""
    token = _watch.set(watch)
    try:
        yield
    finally:
        _watch.reset(token)


class _Line:
    """What the sync and the async stream share.

    Args:
        layers: Layers of TLS that still belong to the proxy, one for the tunnel included.
        authorities: Says with which certificates a connection is checked.
    """

    def __init__(self, layers: int, authorities: Authorities) -> None:
        self._layers = layers
        self._authorities = authorities
        self._held = b""
        self.when_sent: Callable[[], None] | None = None
        """What is done once a request is written, while its answer is awaited."""
        self._socket: Any = None
        self._poll: Any = None
        watch = _watch.get()
        self._opened = watch.now() if watch else 0.0

    def _patience(
        self, timeout: float | None, late: type[httpcore.TimeoutException]
    ) -> float | None:
        """Seconds that a read or write may take."""
        watch = _watch.get()
        if watch is None:
            return timeout
        left = watch.left()
        if self._layers:
            left = min(left, self._opened + CONNECT_SECONDS - watch.now())
        if left <= 0:
            raise late("the call's time is over")
        return left if timeout is None else min(timeout, left)

    def _hold(self, data: bytes) -> list[bytes]:
        """Keep what is written, as far as more may follow; what must go out now."""
        if len(self._held) + len(data) <= MOST_HELD:
            self._held += data
            return []
        return [*self._take_held(), data]

    def _take_held(self) -> list[bytes]:
        held, self._held = self._held, b""
        return [held] if held else []

    def _sent(self) -> None:
        then, self.when_sent = self.when_sent, None
        if then is not None:
            then()

    def _wrote(self) -> None:
        if (watch := _watch.get()) is not None:
            watch.wrote()

    @contextmanager
    def _reaching(self) -> Generator[None]:
        """Tell what fails before the tunnel stands from what fails in it."""
        try:
            yield
        except httpcore.TimeoutException:
            if self._layers:
                raise httpcore.ConnectTimeout("the proxy opens no tunnel") from None
            raise
        except httpcore.NetworkError:
            if self._layers:
                raise httpcore.ConnectError("the proxy opens no tunnel") from None
            raise

    def _checked(self, data: bytes) -> bytes:
        if not data and self._layers:
            raise httpcore.ConnectError("the proxy opens no tunnel")
        return data

    def _info(self, info: str, told: Callable[[str], Any]) -> Any:
        """What is known of the stream.

        Each idle one is asked at each call whether there is anything to read, be it the end; anyio
        finds the socket each time by way of all that it knows of it.
        """
        if info != "is_readable" or not hasattr(select, "poll"):
            return told(info)
        if self._poll is None:
            self._socket = told("socket")
            if self._socket is None or self._socket.fileno() < 0:
                return True
            self._poll = select.poll()
            self._poll.register(self._socket, select.POLLIN)
        return self._socket.fileno() < 0 or bool(self._poll.poll(0))

    def _context(self) -> _Context:
        """What the certificate is checked with: the file of authorities as it is now."""
        context = self._authorities.context()
        context.set_alpn_protocols(["http/1.1"])
        return context


class _Stream(_Line, httpcore.NetworkStream):
    def __init__(
        self, stream: httpcore.NetworkStream, layers: int, authorities: Authorities
    ) -> None:
        super().__init__(layers, authorities)
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        if self._held:
            with suppress(httpcore.WriteError):  # as httpcore does: there may be an answer to read
                self._write(self._take_held(), timeout)
        self._sent()
        with self._reaching():
            patience = self._patience(timeout, httpcore.ReadTimeout)
            return self._checked(self._stream.read(max_bytes, patience))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._write(self._hold(buffer), timeout)

    def _write(self, pieces: list[bytes], timeout: float | None) -> None:
        for piece in pieces:
            with self._reaching():
                self._stream.write(piece, self._patience(timeout, httpcore.WriteTimeout))
            self._wrote()

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: _Context,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        context = self._context()
        secured = self._stream.start_tls(context, server_hostname, timeout)
        return _Stream(secured, max(0, self._layers - 1), self._authorities)

    def get_extra_info(self, info: str) -> Any:
        return self._info(info, self._stream.get_extra_info)


class _AsyncStream(_Line, httpcore.AsyncNetworkStream):
    def __init__(
        self, stream: httpcore.AsyncNetworkStream, layers: int, authorities: Authorities
    ) -> None:
        super().__init__(layers, authorities)
        self._stream = stream

    async def read(
        self,
        max_bytes: int,
        timeout: float | None = None,  # noqa: ASYNC109 - as httpcore calls it
    ) -> bytes:
        if self._held:
            with suppress(httpcore.WriteError):  # as httpcore does: there may be an answer to read
                await self._write(self._take_held(), timeout)
        self._sent()
        with self._reaching():
            patience = self._patience(timeout, httpcore.ReadTimeout)
            return self._checked(await self._stream.read(max_bytes, patience))

    async def write(
        self,
        buffer: bytes,
        timeout: float | None = None,  # noqa: ASYNC109 - as httpcore calls it
    ) -> None:
        await self._write(self._hold(buffer), timeout)

    async def _write(self, pieces: list[bytes], timeout: float | None) -> None:  # noqa: ASYNC109
        for piece in pieces:
            with self._reaching():
                await self._stream.write(piece, self._patience(timeout, httpcore.WriteTimeout))
            self._wrote()

    async def aclose(self) -> None:
        await self._stream.aclose()

    async def start_tls(
        self,
        ssl_context: _Context,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - as httpcore calls it
    ) -> httpcore.AsyncNetworkStream:
        context = self._context()
        secured = await self._stream.start_tls(context, server_hostname, timeout)
        return _AsyncStream(secured, max(0, self._layers - 1), self._authorities)

    def get_extra_info(self, info: str) -> Any:
        return self._info(info, self._stream.get_extra_info)


class Backend(httpcore.SyncBackend):
    """Opens streams that keep deadlines.

    Args:
        connection: How the host is reached.
    """

    def __init__(self, connection: Connection) -> None:
        self._layers, self._authorities = connection.layers, connection.authorities

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: _SocketOptions = None,
    ) -> httpcore.NetworkStream:
        """Open one, as httpcore asks for it."""
        stream = super().connect_tcp(host, port, timeout, local_address, socket_options)
        return _Stream(stream, self._layers, self._authorities)


if TYPE_CHECKING:
    # httpcore has a second class of this name, for where anyio is missing, and pyright takes that.
    _AnyIOBackend = httpcore.AsyncNetworkBackend
else:
    _AnyIOBackend = httpcore.AnyIOBackend


class AsyncBackend(_AnyIOBackend):
    """The async twin of `Backend`.

    Args:
        connection: How the host is reached.
    """

    def __init__(self, connection: Connection) -> None:
        self._layers, self._authorities = connection.layers, connection.authorities

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - as httpcore calls it
        local_address: str | None = None,
        socket_options: _SocketOptions = None,
    ) -> httpcore.AsyncNetworkStream:
        """Open one, as httpcore asks for it."""
        stream = await super().connect_tcp(host, port, timeout, local_address, socket_options)
        return _AsyncStream(stream, self._layers, self._authorities)


class Transport(httpx.HTTPTransport):
    """httpx's transport over streams that keep deadlines.

    Args:
        connection: How the host is reached.
        limits: How many connections there may be.
    """

    def __init__(self, connection: Connection, limits: httpx.Limits) -> None:
        super().__init__(**connection.options(limits))
        options = _pool_options(connection, limits)
        backend = Backend(connection)
        proxy = connection.http_proxy()
        self._pool = (
            httpcore.ConnectionPool(network_backend=backend, **options)
            if proxy is None
            else httpcore.HTTPProxy(
                network_backend=backend, **options, **_proxy_options(connection, proxy)
            )
        )


class AsyncTransport(httpx.AsyncHTTPTransport):
    """The async twin of `Transport`.

    Args:
        connection: How the host is reached.
        limits: How many connections there may be.
    """

    def __init__(self, connection: Connection, limits: httpx.Limits) -> None:
        super().__init__(**connection.options(limits))
        options = _pool_options(connection, limits)
        backend = AsyncBackend(connection)
        proxy = connection.http_proxy()
        self._pool = (
            httpcore.AsyncConnectionPool(network_backend=backend, **options)
            if proxy is None
            else httpcore.AsyncHTTPProxy(
                network_backend=backend, **options, **_proxy_options(connection, proxy)
            )
        )


def _pool_options(connection: Connection, limits: httpx.Limits) -> dict[str, Any]:
    return {
        "ssl_context": connection.authorities.context(),
        "max_connections": limits.max_connections,
        "max_keepalive_connections": limits.max_keepalive_connections,
        "keepalive_expiry": limits.keepalive_expiry,
    }


def url_of(proxy: httpx.Proxy) -> httpcore.URL:
    """Where a proxy is, as httpcore has it."""
    url = proxy.url
    return httpcore.URL(
        scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
    )


def _proxy_options(connection: Connection, proxy: httpx.Proxy) -> dict[str, Any]:
    return {
        "proxy_url": url_of(proxy),
        "proxy_auth": proxy.raw_auth,
        "proxy_headers": proxy.headers.raw,
        "proxy_ssl_context": connection.authorities.context() if connection.layers > 1 else None,
    }
