"""Workers who share an account, in virtual time."""

import random
from functools import partial

import pytest

from prefect_getresponse.limits.pools.alone import NobodyElse
from prefect_getresponse.limits.slots import LOST, SILENCE, SlotKeeper
from prefect_getresponse.limits.throttle import SLOTS
from tests.client.virtual_account import (
    BATCHES_A_FRAME,
    CALLS_A_FRAME,
    FRAME,
    ForeignClient,
    StrictAccount,
    VirtualTime,
)
from tests.client.virtual_pool import LEASE, SWEEP, LeasePool, LeaseServer, Worker


class Office:
    """Some workers, one server of leases, one account."""

    def __init__(self, workers: int) -> None:
        self.time = VirtualTime()
        self.account = StrictAccount(self.time)
        self.server = LeaseServer(self.time)
        self.workers = [
            Worker(self.time, self.account, [LeasePool(self.server)], seed)
            for seed in range(workers)
        ]

    def slots(self) -> list[int]:
        return [worker.keeper.slots for worker in self.workers]


class TestSharing:
    def test_a_worker_alone_has_all_slots_at_once(self) -> None:
        office = Office(1)
        office.workers[0].work()
        office.time.run(until=0.001)

        assert office.slots() == [SLOTS]

    @pytest.mark.parametrize(
        ("workers", "shares"), [(2, [5, 5]), (3, [3, 3, 4]), (8, [1] * 6 + [2, 2])]
    )
    def test_who_comes_later_gets_a_fair_share(self, workers: int, shares: list[int]) -> None:
        office = Office(workers)
        for number, worker in enumerate(office.workers):
            office.time.after(10.0 * number, worker.work)
        office.time.run(until=10.0 * workers + 10)

        assert sorted(office.slots()) == shares
        assert office.account.refused == []

    def test_a_slot_that_does_not_divide_goes_round(self) -> None:
        office = Office(4)
        for worker in office.workers:
            worker.work()
        office.time.run(until=FRAME)

        calls = [worker.calls for worker in office.workers]
        assert sum(calls) ** 2 / (4 * sum(each * each for each in calls)) > 0.99

    def test_more_workers_than_slots_all_get_on(self) -> None:
        office = Office(12)
        for worker in office.workers:
            worker.work()
        office.time.run(until=FRAME)

        assert office.account.refused == []
        assert min(worker.calls for worker in office.workers) > 0.5 * CALLS_A_FRAME / 12

    def test_the_frame_is_used_up_by_four(self) -> None:
        office = Office(4)
        for worker in office.workers:
            worker.work()
        office.time.run(until=2 * FRAME)

        assert office.account.refused == []
        assert office.account.most_in_flight <= SLOTS
        assert len(office.account.accepted) >= 0.99 * 2 * CALLS_A_FRAME
        # A few looks a second, not one for each of 50 calls.
        assert office.server.calls < 4 * 2 * FRAME


class TestBesideAForeignClient:
    def test_both_get_through_and_use_the_frame_up(self) -> None:
        office = Office(4)
        for worker in office.workers:
            worker.work()
        foreign = ForeignClient(office.time, office.account, random.Random(3), rate=15.0)
        foreign.call()
        office.time.run(until=2 * FRAME)

        assert office.account.refused == []
        assert len(office.account.accepted) >= 0.99 * 2 * CALLS_A_FRAME


