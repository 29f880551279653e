"""Statistics of lists, counted from who came and who went."""

from __future__ import annotations

from typing import Any

import pytest

from prefect_getresponse.sandbox.contract.dates import iso
from tests.sandbox.conftest import Api

DAY = 86_400.0


class Lists:
    """A list that three people came to on two days, and that one of them left and joined again."""

    def __init__(self) -> None:
        self.api = Api()
        self.one = self.api.create_list("one")
        self.two = self.api.create_list("two")
        self.first = iso(self.api.now)[:10]
        self.api.add(self.one, "ann@example.com", "ben@example.com")
        self.api.add(self.two, "ann@example.com")
        self.api.advance(DAY)
        self.second = iso(self.api.now)[:10]
        self.remove("ben@example.com", "complaint")
        self.api.add(self.one, "cleo@example.com")
        self.api.advance(DAY)
        self.third = iso(self.api.now)[:10]
        self.api.add(self.one, "ben@example.com")

    def remove(self, email: str, reason: str) -> None:
        self.api.control("POST", "remove", {"list": "one", "email": email, "reason": reason})

    def get(self, name: str, campaigns: str = "", **query: Any) -> Any:
        wanted = {"query[campaignId]": campaigns or self.one, **query}
        return self.api.ok("GET", f"/campaigns/statistics/{name}", **wanted)


@pytest.fixture
def lists() -> Lists:
    return Lists()


def api_only(counts: dict[str, int]) -> int:
    """How many came through the API, if nobody came another way."""
    assert counts["summary"] == sum(counts.values()) - counts["summary"] == counts["api"]
    return counts["api"]


def test_size_of_a_list_by_day(lists: Lists) -> None:
    names = ("createdOn", "totalSubscribers", "addedSubscribers", "removedSubscribers")
    rows = [tuple(row[name] for name in names) for row in lists.get("list-size")]

    assert rows == [
        (lists.first, 2, 2, 0),
        (lists.second, 2, 1, 1),
        (lists.third, 3, 1, 0),
    ]


@pytest.mark.parametrize(
    ("group", "length"), [("hour", 19), ("day", 10), ("month", 7), ("total", 5)]
)
def test_periods_are_named_by_their_length(lists: Lists, group: str, length: int) -> None:
    rows = lists.get("list-size", **{"query[groupBy]": group})

    assert {len(row["createdOn"]) for row in rows} == {length}
    assert rows[-1]["totalSubscribers"] == 3
    assert sum(row["addedSubscribers"] - row["removedSubscribers"] for row in rows) == 3


def test_a_window_knows_who_came_before(lists: Lists) -> None:
    [row] = lists.get("list-size", **{"query[createdOn][from]": lists.third})

    assert (row["totalSubscribers"], row["addedSubscribers"]) == (3, 1)


def test_balance_leaves_out_what_did_not_happen(lists: Lists) -> None:
    [days] = lists.get("balance")

    assert days.keys() == {lists.first, lists.second, lists.third}
    assert days[lists.first].keys() == {"subscriptions"}
    assert days[lists.second]["removals"] == {"compliant": 1}
    assert api_only(days[lists.second]["subscriptions"]) == 1


def test_removals_by_reason(lists: Lists) -> None:
    lists.remove("ann@example.com", "unsubscribe")

    [days] = lists.get("removals")
    assert days == {lists.second: {"compliant": 1}, lists.third: {"unsubscribe": 1}}
    [total] = lists.get("removals", **{"query[groupBy]": "total"})
    assert total == {"total": {"compliant": 1, "unsubscribe": 1}}


def test_subscriptions_and_origins_by_list(lists: Lists) -> None:
    both = f"{lists.one},{lists.two}"

    [origins] = lists.get("origins", both)
    assert {key: api_only(value) for key, value in origins.items()} == {lists.one: 4, lists.two: 1}
    [days] = lists.get("subscriptions", both, **{"query[createdOn][to]": lists.first})
    assert {key: api_only(value) for key, value in days[lists.first].items()} == {
        lists.one: 2,
        lists.two: 1,
    }


def test_where_people_are_is_not_known(lists: Lists) -> None:
    [places] = lists.get("locations")

    assert places.keys() == {"others"}
    assert places["others"]["amount"] == "3"


def test_summary_counts_what_is_on_a_list(lists: Lists) -> None:
    rows = lists.api.ok("GET", "/campaigns/statistics/summary")
    [default] = lists.api.ok("GET", "/campaigns", **{"query[isDefault]": "true"})

    assert rows[0].keys() == {default["campaignId"], lists.one, lists.two}
    assert rows[0][lists.one]["totalSubscribers"] == "3"
    assert rows[0][default["campaignId"]]["totalWebforms"] == "5"
    assert lists.get("summary", lists.two)[0].keys() == {lists.two}


def test_of_nothing_there_are_no_statistics(lists: Lists) -> None:
    empty = lists.api.create_list("empty")

    for name in ("balance", "list-size", "locations", "removals", "subscriptions"):
        assert lists.get(name, empty) == []


def test_an_unknown_list_is_passed_over(lists: Lists) -> None:
    assert lists.get("origins", "none") == []
    [both] = lists.get("origins", f"none,{lists.two}")
    assert both.keys() == {lists.two}
