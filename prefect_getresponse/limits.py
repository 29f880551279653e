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
import os
import random
import sqlite3
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.actions import (
    GlobalConcurrencyLimitCreate,
    GlobalConcurrencyLimitUpdate,
)
from prefect.exceptions import ObjectAlreadyExists, ObjectNotFound
from prefect.settings import (
    PREFECT_API_AUTH_STRING,
    PREFECT_API_KEY,
    PREFECT_API_URL,
    PREFECT_CLIENT_MAX_RETRIES,
    PREFECT_HOME,
    temporary_settings,
)

from prefect_getresponse.client.errors import InvalidConfiguration
from prefect_getresponse.client.slots import Grant, PoolUnreachable, SlotKeeper, SlotPool
from prefect_getresponse.client.throttle import SLOTS, Throttle

MOST_WORKERS = 1000
LEASE = 60.0
"""Seconds of a lease; Prefect grants no shorter one."""
TIMEOUT = 5.0
"""Seconds that Prefect has for an answer: there is time for more tries before a lease ends."""
GOODBYE = 3.0
"""Seconds that a process which ends takes to give its slots back."""

_LOCKED, _GONE = 423, 410

logger = logging.getLogger("prefect_getresponse")


def limit_names(account: str) -> dict[str, int]:
    """Names and sizes of the global concurrency limits of an account: slots, then workers."""
    return {f"getresponse-{account}": SLOTS, f"getresponse-{account}-workers": MOST_WORKERS}


@contextmanager
def _asking() -> Generator[None]:
    """Turn whatever keeps Prefect from answering into `PoolUnreachable`."""
    try:
        yield
    except (httpx.HTTPError, ValueError) as error:
        raise PoolUnreachable(f"Prefect does not answer ({type(error).__name__})") from None


class PrefectPool:
    """Slots of an account as leases of Prefect's global concurrency limits.

    Args:
        account: Name of the account.
    """

    lifetime = LEASE

    def __init__(self, account: str) -> None:
        self._sizes = limit_names(account)
        self._slots, self._places = self._sizes
        self._client: SyncPrefectClient | None = None

    def join(self) -> Any:
        """Count as a worker."""
        place = self._lease(self._places, 1)
        if place is None:
            raise PoolUnreachable(f"Prefect counts {MOST_WORKERS} workers of the account")
        return place

    def workers(self) -> int:
        """Workers that hold a place."""
        with _asking():
            try:
                limit = self._open().read_global_concurrency_limit_by_name(self._places)
            except ObjectNotFound:
                return 1
            return limit.active_slots

    def take(self, slots: int) -> Any | None:
        """Lease slots, all of them or none."""
        return self._lease(self._slots, slots)

    def renew(self, grant: Grant) -> bool:
        """Prolong a lease.

        A lease that is gone before its time was lost with the memory of a server that restarted;
        its slots are still counted there, so they are returned.
        """
        with _asking():
            try:
                self._open().renew_concurrency_lease(grant.key, LEASE)
            except httpx.HTTPStatusError as error:
                if error.response.status_code != _GONE:
                    raise
                name = self._slots if grant.slots else self._places
                self._open().release_concurrency_slots([name], max(1, grant.slots), LEASE)
                return False
            return True

    def release(self, grant: Grant) -> None:
        """Give a lease back."""
        with _asking():
            self._open().release_concurrency_slots_with_lease(grant.key)

    def close(self) -> None:
        """Close the connection to Prefect."""
        if self._client is not None:
            with suppress(Exception):
                self._client.__exit__(None, None, None)
            self._client = None

    def _open(self) -> SyncPrefectClient:
        if self._client is None:
            client = SyncPrefectClient(
                PREFECT_API_URL.value(),
                auth_string=PREFECT_API_AUTH_STRING.value(),
                api_key=PREFECT_API_KEY.value(),
                httpx_settings={"timeout": TIMEOUT},
            )
            self._client = client.__enter__()
        return self._client

    def _lease(self, name: str, slots: int) -> UUID | None:
        with _asking():
            for _ in range(2):
                try:
                    answer = self._open().increment_concurrency_slots_with_lease(
                        [name], slots, "concurrency", LEASE
                    )
                except httpx.HTTPStatusError as error:
                    if error.response.status_code != _LOCKED:
                        raise
                    return None
                granted = answer.json()
                if granted["limits"]:
                    return UUID(granted["lease_id"])
                # Prefect grants anything of a limit that does not exist.
                _ensure(self._open(), name, self._sizes[name])
            raise PoolUnreachable(f"Prefect has no limit {name}")


