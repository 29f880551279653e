"""Connections of calls that must not be repeated: each carries one call, and is opened ahead.

A connection that is used again may be closed by the server while the next call is written to it,
and then nobody knows whether that was executed.  So none is.  Instead, while such a call works, the
next connection to its host is opened, with tunnel and TLS.  It is thrown away if it is not needed
soon, or if anything arrives on it.  What fails ahead is told nobody: the next call opens its own.
"""

from __future__ import annotations

import asyncio
import base64
import os
import ssl
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import suppress
from functools import partial
from typing import Any, NamedTuple, cast

import httpcore

from prefect_getresponse.client.connection import Connection
from prefect_getresponse.client.privacy.quiet import quiet
from prefect_getresponse.client.wire import (
    AsyncBackend,
    AsyncTransport,
    Backend,
    Transport,
    Watch,
    url_of,
    watched,
)

LIFE = 5.0
"""Seconds after which a connection that was opened ahead is thrown away."""
PATIENCE = 1.0
"""Seconds that a call waits for one that is being opened, before it opens its own."""

PAUSE = 0.005
"""Seconds until it is opened: the answer to the call at work is not to wait for the processor."""

Timeouts = dict[str, float | None]


class _Line(NamedTuple):
    connection: httpcore.HTTP11Connection
    stream: Any


class _AsyncLine(NamedTuple):
    connection: httpcore.AsyncHTTP11Connection
    stream: Any


class _Way:
    """The way to a host: directly, or through a tunnel.

    Args:
        connection: How the host is reached.
    """

    def __init__(self, connection: Connection) -> None:
        self._authorities = connection.authorities
        self._proxy: httpcore.URL | None = None
        self._headers = list[tuple[bytes, bytes]]()
        if (proxy := connection.http_proxy()) is not None:
            self._proxy = url_of(proxy)
            self._headers += proxy.headers.raw
            if proxy.raw_auth is not None:
                word = base64.b64encode(b":".join(proxy.raw_auth))
                self._headers.append((b"Proxy-Authorization", b"Basic " + word))

    @property
    def proxy(self) -> httpcore.Origin | None:
        """The proxy, if there is one."""
        return None if self._proxy is None else self._proxy.origin

    def context(self) -> ssl.SSLContext:
        """What TLS is spoken with."""
        return self._authorities.context()

    def request(self, origin: httpcore.Origin, timeouts: Timeouts) -> httpcore.Request:
        """The request for a tunnel to a host."""
        assert self._proxy is not None
        target = b"%b:%d" % (origin.host, origin.port)
        url = httpcore.URL(
            scheme=self._proxy.scheme, host=self._proxy.host, port=self._proxy.port, target=target
        )
        headers = [(b"Host", target), (b"Accept", b"*/*"), *self._headers]
        return httpcore.Request(b"CONNECT", url, headers=headers, extensions={"timeout": timeouts})

    @staticmethod
    def stream(response: httpcore.Response) -> Any:
        """The tunnel that the proxy has opened.

        Raises:
            httpcore.ProxyError: It has opened none.
        """
        if not 200 <= response.status < 300:
            raise httpcore.ProxyError(str(response.status))
        return _extensions(response)["network_stream"]


def _extensions(message: httpcore.Request | httpcore.Response) -> dict[str, Any]:
    return cast("dict[str, Any]", message.extensions)  # pyright: ignore[reportUnknownMemberType]


def _timeouts(request: httpcore.Request) -> Timeouts:
    found: Timeouts = _extensions(request)["timeout"]
    return found


def _host(origin: httpcore.Origin) -> str:
    return origin.host.decode("ascii")


