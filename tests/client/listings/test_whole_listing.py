"""A listing that moves while it is read: whoever was in it the whole time is found."""

from __future__ import annotations

import asyncio
from bisect import bisect_left
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prefect_getresponse.client.listings.whole_listing import ListingMoved, read_whole, slices
from prefect_getresponse.client.request import ApiAnswer, ApiRequest, Paging, UnreadableSuccess
from prefect_getresponse.tasks.contacts import list_contacts

REQUEST = list_contacts.operation.request({"sort_email": "ASC"})


class Listing:
    """A sorted listing in which people come and go between the pages."""

    def __init__(self, people: list[int], moves: list[list[tuple[bool, int]]]) -> None:
        self.people = sorted(set(people))
        self.always = set(self.people)
        self._moves = moves
        self.calls = 0

    async def send(self, request: ApiRequest) -> ApiAnswer:
        query = dict(request.query)
        size, page = int(query["perPage"]), int(query["page"])
        self.calls += 1
        await asyncio.sleep(0)
        rows: list[Any] = [
            {"contactId": str(each)} for each in self.people[(page - 1) * size : page * size]
        ]
        answer = ApiAnswer(200, rows, Paging(len(self.people), -(-len(self.people) // size)))
        for comes, person in self._moves.pop(0) if self._moves else []:
            self._move(person, comes=comes)
        return answer

    def _move(self, person: int, *, comes: bool) -> None:
        place = bisect_left(self.people, person)
        is_there = place < len(self.people) and self.people[place] == person
        if comes and not is_there:
            self.people.insert(place, person)
        elif is_there and not comes:
            del self.people[place]
            self.always.discard(person)


def read(listing: Listing, side_by_side: int = 1) -> set[int]:
    async def work() -> set[int]:
        pages = read_whole(listing, REQUEST, "contactId", side_by_side=side_by_side)  # type: ignore[arg-type]
        return {int(row["contactId"]) for rows in [page async for page in pages] for row in rows}

    return asyncio.run(work())


moves = st.lists(
    st.lists(
        st.one_of(
            st.tuples(st.booleans(), st.integers(0, 4_000)),
            st.tuples(st.just(False), st.integers(0, 300)),
        ),
        max_size=60,
    ),
    max_size=8,
)


@given(st.integers(900, 3_600), moves, st.sampled_from([1, 4]))
def test_whoever_was_there_the_whole_time_is_found(
    size: int, moved: list[list[tuple[bool, int]]], side_by_side: int
) -> None:
    listing = Listing(list(range(size)), moved)
    assert read(listing, side_by_side) >= listing.always


def test_one_who_leaves_an_earlier_page_hides_nobody() -> None:
    listing = Listing(list(range(1_500)), [[(False, 3)]])
    assert read(listing) >= set(range(1_500)) - {3}


def test_many_who_leave_at_once_hide_nobody() -> None:
    gone = [(False, person) for person in range(700)]
    listing = Listing(list(range(3_000)), [gone])
    assert read(listing) >= set(range(700, 3_000))


def test_a_listing_that_never_stands_still_is_given_up() -> None:
    moved = [[(False, person + 1_000 * step) for person in range(1_000)] for step in range(40)]
    with pytest.raises(ListingMoved, match="may have been missed"):
        read(Listing(list(range(60_000)), moved))


@pytest.mark.parametrize("people", [0, 1, 999, 1_000])
def test_a_single_page_costs_one_call(people: int) -> None:
    listing = Listing(list(range(people)), [])
    assert read(listing) == set(range(people))
    assert listing.calls == 1


def test_long_listings_cost_a_few_calls_more() -> None:
    listing = Listing(list(range(30_000)), [])
    assert read(listing, 4) == set(range(30_000))
    assert listing.calls <= 33


@given(st.integers(1_000, 300_000))
def test_neighbours_overlap_and_reach_further(end: int) -> None:
    following = slices(end, 20)
    for _ in range(5):
        found = next(following)
        assert found.size <= 1_000
        assert found.start <= end - 20
        assert found.end > end
        end = found.end


def test_rows_without_an_id_are_no_listing() -> None:
    class Odd(Listing):
        async def send(self, request: ApiRequest) -> ApiAnswer:
            return ApiAnswer(200, [{"email": "jane@example.com"}])

    with pytest.raises(UnreadableSuccess):
        read(Odd([], []))
