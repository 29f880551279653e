"""Slots that many workers share: how one worker takes, renews and gives back its part.

A *pool* holds the ten slots of an account and knows how many workers want some.  A worker takes
what is fair, a tenth of the account's rates a slot, renews it while it has calls to make, and gives
it back when it has none or when more workers come.  A slot that does not divide evenly goes round.
Starts of endpoints with budgets of their own are reserved in books that the pool keeps.

Nothing here sleeps or knows a server: `SlotKeeper.step` does what is due and says when to call it
again, so that the same code runs on a thread and in virtual time.
"""

from __future__ import annotations

import logging
import math
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from prefect_getresponse.limits.budgets import (
    ENDPOINT_BUDGETS,
    SPAN,
    Reservation,
    give_back,
    reserve,
)
from prefect_getresponse.limits.pools.alone import NobodyElse
from prefect_getresponse.limits.pools.pool import Grant, PoolUnreachable, SlotPool
from prefect_getresponse.limits.throttle import SLOTS, Throttle

RENEWAL = 20.0
"""Seconds between renewals: two may fail before the fence of a lease of a minute."""
POLL = 1.0
"""Seconds between looks at a pool by who wants more slots; others look half as often."""
DRAIN = 0.05
"""Seconds between looks whether the calls of slots to be given back have ended."""
IDLE = 10.0
"""Seconds without a call after which a worker gives everything back."""
IDLE_BESIDE_OTHERS = 2.0
"""The same while other workers want slots."""
SPELL = 60.0
"""Seconds for which a worker keeps a slot that does not divide evenly."""
PATIENCE = 30.0
"""Seconds for which a worker tries a pool that is busy or keeps no books before it goes alone."""
TRIES = 5
"""Times that a book is read anew because another worker wrote into it meanwhile."""
LOST = 80.0
"""Seconds without a fair share after which slots are taken for lost.

A lease lives for 60, the server looks for dead ones every 15: there is nothing to shorten below.
"""
SILENCE = 10.0
"""Seconds without any slot after which a worker says what it waits for."""
SETTLING = 4.0
"""Seconds in which every worker comes to its even share; what is free then does not divide."""

logger = logging.getLogger("prefect_getresponse")


@dataclass
class _Turns:
    """Whose turn it is with slots that do not divide evenly."""

    workers: int = 1
    since: float | None = None
    not_before: float = -math.inf

    def allows(self, now: float, has_one: bool, spare: int, workers: int) -> bool:
        if workers != self.workers:
            self.workers, self.not_before = workers, now + SETTLING
        if not spare or now < self.not_before:
            self.since = None
            return False
        if not has_one:
            self.since = None
            return True
        self.since = now if self.since is None else self.since
        if now - self.since < SPELL:
            return True
        self.not_before = now + SPELL * (math.ceil(workers / spare) - 1)
        self.since = None
        return False


@dataclass
class _Holding:
    """What a worker has of one pool."""

    place: Grant | None = None
    grants: list[Grant] = field(default_factory=list[Grant])
    leaving: list[Grant] = field(default_factory=list[Grant])
    turns: _Turns = field(default_factory=_Turns)
    short_since: float = math.inf
    has_said: bool = False

    @property
    def slots(self) -> int:
        return sum(grant.slots for grant in self.grants)

    def all(self) -> list[Grant]:
        return [*self.grants, *self.leaving, *([self.place] if self.place else [])]

    def drop(self, grant: Grant) -> None:
        if grant is self.place:
            self.place = None
        self.grants = [each for each in self.grants if each is not grant]
        self.leaving = [each for each in self.leaving if each is not grant]


