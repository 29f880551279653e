"""The limits of an account on a Prefect server: made, read and reset by people."""

from __future__ import annotations

import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx
from prefect.client.orchestration import SyncPrefectClient
from prefect.exceptions import ObjectNotFound
from prefect.settings import PREFECT_API_URL

from prefect_getresponse.client.errors import InvalidConfiguration
from prefect_getresponse.limits.budgets import ENDPOINT_BUDGETS, used
from prefect_getresponse.limits.pools.prefect import (
    books_of,
    ensure_limit,
    free_slots,
    limit_names,
    open_client,
    tries_again,
)

PATIENCE = 30.0
"""Seconds that Prefect has for an answer: no lease ends meanwhile, and a busy server takes long."""


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
            _, book = books_of(account, endpoint).read(client, name)
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
        books_of(account, endpoint).clear(client)


@contextmanager
def _server() -> Generator[SyncPrefectClient]:
    if not PREFECT_API_URL.value():
        raise InvalidConfiguration(
            "the shared limits live in a Prefect server, and PREFECT_API_URL is not set",
            advice="Set it; without a server the processes of one machine share by files.",
        )
    try:
        with tries_again(3), open_client(PATIENCE) as client:
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
