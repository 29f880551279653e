"""The two senders, sync and async: a thin shell of I/O around what is pure in this package."""

from __future__ import annotations

import asyncio
import logging
import math
import random
import ssl
import threading
import time
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Mapping
from contextlib import contextmanager, suppress
from datetime import timedelta
from functools import partial
from types import TracebackType
from typing import Any, Self

import httpx
from tenacity import AsyncRetrying, Retrying

from prefect_getresponse.client.auth import OTHER_BEARER, Authorization
from prefect_getresponse.client.connection import DIRECT, Connection
from prefect_getresponse.client.errors import AuthenticationFailed, GetResponseError, Throttled
from prefect_getresponse.client.oauth import (
    AccountRequest,
    Pause,
    Renewal,
    Step,
    Steps,
    TokenRequest,
    VaultCall,
    raise_failure,
)
from prefect_getresponse.client.quiet import quiet
from prefect_getresponse.client.request import (
    MAX_ANSWER_BYTES,
    ApiAnswer,
    ApiRequest,
    RetryClass,
    read_answer,
    read_limits,
)
from prefect_getresponse.client.retry import (
    Attempts,
    Decision,
    RetryQuota,
    TokenLapsed,
    connection_trouble,
    decide,
)
from prefect_getresponse.client.server_time import ServerTime
from prefect_getresponse.client.wire import AsyncTransport, Transport, Watch, watched
from prefect_getresponse.limits.budgets import FRAME_SECONDS
from prefect_getresponse.limits.throttle import SLOTS, Throttle

logger = logging.getLogger("prefect_getresponse")

TIMEOUT = httpx.Timeout(connect=10.0, read=60.0, write=60.0, pool=30.0)
# A short idle life makes it rare to meet a connection that the server is just closing.
LIMITS = httpx.Limits(max_connections=SLOTS, max_keepalive_connections=SLOTS, keepalive_expiry=5.0)
# A call that must not be repeated cannot afford even that: it gets a connection of its own.
LIMITS_ONCE = httpx.Limits(max_connections=SLOTS, max_keepalive_connections=0)
# What is unpacked is counted piece by piece, and these two unpack a small piece to a bounded one.
ENCODINGS = "gzip, deflate"
_BOUNDED = {"", "identity", "gzip", "deflate"}
_BROKEN = (httpx.HTTPError, OSError)
THROTTLED = "answers with 429"
OF_RENEWAL = (TokenRequest, AccountRequest)
"""Calls that renew a token: who waits for that has a slot already, which they use."""


class Statistics:
    """Calls made by a client: how many of each endpoint, and how many were answered with 429."""

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()
        self.throttled = 0

    def take(self) -> dict[str, int]:
        """Calls by endpoint since the last time, answers with 429 under their own name."""
        taken = dict(self.calls) | ({THROTTLED: self.throttled} if self.throttled else {})
        self.calls.clear()
        self.throttled = 0
        return taken


class _Flight:
    """One request in the air: from the slot taken to the answer read."""

    def __init__(
        self,
        request: ApiRequest,
        auth: Authorization,
        throttle: Throttle,
        statistics: Statistics,
    ) -> None:
        self._request = request
        self._auth = auth
        self._throttle = throttle
        self._statistics = statistics
        self._began = throttle.now()
        self._status = 0
        self._headers: Mapping[str, str] = {}
        self._retry_after: float | None = None

    def answered(self, response: httpx.Response) -> None:
        """Remember status and headers: the body may still break off."""
        self._sent = response.request
        self._status = response.status_code
        self._headers = {name.lower(): value for name, value in response.headers.items()}

    @property
    def date(self) -> str:
        """When the answer was made, by GetResponse's clock; empty unless it was a success."""
        return self._headers.get("date", "") if 200 <= self._status < 300 else ""

    def land(self, content: bytes | None) -> ApiAnswer:
        """Answer for a response, None being a body that broke off, or the typed error it is."""
        try:
            conceal = self._auth.conceal
            return read_answer(self._request, self._status, self._headers, content, conceal)
        except GetResponseError as error:
            if isinstance(error, Throttled):
                self._retry_after = error.wait
                self._statistics.throttled += 1
            if decide(error, self._request.retry_class) is Decision.DONE:
                return ApiAnswer(self._status)
            if type(error) is AuthenticationFailed and self._auth.lapsed(self._sent):
                raise error.turned_into(TokenLapsed, error.args[0]) from None
            raise

    def close(self) -> None:
        """Give the slot back, with what the answer said about limits."""
        limits = read_limits(self._headers)
        refused = 400 <= self._status < 500
        took = self._throttle.now() - self._began
        self._throttle.finish(
            self._request.budgets, limits, self._retry_after, refused=refused, took=took
        )
        logger.debug("%s answered %s", self._request.endpoint, self._status or "nothing")


def _is_strangely_packed(response: httpx.Response) -> bool:
    """Whether a piece of the body may unpack to any size."""
    return response.headers.get("Content-Encoding", "").lower() not in _BOUNDED


