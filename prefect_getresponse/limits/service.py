"""The limits of an account, shared by all workers: slots in Prefect, or in files of this machine.

Slots are one global concurrency limit of ten, `getresponse-<account>`, without decay, taken with
leases: a worker that crashes loses its slots a minute later.  A second limit,
`getresponse-<account>-workers`, counts the workers, so that each knows its fair share.  Where no
Prefect server is configured or answers, locks of files divide the account among the processes of
this machine.  Prefect is asked for slots now and then, never for a call.
"""

from __future__ import annotations

import atexit
import contextvars
import hashlib
import logging
import math
import random
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import httpx
from prefect.client.orchestration import SyncPrefectClient
from prefect.exceptions import ObjectNotFound
from prefect.settings import (
    PREFECT_API_URL,
    PREFECT_CLIENT_MAX_RETRIES,
    PREFECT_HOME,
    temporary_settings,
)

from prefect_getresponse.client.errors import InvalidConfiguration
from prefect_getresponse.limits.budget_books import PrefectBooks
from prefect_getresponse.limits.budgets import ENDPOINT_BUDGETS, used
from prefect_getresponse.limits.slot_pools import (
    HostPool,
    PrefectPool,
    ensure_limit,
    free_slots,
    limit_names,
    open_client,
)
from prefect_getresponse.limits.slots import POLL, SlotKeeper, SlotPool
from prefect_getresponse.limits.throttle import Throttle
from prefect_getresponse.runtime.forks import after_fork

GOODBYE = 3.0
"""Seconds that a process takes at its end to give its slots back."""

logger = logging.getLogger("prefect_getresponse")


class _Service:
    """A thread that lets a keeper do what is due, from the first call until the process ends."""

    def __init__(self, pools: list[SlotPool]) -> None:
        self._due = threading.Event()
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None
        self._ending = False
        # Settings of whoever asked first: a new thread would see only those of the profile.
        self._context = contextvars.copy_context()
        self.keeper = SlotKeeper(
            pools,
            clock=time.monotonic,
            chance=random.Random(),  # noqa: S311 - jitter, not a secret
            on_wanted=self._wake,
            epoch=time.time,
        )

    def _wake(self) -> None:
        self._due.set()
        with self._starting:
            if self._thread is None and not self._ending:
                self._thread = threading.Thread(
                    target=self._context.run, args=(self._run,), name="slots", daemon=True
                )
                self._thread.start()

    def _run(self) -> None:
        # Prefect refuses a write that meets another one in SQLite, so it may try once more; after
        # that the keeper knows when to try again.
        with temporary_settings({PREFECT_CLIENT_MAX_RETRIES: 1}):
            while not self._ending:
                self._due.clear()
                delay = self._step()
                self._due.wait(None if delay == math.inf else delay)
            with suppress(Exception):
                self.keeper.leave()

    def _step(self) -> float:
        try:
            return self.keeper.step()
        except Exception as error:  # without this thread calls would wait for slots for ever
            logger.warning("slots could not be looked after (%s); again", type(error).__name__)
            return POLL

    def end(self) -> None:
        """Give the slots back; no new ones are taken."""
        with self._starting:
            self._ending = True
            thread = self._thread
        self._due.set()
        if thread is not None:
            thread.join(GOODBYE)

    def after_fork(self) -> None:
        """Begin anew in a child process: slots and thread stayed with its parent."""
        self._due, self._starting, self._thread = threading.Event(), threading.Lock(), None
        self._context = self._context.copy()  # its parent's thread is in the old one
        self.keeper.forget()


_services: list[_Service] = []


def shared_throttle(account: str, endpoint: str) -> Throttle:
    """Make the throttle of an account for this process; it shares the limits with other workers.

    A sandbox that was restarted or reset knows nothing of earlier calls, so a worker that comes to
    one alone begins the books of endpoint budgets anew.

    Args:
        account: Name of the account.
        endpoint: Base URL of the API.
    """
    is_sandbox = _is_sandbox(endpoint)
    folder = PREFECT_HOME.value() / "getresponse" / "slots" / f"{account}-{_label(endpoint)}"
    pools: list[SlotPool] = [HostPool(folder, begins_anew=is_sandbox)]
    if PREFECT_API_URL.value():
        books = _books(account, endpoint)
        pools.insert(0, PrefectPool(account, books, begins_anew=is_sandbox))
    service = _Service(pools)
    _services.append(service)
    return service.keeper.throttle


