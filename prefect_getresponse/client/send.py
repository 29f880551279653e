"""The two senders, sync and async: they take the steps of a call, and decide nothing."""

from __future__ import annotations

import asyncio
import random
import threading
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Mapping
from contextlib import suppress
from types import TracebackType
from typing import Any, Self, TypeVar, cast

import httpx

from prefect_getresponse.client.auth import Authorization
from prefect_getresponse.client.call import (
    THROTTLED,
    Calls,
    Close,
    Read,
    Renew,
    Send,
    Statistics,
    Step,
    Wait,
)
from prefect_getresponse.client.connection import DIRECT, Connection
from prefect_getresponse.client.oauth import (
    AccountRequest,
    Pause,
    Renewal,
    TokenRequest,
    VaultCall,
)
from prefect_getresponse.client.once import AsyncOnceTransport, OnceTransport
from prefect_getresponse.client.request import ApiAnswer, ApiRequest
from prefect_getresponse.client.wire import AsyncTransport, Transport
from prefect_getresponse.limits.throttle import Throttle

__all__ = ["THROTTLED", "AsyncClient", "Client", "Statistics"]

T = TypeVar("T")


class _Gate:
    """A gate for a thread."""

    def __init__(self) -> None:
        self._free = threading.Event()

    def wake(self) -> None:
        self._free.set()

    def wait(self) -> None:
        self._free.wait()
        self._free.clear()


