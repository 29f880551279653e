"""The account's call budget: when a call may start.

GetResponse limits an account three ways at once: 10 calls in flight, 80 a second, 30,000 in a
frame of 10 minutes; some endpoints have budgets of their own.  A process holds *slots*: a slot is
the right to one call in flight and to a tenth of every rate.  The rate follows the headers of the
answers, so calls that other programs make are seen too.

Nothing here sleeps or knows the network: callers ask when to start and wait themselves, on threads
or on an event loop alike.  Source: GetResponse API v3, Limits and throttling.
"""

from __future__ import annotations

import math
import random
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from prefect_getresponse.limits.budgets import (
    DAY,
    ENDPOINT_BUDGETS,
    FRAME_SECONDS,
    RateLimits,
    Window,
)

SLOTS = 10
CALLS_PER_SLOT_AND_SECOND = 7.5
"""Peak rate of a slot: 75 of 80 calls a second for all ten, so that jitter never makes 80."""
UNINFORMED_CALLS_PER_SLOT_AND_SECOND = 4.995
"""Rate of a slot before any header was seen: a frame's calls spread evenly."""
CALLS_A_SECOND_ALONE = 70.0
"""Rate of a process that has all slots and sees nobody else, while the frame is young.

It leaves room for a client of 5 calls a second, which is noticed only after a second or two: in 150
simulated starts beside one neither met a limit, at 75 our own calls did more than once in two.
"""
TOGETHER = 4
"""Calls that such a process starts at a time.

Work that comes together costs much less processor time: caches are warm, and one timer serves all.
Single calls at 70 a second make 71 of a second, fours 72, as the last four do not fit into it.
"""
FRAME_GUARD = 24
"""Calls of a frame that nobody sends, for those in flight and for other programs."""
LEASE_FENCE = 5.0
"""Seconds before a lease ends in which no call starts any more."""
_SECOND_LIMIT = 80
"""Limit headers may describe the second instead of the frame (seen live); those are skipped."""
_RESET_TOLERANCE = 2.0
"""Seconds by which two answers may place the end of one frame apart: they count whole seconds."""
_SOON = 2.0
"""Seconds before a start in which it is time to reserve it."""
_SUSPECTED = 12.0
"""Calls a second that other programs are assumed to make until they have been counted."""
_AMPLE = 0.9
"""Part of the frame down to which a process that is alone need not spread its calls."""
_FEW = 0.5
"""Calls a second of others, counted in the frames before, that are none."""
_MEMORY = 30.0
"""Seconds over which the calls of other programs are counted."""


class Lease(Protocol):
    """Slots held by this process, and until when (on the throttle's clock)."""

    @property
    def slots(self) -> int:
        """Slots held now, 0 to 10."""
        ...

    @property
    def expires_at(self) -> float:
        """End of the lease on the throttle's clock; infinite if it needs no renewal."""
        ...

    def wanted(self) -> None:
        """A call asks to start.  Quick, never blocking, and it calls nothing of the throttle."""
        ...


@dataclass(frozen=True)
class WholeAccount:
    """All slots, for a process that has the account to itself."""

    slots: int = SLOTS
    expires_at: float = math.inf

    def wanted(self) -> None:
        """There is nothing to fetch."""