def _is_sandbox(endpoint: str) -> bool:
    """Whether it is a server of this machine: no other may be reached by plain HTTP."""
    return endpoint.startswith("http://")


def _label(endpoint: str) -> str:
    return hashlib.blake2b(endpoint.encode(), digest_size=6).hexdigest()


def _books(account: str, endpoint: str) -> PrefectBooks:
    """Books of an account in Prefect; what a sandbox counts is none of the real account's."""
    own = f"-{_label(endpoint)}" if _is_sandbox(endpoint) else ""
    return PrefectBooks(f"getresponse-{account}{own}")


@atexit.register
def _end_all() -> None:
    for service in _services:
        service.end()


@after_fork
def _begin_anew() -> None:
    for service in _services:
        service.after_fork()


@dataclass(frozen=True)
class LimitState:
    """A global concurrency limit of an account as Prefect has it.

    Attributes:
        name: Its name.
        size: Its slots; None if there is no such limit.
        taken: Slots taken now.
        is_right: Whether it is as workers need it.
    """

    name: str
    size: int | None
    taken: int
    is_right: bool


def read_limits(account: str) -> list[LimitState]:
    """Read the limits of an account from Prefect: slots, then workers.

    Raises:
        InvalidConfiguration: No Prefect server is known, or it does not answer.
    """
    with _server() as client:
        return [_read(client, name, size) for name, size in limit_names(account).items()]


@dataclass(frozen=True)
class BudgetState:
    """What is used of the budget of an endpoint, as workers have written it down.

    Attributes:
        name: The endpoint.
        calls: Calls that may start within the window.
        seconds: The window.
        used: Calls that were started or are reserved.
    """

    name: str
    calls: int
    seconds: float
    used: int


def read_budgets(account: str, endpoint: str = "") -> list[BudgetState]:
    """Read from Prefect what is used of the budgets of endpoints.

    Args:
        account: Name of the account.
        endpoint: Base URL of the API; only a sandbox has budgets apart.

    Raises:
        InvalidConfiguration: No Prefect server is known, or it does not answer.
    """
    states: list[BudgetState] = []
    with _server() as client:
        for name, windows in ENDPOINT_BUDGETS.items():
            _, book = _books(account, endpoint).read(client, name)
            window = windows[-1]
            taken = used(book, window, time.time())
            states.append(BudgetState(name, window.calls, window.seconds, taken))
    return states


def ensure_limits(account: str) -> None:
    """Create the limits of an account in Prefect, or repair them.

    Raises:
        InvalidConfiguration: No Prefect server is known, or it does not answer.
    """
    with _server() as client:
        for name, size in limit_names(account).items():
            ensure_limit(client, name, size)


def reset_limits(account: str, endpoint: str = "") -> None:
    """Free all slots of an account and forget its endpoint budgets.

    For what a restart of the server left behind. Workers that run do not notice, so use it when
    none does.

    Args:
        account: Name of the account.
        endpoint: Base URL of the API; only a sandbox has budgets apart.

    Raises:
        InvalidConfiguration: No Prefect server is known, or it does not answer.
    """
    with _server() as client:
        for name, size in limit_names(account).items():
            ensure_limit(client, name, size)
            free_slots(client, name)
        _books(account, endpoint).clear(client)


@contextmanager
def _server() -> Generator[SyncPrefectClient]:
    if not PREFECT_API_URL.value():
        raise InvalidConfiguration(
            "the shared limits live in a Prefect server, and PREFECT_API_URL is not set",
            advice="Set it; without a server the processes of one machine share by files.",
        )
    try:
        with temporary_settings({PREFECT_CLIENT_MAX_RETRIES: 3}), open_client() as client:
            yield client
    except httpx.HTTPStatusError as error:
        raise InvalidConfiguration(
            f"the Prefect server answers {error.response.status_code}",
            advice="Check PREFECT_API_URL and the key; the server's log tells more.",
        ) from None
    except httpx.HTTPError as error:
        raise InvalidConfiguration(
            f"the Prefect server does not answer: {type(error).__name__}",
            advice="Check PREFECT_API_URL and the key; `prefect server status` tells more.",
        ) from None


def _read(client: SyncPrefectClient, name: str, size: int) -> LimitState:
    try:
        found = client.read_global_concurrency_limit_by_name(name)
    except ObjectNotFound:
        return LimitState(name, None, 0, is_right=False)
    is_right = found.active and found.limit == size and not found.slot_decay_per_second
    return LimitState(name, found.limit, found.active_slots, is_right)