class HostPool:
    """Slots of an account as locked files: the processes of one machine share them.

    SQLite locks files on every platform, and the operating system frees what a crash leaves.

    Args:
        folder: Where the files are.
    """

    lifetime = math.inf

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def join(self) -> Any:
        """Count as a worker."""
        return self._lock("worker", 1, MOST_WORKERS)

    def workers(self) -> int:
        """Workers that hold a place."""
        with self._asking():
            return sum(not self._is_free(path) for path in self._folder.glob("worker-*.lock"))

    def take(self, slots: int) -> Any | None:
        """Lock the files of that many slots, or none."""
        return self._lock("slot", slots, SLOTS)

    def renew(self, grant: Grant) -> bool:
        """Locks stay as long as the process."""
        return True

    def release(self, grant: Grant) -> None:
        """Unlock the files."""
        for lock in grant.key:
            lock.close()

    def close(self) -> None:
        """There is no connection."""

    def _lock(self, kind: str, number: int, size: int) -> list[sqlite3.Connection] | None:
        locks: list[sqlite3.Connection] = []
        with self._asking():
            for folder in (self._folder.parent, self._folder):  # of the ledgers, and of the slots
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            for each in range(size):
                lock = self._try(self._folder / f"{kind}-{each}.lock")
                if lock is not None:
                    locks.append(lock)
                if len(locks) == number:
                    return locks
        for lock in locks:
            lock.close()
        return None

    def _try(self, path: Path) -> sqlite3.Connection | None:
        lock = sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            lock.close()
            if "locked" in str(error):
                return None
            raise
        return lock

    def _is_free(self, path: Path) -> bool:
        lock = self._try(path)
        if lock is not None:
            lock.close()
        return lock is not None

    @contextmanager
    def _asking(self) -> Generator[None]:
        try:
            yield
        except (OSError, sqlite3.Error) as error:
            raise PoolUnreachable(f"{self._folder} cannot hold locks ({error})") from None


class _Service:
    """A thread that lets a keeper do what is due, from the first call to the end of the process."""

    def __init__(self, pools: list[SlotPool]) -> None:
        self._due = threading.Event()
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None
        self._ending = False
        # Settings of whoever asked first: a thread of its own would see the profile's only.
        self._context = contextvars.copy_context()
        self.keeper = SlotKeeper(
            pools,
            clock=time.monotonic,
            chance=random.Random(),  # noqa: S311 - jitter, not a secret
            on_wanted=self._wake,
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
        # The keeper tries again by itself, and knows better when.
        with temporary_settings({PREFECT_CLIENT_MAX_RETRIES: 0}):
            while not self._ending:
                self._due.clear()
                delay = self.keeper.step()
                self._due.wait(None if delay == math.inf else delay)
            self.keeper.leave()

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
        self.keeper.forget()


_services: list[_Service] = []


def shared_throttle(account: str, endpoint: str) -> Throttle:
    """Make the throttle of an account for this process; it shares the limits with other workers.

    Args:
        account: Name of the account.
        endpoint: Base URL of the API.
    """
    label = hashlib.blake2b(endpoint.encode(), digest_size=6).hexdigest()
    folder = PREFECT_HOME.value() / "getresponse" / "slots" / f"{account}-{label}"
    pools: list[SlotPool] = [HostPool(folder)]
    if PREFECT_API_URL.value():
        pools.insert(0, PrefectPool(account))
    service = _Service(pools)
    _services.append(service)
    return service.keeper.throttle


@atexit.register
def _end_all() -> None:
    for service in _services:
        service.end()


def _after_fork() -> None:
    for service in _services:
        service.after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


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


def ensure_limits(account: str) -> None:
    """Create the limits of an account in Prefect, or repair them.

    Raises:
        InvalidConfiguration: No Prefect server is known, or it does not answer.
    """
    with _server() as client:
        for name, size in limit_names(account).items():
            _ensure(client, name, size)


def reset_limits(account: str) -> None:
    """Free all slots of an account, for what a restart of the server left behind.

    Workers that run do not notice, so use it when none does.

    Raises:
        InvalidConfiguration: No Prefect server is known, or it does not answer.
    """
    with _server() as client:
        for name, size in limit_names(account).items():
            _ensure(client, name, size)
            client.update_global_concurrency_limit(
                name, GlobalConcurrencyLimitUpdate(active_slots=0)
            )


@contextmanager
def _server() -> Generator[SyncPrefectClient]:
    url = PREFECT_API_URL.value()
    if not url:
        raise InvalidConfiguration(
            "the shared limits live in a Prefect server, and PREFECT_API_URL is not set",
            advice="Set it; without a server the processes of one machine share by files.",
        )
    client = SyncPrefectClient(
        url,
        auth_string=PREFECT_API_AUTH_STRING.value(),
        api_key=PREFECT_API_KEY.value(),
        httpx_settings={"timeout": TIMEOUT},
    )
    try:
        with temporary_settings({PREFECT_CLIENT_MAX_RETRIES: 0}), client:
            yield client
    except httpx.HTTPError as error:
        raise InvalidConfiguration(
            f"the Prefect server does not answer: {type(error).__name__}",
            advice="Check PREFECT_API_URL and the key; `prefect server status` tells more.",
        ) from None


def _ensure(client: SyncPrefectClient, name: str, size: int) -> None:
    """Make a limit what it must be, also when another worker does the same just now."""
    if _read(client, name, size).size is None:
        with suppress(ObjectAlreadyExists):
            client.create_global_concurrency_limit(
                GlobalConcurrencyLimitCreate(name=name, limit=size, slot_decay_per_second=0)
            )
            return
    client.update_global_concurrency_limit(
        name, GlobalConcurrencyLimitUpdate(limit=size, active=True, slot_decay_per_second=0)
    )


def _read(client: SyncPrefectClient, name: str, size: int) -> LimitState:
    try:
        found = client.read_global_concurrency_limit_by_name(name)
    except ObjectNotFound:
        return LimitState(name, None, 0, is_right=False)
    is_right = found.active and found.limit == size and not found.slot_decay_per_second
    return LimitState(name, found.limit, found.active_slots, is_right)