class _Budget:
    """Starts of one endpoint's calls, held against its windows and against what is reserved.

    Args:
        windows: Its windows.
        ask: Asks for starts to be reserved; None if nobody shares the budget.
    """

    def __init__(self, windows: Iterable[Window], ask: Callable[[], None] | None) -> None:
        windows = tuple(windows)
        self._distance = max((each.seconds for each in windows if each.is_distance), default=0.0)
        self._windows = [each for each in windows if not each.is_distance]
        self._starts: deque[tuple[float, float]] = deque(
            maxlen=max(window.calls for window in self._windows)
        )
        self._in_flight = 0
        self._answered_at = -math.inf
        self._ask = ask
        self._asked = False
        self._reserved: float = math.inf if ask is None else 0
        self._begins = -math.inf
        self._ends = math.inf
        self._unused: Counter[float] = Counter()
        self.callers: dict[Callable[[], None], bool] = {}
        """Who wants to start, and whether to wake them when something has happened."""
        self.paused_until = -math.inf
        self.reservation: float | None = None

    def delay(self, now: float, wake: Callable[[], None]) -> float:
        """Seconds until a call may start; infinity if something else must happen first."""
        if self._distance and self._in_flight:
            self.callers[wake] = True
            return math.inf
        delay = max(0.0, self._ready_at() - now)
        is_used_up = not self._reserved or now >= self._ends
        if is_used_up and delay < _SOON and self._ask and not self._asked:
            self._asked = True
            self._ask()
        if is_used_up and not delay:
            delay = math.inf
        self.callers[wake] = delay == math.inf
        return delay

    def start(self, now: float, wake: Callable[[], None]) -> None:
        self._starts.append((now, self.reservation or 0.0))
        self._in_flight += 1
        self._reserved -= 1
        self.callers.pop(wake, None)

    def finish(self, now: float) -> list[Callable[[], None]]:
        """End a call; whom to wake."""
        self._in_flight -= 1
        self._answered_at = now
        return self._waiting() if self._distance else []

    def give_back(self) -> None:
        """Forget the last start: a refused call made nothing, and its place would be lost a day."""
        if self._starts and all(window.seconds >= DAY for window in self._windows):
            _, reservation = self._starts.pop()
            self._unused[reservation] += 1

    def wanted(self) -> int:
        """Starts to be reserved."""
        self._asked = self._asked and bool(self.callers)
        return len(self.callers) if self._asked else 0

    def allow(
        self, starts: int, begins: float, ends: float, reservation: float
    ) -> list[Callable[[], None]]:
        """Have starts reserved; whom to wake."""
        self._asked = False
        self._begins = begins
        if starts:
            self._put_aside()
            self._reserved, self._ends, self.reservation = starts, ends, reservation
        return self._waiting()

    def take_unused(self, now: float) -> dict[float, int]:
        """Reserved starts that made nothing, once their time is over."""
        if now >= self._ends:
            self._put_aside()
        unused, self._unused = self._unused, Counter()
        return unused

    def begin_anew(self) -> None:
        """Have no callers, no calls in flight and no reserved starts."""
        self._in_flight = 0
        self.callers.clear()
        self.take_unused(math.inf)

    def _waiting(self) -> list[Callable[[], None]]:
        woken = [wake for wake, waits in self.callers.items() if waits]
        self.callers.update(dict.fromkeys(woken, False))
        return woken

    def _put_aside(self) -> None:
        if self._reserved and self.reservation is not None:
            self._unused[self.reservation] += int(self._reserved)
            self._reserved = 0

    @property
    def is_awaited(self) -> bool:
        """Whether callers wait for a reservation, or for its time."""
        return bool(self.callers) and (self._asked or self._reserved > 0)

    def _ready_at(self) -> float:
        times = [self.paused_until, self._begins, self._answered_at + self._distance]
        for window in self._windows:
            if len(self._starts) >= window.calls:
                times.append(self._starts[-window.calls][0] + window.seconds)
        return max(times)


