"""Walking a listing: which pages are asked for, in which order they come."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prefect_getresponse.client.listings.paginate import (
    PER_PAGE,
    Page,
    aiterate_pages,
    iterate_pages,
    page_request,
    read_page,
)
from prefect_getresponse.client.request import (
    ApiAnswer,
    ApiRequest,
    Paging,
    RetryClass,
    UnreadableSuccess,
)
from prefect_getresponse.client.send import AsyncClient, Client

LISTING = ApiRequest(
    "GET", "/contacts", "/contacts", RetryClass.READ, (("query[name]", "x"), ("perPage", "10"))
)


class Listing:
    """A client whose every call reads a page of so many items.

    Attributes:
        asked: Numbers of the pages that were asked for.
        length: How many items there are; may be changed between pages.
        counts: Whether the answers carry paging headers.
    """

    def __init__(self, length: int, *, counts: bool = True) -> None:
        self.length = length
        self.counts = counts
        self.asked: list[int] = []

    def send(self, request: ApiRequest) -> ApiAnswer:
        query = {
            name: values[0] for name, values in parse_qs(request.url("").split("?")[1]).items()
        }
        assert query["query[name]"] == "x"
        number, size = int(query["page"]), int(query["perPage"])
        self.asked.append(number)
        items = list(range((number - 1) * size, min(number * size, self.length)))
        paging = Paging(self.length, -(-self.length // size)) if self.counts else Paging()
        return ApiAnswer(200, items, paging)


class AsyncListing:
    """The async twin of a listing; later pages are answered first."""

    def __init__(self, listing: Listing) -> None:
        self.listing = listing
        self.inside = 0
        self.most = 0

    async def send(self, request: ApiRequest) -> ApiAnswer:
        self.inside += 1
        self.most = max(self.most, self.inside)
        answer = self.listing.send(request)
        number = int(dict(request.query)["page"])
        for _ in range(50 - number):
            await asyncio.sleep(0)
        self.inside -= 1
        return answer


def walk(listing: Listing, first: int = 1, side_by_side: int = 1) -> Iterator[Page]:
    return iterate_pages(cast("Client", listing), LISTING, first, side_by_side)


def awalk(listing: AsyncListing, first: int = 1, side_by_side: int = 1) -> AsyncIterator[Page]:
    return aiterate_pages(cast("AsyncClient", listing), LISTING, first, side_by_side)


def read_all(flavour: str, listing: Listing, first: int = 1, side_by_side: int = 1) -> list[Page]:
    async def collect() -> list[Page]:
        return [page async for page in awalk(AsyncListing(listing), first, side_by_side)]

    if flavour == "sync":
        return list(walk(listing, first, side_by_side))
    return asyncio.run(collect())


@pytest.mark.parametrize("flavour", ["sync", "async"])
class TestBothFlavours:
    @pytest.mark.parametrize("counts", [True, False])
    @pytest.mark.parametrize("side_by_side", [1, 10])
    @pytest.mark.parametrize("length", [0, 1, 9, 10, 11, 100, 255])
    def test_every_item_comes_once_and_in_order(
        self, flavour: str, length: int, side_by_side: int, counts: bool
    ) -> None:
        found = read_all(flavour, Listing(length, counts=counts), side_by_side=side_by_side)

        assert [item for page in found for item in page.items] == list(range(length))
        assert [page.number for page in found] == list(range(1, len(found) + 1))
        assert [page.is_last for page in found] == [False] * (len(found) - 1) + [True]

    @pytest.mark.parametrize("side_by_side", [1, 3, 10])
    @pytest.mark.parametrize(("length", "pages"), [(0, 1), (10, 1), (11, 2), (255, 26)])
    def test_no_page_is_asked_for_that_is_not_there(
        self, flavour: str, length: int, pages: int, side_by_side: int
    ) -> None:
        listing = Listing(length)
        read_all(flavour, listing, side_by_side=side_by_side)

        assert sorted(listing.asked) == list(range(1, pages + 1))

    def test_without_counts_one_page_at_a_time_until_a_short_one(self, flavour: str) -> None:
        listing = Listing(40, counts=False)
        read_all(flavour, listing, side_by_side=10)

        assert listing.asked == [1, 2, 3, 4, 5]

    def test_may_start_elsewhere(self, flavour: str) -> None:
        found = read_all(flavour, Listing(35), first=3)

        assert [page.items[0] for page in found] == [20, 30]

    def test_the_count_is_told(self, flavour: str) -> None:
        assert [page.total_count for page in read_all(flavour, Listing(15))] == [15, 15]


class TestOnTheWay:
    def test_pages_are_read_when_asked_for(self) -> None:
        listing = Listing(100)
        found = walk(listing)
        assert listing.asked == []
        next(found)
        next(found)
        assert listing.asked == [1, 2]

    def test_a_listing_that_grows_is_followed(self) -> None:
        listing = Listing(20)
        found = walk(listing, side_by_side=4)
        next(found)
        listing.length = 50

        assert [page.number for page in found] == [2, 3, 4, 5]

    def test_a_listing_that_shrinks_ends_early(self) -> None:
        listing = Listing(100)
        found = walk(listing)
        next(found)
        listing.length = 15

        assert [page.items for page in found] == [[10, 11, 12, 13, 14]]

    def test_side_by_side_is_a_bound_and_is_used(self) -> None:
        listing = AsyncListing(Listing(300))

        async def collect() -> int:
            return len([page async for page in awalk(listing, side_by_side=4)])

        assert asyncio.run(collect()) == 30
        assert listing.most == 4

    async def test_leaving_early_cancels_what_is_under_way(self) -> None:
        class Stuck(AsyncListing):
            async def send(self, request: ApiRequest) -> ApiAnswer:
                answer = self.listing.send(request)
                if int(dict(request.query)["page"]) > 2:
                    await asyncio.Event().wait()
                return answer

        listing = Stuck(Listing(300))
        found = aiterate_pages(cast("AsyncClient", listing), LISTING, side_by_side=4)
        async with asyncio.timeout(5):
            assert [(await anext(found)).number for _ in range(2)] == [1, 2]
            await found.aclose()

        assert sorted(listing.listing.asked) == [1, 2, 3, 4, 5]
        assert len(asyncio.all_tasks()) == 1

    @pytest.mark.parametrize("flavour", ["sync", "async"])
    def test_a_failing_page_fails_the_walk(self, flavour: str) -> None:
        class Broken(Listing):
            def send(self, request: ApiRequest) -> ApiAnswer:
                if dict(request.query)["page"] == "3":
                    raise ConnectionError("page 3")
                return super().send(request)

        with pytest.raises(ConnectionError, match="page 3"):
            read_all(flavour, Broken(100), side_by_side=5)

    @pytest.mark.parametrize("flavour", ["sync", "async"])
    @pytest.mark.parametrize("strange", [None, {"ok": True}, "", 0])
    def test_an_answer_that_is_no_list_does_not_end_it(self, strange: Any, flavour: str) -> None:
        class Strange(Listing):
            def send(self, request: ApiRequest) -> ApiAnswer:
                is_third = dict(request.query)["page"] == "3"
                return ApiAnswer(200, strange) if is_third else super().send(request)

        with pytest.raises(UnreadableSuccess, match="no list"):
            read_all(flavour, Strange(100), side_by_side=5)


class TestOnePage:
    def test_asks_for_the_largest_pages(self) -> None:
        request = ApiRequest("GET", "/tags", "/tags", RetryClass.READ)
        assert dict(page_request(request, 3).query) == {"page": "3", "perPage": str(PER_PAGE)}

    def test_listings_of_a_post_are_paged_in_the_query(self) -> None:
        path = "/search-contacts/contacts"
        request = ApiRequest("POST", path, path, RetryClass.READ, body={"section": []})
        asked = page_request(request, 2)

        assert urlsplit(asked.url("https://x.example")).query == "perPage=1000&page=2"
        assert asked.body == {"section": []}

    @given(
        number=st.integers(1, 9),
        length=st.integers(0, 10),
        total=st.one_of(st.none(), st.integers(0, 9)),
    )
    def test_ends_where_the_api_says_or_where_nothing_comes(
        self, number: int, length: int, total: int | None
    ) -> None:
        items: list[Any] = [{}] * length
        asked = page_request(LISTING, number)
        page = read_page(asked, ApiAnswer(200, items, Paging(None, total)))

        if not items:
            assert page.is_last
        elif total is not None:
            assert page.is_last == (number >= total)
        else:
            assert page.is_last == (length < 10)
