"""One call, step by step: everything that is decided about it, and no I/O.

A call is a generator.  It yields the steps that touch the world, gets back what came of each, and
decides the next: when to start, with which token, what to make of the answer, whether to repeat.  A
sender, sync or async, takes the steps.
"""

from __future__ import annotations

import logging
import math
import random
import ssl
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Protocol

import httpx
from tenacity import Retrying

from prefect_getresponse.client import oauth
from prefect_getresponse.client.auth import OTHER_BEARER, Authorization
from prefect_getresponse.client.connection import Connection
from prefect_getresponse.client.errors import AuthenticationFailed, GetResponseError, Throttled
from prefect_getresponse.client.oauth import AccountRequest, Pause, Renewal, TokenRequest
from prefect_getresponse.client.privacy.quiet import quiet
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
from prefect_getresponse.client.wire import Watch, watched
from prefect_getresponse.limits.budgets import FRAME_SECONDS
from prefect_getresponse.limits.throttle import Throttle

logger = logging.getLogger("prefect_getresponse")

# What is unpacked is counted piece by piece, and these two unpack a small piece to a bounded one.
_HEADERS = {"Accept": "*/*", "Accept-Encoding": "gzip, deflate", "Connection": "keep-alive"}
_BOUNDED = {"", "identity", "gzip", "deflate"}
_BROKEN = (httpx.HTTPError, OSError)
THROTTLED = "answers with 429"
OF_RENEWAL = (TokenRequest, AccountRequest)
"""Calls that renew a token: who waits for that has a slot already, which they use."""


class Gate(Protocol):
    """Where a caller waits until the throttle wakes it; `wake` may be called by any thread."""

    def wake(self) -> None:
        """Let the caller go on."""
        ...

    def wait(self) -> Any:
        """Wait until that happens, by blocking or as an awaitable."""
        ...


@dataclass(frozen=True, slots=True)
class Wait:
    """A step: wait until the throttle wakes the caller."""

    gate: Gate


@dataclass(frozen=True, slots=True)
class Renew:
    """A step: wait for a renewal of the token, or carry it out; it gives its failure, if any."""

    renewal: Renewal


@dataclass(frozen=True, slots=True)
class Send:
    """A step: send a request; it gives the response with its body still to come.

    Attributes:
        request: The request.
        once: Whether the call must not be repeated.
    """

    request: httpx.Request
    once: bool


@dataclass(frozen=True, slots=True)
class Read:
    """A step: read the body of a response, until `takes` wants no more of it."""

    response: httpx.Response
    content: bytearray = field(default_factory=bytearray)

    def takes(self, piece: bytes) -> bool:
        """Keep a piece of the body; whether another one is wanted."""
        self.content.extend(piece)
        return len(self.content) <= MAX_ANSWER_BYTES


@dataclass(frozen=True, slots=True)
class Close:
    """A step: be done with a response."""

    response: httpx.Response


Step = oauth.Step | Wait | Renew | Send | Read | Close
Steps = Generator[Step, Any, ApiAnswer]


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

    def answered(self, sent: httpx.Request, response: httpx.Response) -> None:
        """Remember status and headers: the body may still break off."""
        self._sent = sent
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


def _body(response: httpx.Response) -> Generator[Step, Any, bytes | None]:
    """Body of an answer, as far as it is wanted; None if it broke off or came too slowly."""
    if response.headers.get("Content-Encoding", "").lower() not in _BOUNDED:
        return None  # a piece of it may unpack to any size
    body = Read(response)
    try:
        yield body
    except _BROKEN:
        return None
    return bytes(body.content)