class _Others:
    """Calls a second that programs outside the slots make, as the headers show it.

    What the frame loses beyond what all slots together spend is theirs.  A process knows its own
    slots only and takes the others to be as busy: workers who are not make it guess too little.
    """

    def __init__(self) -> None:
        self.rate = 0.0
        self._suspected = _SUSPECTED
        self._spent = 0.0
        self._seen: deque[tuple[float, float, int]] = deque()

    def started(self, slots: int) -> None:
        """Count a call of ours, for all that the other slots start meanwhile."""
        self._spent += SLOTS / slots

    def begin_frame(self) -> None:
        """Compare no more with what was left of the frame before."""
        self._seen.clear()

    def learn(self, now: float, remaining: int) -> None:
        """Note what is left of the frame."""
        if self._seen and now - self._seen[-1][0] < 1.0:
            return
        self._seen.append((now, self._spent, remaining))
        while now - self._seen[0][0] > _MEMORY:
            self._seen.popleft()
        began, spent, left = self._seen[0]
        if now - began >= _MEMORY / 3:
            lost = left - remaining - (self._spent - spent)
            self.rate += 0.1 * (max(0.0, lost / (now - began)) - self.rate)
            self._suspected *= 0.9

    def peak(self) -> float:
        """What a second may hold of them, with room for a burst."""
        rate = max(self.rate, self._suspected)
        return rate + 4 * math.sqrt(rate)


class _Alone:
    """Whether nobody but this process takes calls from the frame, judged call by call.

    What the frame loses between two answers are our calls: those started meanwhile, and those
    that were under way at the first. One more is somebody else's.
    """

    def __init__(self) -> None:
        self.proven = False
        self._started = 0
        self._first: tuple[int, int] | None = None
        self._disproved = False

    def started(self) -> None:
        """Count a call of ours."""
        self._started += 1

    def begin_frame(self) -> None:
        """Judge anew: what was left of the frame before is no measure."""
        self._first, self._disproved, self.proven = None, False, False

    def disprove(self) -> None:
        """Take somebody else to be there for the rest of the frame."""
        self._disproved, self.proven = True, False

    def learn(self, remaining: int, in_flight: int) -> None:
        """Note what an answer says is left of the frame."""
        if self._first is None:
            self._first = self._started - in_flight, remaining
            return
        started, left = self._first
        if left - remaining > self._started - started:
            self.disprove()
        self.proven = not self._disproved