class _Ahead:
    """A connection that a thread opens, for one call.

    Args:
        origin: Its host.
        open_line: Opens it.
    """

    def __init__(self, origin: httpcore.Origin, open_line: Callable[[], _Line]) -> None:
        self.origin = origin
        self._open = open_line
        self._process = os.getpid()
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._has_begun = False
        self._opened = 0.0
        self._line: _Line | None = None
        self._thread = threading.Thread(target=self._run, name="connection", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        self._over.wait(PAUSE)
        with self._lock:
            self._has_begun = not self._over.is_set()
        if not self._has_begun:
            return
        with suppress(Exception), quiet(), watched(Watch(time.monotonic)):
            line = self._open()
            with self._lock:
                if not self._over.is_set():
                    self._line, self._opened = line, time.monotonic()
                    return
            line.connection.close()

    def take(self) -> _Line | None:
        """The connection; None if it is not there soon, or not as it was opened."""
        if self._process != os.getpid():
            return None  # it is the parent's, who may use it
        if self._has_begun:
            self._thread.join(PATIENCE)
        line = self._end()
        if line is None:
            return None
        if time.monotonic() - self._opened < LIFE and _is_untouched(line.stream):
            return line
        line.connection.close()
        return None

    def drop(self) -> None:
        """Throw it away, as soon as it is there."""
        if self._process != os.getpid():
            return
        line = self._end()
        if line is not None:
            line.connection.close()

    def _end(self) -> _Line | None:
        """Let nothing be opened any more; what is open."""
        with self._lock:
            self._over.set()
            return self._line

    def wait(self) -> None:
        """Wait until its thread has ended, if that is soon."""
        if self._process == os.getpid():
            self._thread.join(PATIENCE)


def _is_untouched(stream: httpcore.NetworkStream) -> bool:
    """Whether nothing of the host has arrived, not even the end; TLS has words of its own."""
    sock = stream.get_extra_info("socket")
    if not isinstance(sock, ssl.SSLSocket):
        return not stream.get_extra_info("is_readable")
    try:
        sock.settimeout(0)
        sock.recv(1)
    except ssl.SSLWantReadError:
        return True
    except OSError:
        return False
    return False


class _Body:
    """The body of an answer; with it ends the connection."""

    def __init__(self, stream: Any, end: Callable[[], None]) -> None:
        self._stream = stream
        self._end: Callable[[], None] | None = end

    def __iter__(self) -> Iterator[bytes]:
        yield from self._stream

    def close(self) -> None:
        end, self._end = self._end, None
        if end is not None:
            end()


class _Pool:
    """Takes the place of httpcore's pool in a transport.

    Args:
        connection: How hosts are reached.
        others: The pool for calls without TLS, which are about this machine.
    """

    def __init__(self, connection: Connection, others: httpcore.ConnectionPool) -> None:
        self._way = _Way(connection)
        self._backend = Backend(connection)
        self._others = others
        self._most = connection.most
        self._free = threading.BoundedSemaphore(connection.most)
        self._lock = threading.Lock()
        self._working = 0
        self._ahead: list[_Ahead] = []

    def handle_request(self, request: httpcore.Request) -> httpcore.Response:
        """Send a call by a connection that has carried none."""
        if request.url.scheme != b"https":
            return self._others.handle_request(request)
        origin, timeouts = request.url.origin, _timeouts(request)
        if not self._free.acquire(timeout=timeouts["pool"] or 0):
            raise httpcore.PoolTimeout
        line: _Line | None = None
        with self._lock:
            self._working += 1
        try:
            line = self._take(origin) or self._open(origin, timeouts)
            line.stream.when_sent = partial(self._open_next, origin, timeouts)
            response = line.connection.handle_request(request)
        except BaseException:
            self._end(line)
            raise
        return httpcore.Response(
            response.status,
            headers=response.headers,
            content=cast("Any", _Body(response.stream, lambda: self._end(line))),
            extensions=_extensions(response),
        )

    def _take(self, origin: httpcore.Origin) -> _Line | None:
        while True:
            with self._lock:
                if not self._ahead:
                    return None
                ahead = self._ahead.pop(0)
            line = ahead.take()
            if line is not None and ahead.origin == origin:
                return line
            if line is not None:
                line.connection.close()

    def _open_next(self, origin: httpcore.Origin, timeouts: Timeouts) -> None:
        with self._lock:
            if len(self._ahead) < min(self._working, self._most - self._working):
                with suppress(RuntimeError):  # there may be no thread left
                    self._ahead.append(_Ahead(origin, lambda: self._open(origin, timeouts)))

    def _end(self, line: _Line | None) -> None:
        try:
            if line is not None:
                line.connection.close()
        finally:
            with self._lock:
                self._working -= 1
            self._free.release()

    def _open(self, origin: httpcore.Origin, timeouts: Timeouts) -> _Line:
        proxy, wait = self._way.proxy, timeouts["connect"]
        first = proxy or origin
        stream = self._backend.connect_tcp(_host(first), first.port, wait)
        try:
            if proxy is not None:
                if proxy.scheme == b"https":
                    stream = stream.start_tls(self._way.context(), _host(proxy), wait)
                asked = httpcore.HTTP11Connection(origin=proxy, stream=stream)
                answer = asked.handle_request(self._way.request(origin, timeouts))
                stream = self._way.stream(answer)
            stream = stream.start_tls(self._way.context(), _host(origin), wait)
        except BaseException:
            stream.close()
            raise
        return _Line(httpcore.HTTP11Connection(origin=origin, stream=stream), stream)

    def close(self) -> None:
        """Close all connections that no call uses."""
        with self._lock:
            left, self._ahead = self._ahead, []
        for each in left:
            each.drop()
        for each in left:
            each.wait()
        self._others.close()


class _AsyncAhead:
    """A connection that a task opens, for one call, and watches until the call comes.

    Args:
        origin: Its host.
        open_line: Opens it.
    """

    def __init__(
        self, origin: httpcore.Origin, open_line: Callable[[], Awaitable[_AsyncLine]]
    ) -> None:
        self.origin = origin
        self._open = open_line
        self._opened = asyncio.Event()
        self._line: _AsyncLine | None = None
        self._has_begun = self._is_taken = False
        self._task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        try:
            with suppress(Exception), quiet(), watched(Watch(time.monotonic)):
                await asyncio.sleep(PAUSE)
                self._has_begun = True
                self._line = await self._open()
                self._opened.set()
                # Only the end can come before a call, or what nobody has asked for.
                await self._line.stream.read(1, LIFE)
        finally:
            self._opened.set()
            if self._line is not None and not self._is_taken:
                with suppress(Exception):
                    await self._line.connection.aclose()

    async def take(self) -> _AsyncLine | None:
        """The connection; None if it is not there soon, or not as it was opened."""
        if self._has_begun and not self._opened.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(PATIENCE):
                    await self._opened.wait()
        if self._line is None or self._task.done():
            await self.drop()
            return None
        self._is_taken = True
        self._task.cancel()
        try:
            await asyncio.wait({self._task})
            if self._task.cancelled():
                return self._line
        except BaseException:
            await self._line.connection.aclose()
            raise
        await self._line.connection.aclose()  # something came at the last moment
        return None

    async def drop(self) -> None:
        """Throw it away."""
        if not self._task.done():
            self._task.cancel()
            await asyncio.wait({self._task})


class _AsyncBody:
    """The body of an answer; with it ends the connection."""

    def __init__(self, stream: Any, end: Callable[[], Awaitable[None]]) -> None:
        self._stream = stream
        self._end: Callable[[], Awaitable[None]] | None = end

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for piece in self._stream:
            yield piece

    async def aclose(self) -> None:
        end, self._end = self._end, None
        if end is not None:
            await end()


class _AsyncPool:
    """The async twin of `_Pool`.

    Args:
        connection: How hosts are reached.
        others: The pool for calls without TLS, which are about this machine.
    """

    def __init__(self, connection: Connection, others: httpcore.AsyncConnectionPool) -> None:
        self._way = _Way(connection)
        self._backend = AsyncBackend(connection)
        self._others = others
        self._most = connection.most
        self._free = asyncio.BoundedSemaphore(connection.most)
        self._working = 0
        self._ahead: list[_AsyncAhead] = []

    async def handle_async_request(self, request: httpcore.Request) -> httpcore.Response:
        """Send a call by a connection that has carried none."""
        if request.url.scheme != b"https":
            return await self._others.handle_async_request(request)
        origin, timeouts = request.url.origin, _timeouts(request)
        try:
            async with asyncio.timeout(timeouts["pool"]):
                await self._free.acquire()
        except TimeoutError:
            raise httpcore.PoolTimeout from None
        line: _AsyncLine | None = None
        self._working += 1
        try:
            line = await self._take(origin) or await self._open(origin, timeouts)
            line.stream.when_sent = partial(self._open_next, origin, timeouts)
            response = await line.connection.handle_async_request(request)
        except BaseException:
            await self._end(line)
            raise
        return httpcore.Response(
            response.status,
            headers=response.headers,
            content=cast("Any", _AsyncBody(response.stream, lambda: self._end(line))),
            extensions=_extensions(response),
        )

    async def _take(self, origin: httpcore.Origin) -> _AsyncLine | None:
        while self._ahead:
            ahead = self._ahead.pop(0)
            line = await ahead.take()
            if line is not None and ahead.origin == origin:
                return line
            if line is not None:
                await line.connection.aclose()
        return None

    def _open_next(self, origin: httpcore.Origin, timeouts: Timeouts) -> None:
        if len(self._ahead) < min(self._working, self._most - self._working):
            self._ahead.append(_AsyncAhead(origin, lambda: self._open(origin, timeouts)))

    async def _end(self, line: _AsyncLine | None) -> None:
        try:
            if line is not None:
                await line.connection.aclose()
        finally:
            self._working -= 1
            self._free.release()

    async def _open(self, origin: httpcore.Origin, timeouts: Timeouts) -> _AsyncLine:
        proxy, wait = self._way.proxy, timeouts["connect"]
        first = proxy or origin
        stream = await self._backend.connect_tcp(_host(first), first.port, wait)
        try:
            if proxy is not None:
                if proxy.scheme == b"https":
                    stream = await stream.start_tls(self._way.context(), _host(proxy), wait)
                asked = httpcore.AsyncHTTP11Connection(origin=proxy, stream=stream)
                answer = await asked.handle_async_request(self._way.request(origin, timeouts))
                stream = self._way.stream(answer)
            stream = await stream.start_tls(self._way.context(), _host(origin), wait)
        except BaseException:
            await stream.aclose()
            raise
        return _AsyncLine(httpcore.AsyncHTTP11Connection(origin=origin, stream=stream), stream)

    async def aclose(self) -> None:
        """Close all connections that no call uses."""
        left, self._ahead = self._ahead, []
        for each in left:
            await each.drop()
        await self._others.aclose()


class OnceTransport(Transport):
    """httpx's transport for calls that must not be repeated.

    Args:
        connection: How hosts are reached.
    """

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection, connection.limits_once)
        self._pool: Any = _Pool(connection, self._pool)


class AsyncOnceTransport(AsyncTransport):
    """The async twin of `OnceTransport`.

    Args:
        connection: How hosts are reached.
    """

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection, connection.limits_once)
        self._pool: Any = _AsyncPool(connection, self._pool)