def _read(response: httpx.Response) -> bytes | None:
    """Body of an answer, as far as it is wanted; None if it broke off or came too slowly."""
    if _is_strangely_packed(response):
        return None
    content = bytearray()
    try:
        for piece in response.iter_bytes():
            content += piece
            if len(content) > MAX_ANSWER_BYTES:
                break
    except _BROKEN:
        return None
    return bytes(content)


async def _aread(response: httpx.Response) -> bytes | None:
    """The async twin of `_read`."""
    if _is_strangely_packed(response):
        return None
    content = bytearray()
    try:
        async for piece in response.aiter_bytes():
            content += piece
            if len(content) > MAX_ANSWER_BYTES:
                break
    except _BROKEN:
        return None
    return bytes(content)


class _Sender:
    """What both senders share: configuration, statistics, and the frame around one attempt.

    Attributes:
        time: What time it is at GetResponse, as its answers say.
    """

    def __init__(
        self,
        base_url: str,
        auth: Authorization,
        *,
        throttle: Throttle,
        headers: Mapping[str, str] | None,
        chance: random.Random | None,
        clock: Callable[[], float],
    ) -> None:
        self.base_url = base_url
        self.throttle = throttle
        self.statistics = Statistics()
        self.time = ServerTime()
        self._auth = auth
        self._chance = chance or random.Random()  # noqa: S311 - jitter, not a secret
        self._clock = clock
        self._quota = RetryQuota()
        self._options: dict[str, Any] = {
            "auth": auth,
            "headers": {"Accept-Encoding": ENCODINGS, **(headers or {})},
            "timeout": TIMEOUT,
            "follow_redirects": False,
            "trust_env": False,
        }

    def _attempts(self, request: ApiRequest) -> Attempts:
        return Attempts(request, self._quota, self._chance, self._auth.fingerprint, self._clock)

    def _build(self, http: httpx.Client | httpx.AsyncClient, request: ApiRequest) -> httpx.Request:
        build = partial(http.build_request, request.method, request.url(self.base_url))
        if request.uploads:
            media_type = f"multipart/form-data; boundary={request.boundary()}"
            parts = [
                (name, (upload.name, upload.content, upload.media_type or None))
                for name, upload in request.uploads
            ]
            return build(data=request.body, files=parts, headers={"Content-Type": media_type})
        content = request.content()
        headers = {} if content is None else {"Content-Type": request.media_type}
        if isinstance(request, AccountRequest):
            return build(headers=headers, extensions={OTHER_BEARER: request.bearer})
        return build(content=content, headers=headers)

    @staticmethod
    def _announce(request: ApiRequest, delay: float) -> None:
        """Say that a call waits for a budget of a day, so that nobody thinks the program hangs."""
        if delay > FRAME_SECONDS:
            text = "%s waits %s: the calls that GetResponse allows a day are used up"
            logger.warning(text, request.endpoint, timedelta(seconds=round(delay)))

    @contextmanager
    def _slot_given_back(self, request: ApiRequest) -> Generator[None]:
        """Give the slot of a call back that is not sent after all."""
        try:
            yield
        except BaseException:
            self.throttle.finish(request.budgets, None, None, refused=True)
            raise

    @contextmanager
    def _flight(self, request: ApiRequest) -> Generator[_Flight]:
        flight = _Flight(request, self._auth, self.throttle, self.statistics)
        self.statistics.calls[request.endpoint] += 1
        try:
            with quiet(), watched(Watch(self._clock)):
                yield flight
        except (httpx.HTTPError, ssl.SSLError) as error:  # the async one leaves TLS's own as it is
            raise connection_trouble(request, error) from None
        finally:
            flight.close()
        self.time.observe(flight.date)
        self._quota.earn()


