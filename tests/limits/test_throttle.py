"""The account's call budget, in virtual time."""

import math
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prefect_getresponse.limits.budgets import ENDPOINT_BUDGETS, RateLimits
from prefect_getresponse.limits.throttle import (
    CALLS_A_SECOND_ALONE,
    FRAME_GUARD,
    LEASE_FENCE,
    SLOTS,
    TOGETHER,
    Throttle,
)
from tests.client.virtual_account import (
    CALLS_A_FRAME,
    CALLS_A_SECOND,
    FRAME,
    VirtualTime,
    use_account,
)

BATCH = ("contacts/batch",)


@dataclass
class MovingLease:
    slots: int = SLOTS
    expires_at: float = math.inf

    def wanted(self) -> None: ...


def nobody() -> None:
    """Wake-up of a caller who does not care."""


def make(lease: MovingLease | None = None) -> tuple[VirtualTime, Throttle]:
    time = VirtualTime()
    return time, Throttle(lease=lease, clock=time, chance=random.Random(7))


def start(time: VirtualTime, throttle: Throttle, budgets: tuple[str, ...] = ()) -> float:
    """Start one call, waiting as told; the seconds it waited."""
    begun = time.now
    while (delay := throttle.try_start(budgets, nobody)) is not None:
        assert delay < math.inf
        time.run(until=time.now + delay)
    return time.now - begun


def wait_after_answer(limits: RateLimits, budgets: tuple[str, ...] = ()) -> float:
    """Seconds until an ordinary call may start once an answer had these limits."""
    time, throttle = make()
    start(time, throttle, budgets)
    throttle.finish(budgets, limits, None)
    time.run(until=10.0)
    start(time, throttle)
    start(time, throttle)  # after idleness one call may catch up
    return start(time, throttle)


class TestWholeFrames:
    @pytest.mark.parametrize(("phase", "latency"), [(137.0, 0.05), (599.0, 0.12)])
    def test_uses_the_frame_up_and_is_never_refused(self, phase: float, latency: float) -> None:
        use = use_account(seconds=2 * FRAME - phase, phase=phase, latency=latency)

        assert use.account.refused == []
        assert use.throttle.throttled == 0
        first_whole = FRAME - phase
        used = use.account.accepted_between(first_whole, first_whole + FRAME)
        assert used >= 0.99 * CALLS_A_FRAME
        in_the_rest = use.account.accepted_between(0, first_whole)
        careful = 30 * 30  # calls left to others before they were counted
        assert in_the_rest >= 0.9 * min(CALLS_A_FRAME, CALLS_A_SECOND * first_whole) - careful

    def test_keeps_ten_in_flight_when_answers_are_slow(self) -> None:
        use = use_account(seconds=FRAME, latency=0.4, callers=30)

        assert use.account.refused == []
        assert use.account.most_in_flight <= SLOTS
        assert len(use.account.accepted) >= 0.95 * SLOTS / 0.4 * FRAME

    def test_a_thousand_callers_are_served_like_ten(self) -> None:
        few, many = (use_account(seconds=60.0, callers=number) for number in (10, 1000))

        assert many.account.refused == []
        assert len(many.account.accepted) == pytest.approx(len(few.account.accepted), rel=0.02)

    def test_holds_a_share_of_the_account(self) -> None:
        use = use_account(seconds=FRAME, lease=MovingLease(slots=3), callers=9)

        assert use.account.refused == []
        assert use.account.most_in_flight <= 3
        assert len(use.account.accepted) >= 0.3 * 0.99 * CALLS_A_FRAME
        starts, peak = use.account.accepted, int(0.3 * CALLS_A_SECOND)
        pairs = zip(starts, starts[peak:], strict=False)
        assert all(late - early >= 1 for early, late in pairs)

    def test_batches_keep_their_own_budget_and_leave_the_rest_to_others(self) -> None:
        use = use_account(seconds=2 * FRAME, callers=10, batch_callers=3, seed=3)

        assert use.account.refused == []
        assert len(use.account.accepted) >= 0.99 * 2 * CALLS_A_FRAME


