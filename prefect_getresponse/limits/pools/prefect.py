"""Slots as leases of Prefect's concurrency limits, and books of budgets as variables of Prefect.

A book is a variable whose name ends with the number of its edition, such as
`getresponse-main-newsletters-17`.  Prefect has no compare-and-set, but creates a name only once:
whoever creates the next edition has written; everybody else reads it and tries again.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress
from typing import Any
from uuid import UUID

import httpx
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.actions import (
    GlobalConcurrencyLimitCreate,
    GlobalConcurrencyLimitUpdate,
    VariableCreate,
)
from prefect.context import SettingsContext, get_settings_context
from prefect.exceptions import ObjectAlreadyExists, ObjectNotFound, PrefectException
from prefect.settings import (
    PREFECT_API_AUTH_STRING,
    PREFECT_API_KEY,
    PREFECT_API_URL,
)

from prefect_getresponse.limits.budgets import ENDPOINT_BUDGETS, Book
from prefect_getresponse.limits.pools.pool import (
    MOST_WORKERS,
    Grant,
    PoolUnreachable,
    is_sandbox,
    label,
    parsed,
)
from prefect_getresponse.limits.throttle import SLOTS

LEASE = 60.0
"""Seconds of a lease; Prefect grants no shorter one."""
TIMEOUT = 5.0
"""Seconds that Prefect has for an answer: there is time for more tries before a lease ends."""

_LOCKED, _GONE, _BUSY = 423, 410, 429


def limit_names(account: str) -> dict[str, int]:
    """Names and sizes of the global concurrency limits of an account: slots, then workers."""
    return {f"getresponse-{account}": SLOTS, f"getresponse-{account}-workers": MOST_WORKERS}


def open_client(patience: float = TIMEOUT) -> SyncPrefectClient:
    """A client of the Prefect server that the settings name, for a `with` block.

    Args:
        patience: Seconds until a server that does not answer counts as gone.
    """
    return SyncPrefectClient(
        PREFECT_API_URL.value(),
        auth_string=PREFECT_API_AUTH_STRING.value(),
        api_key=PREFECT_API_KEY.value(),
        httpx_settings={"timeout": patience},
    )


@contextmanager
def tries_again(times: int) -> Generator[None]:
    """Let Prefect's client try again so often, instead of as often as its settings say.

    Prefect's `temporary_settings` would read and check all settings anew, which takes 40 ms.

    Args:
        times: How often.
    """
    known = get_settings_context()
    client = known.settings.client.model_copy(update={"max_retries": times})
    settings = known.settings.model_copy(update={"client": client})
    with SettingsContext(profile=known.profile, settings=settings):
        yield


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
    # Memory and files of this machine end, too: nobody may wait for ever for slots because of that.
    except (httpx.HTTPError, PrefectException, ValueError, OSError, MemoryError) as error:
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

    def begin_anew(self) -> None:
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


class PrefectBooks:
    """Books of an account as variables of Prefect.

    Args:
        shelf: What their names begin with.
    """

    def __init__(self, shelf: str) -> None:
        self._shelf = shelf.lower()  # names of variables have no capitals

    def read(self, client: SyncPrefectClient, budget: str) -> tuple[int, Book]:
        """Read the last edition of a book; 0 if there is none."""
        editions = self._editions(client, budget)
        last = max(editions, default=0)
        return last, parsed(editions.get(last))

    def write(self, client: SyncPrefectClient, budget: str, edition: int, book: Book) -> bool:
        """Write the edition after that one; False if somebody else has done so."""
        mine = edition + 1
        value: Any = [[end, starts] for end, starts in book]
        try:
            client.create_variable(VariableCreate(name=self._name(budget, mine), value=value))
        except ObjectAlreadyExists:
            return False
        # A worker that was stopped for long may have created an edition that was removed before.
        there = self._editions(client, budget)
        is_last = mine == max(there, default=mine)
        for each in there:
            if each < mine or (each == mine and not is_last):
                self._delete(client, budget, each)
        return is_last

    def clear(self, client: SyncPrefectClient) -> None:
        """Remove all books."""
        for budget in ENDPOINT_BUDGETS:
            for edition in self._editions(client, budget):
                self._delete(client, budget, edition)

    def _editions(self, client: SyncPrefectClient, budget: str) -> Mapping[int, Any]:
        prefix = self._name(budget, "")
        body = {"variables": {"name": {"like_": prefix}}}
        found = client.request("POST", "/variables/filter", json=body).json()
        names = re.compile(re.escape(prefix) + r"(\d+)")
        matches = ((names.fullmatch(each["name"]), each["value"]) for each in found)
        return {int(match[1]): value for match, value in matches if match}

    def _delete(self, client: SyncPrefectClient, budget: str, edition: int) -> None:
        with suppress(ObjectNotFound):  # somebody else was quicker
            client.delete_variable_by_name(self._name(budget, edition))

    def _name(self, budget: str, edition: int | str) -> str:
        return f"{self._shelf}-{budget.replace('/', '-')}-{edition}"


def books_of(account: str, endpoint: str) -> PrefectBooks:
    """Books of an account in Prefect; what a sandbox counts is none of the real account's."""
    own = f"-{label(endpoint)}" if is_sandbox(endpoint) else ""
    return PrefectBooks(f"getresponse-{account}{own}")
