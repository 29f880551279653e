"""The law of repeats: which failed call may be sent again, by what repeating it would do.

One table decides; tenacity waits and repeats.  Waits after a 429 are not counted as attempts: the
call was not executed; neither was one whose access token had expired, which is sent once more with
a fresh one.  A write whose outcome nobody knows ends as `OutcomeUnknown`, never as a repeat.
"""

from __future__ import annotations

import errno
import random
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from http import HTTPStatus
from typing import Any

import httpx
from tenacity import RetryCallState, retry_if_exception

from prefect_getresponse.client.connection import refused_certificate
from prefect_getresponse.client.errors import (
    MORE_OPEN_FILES,
    AccessDenied,
    AuthenticationFailed,
    Conflict,
    GetResponseError,
    NotFound,
    OutcomeUnknown,
    PayloadTooLarge,
    ServerFailed,
    Throttled,
    TokenRefused,
    TransportFailed,
    ValidationFailed,
)
from prefect_getresponse.client.request import (
    AnswerBeyondLimits,
    ApiRequest,
    MaintenancePage,
    Redirected,
    RetryClass,
    UnreadableSuccess,
)
from prefect_getresponse.limits.budgets import FRAME_SECONDS

MAX_ATTEMPTS = 5
BACKOFF_BASE = 0.5
BACKOFF_CAP = 20.0
CALL_SECONDS = 300.0
"""A call whose attempts took longer altogether gets no further one."""


class Decision(StrEnum):
    """What to do about a failure."""

    REPEAT = "repeat"
    RECONCILE = "look"
    """Whoever made the call can find out whether it was executed."""
    RAISE = "error"
    UNKNOWN = "unknown"
    """Nobody can."""
    WAIT = "wait"
    RENEW = "renew"
    """With a fresh token, once."""
    DONE = "done"


class Failure(StrEnum):
    """Ways a call can fail, told apart by what they say about its execution."""

    NOT_SENT = "no connection, no TLS handshake"
    BAD_CERTIFICATE = "certificate rejected"
    NOT_WRITTEN = "request broke off"
    NO_ANSWER = "no answer"
    SERVER = "5xx"
    UNREADABLE = "success without a readable body, or with JSON of another shape"
    BEYOND_LIMITS = "success larger than 64 MB or deeper than 64 levels"
    MAINTENANCE = "success with a web page"
    REDIRECT = "redirect"
    INVALID = "400"
    UNAUTHORIZED = "401 of a key, 403"
    CONFLICT = "409"
    TOO_LARGE = "413"
    LAPSED = "401 of an access token"
    NOT_FOUND = "404"
    THROTTLED = "429"


TABLE = """
                 read     delete   update   keyed    once     batch    import
NOT_SENT         repeat   repeat   repeat   repeat   repeat   repeat   repeat
BAD_CERTIFICATE  error    error    error    error    error    error    error
NOT_WRITTEN      repeat   repeat   repeat   look     unknown  look     look
NO_ANSWER        repeat   repeat   repeat   look     unknown  look     look
SERVER           repeat   repeat   repeat   look     unknown  look     look
UNREADABLE       repeat   done     done     done     done     done     done
BEYOND_LIMITS    error    done     done     done     done     done     done
MAINTENANCE      repeat   look     repeat   look     unknown  look     look
REDIRECT         error    error    error    error    error    error    error
INVALID          error    error    error    error    error    error    error
UNAUTHORIZED     error    error    error    error    error    error    error
CONFLICT         error    error    error    error    error    error    error
TOO_LARGE        error    error    error    error    error    error    error
LAPSED           renew    renew    renew    renew    renew    renew    renew
NOT_FOUND        error    done     error    error    error    error    error
THROTTLED        wait     wait     wait     wait     wait     wait     wait
"""
"""The law of repeats: `docs/reliability.md` shows it, written from here."""