class TestGivingBack:
    def test_who_has_no_calls_holds_nothing(self) -> None:
        office = Office(1)
        office.workers[0].work(until=5.0)
        office.time.run(until=30.0)

        assert (office.server.taken(), office.server.taken("worker")) == (0, 0)
        assert office.slots() == [0]

        office.workers[0].work()
        office.time.run(until=31.0)
        assert office.slots() == [SLOTS]

    def test_the_other_gets_what_is_left(self) -> None:
        office = Office(2)
        office.workers[0].work(until=30.0)
        office.workers[1].work()
        office.time.run(until=29.0)
        assert office.slots() == [5, 5]
        office.time.run(until=45.0)
        assert office.slots() == [0, SLOTS]

    def test_slots_stay_until_their_calls_have_ended(self) -> None:
        office = Office(2)
        office.workers[0].work(latency=30.0)
        office.time.run(until=5.0)
        office.workers[1].work(latency=30.0)
        office.time.run(until=300.0)

        assert office.account.most_in_flight <= SLOTS
        assert office.account.refused == []

    def test_at_the_end_of_a_process_all_is_given_back(self) -> None:
        office = Office(1)
        office.workers[0].work()
        office.time.run(until=5.0)
        office.workers[0].keeper.leave()

        assert office.server.leases == {}

    @pytest.mark.parametrize("refuses", [1, 2])
    def test_a_busy_server_is_given_all_back(self, refuses: int) -> None:
        office = Office(1)
        office.workers[0].work(until=5.0)
        office.time.run(until=6.0)
        office.server.refuses = refuses
        office.time.run(until=30.0)

        assert office.server.refuses == 0
        assert (office.server.taken(), office.server.taken("worker")) == (0, 0)

    def test_after_a_fork_the_parent_keeps_its_slots(self) -> None:
        office = Office(1)
        office.workers[0].work()
        office.time.run(until=5.0)
        office.workers[0].keeper.begin_anew()

        assert office.slots() == [0]
        assert office.server.taken() == SLOTS


BATCH = ("contacts/batch",)


def nobody() -> None:
    """Wake-up of a caller who asks again by itself."""