class Throttle:
    """Decides when calls of one account start; safe to share between threads and event loops.

    Args:
        lease: Slots this process holds.
        clock: Monotonic clock, in seconds.
        chance: Source of jitter.
        reserve: Called when a call waits until starts of an endpoint's budget are reserved, see
            `allow`; quick, never blocking, and it calls nothing of the throttle. Without it the
            budgets of endpoints are this process's alone.
    """

    def __init__(
        self,
        *,
        lease: Lease | None = None,
        clock: Callable[[], float],
        chance: random.Random,
        reserve: Callable[[], None] | None = None,
    ) -> None:
        self.throttled = 0
        """Answers with 429 seen so far."""
        self._lease = lease or WholeAccount()
        self._clock = clock
        self._chance = chance
        self._lock = threading.Lock()
        self._in_flight = 0
        self._next_start = -math.inf
        self._together = 0
        self._paused_until = -math.inf
        self._remaining = 0
        self._resets_at = -math.inf
        self._is_ample = False
        self._others = _Others()
        self._alone = _Alone()
        self._budgets = {
            name: _Budget(windows, reserve) for name, windows in ENDPOINT_BUDGETS.items()
        }
        self._waiting: deque[Callable[[], None]] = deque()
        self._turn: Callable[[], None] | None = None

    def try_start(self, budgets: tuple[str, ...], wake: Callable[[], None]) -> float | None:
        """Start a call now, or say how long to wait before asking again.

        One caller at a time has the turn and waits for the pace; the others are woken in the order
        they came, so that a thousand of them cost no more than one.

        Args:
            budgets: Endpoint budgets of the call.
            wake: Called once when asking again makes sense, if the answer was infinite.  It also
                names the caller, so it stays the same until the call starts.

        Returns:
            None when the call has started (it must be ended with `finish`); seconds to wait;
            infinity when only `wake` can tell.
        """
        self._lease.wanted()
        with self._lock:
            delay = self._delay(budgets, wake)
        self._wake_next()
        return delay

    def start_beside(self) -> None:
        """Start a call at once that uses the slot of a caller who waits for it.

        It must be ended with `finish`; until then others find one slot less.
        """
        with self._lock:
            self._count_start()

    def finish(
        self,
        budgets: tuple[str, ...],
        limits: RateLimits | None,
        retry_after: float | None,
        *,
        refused: bool = False,
        took: float = 0.0,
    ) -> None:
        """End a call and learn from its answer.

        Args:
            budgets: Endpoint budgets of the call, as given to `try_start`.
            limits: Limit headers of the answer, if any.
            retry_after: Seconds a 429 asked to wait; None for any other answer.
            refused: Whether the answer says that nothing was done.
            took: Seconds from start to answer, by `now`. A slow answer, or one that waited while
                the process was stopped, places the end of the frame too late: it teaches nothing.
        """
        with self._lock:
            now = self._clock()
            self._in_flight -= 1
            wakes = [wake for name in budgets for wake in self._budgets[name].finish(now)]
            if refused:
                for name in budgets:
                    self._budgets[name].give_back()
            if retry_after is not None:
                self._pause(budgets, now + retry_after + self._chance.uniform(0.1, 0.5))
            elif (
                limits is not None
                and limits.limit > _SECOND_LIMIT
                and limits.reset <= FRAME_SECONDS  # more means something else
                and took < _RESET_TOLERANCE
                and not budgets
            ):
                self._learn(limits, now)
        for wake in wakes:
            wake()
        self._wake_next()

    def stop_waiting(self, wake: Callable[[], None]) -> None:
        """Stop waiting, for a caller that was cancelled; its turn goes to the next."""
        with self._lock:
            if wake in self._waiting:
                self._waiting.remove(wake)
            self._give_up_turn(wake)
            for budget in self._budgets.values():
                budget.callers.pop(wake, None)
        self._wake_next()

    def now(self) -> float:
        """Seconds by the throttle's clock."""
        return self._clock()

    @property
    def frame(self) -> tuple[int, float] | None:
        """Calls left of the running frame, and its seconds; None if no answer has told."""
        with self._lock:
            left = self._resets_at - self._clock()
            return (self._remaining, left) if left > 0 else None

    @property
    def in_flight(self) -> int:
        """Calls that have started and not ended."""
        with self._lock:
            return self._in_flight

    @property
    def is_busy(self) -> bool:
        """Whether calls are in flight, or wait for a slot or a reserved start."""
        with self._lock:
            is_awaited = any(budget.is_awaited for budget in self._budgets.values())
            return bool(self._in_flight or self._waiting or is_awaited)

    def lease_changed(self) -> None:
        """Let callers try again after the lease was renewed or got more slots."""
        self._wake_next()

    def starts_wanted(self, budget: str) -> tuple[int, float | None]:
        """Starts of a budget that are to be reserved, and the name of what was reserved last."""
        with self._lock:
            found = self._budgets[budget]
            return found.wanted(), found.reservation

    def allow(
        self, budget: str, starts: int, begins: float, ends: float, reservation: float
    ) -> None:
        """Let callers use starts of a budget that were reserved.

        Args:
            budget: The budget.
            starts: How many; with none of them callers ask again when it begins.
            begins: When the first may start, on the throttle's clock.
            ends: From when on none may.
            reservation: What the reservation is called.
        """
        with self._lock:
            wakes = self._budgets[budget].allow(starts, begins, ends, reservation)
        for wake in wakes:
            wake()

    def take_unused(self, budget: str, *, at_once: bool = False) -> dict[float, int]:
        """Starts of a budget that were reserved and made nothing, by the name of the reservation.

        Args:
            budget: The budget.
            at_once: Whether to give up those whose time is not over, too.
        """
        with self._lock:
            return self._budgets[budget].take_unused(math.inf if at_once else self._clock())

    def begin_anew(self) -> None:
        """Have no calls and no reserved starts, in a child process: they are its parent's."""
        self._lock = threading.Lock()  # another thread may have held it
        self._in_flight = 0
        self._turn = None
        self._waiting.clear()
        for budget in self._budgets.values():
            budget.begin_anew()

    def _delay(self, budgets: tuple[str, ...], wake: Callable[[], None]) -> float | None:
        now = self._clock()
        had_its_turn = self._give_up_turn(wake)
        if self._turn is not None or not self._has_room(now):
            (self._waiting.appendleft if had_its_turn else self._waiting.append)(wake)
            return math.inf
        delay = max((self._budgets[name].delay(now, wake) for name in budgets), default=0.0)
        if delay:
            return delay
        next_start = now if self._together and self._is_alone else self._next_start
        ready = max(next_start, self._paused_until)
        if ready > now:
            self._turn = wake
            return ready - now
        for name in budgets:
            self._budgets[name].start(now, wake)
        self._take_place(now)
        self._count_start()
        return None

    def _take_place(self, now: float) -> None:
        """Use one of the places that begin together, and say when the next ones do."""
        if self._next_start > now:
            self._together -= 1
            return
        rate = self._rate(now)
        places = TOGETHER if self._is_alone and rate <= CALLS_A_SECOND_ALONE else 1
        # A start that came late leaves the next one its place: one call may catch up.
        self._next_start = max(self._next_start, now - 1 / rate) + places / rate
        self._together = places - 1

    def _count_start(self) -> None:
        self._in_flight += 1
        self._others.started(max(1, self._lease.slots))
        self._alone.started()

    def _has_room(self, now: float) -> bool:
        return self._in_flight < self._lease.slots and now < self._lease.expires_at - LEASE_FENCE

    def _give_up_turn(self, wake: Callable[[], None]) -> bool:
        had_it = self._turn == wake
        if had_it:
            self._turn = None
        return had_it

    def _wake_next(self) -> None:
        with self._lock:
            if self._turn is not None or not self._waiting or not self._has_room(self._clock()):
                return
            self._turn = wake = self._waiting.popleft()
        wake()

    def _pause(self, budgets: tuple[str, ...], until: float) -> None:
        self.throttled += 1
        self._alone.disprove()
        now = self._clock()
        for name in budgets:
            self._budgets[name].paused_until = min(until, now + DAY)
        if not budgets:
            self._paused_until = max(self._paused_until, min(until, now + FRAME_SECONDS))

    def _learn(self, limits: RateLimits, now: float) -> None:
        resets_at = now + limits.reset
        if resets_at < self._resets_at - _RESET_TOLERANCE:
            return  # an answer of the frame before, overtaken by one of this frame
        if resets_at > self._resets_at + _RESET_TOLERANCE:
            self._remaining = limits.remaining
            self._resets_at = resets_at
            self._others.begin_frame()
            self._alone.begin_frame()
        else:
            self._remaining = min(self._remaining, limits.remaining)
        self._others.learn(now, self._remaining)
        self._alone.learn(limits.remaining, self._in_flight)
        self._is_ample = self._remaining >= _AMPLE * limits.limit
        if self._remaining <= FRAME_GUARD:
            until = self._resets_at + 0.3 + self._chance.random()
            self._paused_until = max(self._paused_until, until)

    @property
    def _is_alone(self) -> bool:
        """Whether this process has all slots, and sees nobody else take calls."""
        has_all = self._lease.slots == SLOTS
        return has_all and self._alone.proven and self._others.rate < _FEW

    def _rate(self, now: float) -> float:
        """Calls a second that may start now, for the slots held."""
        slots = max(1, self._lease.slots)  # another thread may just have given the last one back
        left = self._resets_at - now
        if left <= 0:
            return slots * UNINFORMED_CALLS_PER_SLOT_AND_SECOND
        if self._is_ample and self._is_alone:
            return CALLS_A_SECOND_ALONE
        share = slots / SLOTS
        even = share * ((self._remaining - FRAME_GUARD) / left - self._others.rate)
        peak = share * (SLOTS * CALLS_PER_SLOT_AND_SECOND - self._others.peak()) - 1
        return min(max(0.5, even), max(0.5, peak))