def _law(table: str) -> Iterator[tuple[tuple[Failure, RetryClass], Decision]]:
    head, *rows = table.strip("\n").splitlines()
    classes = [RetryClass(name) for name in head.split()]
    for row in rows:
        name, *decisions = row.split()
        for retry_class, decision in zip(classes, decisions, strict=True):
            yield (Failure[name], retry_class), Decision(decision)


LAW = dict(_law(TABLE))
"""Decision for every failure of every class of call."""


class TokenLapsed(TokenRefused):
    """The API refused an access token: a fresh one is tried, once."""


# First match wins; subclasses stand before their bases.
_FAILURES: tuple[tuple[type[GetResponseError], Failure], ...] = (
    (UnreadableSuccess, Failure.UNREADABLE),
    (AnswerBeyondLimits, Failure.BEYOND_LIMITS),
    (MaintenancePage, Failure.MAINTENANCE),
    (Redirected, Failure.REDIRECT),
    (TokenLapsed, Failure.LAPSED),
    (ValidationFailed, Failure.INVALID),
    (AuthenticationFailed, Failure.UNAUTHORIZED),
    (AccessDenied, Failure.UNAUTHORIZED),
    (NotFound, Failure.NOT_FOUND),
    (Conflict, Failure.CONFLICT),
    (PayloadTooLarge, Failure.TOO_LARGE),
    (Throttled, Failure.THROTTLED),
    (ServerFailed, Failure.SERVER),
)


class ConnectionTrouble(TransportFailed):
    """A failure below HTTP, with what it says about the execution of the call."""

    failure: Failure = Failure.NO_ANSWER


def connection_trouble(
    request: ApiRequest, error: httpx.HTTPError | ssl.SSLError
) -> ConnectionTrouble:
    """Our error for one of httpx or TLS; it names the kind only (httpx's text may hold the URL)."""
    trouble = ConnectionTrouble(
        f"no answer ({type(error).__name__})", method=request.method, path=request.template
    )
    if (refused := refused_certificate(error)) is not None:
        what, trouble.advice = refused
        trouble.args = (what,)
        trouble.failure = Failure.BAD_CERTIFICATE
    elif isinstance(error, httpx.ProxyError):
        trouble.failure = Failure.NOT_SENT
        trouble.advice = "The proxy of the credentials refuses: check its URL and password."
    elif isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout):
        trouble.failure = Failure.NOT_SENT
        if _is_out_of_files(error):
            trouble.args = ("no connection: this process may open no further files",)
            trouble.advice = f"{MORE_OPEN_FILES}."
    elif isinstance(error, httpx.WriteError | httpx.WriteTimeout):
        trouble.failure = Failure.NOT_WRITTEN
    return trouble