class TestEndpointBudgets:
    """Batches: one a second, 80 a frame, however many workers send them."""

    @pytest.mark.parametrize(("workers", "callers"), [(1, 10), (4, 1), (4, 10), (8, 3)])
    def test_workers_use_the_budget_up_together_and_are_never_refused(
        self, workers: int, callers: int
    ) -> None:
        office = Office(workers)
        for worker in office.workers:
            worker.work(callers, budgets=BATCH)
        office.time.run(until=3 * FRAME)

        calls = [worker.calls for worker in office.workers]
        assert office.account.refused == []
        assert sum(calls) >= 0.95 * 3 * BATCHES_A_FRAME
        assert min(calls) >= 0.5 * sum(calls) / workers

    def test_a_worker_alone_needs_little_more_than_a_second_a_batch(self) -> None:
        office = Office(1)
        office.workers[0].work(budgets=BATCH)
        office.time.run(until=BATCHES_A_FRAME * 1.15)

        assert office.workers[0].calls == BATCHES_A_FRAME

    def test_ordinary_calls_go_on_meanwhile(self) -> None:
        office = Office(3)
        for worker in office.workers:
            worker.work(2, budgets=BATCH)
            worker.work()
        office.time.run(until=2 * FRAME)

        assert office.account.refused == []
        assert len(office.account.accepted) >= 0.99 * 2 * CALLS_A_FRAME

    def test_a_crash_loses_what_was_reserved_and_no_more(self) -> None:
        office = Office(2)
        for worker in office.workers:
            worker.work(budgets=BATCH)
        office.time.run(until=30.0)
        office.workers[0].crash()
        office.time.run(until=FRAME)

        assert office.account.refused == []
        assert len(office.account.accepted) >= BATCHES_A_FRAME - 10

    def test_who_was_stopped_beyond_its_turn_does_not_disturb(self) -> None:
        office = Office(2)
        for worker in office.workers:
            worker.work(budgets=BATCH)
        office.time.run(until=31.0)
        office.workers[0].stop_for(90.0)
        office.time.run(until=2 * FRAME)

        assert office.account.refused == []
        assert len(office.account.accepted) >= 0.95 * 2 * BATCHES_A_FRAME

    def test_a_worker_that_comes_later_knows_what_was_used(self) -> None:
        office = Office(2)
        office.workers[0].work(budgets=BATCH, until=50.0)
        office.time.run(until=100.0)
        office.workers[1].work(budgets=BATCH)
        office.time.run(until=FRAME)

        assert office.account.refused == []
        assert len(office.account.accepted) == BATCHES_A_FRAME

    def start(self, office: Office, budget: str) -> None:
        """Start a call of the first worker."""
        throttle = office.workers[0].keeper.throttle
        while (delay := throttle.try_start((budget,), nobody)) is not None:
            office.time.run(until=office.time.now + min(delay, 0.1))

    def test_refused_calls_of_a_day_do_not_count(self) -> None:
        office = Office(1)
        for _ in range(30):
            self.start(office, "imports")
            office.workers[0].keeper.throttle.finish(("imports",), None, None, refused=True)
        assert office.time.now < 60.0
        office.time.run(until=FRAME)

        assert office.server.book("imports") == []

    def test_unused_starts_are_given_back(self) -> None:
        office = Office(1)
        self.start(office, "newsletters")
        assert sum(starts for _, starts in office.server.book("newsletters")) == 1
        office.workers[0].keeper.throttle.try_start(("newsletters",), nobody)
        office.time.run(until=office.time.now + 1)
        assert sum(starts for _, starts in office.server.book("newsletters")) == 2
        office.workers[0].keeper.throttle.stop_waiting(nobody)
        office.workers[0].keeper.throttle.finish(("newsletters",), None, None)
        office.time.run(until=FRAME)

        assert sum(starts for _, starts in office.server.book("newsletters")) == 1

    def test_books_that_cannot_be_kept_stop_nobody_for_long(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        office = Office(1)
        office.server.has_books = False
        office.workers[0].work(budgets=BATCH)
        office.time.run(until=FRAME / 2)

        assert office.workers[0].calls == BATCHES_A_FRAME
        assert "go on uncounted" in caplog.text


class TestTrouble:
    def test_slots_of_a_crashed_worker_come_back(self) -> None:
        office = Office(2)
        for worker in office.workers:
            worker.work()
        office.time.run(until=100.0)
        office.workers[0].crash()
        office.time.run(until=100.0 + LEASE + SWEEP + 3)

        assert office.workers[1].keeper.slots == SLOTS

    def test_who_was_stopped_beyond_its_lease_goes_on_without_harm(self) -> None:
        office, stopped_at = Office(2), 530.0
        for worker in office.workers:
            worker.work()
        office.time.run(until=stopped_at)
        office.workers[0].stop_for(LEASE + SWEEP + 15.0)
        office.time.run(until=stopped_at + LEASE + SWEEP + 5.0)
        assert office.workers[1].keeper.slots == SLOTS
        office.time.run(until=2 * FRAME)

        assert office.account.refused == []
        assert office.account.most_in_flight <= SLOTS
        assert len(office.account.accepted) >= 0.98 * 2 * CALLS_A_FRAME
        assert sorted(office.slots()) == [5, 5]

    def test_nothing_starts_when_the_lease_could_not_be_renewed(self) -> None:
        office = Office(1)
        office.workers[0].work()
        office.time.run(until=19.0)
        office.server.is_down = True
        office.time.run(until=LEASE)

        # The fence, and the way there.
        assert max(office.account.accepted) < LEASE - 4.0

    def test_a_short_outage_costs_nothing(self) -> None:
        office = Office(1)
        office.workers[0].work()
        office.time.after(19.0, lambda: setattr(office.server, "is_down", True))
        office.time.after(45.0, lambda: setattr(office.server, "is_down", False))
        office.time.run(until=200.0)

        gaps = zip(office.account.accepted, office.account.accepted[1:], strict=False)
        assert max(late - early for early, late in gaps) < 1.0

    def test_without_a_server_calls_go_on_and_a_warning_says_so(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        office = Office(1)
        office.server.is_down = True
        office.workers[0].work()
        office.time.run(until=1.0)

        assert office.slots() == [SLOTS]
        assert "limits shared on this machine only" in caplog.text

    def test_a_busy_server_is_not_taken_for_none(self) -> None:
        office = Office(2)
        office.workers[0].work()
        office.time.run(until=5.0)
        office.server.is_busy = True
        office.workers[1].work()
        office.time.run(until=15.0)
        assert office.slots() == [SLOTS, 0]
        office.server.is_busy = False
        office.time.run(until=25.0)

        assert office.slots() == [5, 5]
        assert office.account.refused == []

    def test_the_server_is_asked_again_after_a_rest(self) -> None:
        office = Office(1)
        office.server.is_down = True
        office.workers[0].work(until=5.0)
        office.time.run(until=30.0)
        office.server.is_down = False
        office.workers[0].work()
        office.time.run(until=31.0)

        assert office.server.taken() == SLOTS

    @pytest.mark.parametrize("lost", [SLOTS, SLOTS - 2])
    @pytest.mark.parametrize("workers", [1, 3])
    def test_slots_that_were_lost_are_freed(
        self, workers: int, lost: int, caplog: pytest.LogCaptureFixture
    ) -> None:
        office = Office(workers)
        office.server.lost = lost
        for number, worker in enumerate(office.workers):
            office.time.after(40.0 * number, worker.work)
        office.time.run(until=LOST - 2)
        assert sum(office.slots()) == SLOTS - lost
        office.time.run(until=2 * LOST)

        assert min(office.slots()) >= SLOTS // workers
        assert "no slots were released" in caplog.text
        assert office.account.refused == []
        assert office.account.most_in_flight <= SLOTS

    def test_silence_is_explained_once(self, caplog: pytest.LogCaptureFixture) -> None:
        office = Office(1)
        office.server.lost = SLOTS
        office.workers[0].work()
        office.time.run(until=SILENCE - 1)
        assert "calls wait" not in caplog.text
        office.time.run(until=SILENCE + 3)
        assert "all slots of the account are taken: calls wait" in caplog.text
        office.time.run(until=LOST - 2)
        assert caplog.text.count("calls wait") == 1

    @pytest.mark.parametrize("hangs", [0.0, 5.0, 10.0])
    def test_a_busy_server_is_named_after_the_same_silence(
        self, hangs: float, caplog: pytest.LogCaptureFixture
    ) -> None:
        office = Office(1)
        office.server.is_busy = True

        def hang() -> None:
            office.time.now += hangs

        office.server.before_answer = hang
        office.workers[0].work()
        office.time.run(until=SILENCE + 0.5)
        assert caplog.text.count("calls wait") == 1

    def test_a_worker_that_has_slots_says_nothing(self, caplog: pytest.LogCaptureFixture) -> None:
        office = Office(2)
        for worker in office.workers:
            worker.work()
        office.time.run(until=60.0)
        assert "calls wait" not in caplog.text

    @pytest.mark.parametrize("workers", [2, 4, 12])
    def test_nothing_is_freed_that_somebody_holds(self, workers: int) -> None:
        office = Office(workers)
        for number, worker in enumerate(office.workers):
            office.time.after(25.0 * number, partial(worker.work, latency=1.0))
        office.time.after(400.0, office.workers[0].crash)
        office.time.run(until=2 * FRAME)

        assert office.server.times_freed == 0

    def test_leases_that_a_server_forgot_are_taken_anew(self) -> None:
        office = Office(1)
        office.workers[0].work()
        office.time.run(until=5.0)
        office.server.leases.clear()
        office.time.run(until=30.0)

        assert office.server.taken() == office.workers[0].keeper.slots == SLOTS


def test_a_keeper_without_pools_has_the_whole_account() -> None:
    time = VirtualTime()
    keeper = SlotKeeper([], clock=time, chance=random.Random(1), on_wanted=lambda: None)
    keeper.wanted()
    keeper.step()

    assert keeper.slots == NobodyElse().take(SLOTS) == SLOTS
