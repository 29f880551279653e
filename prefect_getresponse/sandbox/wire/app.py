"""From a call to an exchange: authenticate, limit, disturb, validate, do.

Every call takes the same way, whatever carries it; transports and the server only read and
write.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from email.utils import formatdate
from functools import partial
from typing import Any

import httpx

from prefect_getresponse.sandbox.contract.errors import (
    NOT_IMITATED,
    ApiError,
    FieldError,
    invalid,
    invalid_id,
    not_found,
    wrong_method,
)
from prefect_getresponse.sandbox.contract.ids import is_id
from prefect_getresponse.sandbox.contract.messages import Answer, Call, Exchange, json_answer
from prefect_getresponse.sandbox.contract.operations import Match, Operation, is_known, route
from prefect_getresponse.sandbox.contract.validation import (
    Body,
    check_body,
    check_query,
    in_contract_form,
    read_body,
)
from prefect_getresponse.sandbox.notices.outbox import Outbox, Parcel
from prefect_getresponse.sandbox.notices.settings import NoticeSettings, is_on_this_machine
from prefect_getresponse.sandbox.notices.watch import Watch
from prefect_getresponse.sandbox.resources import BEHAVIOURS, CHECKS, SEEDS
from prefect_getresponse.sandbox.resources.request import Request
from prefect_getresponse.sandbox.wire.answer_zone import in_zone, zone_of
from prefect_getresponse.sandbox.wire.authentication import Access, authenticate, check_domain
from prefect_getresponse.sandbox.wire.churn import Churn
from prefect_getresponse.sandbox.wire.faults import Faults
from prefect_getresponse.sandbox.wire.limits import PARALLEL, Limits
from prefect_getresponse.sandbox.wire.oauth import OAuth, is_oauth
from prefect_getresponse.sandbox.world.world import World

Clock = Callable[[], float]
Control = Callable[["Application", Call, float], Answer]
CONTROL_PREFIX = "/_sandbox"


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One call in the log.

    Attributes:
        at: When it arrived, unix seconds.
        method: HTTP method.
        path: Concrete path with `/v3`, without the query.
        query: The query as it was sent.
        status: Status of the answer on the wire; 0 if a fault reset the connection.
        client_id: What tells callers apart, see `Call.client_id`.
    """

    at: float
    method: str
    path: str
    query: str
    status: int
    client_id: str

    def as_dict(self) -> dict[str, Any]:
        """Return the entry as `GET /_sandbox/log` shows it."""
        return {name: getattr(self, name) for name in self.__slots__}


class Visit:
    """One call in flight, from its arrival until its answer was written."""

    def __init__(self, app: Application, call: Call, crowded: bool) -> None:
        self._app = app
        self._call = call
        self._crowded = crowded

    def exchange(self) -> Exchange:
        """Execute the call and say what happens on the wire."""
        return self._app.exchange(self._call, crowded=self._crowded)