class TestAlone:
    """A short job of a process that nobody disturbs need not spread its calls over the frame."""

    def test_goes_near_the_limit_of_a_second(self) -> None:
        use = use_account(seconds=20.0)

        assert use.account.refused == []
        first, *_, last = use.account.accepted[:300]
        assert last - first <= 1.15 * 300 / CALLS_A_SECOND

    @pytest.mark.parametrize("rate", [1.0, 2.0, 5.0])
    def test_a_hidden_client_is_not_met(self, rate: float) -> None:
        for seed in range(4):
            use = use_account(seconds=30.0, seed=seed, foreign=rate)

            assert use.throttle.throttled == 0
            spread = 55 - rate  # calls a second
            assert use.account.accepted_between(10.0, 30.0) <= 20 * (spread + rate)

    @pytest.mark.parametrize("trouble", ["a foreign call", "a 429", "a slot less"])
    def test_ends_with_the_first_sign_of_somebody_else(self, trouble: str) -> None:
        lease = MovingLease()
        time, throttle = make(lease)
        left = CALLS_A_FRAME

        def calls(number: int) -> float:
            nonlocal left
            begun = time.now
            for _ in range(number):
                start(time, throttle)
                left -= 1
                limits = RateLimits(CALLS_A_FRAME, left, math.ceil(FRAME - time.now))
                throttle.finish((), limits, None)
            return number / (time.now - begun)

        calls(3)
        assert calls(400) == pytest.approx(CALLS_A_SECOND_ALONE, rel=0.03)
        if trouble == "a foreign call":
            left -= 1
        elif trouble == "a 429":
            start(time, throttle)
            throttle.finish((), None, 0.0)
        else:
            lease.slots -= 1
        calls(3)
        assert calls(50) < 51

    def test_calls_start_some_at_a_time_and_no_second_holds_more_for_it(self) -> None:
        time, throttle = make()
        starts: list[float] = []
        for left in range(CALLS_A_FRAME - 1, CALLS_A_FRAME - 300, -1):
            start(time, throttle)
            starts.append(time.now)
            throttle.finish((), RateLimits(CALLS_A_FRAME, left, math.ceil(FRAME - time.now)), None)

        together = [*Counter(starts).values()]
        assert set(together[5:-1]) == {TOGETHER}
        pairs = zip(starts, starts[75:], strict=False)
        assert all(late - early >= 1 for early, late in pairs)

    def test_beside_others_they_start_one_by_one(self) -> None:
        time, throttle = make()
        left, starts = CALLS_A_FRAME, list[float]()
        for theirs in [0] * 20 + [1] + [0] * 30:
            start(time, throttle)
            starts.append(time.now)
            left -= 1 + theirs
            throttle.finish((), RateLimits(CALLS_A_FRAME, left, math.ceil(FRAME - time.now)), None)

        assert len({*starts[-25:]}) == 25

    def test_lasts_for_the_first_tenth_of_a_frame(self) -> None:
        use = use_account(seconds=100.0)

        assert use.account.accepted_between(60.0, 100.0) <= 40 * 50


class TestHeaders:
    def test_a_nearly_used_frame_slows_down(self) -> None:
        calm = wait_after_answer(RateLimits(CALLS_A_FRAME, 20_024, 500.0))
        tight = wait_after_answer(RateLimits(CALLS_A_FRAME, 84, 70.0))

        assert calm == pytest.approx(1 / 40, rel=0.03)
        assert tight == pytest.approx(1.0, rel=0.01)

    def test_an_abundant_rest_is_used_below_the_limit_of_a_second(self) -> None:
        assert wait_after_answer(RateLimits(CALLS_A_FRAME, 29_000, 30.0)) >= 1 / CALLS_A_SECOND

    def test_a_used_up_frame_is_waited_out(self) -> None:
        time, throttle = make()
        start(time, throttle)
        throttle.finish((), RateLimits(CALLS_A_FRAME, FRAME_GUARD, 300.0), None)

        assert 300.0 < start(time, throttle) < 302.0

    def test_limits_of_the_second_say_nothing_about_the_frame(self) -> None:
        assert wait_after_answer(RateLimits(CALLS_A_SECOND, 0, 500.0)) < 0.1

    def test_limits_of_another_unit_say_nothing_about_the_frame(self) -> None:
        assert wait_after_answer(RateLimits(CALLS_A_FRAME, 0, 432_000.0)) < 0.1

    def test_limits_of_an_endpoint_say_nothing_about_the_frame(self) -> None:
        assert wait_after_answer(RateLimits(CALLS_A_FRAME, 0, 500.0), BATCH) < 0.1

    def test_an_answer_that_came_late_says_nothing_about_the_frame(self) -> None:
        time, throttle = make()
        for _ in range(2):
            start(time, throttle)
        throttle.finish((), RateLimits(CALLS_A_FRAME, 20_000, 400.0), None)
        throttle.finish((), RateLimits(CALLS_A_FRAME, 25_000, 500.0), None, took=90.0)

        assert throttle.frame == (20_000, 400.0 - time.now)

    def test_an_overtaken_answer_of_the_last_frame_does_not_count(self) -> None:
        time, throttle = make()
        for _ in range(2):
            start(time, throttle)
        throttle.finish((), RateLimits(CALLS_A_FRAME, CALLS_A_FRAME - 1, 600.0), None)
        throttle.finish((), RateLimits(CALLS_A_FRAME, 0, 1.0), None)

        assert start(time, throttle) < 0.1