def _is_out_of_files(error: BaseException | None) -> bool:
    """Whether an error comes of a socket that this process, or machine, may not open any more."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in (errno.EMFILE, errno.ENFILE):
            return True
        error = error.__cause__ or error.__context__
    return False


def failure_of(error: GetResponseError) -> Failure | None:
    """Which row of the table an error is; None for errors that no call caused."""
    if isinstance(error, ConnectionTrouble):
        return error.failure
    if isinstance(error, NotFound) and error.status != HTTPStatus.NOT_FOUND:
        return Failure.INVALID
    return next((failure for kind, failure in _FAILURES if isinstance(error, kind)), None)


def decide(error: GetResponseError, retry_class: RetryClass) -> Decision:
    """Look up the law; what is not in it is raised."""
    failure = failure_of(error)
    return Decision.RAISE if failure is None else LAW[failure, retry_class]


class RetryQuota:
    """Repeats a client may afford: an outage must not multiply the traffic.

    500 tokens; a repeat costs 5, a repeat after a time-out 10, a success gives 1 back.
    """

    CAPACITY = 500

    def __init__(self) -> None:
        self._tokens = self.CAPACITY
        self._lock = threading.Lock()

    def spend(self, cost: int) -> bool:
        """Take tokens for a repeat; False when they are used up."""
        with self._lock:
            if self._tokens < cost:
                return False
            self._tokens -= cost
            return True

    def earn(self) -> None:
        """Give one token back for a success."""
        with self._lock:
            self._tokens = min(self.CAPACITY, self._tokens + 1)


@dataclass
class Attempts:
    """The repeats of one call: tenacity asks it whether and how long to wait.

    Args:
        request: The call.
        quota: The client's quota.
        chance: Source of jitter.
        fingerprint: Tells bodies apart.
        clock: Seconds that only grow.
    """

    request: ApiRequest
    quota: RetryQuota
    chance: random.Random
    fingerprint: Callable[[bytes], str]
    clock: Callable[[], float]
    started: int = field(default=0, init=False)
    sent: datetime | None = field(default=None, init=False)
    failed: int = field(default=0, init=False)
    waited: float = field(default=0.0, init=False)
    refused: int = field(default=0, init=False)
    renewed: bool = field(default=False, init=False)
    began: float = field(default=0.0, init=False)
    took: float = field(default=0.0, init=False)

    def options(self, sleep: Callable[[float], Any]) -> dict[str, Any]:
        """Arguments of `tenacity.Retrying` and `tenacity.AsyncRetrying`."""
        return {
            "retry": retry_if_exception(self._may_repeat),
            "wait": self._delay,
            "sleep": sleep,
            "reraise": True,
        }

    def start(self) -> None:
        """Note that an attempt begins: its first byte is about to go."""
        self.started += 1
        self.began = self.clock()
        self.sent = datetime.now(UTC)

    def final(self, error: GetResponseError) -> GetResponseError:
        """The error to raise in the end: a doubtful write becomes `OutcomeUnknown`.

        It stands alone: what it was made of holds the request, with key and addresses.
        """
        decision = self._decide(error)
        if decision not in (Decision.UNKNOWN, Decision.RECONCILE):
            error.__cause__ = error.__context__ = None
            return error.with_traceback(None)
        sent_at = self.sent.isoformat(timespec="seconds") if self.sent else ""
        unknown = error.turned_into(
            OutcomeUnknown, f"sent at {sent_at}, but the outcome is unknown: {error.args[0]}"
        )
        unknown.reconcilable = decision is Decision.RECONCILE
        unknown.operation = self.request.endpoint
        unknown.attempt = self.started
        unknown.sent_at = sent_at
        # The boundary of a form is a digest of its files.
        body = (self.request.content() or b"") + self.request.boundary().encode()
        unknown.fingerprint = self.fingerprint(body)
        return unknown

    def _decide(self, error: GetResponseError) -> Decision:
        # The failure of another call, that for a token, says nothing about this one.
        if error.path != self.request.template:
            return Decision.RAISE
        return decide(error, self.request.retry_class)

    def _may_repeat(self, error: BaseException) -> bool:
        if not isinstance(error, GetResponseError):
            return False
        decision = self._decide(error)
        if decision is Decision.WAIT and isinstance(error, Throttled):
            # One that asks for longer than a frame is about the calls of a day: raised at once.
            return self.waited < FRAME_SECONDS and error.wait <= FRAME_SECONDS
        if decision is Decision.RENEW:
            renewed_before, self.renewed = self.renewed, True
            return not renewed_before
        if decision is not Decision.REPEAT:
            return False
        self.failed += 1
        self.took += self.clock() - self.began
        if self.took >= CALL_SECONDS:
            return False
        timed_out = "Timeout" in str(error.args[0])
        return self.failed < MAX_ATTEMPTS and self.quota.spend(10 if timed_out else 5)

    def _delay(self, state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        if isinstance(error, TokenLapsed):
            return 0.0
        if isinstance(error, Throttled):
            # Longer each time: who keeps refusing asks for more than it says.
            delay = max(error.wait, self._limit(self.refused)) + self.chance.uniform(0.1, 1.0)
            self.refused += 1
            self.waited += delay
            return delay
        return self.chance.uniform(0, self._limit(self.failed))

    def _limit(self, times: int) -> float:
        return min(BACKOFF_CAP, BACKOFF_BASE * 2.0**times)
