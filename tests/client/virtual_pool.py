"""A pool of slots in virtual time, as strict as Prefect's leases, and workers who share it."""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from prefect_getresponse.client.slots import Grant, PoolUnreachable, SlotKeeper, SlotPool
from prefect_getresponse.client.throttle import SLOTS
from tests.client.virtual_account import Caller, StrictAccount, VirtualTime

LEASE = 60.0
SWEEP = 15.0
"""Seconds between the moments at which a server takes ended leases back."""


@dataclass
class _Lease:
    kind: str
    slots: int
    ends: float


class LeaseServer:
    """Ten slots and places of workers, leased for a minute."""

    def __init__(self, time: VirtualTime) -> None:
        self.time = time
        self.is_down = False
        self.calls = 0
        self.leases: dict[int, _Lease] = {}
        self._next = 0
        time.after(SWEEP, self._sweep)

    def taken(self, kind: str = "slot") -> int:
        return sum(lease.slots for lease in self.leases.values() if lease.kind == kind)

    def lease(self, kind: str, slots: int, size: int) -> int | None:
        self.answer()
        if self.taken(kind) + slots > size:
            return None
        self._next += 1
        self.leases[self._next] = _Lease(kind, slots, self.time.now + LEASE)
        return self._next

    def answer(self) -> None:
        self.calls += 1
        if self.is_down:
            raise PoolUnreachable("the server of the test is down")

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
        self.server.leases.pop(grant.key, None)

    def close(self) -> None: ...


class Worker:
    """A worker in virtual time: its keeper, and callers who make one call after another."""

    def __init__(
        self, time: VirtualTime, account: StrictAccount, pools: Sequence[SlotPool], seed: int
    ) -> None:
        self.time = time
        self.calls = 0
        self.has_crashed = False
        self._account = account
        self._chance = random.Random(seed)
        self.keeper = SlotKeeper(pools, clock=time, chance=self._chance, on_wanted=self._soon)

    def work(self, callers: int = 12, latency: float = 0.09, until: float = math.inf) -> None:
        """Let callers call without end, or until some time."""
        for _ in range(callers):
            caller = _Worked(self.time, self._account, self.keeper.throttle, self._chance)
            caller.latency, caller.worker, caller.until = latency, self, until
            caller.ask()

    def crash(self) -> None:
        """Stop at once: nothing is given back, and calls under way end unseen."""
        self.has_crashed = True

    def _soon(self) -> None:
        self.time.after(0, self._step)

    def _step(self) -> None:
        if not self.has_crashed:
            delay = self.keeper.step()
            if delay < math.inf:
                self.time.after(delay, self._step)


class _Worked(Caller):
    worker: Worker
    until: float = math.inf

    def ask(self) -> None:
        if self.worker.has_crashed:
            return
        if self.time.now < self.until:
            super().ask()
        else:
            self.throttle.forget(self.wake)

    def _finish(self, fits: bool, limits: Any) -> None:
        self.worker.calls += fits
        super()._finish(fits, limits)