class Application:
    """The state of a sandbox and the way of a call through it. Safe to use from threads.

    Args:
        access: What callers must send.
        speed: How many times faster than life GetResponse's own work is done.
        seed_contacts: Confirmed contacts on the default list from the start.
        frame_seconds: Length of a frame of calls.
        strict: Whether to take the contract only, not what GetResponse takes beyond it.
        queue_status: HTTP status for somebody who is sent again while still in the queue.
        control: Answers calls below `/_sandbox`.
        clock: Returns unix seconds.
    """

    def __init__(
        self,
        *,
        access: Access,
        speed: float,
        seed_contacts: int,
        frame_seconds: float,
        strict: bool,
        queue_status: int,
        control: Control,
        clock: Clock,
    ) -> None:
        self._access = access
        self._speed = speed
        self._seed_contacts = seed_contacts
        self._frame_seconds = frame_seconds
        self._strict = strict
        self._queue_status = queue_status
        self._control = control
        self._clock = clock
        self._lock = threading.RLock()
        self.in_flight = 0
        self.reset()

    def reset(self) -> None:
        """Begin anew: state, log, faults and limits as after construction."""
        self.world = World(
            now=self._clock(),
            speed=self._speed,
            seed_contacts=self._seed_contacts,
            queue_status=self._queue_status,
        )
        for seed in SEEDS:
            seed(self.world, self._clock())
        self.oauth = OAuth(
            client_id=self._access.client_id,
            client_secret=self._access.client_secret,
            redirect_url=self._access.redirect_url,
            speed=self._speed,
        )
        self.limits = Limits(self._frame_seconds)
        self.faults = Faults()
        self.churn = Churn()
        self.log: list[LogEntry] = []
        self._errors = 0
        self.webhooks = Outbox("webhooks", self._speed)
        self.callbacks = Outbox("callbacks", self._speed)
        self._watch: Watch | None = None
        self._registered: dict[str, Any] | None = None

    def notify(self, outbox: Outbox, settings: NoticeSettings) -> None:
        """Send notices by these settings from now on.

        Args:
            outbox: One of the application's own.
            settings: Where to, and what shall go wrong.
        """
        outbox.set(settings)
        self._registered = self.world.callbacks
        if self._watch is None and outbox.is_on:
            self._watch = Watch(self.world, self.webhooks, self.callbacks, self._clock())

    def _follow_callbacks(self) -> None:
        """Send callbacks where the API was told to, as long as that is this machine."""
        registered = self.world.callbacks
        if registered is self._registered:
            return
        self._registered = registered
        known = registered or {"url": "", "actions": {}}
        actions = frozenset(name for name, is_on in known["actions"].items() if is_on)
        url = known["url"] if actions and is_on_this_machine(known["url"]) else ""
        self.notify(self.callbacks, replace(self.callbacks.settings, url=url, types=actions))

    def leaving(self, most: int) -> list[tuple[Outbox, Parcel]]:
        """Return the requests with notices that leave now, at most so many."""
        with self._lock:
            if self._watch is None:
                return []
            now = self._clock()
            self.world.settle(now)
            self._watch.look(now)
            both = (self.webhooks, self.callbacks)
            return [(each, parcel) for each in both for parcel in each.due(now, most)]

    def returned(self, outbox: Outbox, parcel: Parcel, answer: httpx.Response | None) -> None:
        """Note what became of a request with notices; None is no answer."""
        with self._lock:
            outbox.answered(parcel, answer, self._clock())

    @contextmanager
    def visit(self, call: Call) -> Generator[Visit]:
        """Count a call of the API as in flight while its answer is made and written.

        Args:
            call: The call that arrived.
        """
        weight = 0 if _is_control(call) else 1
        with self._lock:
            crowded = self.in_flight >= PARALLEL
            self.in_flight += weight
        try:
            yield Visit(self, call, crowded)
        finally:
            with self._lock:
                self.in_flight -= weight

    def exchange(self, call: Call, *, crowded: bool = False) -> Exchange:
        """Execute a call.

        Args:
            call: The call.
            crowded: Whether it found ten other calls in flight when it arrived.
        """
        with self._lock:
            now = self._clock()
            self.world.settle(now)
            self.world.host = call.headers.get("host", self.world.host)
            if _is_control(call):
                return Exchange(self._control(self, call, now))
            exchange = self._disturbed(call, now, crowded)
            self._follow_callbacks()
            entry = (call.method, call.path, call.query_string, exchange.answer.status)
            self.log.append(LogEntry(now, *entry, call.client_id))
            self.churn.after_call(self.world, now)
            headers = {"Date": formatdate(now, usegmt=True), **self.limits.headers(now)}
            answer = exchange.answer.with_headers(headers)
            return Exchange(answer, exchange.delay, exchange.ending)

    def _disturbed(self, call: Call, now: float, crowded: bool) -> Exchange:
        """Admit the call, and execute it unless a fault prevents that."""
        match = route(call.method, call.path)
        try:
            self._authenticate(call, now)
            operation = match.operation if match else None
            self.limits.admit(now, operation, crowded=crowded)
            fault = self.faults.take(call)
            if fault is None:
                return Exchange(self._answer(call, match, now))
            return (
                fault.instead() if fault.prevents else fault.spoil(self._answer(call, match, now))
            )
        except ApiError as error:
            return Exchange(self._refusal(error))

    def _authenticate(self, call: Call, now: float) -> None:
        if not is_oauth(call):
            authenticate(call, self._access, self.oauth, now)
        elif call.method == "POST":
            check_domain(call, self._access.domain)

    def _answer(self, call: Call, match: Match | None, now: float) -> Answer:
        try:
            if is_oauth(call):
                return self.oauth.answer(call, now)
            zone = zone_of(call)
            return in_zone(self._execute(call, match, now), zone)
        except ApiError as error:
            return self._refusal(error)

    def _refusal(self, error: ApiError) -> Answer:
        self._errors += 1
        name = uuid.uuid5(uuid.NAMESPACE_OID, f"sandbox error {self._errors}")
        return json_answer(error.status, error.envelope(str(name)), error.headers)

    def _execute(self, call: Call, match: Match | None, now: float) -> Answer:
        """Validate a call by the tables and do what it asks for."""
        if match is None:
            known = is_known(call.path)
            raise wrong_method(call.method) if known else not_found(path=call.path)
        operation = match.operation
        behaviour = BEHAVIOURS.get(operation.operation_id)
        if behaviour is None:
            message = f"Not imitated yet: {operation.method} {operation.path}"
            raise ApiError(501, NOT_IMITATED, message)
        if not all(is_id(each) for name, each in match.path_values.items() if name.endswith("Id")):
            raise invalid_id()
        query, faults = check_query(operation, call, lenient=not self._strict)
        body = read_body(operation, call)
        try:
            body = self._checked(operation, match.path_values, body, faults)
            request = Request(
                operation=operation,
                path=match.path_values,
                query=query,
                body=body,
                now=now,
                rejects=lambda email: self.faults.rejects(call, email),
            )
            return behaviour(self.world, request)
        except ApiError as error:
            error.sent = body
            raise

    def _checked(
        self, operation: Operation, path: Mapping[str, str], body: Body, faults: list[FieldError]
    ) -> Body:
        """Return the body in the contract's form, or refuse it and the query for all faults."""
        if operation.content_type:
            lenient = not self._strict
            exists = partial(self.world.exists, within=path)
            faults = faults + check_body(operation, body, exists, lenient=lenient)
            if lenient and not faults:
                body = in_contract_form(operation, body)
            if operation.operation_id in CHECKS:
                faults += CHECKS[operation.operation_id](self.world, body)
        if faults:
            raise invalid(faults)
        return body


def _is_control(call: Call) -> bool:
    return call.path.startswith(f"{CONTROL_PREFIX}/")
