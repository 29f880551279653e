"""Slots that workers share: leases of Prefect's concurrency limits, or locked files of one machine.

Both are a `SlotPool` of `client/slots.py`, which also keeps the books of endpoint budgets.
"""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Generator, Iterable
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.actions import (
    GlobalConcurrencyLimitCreate,
    GlobalConcurrencyLimitUpdate,
)
from prefect.exceptions import ObjectAlreadyExists, ObjectNotFound, PrefectException
from prefect.settings import PREFECT_API_AUTH_STRING, PREFECT_API_KEY, PREFECT_API_URL

from prefect_getresponse.limits.budget_books import HostBooks, PrefectBooks
from prefect_getresponse.limits.budgets import Book
from prefect_getresponse.limits.slots import Grant, PoolUnreachable
from prefect_getresponse.limits.throttle import SLOTS

MOST_WORKERS = 1000
LEASE = 60.0
"""Seconds of a lease; Prefect grants no shorter one."""
TIMEOUT = 5.0
"""Seconds that Prefect has for an answer: there is time for more tries before a lease ends."""

_LOCKED, _GONE, _BUSY = 423, 410, 429


def limit_names(account: str) -> dict[str, int]:
    """Names and sizes of the global concurrency limits of an account: slots, then workers."""
    return {f"getresponse-{account}": SLOTS, f"getresponse-{account}-workers": MOST_WORKERS}


def open_client() -> SyncPrefectClient:
    """A client of the Prefect server that the settings name, for a `with` block."""
    return SyncPrefectClient(
        PREFECT_API_URL.value(),
        auth_string=PREFECT_API_AUTH_STRING.value(),
        api_key=PREFECT_API_KEY.value(),
        httpx_settings={"timeout": TIMEOUT},
    )


def ensure_limit(client: SyncPrefectClient, name: str, size: int) -> None:
    """Make a limit what it must be, also when another worker does the same just now."""
    try:
        client.update_global_concurrency_limit(
            name, GlobalConcurrencyLimitUpdate(limit=size, active=True, slot_decay_per_second=0)
        )
    except ObjectNotFound:
        with suppress(ObjectAlreadyExists):
            client.create_global_concurrency_limit(
                GlobalConcurrencyLimitCreate(name=name, limit=size, slot_decay_per_second=0)
            )


def free_slots(client: SyncPrefectClient, name: str) -> None:
    """Count none of a limit's slots as taken."""
    client.update_global_concurrency_limit(name, GlobalConcurrencyLimitUpdate(active_slots=0))


@contextmanager
def _asking() -> Generator[None]:
    """Turn whatever keeps Prefect from answering into `PoolUnreachable`."""
    try:
        yield
    except httpx.HTTPStatusError as error:
        status = error.response.status_code
        raise PoolUnreachable(f"Prefect answers {status}", is_busy=status >= _BUSY) from None
    except (httpx.HTTPError, PrefectException, ValueError) as error:
        is_busy = isinstance(error, httpx.ReadTimeout | httpx.PoolTimeout)
        reason = f"Prefect does not answer ({type(error).__name__})"
        raise PoolUnreachable(reason, is_busy=is_busy) from None


class PrefectPool:
    """Slots of an account as leases of Prefect's global concurrency limits.

    Args:
        account: Name of the account.
        books: Books of its endpoint budgets.
        begins_anew: Whether a worker who comes alone removes the books, see `shared_throttle`.
    """

    lifetime = LEASE

    def __init__(self, account: str, books: PrefectBooks, *, begins_anew: bool = False) -> None:
        self._sizes = limit_names(account)
        self._slots, self._places = self._sizes
        self._books = books
        self._begins_anew = begins_anew
        self._client: SyncPrefectClient | None = None

    def join(self) -> Any:
        """Count as a worker."""
        place = self._lease(self._places, 1)
        if place is None:
            raise PoolUnreachable(f"Prefect counts {MOST_WORKERS} workers of the account")
        if self._begins_anew and self.workers() == 1:
            with _asking():
                self._books.clear(self._open())
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

    def free_all(self) -> None:
        """Correct the count of the limit."""
        with _asking():
            free_slots(self._open(), self._slots)

    def read_book(self, budget: str) -> tuple[int, Book]:
        """Read it from variables."""
        with _asking():
            return self._books.read(self._open(), budget)

    def write_book(self, budget: str, edition: int, book: Book) -> bool:
        """Write it as a variable."""
        with _asking():
            return self._books.write(self._open(), budget, edition, book)

    def close(self) -> None:
        """Close the connection to Prefect."""
        if self._client is not None:
            with suppress(Exception):
                self._client.__exit__(None, None, None)
            self._client = None

    def forget(self) -> None:
        """Leave the connection to the parent process."""
        self._client = None

    def _open(self) -> SyncPrefectClient:
        if self._client is None:
            self._client = open_client().__enter__()
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
                ensure_limit(self._open(), name, self._sizes[name])
            raise PoolUnreachable(f"Prefect has no limit {name}")


class HostPool:
    """Slots of an account as locked files: the processes of one machine share them.

    SQLite locks files on every platform, and the operating system frees what a crash leaves.

    Args:
        folder: Where the files are.
        begins_anew: Whether a worker who comes alone removes the books, see `shared_throttle`.
    """

    lifetime = math.inf

    def __init__(self, folder: Path, *, begins_anew: bool = False) -> None:
        self._folder = folder
        self._books = HostBooks(folder)
        self._begins_anew = begins_anew
        self._locks: set[sqlite3.Connection] = set()

    def join(self) -> Any:
        """Count as a worker."""
        place = self._lock("worker", 1, MOST_WORKERS)
        if self._begins_anew and self.workers() == 1:
            with self._asking():
                self._books.clear()
        return place

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
        self._unlock(grant.key)

    def free_all(self) -> None:
        """The operating system has freed what nobody holds."""

    def read_book(self, budget: str) -> tuple[int, Book]:
        """Read it from a file."""
        with self._asking():
            return self._books.read(budget)

    def write_book(self, budget: str, edition: int, book: Book) -> bool:
        """Write it to a file."""
        with self._asking():
            return self._books.write(budget, edition, book)

    def close(self) -> None:
        """There is no connection."""

    def forget(self) -> None:
        """Close the parent's files, else SQLite takes its locks for ours.  They stay locked."""
        self._unlock(list(self._locks))

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
        self._unlock(locks)
        return None

    def _try(self, path: Path) -> sqlite3.Connection | None:
        lock = sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)
        self._locks.add(lock)
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            self._unlock([lock])
            if "locked" in str(error):
                return None
            raise
        return lock

    def _is_free(self, path: Path) -> bool:
        lock = self._try(path)
        if lock is not None:
            self._unlock([lock])
        return lock is not None

    def _unlock(self, locks: Iterable[sqlite3.Connection]) -> None:
        for lock in locks:
            lock.close()
            self._locks.discard(lock)

    @contextmanager
    def _asking(self) -> Generator[None]:
        try:
            yield
        except (OSError, sqlite3.Error) as error:
            raise PoolUnreachable(f"{self._folder} cannot hold locks ({error})") from None
