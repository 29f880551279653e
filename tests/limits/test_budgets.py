"""Starts of single endpoints that workers reserve in a book."""

import json
import math
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from prefect_getresponse.limits.budgets import (
    CLOCKS_APART,
    DAY,
    ENDPOINT_BUDGETS,
    HORIZON,
    SPAN,
    Book,
    Reservation,
    give_back,
    reserve,
    used,
)

BATCH = ENDPOINT_BUDGETS["contacts/batch"]
NEWSLETTERS = ENDPOINT_BUDGETS["newsletters"]
NOW = 1_790_000_000.0


def starts_of(reservation: Reservation, late: bool) -> list[float]:
    """When a worker may start its calls: as early as it may, or as late."""
    gap = BATCH[0].seconds
    if late:
        return [reservation.ends - gap * each for each in reversed(range(reservation.starts))]
    return [reservation.begins + gap * each for each in range(reservation.starts)]


class TestTurns:
    @given(
        st.lists(
            st.tuples(st.floats(0, 30), st.integers(1, 12), st.booleans(), st.floats(-0.5, 0.5)),
            min_size=1,
            max_size=60,
        )
    )
    def test_limits_hold_whatever_workers_reserve_and_however_their_clocks_go(
        self, wishes: list[tuple[float, int, bool, float]]
    ) -> None:
        book: Book = []
        now, starts = NOW, list[float]()
        for passes, wanted, late, ahead in wishes:
            now += passes
            book, reservation = reserve(book, BATCH, wanted, now + ahead)
            starts += [start - ahead for start in starts_of(reservation, late)]

        starts.sort()
        assert all(after - before >= 1 for before, after in pairwise(starts))
        for first, last in zip(starts, starts[80:], strict=False):
            assert last - first >= 600

    def test_a_turn_goes_on_while_nobody_waits(self) -> None:
        book, mine = reserve([], BATCH, 9, NOW)
        book, more = reserve(book, BATCH, 9, NOW + 8.9, mine.ends)

        assert more.begins < mine.ends < more.ends
        assert book == [(mine.ends, 9), (more.ends, 9)]

    def test_who_waits_is_next(self) -> None:
        book, mine = reserve([], BATCH, 9, NOW)
        book, theirs = reserve(book, BATCH, 9, NOW + 1)
        book, more = reserve(book, BATCH, 9, NOW + 8.9, mine.ends)

        assert theirs.begins >= mine.ends + CLOCKS_APART
        assert more.begins >= theirs.ends + CLOCKS_APART

    def test_a_turn_is_no_longer_than_others_can_wait(self) -> None:
        _, reservation = reserve([], BATCH, 1000, NOW)

        assert reservation.ends <= NOW + SPAN

    def test_a_clock_that_is_far_ahead_holds_nobody_up(self) -> None:
        book, _ = reserve([], BATCH, 5, NOW + 2 * HORIZON)

        assert reserve(book, BATCH, 5, NOW)[1].begins == NOW


class TestDay:
    def test_starts_need_no_turn(self) -> None:
        book, one = reserve([], NEWSLETTERS, 1, NOW)
        book, two = reserve(book, NEWSLETTERS, 1, NOW + 0.1)

        assert (one.begins, two.begins) == (NOW, NOW + 0.1)

    def test_a_used_up_day_says_when_it_goes_on(self) -> None:
        book: Book = [(NOW - 3600, 256)]
        same, reservation = reserve(book, NEWSLETTERS, 3, NOW)

        assert same == book
        assert reservation.starts == 0
        assert reservation.begins == NOW - 3600 + DAY + CLOCKS_APART
        assert reserve(book, NEWSLETTERS, 3, reservation.begins)[1].starts == 3

    def test_what_was_not_used_is_free_again(self) -> None:
        book, reservation = reserve([], NEWSLETTERS, 5, NOW)
        book = give_back(book, {reservation.ends: 3})

        assert used(book, NEWSLETTERS[0], NOW) == 2
        assert give_back(book, {reservation.ends: 2}) == []
        assert give_back(book, {1.0: 2}) == book

    def test_a_full_book_fits_into_a_variable(self) -> None:
        book: Book = []
        for each in range(256):
            book, _ = reserve(book, NEWSLETTERS, 1, NOW + each * math.pi)

        assert len(book) == 256
        assert len(json.dumps(book)) < 5000


def test_old_starts_leave_the_book() -> None:
    book, _ = reserve([(NOW - 2 * DAY, 5)], BATCH, 1, NOW)

    assert [starts for _, starts in book] == [1]