class Client(_Sender):
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
            base_url, auth, throttle=throttle, headers=headers, chance=chance, clock=clock
        )
        self._sleep = sleep
        self._http, self._http_once = (
            httpx.Client(
                transport=transport or Transport(connection, limits),
                **self._options,
            )
            for limits in (LIMITS, LIMITS_ONCE)
        )

    def send(self, request: ApiRequest, *, on_start: Callable[[], None] | None = None) -> ApiAnswer:
        """Send one call and wait for its answer.

        Args:
            request: The call.
            on_start: Called at each attempt, when it may start and before its first byte.

        Raises:
            OutcomeUnknown: A write was sent and nothing proves whether it happened.
            GetResponseError: Any other failure, by its meaning.
        """
        attempts = self._attempts(request)
        try:
            return Retrying(**attempts.options(self._sleep))(self._attempt, attempts, on_start)
        except GetResponseError as error:
            failure = attempts.final(error)
        raise failure

    def _attempt(self, attempts: Attempts, on_start: Callable[[], None] | None) -> ApiAnswer:
        request = attempts.request
        if isinstance(request, OF_RENEWAL):
            self.throttle.start_beside()
        else:
            self._wait_for_start(request)
            with self._slot_given_back(request):
                self._wait_for_token()
        http = self._http_once if request.retry_class is RetryClass.ONCE else self._http
        with self._flight(request) as flight:
            built = self._build(http, request)
            if on_start is not None:
                on_start()
            attempts.start()
            response = http.send(built, stream=True)
            flight.answered(response)
            try:
                content = _read(response)
            finally:
                response.close()
            return flight.land(content)

    def _wait_for_token(self) -> None:
        while (renewal := self._auth.renewal()) is not None:
            if renewal.claim(blocking=True):
                with renewal:
                    self._carry_out(renewal.steps())
            raise_failure(renewal.done.result())

    def _carry_out(self, steps: Steps) -> None:
        with suppress(StopIteration):
            step = next(steps)
            while True:
                try:
                    result = self._do(step)
                except GetResponseError as error:
                    step = steps.throw(error)
                else:
                    step = steps.send(result)

    def _do(self, step: Step) -> Any:
        match step:
            case TokenRequest() | AccountRequest():
                return self.send(step)
            case VaultCall():
                return step.run()
            case Pause():
                return self._sleep(step.seconds)

    def _wait_for_start(self, request: ApiRequest) -> None:
        free = threading.Event()
        try:
            while (delay := self.throttle.try_start(request.budgets, free.set)) is not None:
                if delay < math.inf:
                    self._announce(request, delay)
                    self._sleep(delay)
                else:
                    free.wait()
                    free.clear()
        except BaseException:
            self.throttle.stop_waiting(free.set)
            raise

    def close(self) -> None:
        """Close the connections."""
        self._http.close()
        self._http_once.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


class AsyncClient(_Sender):
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
            base_url, auth, throttle=throttle, headers=headers, chance=chance, clock=clock
        )
        self.sleep = sleep
        self._lifetime: AsyncGenerator[None] | None = None
        self._renewing: set[asyncio.Task[None]] = set()
        self._http, self._http_once = (
            httpx.AsyncClient(
                transport=transport or AsyncTransport(connection, limits),
                **self._options,
            )
            for limits in (LIMITS, LIMITS_ONCE)
        )

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
        attempts = self._attempts(request)
        try:
            return await AsyncRetrying(**attempts.options(self.sleep))(
                self._attempt, attempts, on_start
            )
        except GetResponseError as error:
            failure = attempts.final(error)
        raise failure

    async def _attempt(self, attempts: Attempts, on_start: Callable[[], None] | None) -> ApiAnswer:
        request = attempts.request
        if isinstance(request, OF_RENEWAL):
            self.throttle.start_beside()
        else:
            await self._wait_for_start(request)
            with self._slot_given_back(request):
                await self._wait_for_token()
        http = self._http_once if request.retry_class is RetryClass.ONCE else self._http
        with self._flight(request) as flight:
            built = self._build(http, request)
            if on_start is not None:
                on_start()
            attempts.start()
            response = await http.send(built, stream=True)
            flight.answered(response)
            try:
                content = await _aread(response)
            finally:
                await response.aclose()
            return flight.land(content)

    async def _wait_for_token(self) -> None:
        while (renewal := self._auth.renewal()) is not None:
            if renewal.claim(blocking=False):
                # A task of its own: who claimed it may be cancelled, the others still wait for it,
                # and a new refresh token that nobody keeps is lost.
                task = asyncio.create_task(self._renew(renewal))
                self._renewing.add(task)
                task.add_done_callback(self._renewing.discard)
            raise_failure(await asyncio.wrap_future(renewal.done))

    async def _renew(self, renewal: Renewal) -> None:
        with renewal:
            await self._carry_out(renewal.steps())

    async def _carry_out(self, steps: Steps) -> None:
        with suppress(StopIteration):
            step = next(steps)
            while True:
                try:
                    result = await self._do(step)
                except GetResponseError as error:
                    step = steps.throw(error)
                else:
                    step = steps.send(result)

    def _do(self, step: Step) -> Awaitable[Any]:
        match step:
            case TokenRequest() | AccountRequest():
                return self.send(step)
            case VaultCall():
                return step.arun()
            case Pause():
                return self.sleep(step.seconds)

    async def _wait_for_start(self, request: ApiRequest) -> None:
        loop = asyncio.get_running_loop()
        free = asyncio.Event()

        def wake() -> None:
            loop.call_soon_threadsafe(free.set)

        try:
            while (delay := self.throttle.try_start(request.budgets, wake)) is not None:
                if delay < math.inf:
                    self._announce(request, delay)
                    await self.sleep(delay)
                else:
                    await free.wait()
                    free.clear()
        except BaseException:
            self.throttle.stop_waiting(wake)
            raise

    async def _until_loop_ends(self) -> AsyncGenerator[None]:
        # An event loop finishes its open async generators before it closes: the only moment at
        # which a client shared by a whole flow can close its connections.
        try:
            yield
        finally:
            await self._close_connections()

    async def _close_connections(self) -> None:
        await self._http.aclose()
        await self._http_once.aclose()

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
