"""httpx transports that end in the sandbox, without sockets."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

import httpx

from prefect_getresponse.sandbox.contract.messages import Answer, Call, Exchange
from prefect_getresponse.sandbox.wire.app import Application

Sleep = Callable[[float], None]
AsyncSleep = Callable[[float], Awaitable[None]]


def to_call(request: httpx.Request, body: bytes) -> Call:
    """Turn an httpx request into a call."""
    headers = request.headers.multi_items()
    return Call.received(request.method, request.url.raw_path.decode("ascii"), headers, body)


def to_response(exchange: Exchange, request: httpx.Request) -> httpx.Response:
    """Turn an exchange into an httpx response, or into the error httpx raises for it.

    Raises:
        httpx.ReadError: If the connection was reset.
        httpx.RemoteProtocolError: If the body ends too early.
    """
    answer = exchange.answer
    if exchange.ending == "reset":
        raise httpx.ReadError("Connection reset by the sandbox", request=request)
    if exchange.ending == "truncate":
        raise httpx.RemoteProtocolError("Answer cut short by the sandbox", request=request)
    headers = {**answer.headers, **length_header(answer)}
    return httpx.Response(answer.status, headers=headers, content=answer.body, request=request)


def length_header(answer: Answer) -> dict[str, str]:
    """Return the Content-Length of an answer; a 204 has none."""
    return {} if answer.status == 204 else {"Content-Length": str(len(answer.body))}


def _wait(exchange: Exchange, request: httpx.Request) -> tuple[float, bool]:
    """Return how long to wait, and whether the caller gives up then."""
    timeout: float | None = request.extensions.get("timeout", {}).get("read")
    if timeout is not None and exchange.delay > timeout:
        return timeout, True
    return exchange.delay, False


class SandboxTransport(httpx.BaseTransport):
    """Transport for `httpx.Client`.

    Args:
        app: The sandbox's application.
        sleep: Waits out a delay, which ends in `httpx.ReadTimeout` if the read timeout is less.
    """

    def __init__(self, app: Application, sleep: Sleep = time.sleep) -> None:
        self._app = app
        self._sleep = sleep

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Execute a request."""
        call = to_call(request, request.read())
        with self._app.visit(call) as visit:
            exchange = visit.exchange()
            seconds, gives_up = _wait(exchange, request)
            if seconds:
                self._sleep(seconds)
            if gives_up:
                raise httpx.ReadTimeout("Answer delayed by the sandbox", request=request)
            return to_response(exchange, request)


class AsyncSandboxTransport(httpx.AsyncBaseTransport):
    """Transport for `httpx.AsyncClient`.

    Args:
        app: The sandbox's application.
        sleep: Waits out a delay, which ends in `httpx.ReadTimeout` if the read timeout is less.
    """

    def __init__(self, app: Application, sleep: AsyncSleep = asyncio.sleep) -> None:
        self._app = app
        self._sleep = sleep

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Execute a request."""
        call = to_call(request, await request.aread())
        with self._app.visit(call) as visit:
            # Calls that start together are in flight together.
            await asyncio.sleep(0)
            exchange = visit.exchange()
            seconds, gives_up = _wait(exchange, request)
            if seconds:
                await self._sleep(seconds)
            if gives_up:
                raise httpx.ReadTimeout("Answer delayed by the sandbox", request=request)
            return to_response(exchange, request)