class _AsyncGate:
    """A gate for a task of the running event loop."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._thread = threading.get_ident()
        self._free = asyncio.Event()

    def wake(self) -> None:
        if threading.get_ident() == self._thread:
            self._free.set()  # the loop need not be told through its socket
        else:
            self._loop.call_soon_threadsafe(self._free.set)

    async def wait(self) -> None:
        await self._free.wait()
        self._free.clear()


class Client(Calls):
    """Sends calls of one account, throttled and repeated as the law of repeats allows.

    Args:
        base_url: Endpoint with its version, such as `https://api.getresponse.com/v3`.
        auth: Writes the key or token into requests.
        throttle: The account's budget, shared by every client of the account in this process.
        headers: Further headers for every request.
        connection: How the host is reached.
        transport: Replaces the network, for tests and the sandbox.
        sleep: Waits for a number of seconds.
        chance: Source of jitter.
        clock: Seconds that only grow, by which a call must end.
    """

    def __init__(
        self,
        base_url: str,
        auth: Authorization,
        *,
        throttle: Throttle,
        headers: Mapping[str, str] | None = None,
        connection: Connection = DIRECT,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
        chance: random.Random | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(
            base_url,
            auth,
            throttle=throttle,
            headers=headers,
            connection=connection,
            chance=chance,
            clock=clock,
        )
        self._sleep = sleep
        self._transport = transport or Transport(connection, connection.limits)
        self._transport_once = transport or OnceTransport(connection)

    def send(self, request: ApiRequest, *, on_start: Callable[[], None] | None = None) -> ApiAnswer:
        """Send one call and wait for its answer.

        Args:
            request: The call.
            on_start: Called at each attempt, when it may start and before its first byte.

        Raises:
            OutcomeUnknown: A write was sent and nothing proves whether it happened.
            GetResponseError: Any other failure, by its meaning.
        """
        return self._take(self.steps(request, on_start))

    def _take(self, steps: Generator[Step, Any, T]) -> T:
        """Take steps to their end."""
        result: Any = None
        trouble: BaseException | None = None
        try:
            while True:
                # Outside of an `except`: what is raised next must not carry the trouble with it.
                step = steps.send(result) if trouble is None else steps.throw(trouble)
                result = trouble = None
                try:
                    result = self._do(step)
                except BaseException as error:
                    trouble = error
        except StopIteration as end:
            return cast("T", end.value)
        finally:
            del trouble

    def _do(self, step: Step) -> Any:
        match step:
            case Send():
                transport = self._transport_once if step.once else self._transport
                return transport.handle_request(step.request)
            case Read():
                for piece in step.response.iter_bytes():
                    if not step.takes(piece):
                        break
            case Close():
                step.response.close()
            case Pause():
                self._sleep(step.seconds)
            case Wait():
                step.gate.wait()
            case Renew():
                return self._renew(step.renewal)
            case TokenRequest() | AccountRequest():
                return self.send(step)
            case VaultCall():
                return step.run()
        return None

    def _renew(self, renewal: Renewal) -> Exception | None:
        if renewal.claim(blocking=True):
            with renewal:
                self._take(renewal.steps())
        return renewal.done.result()

    def _gate(self) -> _Gate:
        return _Gate()

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()
        self._transport_once.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


class AsyncClient(Calls):
    """The async twin of `Client`; belongs to the event loop it is first used on.

    Args:
        base_url: Endpoint with its version, such as `https://api.getresponse.com/v3`.
        auth: Writes the key or token into requests.
        throttle: The account's budget, shared by every client of the account in this process.
        headers: Further headers for every request.
        connection: How the host is reached.
        transport: Replaces the network, for tests and the sandbox.
        sleep: Waits for a number of seconds.
        chance: Source of jitter.
        clock: Seconds that only grow, by which a call must end.
    """

    def __init__(
        self,
        base_url: str,
        auth: Authorization,
        *,
        throttle: Throttle,
        headers: Mapping[str, str] | None = None,
        connection: Connection = DIRECT,
        transport: httpx.AsyncBaseTransport | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        chance: random.Random | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(
            base_url,
            auth,
            throttle=throttle,
            headers=headers,
            connection=connection,
            chance=chance,
            clock=clock,
        )
        self.sleep = sleep
        self._lifetime: AsyncGenerator[None] | None = None
        self._renewing: set[asyncio.Task[None]] = set()
        self._transport = transport or AsyncTransport(connection, connection.limits)
        self._transport_once = transport or AsyncOnceTransport(connection)

    async def send(
        self, request: ApiRequest, *, on_start: Callable[[], None] | None = None
    ) -> ApiAnswer:
        """Send one call and wait for its answer.

        Args:
            request: The call.
            on_start: Called at each attempt, when it may start and before its first byte.

        Raises:
            OutcomeUnknown: A write was sent and nothing proves whether it happened.
            GetResponseError: Any other failure, by its meaning.
        """
        if self._lifetime is None:
            self._lifetime = self._until_loop_ends()
            await anext(self._lifetime)
        return await self._take(self.steps(request, on_start))

    async def _take(self, steps: Generator[Step, Any, T]) -> T:
        """Take steps to their end, as the sync twin does."""
        result: Any = None
        trouble: BaseException | None = None
        try:
            while True:
                step = steps.send(result) if trouble is None else steps.throw(trouble)
                result = trouble = None
                try:
                    result = await self._do(step)
                except BaseException as error:
                    trouble = error
        except StopIteration as end:
            return cast("T", end.value)
        finally:
            del trouble

    async def _do(self, step: Step) -> Any:
        match step:
            case Send():
                transport = self._transport_once if step.once else self._transport
                return await transport.handle_async_request(step.request)
            case Read():
                async for piece in step.response.aiter_bytes():
                    if not step.takes(piece):
                        break
            case Close():
                await step.response.aclose()
            case Pause():
                await self.sleep(step.seconds)
            case Wait():
                await step.gate.wait()
            case Renew():
                return await self._renew(step.renewal)
            case TokenRequest() | AccountRequest():
                return await self.send(step)
            case VaultCall():
                return await step.arun()
        return None

    async def _renew(self, renewal: Renewal) -> Exception | None:
        if renewal.claim(blocking=False):
            # A task of its own: who claimed it may be cancelled, the others still wait for it,
            # and a new refresh token that nobody keeps is lost.
            task = asyncio.create_task(self._carry_out(renewal))
            self._renewing.add(task)
            task.add_done_callback(self._renewing.discard)
        return await asyncio.wrap_future(renewal.done)

    async def _carry_out(self, renewal: Renewal) -> None:
        with renewal:
            await self._take(renewal.steps())

    def _gate(self) -> _AsyncGate:
        return _AsyncGate()

    async def _until_loop_ends(self) -> AsyncGenerator[None]:
        # An event loop finishes its open async generators before it closes: the only moment at
        # which a client shared by a whole flow can close its connections.
        try:
            yield
        finally:
            # Without a free descriptor not even the code that closes can be imported; what failed
            # before says so, and sockets end with their process.
            with suppress(OSError):
                await self._close_connections()

    async def _close_connections(self) -> None:
        await self._transport.aclose()
        await self._transport_once.aclose()

    async def aclose(self) -> None:
        """Close the connections, after a renewal of the token that is on its way."""
        await asyncio.gather(*self._renewing)
        if self._lifetime is not None:
            await self._lifetime.aclose()
        await self._close_connections()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()
