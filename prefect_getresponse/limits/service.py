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
import logging
import math
import random
import threading
import time
from contextlib import AbstractContextManager, nullcontext, suppress

from prefect_getresponse.limits.pools.host import HostPool
from prefect_getresponse.limits.pools.pool import SlotPool, is_sandbox, label
from prefect_getresponse.limits.slots import POLL, SlotKeeper
from prefect_getresponse.limits.throttle import Throttle
from prefect_getresponse.runtime.forks import after_fork
from prefect_getresponse.runtime.prefect_files import api_url, prefect_home

GOODBYE = 3.0
"""Seconds that a process takes at its end to give its slots back."""

logger = logging.getLogger("prefect_getresponse")


class _Service:
    """A thread that lets a keeper do what is due, from the first call until the process ends."""

    def __init__(self, pools: list[SlotPool], patience: AbstractContextManager[object]) -> None:
        self._patience = patience
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
                thread = threading.Thread(
                    target=self._context.run, args=(self._run,), name="slots", daemon=True
                )
                thread.start()  # which may fail
                self._thread = thread

    def _run(self) -> None:
        with self._patience:
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
            logger.warning("slot keeper failed (%s); retrying", type(error).__name__)
            return POLL

    def end(self) -> None:
        """Give the slots back; no new ones are taken."""
        with self._starting:
            self._ending = True
            thread = self._thread
        self._due.set()
        if thread is not None:
            thread.join(GOODBYE)

    def begin_anew(self) -> None:
        """Begin anew in a child process: slots and thread stayed with its parent."""
        self._due, self._starting, self._thread = threading.Event(), threading.Lock(), None
        self._context = self._context.copy()  # its parent's thread is in the old one
        self.keeper.begin_anew()


_services: list[_Service] = []


def shared_throttle(account: str, endpoint: str) -> Throttle:
    """Make the throttle of an account for this process; it shares the limits with other workers.

    A sandbox that was restarted or reset knows nothing of earlier calls, so a worker that comes to
    one alone begins the books of endpoint budgets anew.

    Args:
        account: Name of the account.
        endpoint: Base URL of the API.
    """
    begins_anew = is_sandbox(endpoint)
    folder = prefect_home() / "getresponse" / "slots" / f"{account}-{label(endpoint)}"
    pools: list[SlotPool] = [HostPool(folder, begins_anew=begins_anew)]
    patience: AbstractContextManager[object] = nullcontext()
    if api_url():
        from prefect_getresponse.limits.pools.prefect import PrefectPool, books_of, tries_again

        pools.insert(0, PrefectPool(account, books_of(account, endpoint), begins_anew=begins_anew))
        # Prefect refuses a write that meets another one in SQLite. After one more try the keeper of
        # the slots knows when to try again.
        patience = tries_again(1)
    service = _Service(pools, patience)
    _services.append(service)
    return service.keeper.throttle


@atexit.register
def _end_all() -> None:
    for service in _services:
        service.end()


@after_fork
def _begin_anew() -> None:
    for service in _services:
        service.begin_anew()