class Calls(ABC):
    """The calls of one account: what both senders share.

    Args:
        base_url: Endpoint with its version, such as `https://api.getresponse.com/v3`.
        auth: Writes the key or token into requests.
        throttle: The account's budget, shared by every client of the account in this process.
        headers: Further headers for every request.
        connection: How the host is reached.
        chance: Source of jitter.
        clock: Seconds that only grow, by which a call must end.

    Attributes:
        base_url: Endpoint with its version.
        throttle: The account's budget.
        statistics: Calls made.
        time: What time it is at GetResponse, as its answers say.
    """

    def __init__(
        self,
        base_url: str,
        auth: Authorization,
        *,
        throttle: Throttle,
        headers: Mapping[str, str] | None,
        connection: Connection,
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
        self._headers = {**_HEADERS, **(headers or {})}
        self._timeout = connection.timeout.as_dict()

    @abstractmethod
    def _gate(self) -> Gate:
        """A gate for one caller."""

    def steps(self, request: ApiRequest, on_start: Callable[[], None] | None = None) -> Steps:
        """What to do for a call, one step after another; the answer is what the last one returns.

        Args:
            request: The call.
            on_start: Called at each attempt, when it may start and before its first byte.

        Raises:
            OutcomeUnknown: A write was sent and nothing proves whether it happened.
            GetResponseError: Any other failure, by its meaning.
        """
        attempts = Attempts(request, self._quota, self._chance, self._auth.fingerprint, self._clock)
        try:
            return (yield from self._attempts(attempts, on_start))
        except GetResponseError as error:
            failure = attempts.final(error)
        raise failure

    def _attempts(self, attempts: Attempts, on_start: Callable[[], None] | None) -> Steps:
        """Try as often as the law of repeats allows; tenacity raises what ends it.

        It is asked once there is a failure: most calls have none, and are spared what it makes.
        """
        try:
            return (yield from self._attempt(attempts, on_start))
        except GetResponseError as error:
            failed = [error]
        pauses: list[float] = []
        for attempt in Retrying(**attempts.options(pauses.append)):
            if pauses:
                yield Pause(pauses.pop())
            with attempt:
                if failed:
                    raise failed.pop()
                return (yield from self._attempt(attempts, on_start))
        raise AssertionError

    def _attempt(self, attempts: Attempts, on_start: Callable[[], None] | None) -> Steps:
        request = attempts.request
        if isinstance(request, OF_RENEWAL):
            self.throttle.start_beside()
        else:
            yield from self._start(request)
            yield from self._freshen(request)
        with self._flight(request) as flight:
            built = self._build(request)
            if on_start is not None:
                on_start()
            attempts.start()
            response: httpx.Response = yield Send(built, request.retry_class is RetryClass.ONCE)
            flight.answered(built, response)
            try:
                content = yield from _body(response)
            finally:
                yield Close(response)
            return flight.land(content)

    def _start(self, request: ApiRequest) -> Generator[Step, Any, None]:
        """Take a slot, when the throttle gives one."""
        gate = self._gate()
        wake = gate.wake
        try:
            while (delay := self.throttle.try_start(request.budgets, wake)) is not None:
                if delay < math.inf:
                    self._announce(request, delay)
                    yield Pause(delay)
                else:
                    yield Wait(gate)
        except BaseException:
            self.throttle.stop_waiting(wake)
            raise

    def _freshen(self, request: ApiRequest) -> Generator[Step, Any, None]:
        """See to it that the token is fresh; a call that cannot be signed gives its slot back."""
        try:
            while (renewal := self._auth.renewal()) is not None:
                oauth.raise_failure((yield Renew(renewal)))
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

    def _build(self, request: ApiRequest) -> httpx.Request:
        """The request as it goes out, with the key in it.

        httpx's client would make the same of it, and look for cookies, redirects and hooks.
        """
        content = request.content() if not request.uploads else None
        media_type = None if content is None else request.media_type
        parts = None
        if request.uploads:
            media_type = f"multipart/form-data; boundary={request.boundary()}"
            parts = [
                (name, (upload.name, upload.content, upload.media_type or None))
                for name, upload in request.uploads
            ]
        built = httpx.Request(
            request.method,
            request.url(self.base_url),
            headers=self._headers | ({"Content-Type": media_type} if media_type else {}),
            content=content,
            data=request.body if request.uploads else None,
            files=parts,
            extensions={"timeout": self._timeout},
        )
        if isinstance(request, AccountRequest):
            built.extensions[OTHER_BEARER] = request.bearer
        self._auth.authorize(built)
        return built

    @staticmethod
    def _announce(request: ApiRequest, delay: float) -> None:
        """Say that a call waits for a budget of a day, so that nobody thinks the program hangs."""
        if delay > FRAME_SECONDS:
            text = "%s waits %s: the calls that GetResponse allows a day are used up"
            logger.warning(text, request.endpoint, timedelta(seconds=round(delay)))
