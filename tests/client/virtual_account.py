"""An account of GetResponse in virtual time, and callers who share a throttle to use it."""

import heapq
import itertools
import math
import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from prefect_getresponse.limits.budgets import RateLimits
from prefect_getresponse.limits.throttle import Lease, Throttle

FRAME = 600.0
CALLS_A_FRAME = 30_000
CALLS_A_SECOND = 80
IN_FLIGHT = 10
BATCHES_A_FRAME = 80


class VirtualTime:
    """A clock that jumps from one event to the next."""

    def __init__(self) -> None:
        self.now = 0.0
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()

    def __call__(self) -> float:
        return self.now

    def after(self, delay: float, action: Callable[[], None]) -> None:
        heapq.heappush(self._events, (self.now + delay, next(self._order), action))

    def run(self, until: float = math.inf) -> None:
        while self._events and self._events[0][0] <= until:
            self.now, _, action = heapq.heappop(self._events)
            action()
        self.now = max(self.now, until if until < math.inf else self.now)


@dataclass
class StrictAccount:
    """Counts as strictly as the documentation can be read: any rolling second, fixed frames.

    `phase` is the age in seconds of the first frame when time begins.
    """

    time: VirtualTime
    phase: float = 0.0
    accepted: list[float] = field(default_factory=list[float])
    refused: list[float] = field(default_factory=list[float])
    in_flight: int = 0
    most_in_flight: int = 0
    _recent: deque[float] = field(default_factory=deque[float])
    _frame: int = 0
    _used: int = 0
    _batches: int = 0
    _last_batch: float = -math.inf

    def arrive(self, is_batch: bool = False) -> bool:
        """Take a call in; whether it is executed."""
        now = self.time.now
        self._roll()
        while self._recent and self._recent[0] <= now - 1:
            self._recent.popleft()
        fits = (
            self.in_flight < IN_FLIGHT
            and len(self._recent) < CALLS_A_SECOND
            and self._used < CALLS_A_FRAME
            and not (is_batch and self._batches >= BATCHES_A_FRAME)
            and not (is_batch and now - self._last_batch < 1)
        )
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        (self.accepted if fits else self.refused).append(now)
        if fits:
            self._recent.append(now)
            self._used += 1
        if fits and is_batch:
            self._batches += 1
            self._last_batch = now
        return fits

    def leave(self) -> None:
        """Let the answer of a call out."""
        self.in_flight -= 1

    def limits(self) -> RateLimits:
        """The headers of an answer."""
        self._roll()
        left = FRAME - (self.time.now + self.phase) % FRAME
        return RateLimits(CALLS_A_FRAME, CALLS_A_FRAME - self._used, math.ceil(left))

    def accepted_between(self, start: float, end: float) -> int:
        """Executed calls of a span of time."""
        return sum(start <= moment < end for moment in self.accepted)

    def _roll(self) -> None:
        frame = int((self.time.now + self.phase) // FRAME)
        if frame != self._frame:
            self._frame, self._used, self._batches = frame, 0, 0


@dataclass
class Caller:
    """Makes one call after another as soon as the throttle lets it."""

    time: VirtualTime
    account: StrictAccount
    throttle: Throttle
    chance: random.Random
    budgets: tuple[str, ...] = ()
    latency: float = 0.09
    jitter: float = 0.35
    started: float = 0.0

    def ask(self) -> None:
        """Ask for a start, and start or wait."""
        delay = self.throttle.try_start(self.budgets, self.wake)
        if delay is None:
            self.started = self.time.now
            self.time.after(self._leg(), self._arrive)
        elif delay < math.inf:
            # Nobody's sleep ends on the spot.
            self.time.after(delay + self.chance.uniform(0, 0.001), self.ask)

    def wake(self) -> None:
        """Ask again at once."""
        self.time.after(0, self.ask)

    def _arrive(self) -> None:
        fits = self.account.arrive(is_batch=bool(self.budgets))
        limits = self.account.limits()
        self.time.after(self._leg(), lambda: self._leave(fits, limits))

    def _leave(self, fits: bool, limits: RateLimits) -> None:
        self.account.leave()
        self.time.after(self._leg(), lambda: self._finish(fits, limits))

    def _finish(self, fits: bool, limits: RateLimits) -> None:
        took = self.time.now - self.started
        self.throttle.finish(self.budgets, limits, None if fits else 1.0, took=took)
        self.ask()

    def _leg(self) -> float:
        """There, inside, back: a third of the latency each."""
        spread = self.chance.lognormvariate(-(self.jitter**2) / 2, self.jitter)
        return self.latency / 3 * spread


@dataclass
class ForeignClient:
    """A program that knows nothing of us and calls at random, so many times a second."""

    time: VirtualTime
    account: StrictAccount
    chance: random.Random
    rate: float
    latency: float = 0.09
    accepted: int = 0
    refused: int = 0

    def call(self) -> None:
        """Call now, and again and again."""
        fits = self.account.arrive()
        self.accepted += fits
        self.refused += not fits
        self.time.after(self.latency / 3, self.account.leave)
        self.time.after(self.chance.expovariate(self.rate), self.call)


@dataclass
class Use:
    """What a simulated use of an account was made of."""

    time: VirtualTime
    account: StrictAccount
    throttle: Throttle


def use_account(
    *,
    seconds: float,
    callers: int = 12,
    batch_callers: int = 0,
    phase: float = 0.0,
    latency: float = 0.09,
    seed: int = 1,
    lease: Lease | None = None,
    foreign: float = 0.0,
) -> Use:
    """Let callers use up an account for some virtual seconds, beside so many calls a second."""
    time = VirtualTime()
    chance = random.Random(seed)
    account = StrictAccount(time, phase)
    throttle = Throttle(lease=lease, clock=time, chance=chance)
    for number in range(callers + batch_callers):
        budgets = ("contacts/batch",) if number >= callers else ()
        Caller(time, account, throttle, chance, budgets, latency).ask()
    if foreign:
        ForeignClient(time, account, random.Random(1000 + seed), foreign).call()
    time.run(until=seconds)
    return Use(time, account, throttle)