class TestRefusals:
    def test_a_429_pauses_the_whole_account(self) -> None:
        time, throttle = make()
        start(time, throttle)
        throttle.finish((), None, 30.0)

        assert throttle.throttled == 1
        assert throttle.try_start(BATCH, nobody) is not None
        throttle.stop_waiting(nobody)
        assert 30.0 < start(time, throttle) <= 30.5

    def test_a_pause_ends_with_the_frame_whatever_is_asked(self) -> None:
        time, throttle = make()
        start(time, throttle)
        throttle.finish((), None, 1e9)

        assert start(time, throttle) <= 600.0

    def test_a_429_of_an_endpoint_pauses_only_that(self) -> None:
        time, throttle = make()
        start(time, throttle, BATCH)
        throttle.finish(BATCH, None, 30.0)

        assert start(time, throttle) < 0.1
        assert 29.0 < start(time, throttle, BATCH) <= 30.5

    def test_an_earlier_end_does_not_shorten_a_pause(self) -> None:
        time, throttle = make()
        for _ in range(2):
            start(time, throttle)
        throttle.finish((), None, 30.0)
        throttle.finish((), None, 1.0)

        assert start(time, throttle) > 29.0


class TestLease:
    def test_nothing_starts_just_before_the_lease_ends(self) -> None:
        lease = MovingLease(expires_at=60.0)
        time, throttle = make(lease)
        woken: list[float] = []

        def wake() -> None:
            woken.append(time.now)

        time.run(until=60.0 - LEASE_FENCE - 0.001)
        assert throttle.try_start((), nobody) is None
        time.run(until=60.0 - LEASE_FENCE)
        assert throttle.try_start((), wake) == math.inf
        throttle.finish((), None, None)
        assert woken == []

        lease.expires_at = 120.0
        throttle.lease_changed()

        assert woken == [time.now]
        assert throttle.try_start((), wake) is None

    def test_without_a_slot_everybody_waits(self) -> None:
        lease = MovingLease(slots=0)
        _, throttle = make(lease)
        assert throttle.try_start((), nobody) == math.inf
        lease.slots = 1
        assert throttle.try_start((), nobody) is None
        assert throttle.try_start((), nobody) == math.inf


@dataclass
class Waiter:
    """A caller of the throttle that makes one call and may give up while it waits."""

    time: VirtualTime
    throttle: Throttle
    budgets: tuple[str, ...]
    seconds: float
    gives_up_after: float
    started: float | None = None
    gave_up: bool = False

    def ask(self) -> None:
        if self.gave_up:
            return
        delay = self.throttle.try_start(self.budgets, self.wake)
        if delay is None:
            self.started = self.time.now
            self.time.after(self.seconds, lambda: self.throttle.finish(self.budgets, None, None))
        elif delay < math.inf:
            self.time.after(delay, self.ask)

    def wake(self) -> None:
        self.time.after(0, self.ask)

    def give_up(self) -> None:
        if self.started is None:
            self.gave_up = True
            self.throttle.stop_waiting(self.wake)