class SlotKeeper:
    """Keeps one worker's slots, and the throttle that spends them.

    Args:
        pools: Where slots come from; the next is used when one cannot be reached.
        clock: Monotonic clock, in seconds.
        chance: Source of jitter.
        on_wanted: Called when `step` is due although it did not say so; quick and never blocking.
        epoch: Seconds since the epoch, by which workers agree on starts; the clock if not given.
    """

    def __init__(
        self,
        pools: Sequence[SlotPool],
        *,
        clock: Callable[[], float],
        chance: random.Random,
        on_wanted: Callable[[], None],
        epoch: Callable[[], float] | None = None,
    ) -> None:
        self.slots: int = 0
        self.expires_at: float = math.inf
        self.throttle = Throttle(lease=self, clock=clock, chance=chance, reserve=on_wanted)
        self._pools = (*pools, NobodyElse())
        self._choice = 0
        self._clock = clock
        self._epoch = epoch or clock
        self._on_wanted = on_wanted
        self._held = _Holding()
        self._workers = 1
        self._asked_at = -math.inf
        self._books_silent_since = math.inf
        self._busy_since = math.inf
        self._asleep = True

    def wanted(self) -> None:
        """A call asks to start."""
        self._asked_at = self._clock()
        if self._asleep:
            self._asleep = False
            self._on_wanted()

    def step(self) -> float:
        """Do what is due.

        Returns:
            Seconds until the next step; infinity if only `on_wanted` can tell.
        """
        before, began = (self.slots, self.expires_at), self._clock()
        self._drop_ended()
        try:
            delay = self._work() if self._is_needed() else self._go_idle()
            self._busy_since = math.inf
        except PoolUnreachable as error:
            delay = self._without_pool(error, began)
        self._show()
        if (self.slots, self.expires_at) != before:
            self.throttle.lease_changed()
        return delay

    def leave(self) -> None:
        """Give everything back, because the process ends or has no calls to make."""
        held, self._held = self._held, _Holding()
        self._show()
        try:
            refused = self._release(held.all())
            for budget in ENDPOINT_BUDGETS:
                self._keep_book(budget, at_once=True)
            if self._release(refused):
                raise PoolUnreachable("the pool is busy", is_busy=True)
        except PoolUnreachable:
            logger.debug("slots could not be given back; they return when their lease ends")
        self._pool.close()
        self._choice = 0

    def _release(self, grants: Iterable[Grant]) -> list[Grant]:
        """Give grants back; those that a busy pool does not take."""
        refused: list[Grant] = []
        for grant in grants:
            try:
                self._pool.release(grant)
            except PoolUnreachable as error:
                if not error.is_busy:
                    raise
                refused.append(grant)
        return refused

    def begin_anew(self) -> None:
        """Hold nothing any more, and tell the pool nothing: after a fork all is the parent's."""
        self._held = _Holding()
        self._asleep = True
        self._show()
        for pool in self._pools:
            pool.begin_anew()
        self.throttle.begin_anew()

    @property
    def _pool(self) -> SlotPool:
        return self._pools[self._choice]

    def _show(self) -> None:
        """Let the throttle see what is held; fewer slots first, so that none starts too many."""
        self.slots = self._held.slots
        self.expires_at = min((grant.ends for grant in self._held.grants), default=math.inf)

    def _is_needed(self) -> bool:
        idle = IDLE if self._workers <= 1 else IDLE_BESIDE_OTHERS
        return self.throttle.is_busy or self._clock() - self._asked_at < idle

    def _go_idle(self) -> float:
        self._asleep = True
        if self._is_needed():  # asked meanwhile
            self._asleep = False
            return 0.0
        self.leave()
        return math.inf

    def _work(self) -> float:
        if self._held.place is None:
            began = self._clock()
            self._held.place = self._new(self._pool.join(), 0, began)
        self._renew()
        self._release_leaving()
        missing = self._balance()
        self._keep_books()
        if self._held.leaving:
            return DRAIN
        return POLL if missing else 2 * POLL

    def _new(self, key: Any, slots: int, began: float) -> Grant:
        lifetime = self._pool.lifetime
        renew_at = began + RENEWAL if lifetime < math.inf else math.inf
        return Grant(key, slots, began + lifetime, renew_at)

    def _drop_ended(self) -> None:
        now = self._clock()
        for grant in self._held.all():
            if grant.ends <= now:
                self._held.drop(grant)

    def _renew(self) -> None:
        for grant in self._held.all():
            began = self._clock()
            if began < grant.renew_at:
                continue
            if self._pool.renew(grant):
                grant.ends, grant.renew_at = began + self._pool.lifetime, began + RENEWAL
            else:
                self._held.drop(grant)

    def _balance(self) -> bool:
        """Take or give back until the share is fair; whether something is missing still."""
        now, held = self._clock(), self._held.slots
        self._workers = max(1, self._pool.workers())
        fair, spare = divmod(SLOTS, self._workers)
        allowed = fair + self._held.turns.allows(now, held > fair, spare, self._workers)
        if held > allowed:
            self._retire(held - allowed)
        elif held < allowed:
            self._take(allowed - held)
        self._free_lost(fair)
        return self._held.slots < allowed

    def _free_lost(self, fair: int) -> None:
        """Free slots that nobody holds any more, although the pool counts them.

        Whoever works gives back what is more than a fair share, and leases of the dead end. What is
        missing after that was lost, as by a server that restarted and has its leases in memory.
        Others may go on with theirs: nobody takes more than a fair share, whatever is free.
        """
        if self._held.slots >= fair:
            self._held.short_since, self._held.has_said = math.inf, False
            return
        self._held.short_since = min(self._held.short_since, self._clock())
        short_for = self._clock() - self._held.short_since
        if not self._held.slots:
            self._say(short_for, "all slots of the account are taken")
        if short_for >= LOST:
            self._held.short_since = math.inf
            logger.warning(
                "no slots were released for %d s; assuming their holders died and freeing them",
                LOST,
            )
            self._pool.free_all()

    def _say(self, seconds: float, what: str) -> None:
        """Say once, after some silence, what calls wait for."""
        if seconds >= SILENCE and not self._held.has_said:
            self._held.has_said = True
            logger.warning(
                "%s: calls wait for up to %d seconds more, as after a Prefect server has died;"
                " if no other worker runs, `prefect-getresponse limits reset` frees them at once",
                what,
                LOST - SILENCE,
            )

    def _take(self, missing: int) -> None:
        """Take what is free: halves of what is missing, so that any number can be given back."""
        size: int = (missing + 1) // 2
        while missing and size:
            began = self._clock()
            key = self._pool.take(size)
            if key is None:
                size //= 2
                continue
            self._held.grants.append(self._new(key, size, began))
            self._show()
            self.throttle.lease_changed()
            missing -= size
            size = min(size, (missing + 1) // 2)

    def _retire(self, surplus: int) -> None:
        """Use some slots no more; they are given back once their calls have ended."""
        for grant in sorted(self._held.grants, key=lambda each: -each.slots):
            if grant.slots <= surplus:
                surplus -= grant.slots
                self._held.drop(grant)
                self._held.leaving.append(grant)
        if surplus:
            grant = min(self._held.grants, key=lambda each: each.slots)
            self._held.drop(grant)
            self._held.leaving.append(grant)
        self._show()

    def _release_leaving(self) -> None:
        while self._held.leaving and self.throttle.in_flight <= self._held.slots:
            self._pool.release(self._held.leaving[0])
            self._held.leaving.pop(0)

    def _keep_books(self) -> None:
        """Reserve starts for callers who wait for them, and give back what was not used."""
        try:
            for budget in ENDPOINT_BUDGETS:
                self._keep_book(budget)
        except PoolUnreachable as error:
            now = self._clock()
            self._books_silent_since = min(self._books_silent_since, now)
            if now - self._books_silent_since < PATIENCE:
                raise
            if self._books_silent_since > -math.inf:
                logger.warning("%s; calls of endpoints with own budgets go on uncounted", error)
                self._books_silent_since = -math.inf
            for budget in ENDPOINT_BUDGETS:
                wanted, _ = self.throttle.starts_wanted(budget)
                if wanted:
                    self.throttle.allow(budget, wanted, now, now + SPAN, 0.0)

    def _keep_book(self, budget: str, *, at_once: bool = False) -> None:
        unused = self.throttle.take_unused(budget, at_once=at_once)
        wanted, own = (0, None) if at_once else self.throttle.starts_wanted(budget)
        if not wanted and not unused:
            return
        for _ in range(TRIES):
            edition, before = self._pool.read_book(budget)
            self._books_silent_since = math.inf
            after, reservation = give_back(before, unused), None
            now, ahead = self._epoch(), self._clock() - self._epoch()
            if wanted:
                after, reservation = reserve(after, ENDPOINT_BUDGETS[budget], wanted, now, own)
            if after == before or self._pool.write_book(budget, edition, after):
                if reservation:
                    self._allow(budget, reservation, ahead)
                return
        logger.debug("many workers reserve starts of %s; trying again later", budget)

    def _allow(self, budget: str, reservation: Reservation, ahead: float) -> None:
        self.throttle.allow(
            budget,
            reservation.starts,
            reservation.begins + ahead,
            reservation.ends + ahead,
            reservation.ends,
        )

    def _without_pool(self, error: PoolUnreachable, asked: float) -> float:
        """Live on what is held; take the next pool when that is nothing any more.

        Args:
            error: What the pool says.
            asked: When it was asked: a server that hangs takes its time to say nothing.
        """
        self._held.short_since = math.inf
        if self._held.grants:
            return POLL
        if error.is_busy:
            self._busy_since = min(self._busy_since, asked)
            busy_for = self._clock() - self._busy_since
            if busy_for < PATIENCE:
                self._say(busy_for, str(error))
                return POLL
        self._held = _Holding()
        self._pool.close()
        self._choice += 1
        logger.warning("%s; falling back to limits shared on this machine only", error)
        return 0.0
