"""A pool of slots in virtual time, as strict as Prefect's leases, and workers who share it."""

import json
import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from prefect_getresponse.limits.budgets import Book
from prefect_getresponse.limits.pools.pool import Grant, PoolUnreachable, SlotPool
from prefect_getresponse.limits.slots import SlotKeeper
from prefect_getresponse.limits.throttle import SLOTS
from tests.client.virtual_account import Caller, StrictAccount, VirtualTime

LEASE = 60.0
SWEEP = 15.0
"""Seconds between the moments at which a server takes ended leases back."""


@dataclass
class _Lease:
    kind: str
    slots: int
    ends: float


class Timetable(Protocol):
    """A time in which something can be put off."""

    @property
    def now(self) -> float: ...

    def after(self, delay: float, action: Callable[[], None], /) -> None: ...


class LeaseServer:
    """Ten slots and places of workers, leased for a minute."""

    def __init__(self, time: Timetable) -> None:
        self.time = time
        self.is_down = False
        self.has_books = True
        self.is_busy = False
        self.before_answer: Callable[[], None] = lambda: None
        self.calls = 0
        self.lost = 0
        """Slots that are counted although nobody holds a lease of them."""
        self.times_freed = 0
        self.refuses = 0
        """Times that it is too busy to take something back."""
        self.leases: dict[int, _Lease] = {}
        self.books: dict[str, tuple[int, str]] = {}
        self._next = 0
        time.after(SWEEP, self._sweep)

    def taken(self, kind: str = "slot") -> int:
        held = sum(lease.slots for lease in self.leases.values() if lease.kind == kind)
        return max(0, held + self.lost) if kind == "slot" else held

    def book(self, budget: str) -> Book:
        _, text = self.books.get(budget, (0, "[]"))
        return [(end, starts) for end, starts in json.loads(text)]

    def lease(self, kind: str, slots: int, size: int) -> int | None:
        self.answer()
        if self.taken(kind) + slots > size:
            return None
        self._next += 1
        self.leases[self._next] = _Lease(kind, slots, self.time.now + LEASE)
        return self._next

    def answer(self) -> None:
        self.calls += 1
        self.before_answer()
        if self.is_down or self.is_busy:
            raise PoolUnreachable("the server of the test is down", is_busy=self.is_busy)

    def _sweep(self) -> None:
        ended = [key for key, lease in self.leases.items() if lease.ends <= self.time.now]
        for key in ended:
            del self.leases[key]
        self.time.after(SWEEP, self._sweep)


@dataclass
class LeasePool:
    """How one worker sees the server."""

    server: LeaseServer
    lifetime: float = LEASE

    def join(self) -> Any:
        return self.server.lease("worker", 1, 1000)

    def workers(self) -> int:
        self.server.answer()
        return self.server.taken("worker")

    def take(self, slots: int) -> Any | None:
        return self.server.lease("slot", slots, SLOTS)

    def renew(self, grant: Grant) -> bool:
        self.server.answer()
        lease = self.server.leases.get(grant.key)
        if lease is None:
            return False
        lease.ends = self.server.time.now + LEASE
        return True

    def release(self, grant: Grant) -> None:
        self.server.answer()
        if self.server.refuses:
            self.server.refuses -= 1
            raise PoolUnreachable("the server of the test is busy", is_busy=True)
        self.server.leases.pop(grant.key, None)

    def free_all(self) -> None:
        self.server.answer()
        self.server.lost -= self.server.taken()
        self.server.times_freed += 1

    def read_book(self, budget: str) -> tuple[int, Book]:
        self.server.answer()
        if not self.server.has_books:
            raise PoolUnreachable("the server of the test keeps no books")
        edition, _ = self.server.books.get(budget, (0, ""))
        return edition, self.server.book(budget)

    def write_book(self, budget: str, edition: int, book: Book) -> bool:
        self.server.answer()
        if self.server.books.get(budget, (0, ""))[0] != edition:
            return False
        self.server.books[budget] = (edition + 1, json.dumps(book))
        return True

    def close(self) -> None: ...

    def begin_anew(self) -> None: ...


class Worker:
    """A worker in virtual time: its keeper, and callers who make one call after another."""

    def __init__(
        self, time: VirtualTime, account: StrictAccount, pools: Sequence[SlotPool], seed: int
    ) -> None:
        self.time = time
        self.calls = 0
        self.has_crashed = False
        self.stopped_until = -math.inf
        self._due = -math.inf
        self._account = account
        self._chance = random.Random(seed)
        self.keeper = SlotKeeper(pools, clock=time, chance=self._chance, on_wanted=self._soon)

    def work(
        self,
        callers: int = 12,
        latency: float = 0.09,
        until: float = math.inf,
        budgets: tuple[str, ...] = (),
    ) -> None:
        """Let callers call without end, or until some time."""
        for _ in range(callers):
            caller = _Worked(self.time, self._account, self.keeper.throttle, self._chance, budgets)
            caller.latency, caller.worker, caller.until = latency, self, until
            caller.ask()

    def crash(self) -> None:
        """Stop at once: nothing is given back, and calls under way end unseen."""
        self.has_crashed = True

    def stop_for(self, seconds: float) -> None:
        """Do nothing for a while, as after SIGSTOP, and go on as if nothing had been."""
        self.stopped_until = self.time.now + seconds

    def _soon(self) -> None:
        self._step_at(self.time.now)

    def _step_at(self, moment: float) -> None:
        """Step then, whatever was due before."""
        self._due = moment
        self.time.after(moment - self.time.now, lambda: self._step(moment))

    def _step(self, moment: float) -> None:
        if moment == self._due and self.time.now < self.stopped_until:
            self._step_at(self.stopped_until)
        elif not self.has_crashed and moment == self._due:
            self._due = math.inf
            delay = self.keeper.step()
            if self.time.now + delay < self._due:
                self._step_at(self.time.now + delay)


class _Worked(Caller):
    worker: Worker
    until: float = math.inf

    def ask(self) -> None:
        if self.worker.has_crashed:
            return
        if self.time.now < self.worker.stopped_until:
            self._later(self.ask)
        elif self.time.now < self.until:
            super().ask()
        else:
            self.throttle.stop_waiting(self.wake)

    def _finish(self, fits: bool, limits: Any) -> None:
        if self.time.now < self.worker.stopped_until:
            self._later(lambda: self._finish(fits, limits))
            return
        self.worker.calls += fits
        super()._finish(fits, limits)

    def _later(self, action: Callable[[], None]) -> None:
        self.time.after(self.worker.stopped_until - self.time.now, action)