waiters = st.tuples(
    st.floats(0, 3), st.booleans(), st.floats(0.001, 4), st.one_of(st.just(1e9), st.floats(0, 5))
)


def play(
    calls: list[tuple[float, bool, float, float]], slots: int
) -> tuple[list[Waiter], VirtualTime]:
    """Let callers come, wait, give up and finish until nothing happens any more."""
    time = VirtualTime()
    throttle = Throttle(lease=MovingLease(slots), clock=time, chance=random.Random(1))
    played: list[Waiter] = []
    for comes, is_batch, seconds, gives_up_after in calls:
        waiter = Waiter(time, throttle, BATCH if is_batch else (), seconds, gives_up_after)
        played.append(waiter)
        time.after(comes, waiter.ask)
        time.after(comes + gives_up_after, waiter.give_up)
    time.run()
    return played, time


class TestAnyUse:
    @given(st.lists(waiters, max_size=40), st.integers(1, SLOTS))
    def test_no_wake_up_is_ever_lost(
        self, calls: list[tuple[float, bool, float, float]], slots: int
    ) -> None:
        played, _ = play(calls, slots)

        assert all(waiter.gave_up or waiter.started is not None for waiter in played)

    @given(st.lists(waiters, max_size=40), st.integers(1, SLOTS))
    def test_never_more_calls_than_slots(
        self, calls: list[tuple[float, bool, float, float]], slots: int
    ) -> None:
        played, _ = play(calls, slots)
        spans = [(each.started, each.seconds) for each in played if each.started is not None]

        for moment, _ in spans:
            # A slot is free again the moment its call ends, give or take the float.
            running = sum(begin <= moment < begin + length - 1e-9 for begin, length in spans)
            assert running <= slots

    @given(st.lists(st.floats(0, 300), min_size=1, max_size=200))
    def test_endpoint_budgets_hold_in_every_window(self, comings: list[float]) -> None:
        played, _ = play([(comes, True, 0.5, 1e9) for comes in comings], SLOTS)
        starts = sorted(each.started for each in played if each.started is not None)

        assert len(starts) == len(comings)
        for window in ENDPOINT_BUDGETS["contacts/batch"]:
            for early, late in zip(starts, starts[window.calls :], strict=False):
                assert late - early >= window.seconds - 1e-9


class TestTurns:
    """Only one caller waits for the pace; the others are woken one after another."""

    def queue(self, lease: MovingLease | None = None) -> tuple[Throttle, list[partial[None]]]:
        """A throttle that has just started two calls, and three callers: one with the turn."""
        time, throttle = make(lease)
        for _ in range(2):
            start(time, throttle)
        self.woken: list[int] = []
        wakes = [partial(self.woken.append, number) for number in range(3)]
        delays = [throttle.try_start((), wake) for wake in wakes]
        assert [delay == math.inf for delay in delays] == [False, True, True]
        return throttle, wakes

    def test_who_gives_up_passes_the_turn_on(self) -> None:
        throttle, wakes = self.queue()
        throttle.stop_waiting(wakes[0])
        assert self.woken == [1]
        throttle.stop_waiting(wakes[1])
        assert self.woken == [1, 2]

    def test_who_gives_up_without_the_turn_changes_nothing(self) -> None:
        throttle, wakes = self.queue()
        throttle.stop_waiting(wakes[1])
        assert self.woken == []
        throttle.stop_waiting(wakes[0])
        assert self.woken == [2]

    def test_who_loses_the_slot_stays_first(self) -> None:
        lease = MovingLease()
        throttle, wakes = self.queue(lease)
        lease.slots = 0
        assert throttle.try_start((), wakes[0]) == math.inf
        lease.slots = SLOTS
        throttle.lease_changed()
        assert self.woken == [0]


def test_callers_are_served_in_the_order_they_came() -> None:
    time, throttle = make()
    served: list[int] = []

    def caller(number: int) -> Callable[[], None]:
        def ask() -> None:
            delay = throttle.try_start((), wake)
            if delay is None:
                served.append(number)
                time.after(0.5, lambda: throttle.finish((), None, None))
            elif delay < math.inf:
                time.after(delay, ask)

        def wake() -> None:
            time.after(0, ask)

        return ask

    for number in range(50):
        caller(number)()
    time.run()

    assert served == list(range(50))
