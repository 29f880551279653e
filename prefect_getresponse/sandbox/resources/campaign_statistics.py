"""Statistics of lists, counted from the contacts (tag Campaigns (Lists)).

Without `groupBy` days are counted. Periods in which nothing happened are left out. Who waits for
confirmation is no subscriber. Where people are is not known, so all are among the `others`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from prefect_getresponse.sandbox.contract.dates import iso, parse_moment
from prefect_getresponse.sandbox.contract.messages import Answer, json_answer
from prefect_getresponse.sandbox.people.contact_book import Contact
from prefect_getresponse.sandbox.resources.request import Behaviours, Request
from prefect_getresponse.sandbox.world.world import World

_ORIGINS = (
    "import",
    "email",
    "www",
    "panel",
    "leads",
    "sale",
    "api",
    "forward",
    "survey",
    "mobile",
    "copy",
    "landing_page",
    "webinar",
    "premium_newsletter",
    "course",
    "chat",
    "website_buider_elegant",
)
_WORDS = {
    "iphone": "mobile",
    "complaint": "compliant",
    "website_builder_elegant": "website_buider_elegant",
}
"""Words of contacts that statistics spell otherwise."""
_LABELS: Mapping[str, Callable[[float], str]] = {
    "hour": lambda moment: iso(moment)[:13].replace("T", " ") + ":00:00",
    "day": lambda moment: iso(moment)[: len("2026-01-31")],
    "month": lambda moment: iso(moment)[: len("2026-01")],
    "total": lambda _moment: "total",
}


@dataclass(frozen=True, slots=True)
class _Change:
    """Somebody who came to a list or left it: `word` is the origin, or the reason."""

    moment: float
    campaign_id: str
    is_arrival: bool
    word: str


def _campaign_ids(world: World, request: Request) -> list[str]:
    """Return the lists that a call is about: identifiers between commas, all if there are none.

    Like in every filter, what does not exist is passed over.
    """
    asked = request.query.get("query[campaignId]")
    known = list(world.campaigns)
    return known if asked is None else [each for each in asked.split(",") if each in known]


def _changes(world: World, campaign_ids: list[str]) -> Iterator[_Change]:
    for campaign_id in campaign_ids:
        for contact in world.contacts.ever(campaign_id):
            if contact.status != "unconfirmed":
                yield from _changes_of(contact)


def _changes_of(contact: Contact) -> Iterator[_Change]:
    origin = _WORDS.get(contact.origin, contact.origin)
    yield _Change(contact.created, contact.campaign_id, True, origin)
    if contact.deleted is not None:
        reason = contact.reason or ""
        yield _Change(contact.deleted, contact.campaign_id, False, _WORDS.get(reason, reason))


def _bounds(request: Request) -> tuple[float, float]:
    first = request.query.get("query[createdOn][from]")
    last = request.query.get("query[createdOn][to]")
    start = parse_moment(first) if first else float("-inf")
    return start, parse_moment(last, end_of_day=True) if last else float("inf")


def _within(world: World, request: Request) -> list[_Change]:
    start, end = _bounds(request)
    found = _changes(world, _campaign_ids(world, request))
    inside = (each for each in found if start <= int(each.moment) <= end)
    return sorted(inside, key=lambda each: each.moment)


def _by_period(request: Request, changes: list[_Change]) -> Mapping[str, list[_Change]]:
    label = _LABELS[request.query.get("query[groupBy]", "day")]
    periods: defaultdict[str, list[_Change]] = defaultdict(list)
    for change in changes:
        periods[label(change.moment)].append(change)
    return periods


def _subscriptions(changes: list[_Change]) -> dict[str, int]:
    counts = Counter(each.word for each in changes if each.is_arrival)
    return {**{name: counts[name] for name in _ORIGINS}, "summary": counts.total()}


def _removals(changes: list[_Change]) -> dict[str, int]:
    return dict(Counter(each.word for each in changes if not each.is_arrival))


def _answer(members: Mapping[str, Any]) -> Answer:
    """Answer with a list of one object, as the contract has it; of nothing with an empty list."""
    return json_answer(200, [members] if members else [])


def balance(world: World, request: Request) -> Answer:
    """`GET /campaigns/statistics/balance`."""
    members: dict[str, Any] = {}
    for label, changes in _by_period(request, _within(world, request)).items():
        arrivals, departures = _subscriptions(changes), _removals(changes)
        members[label] = {"removals": departures} if departures else {}
        if arrivals["summary"]:
            members[label]["subscriptions"] = arrivals
    return _answer(members)


def list_size(world: World, request: Request) -> Answer:
    """`GET /campaigns/statistics/list-size`: totals count who came before the first period too."""
    start, _ = _bounds(request)
    found = _changes(world, _campaign_ids(world, request))
    total = sum(1 if each.is_arrival else -1 for each in found if int(each.moment) < start)
    rows: list[dict[str, Any]] = []
    for label, changes in _by_period(request, _within(world, request)).items():
        added = sum(each.is_arrival for each in changes)
        removed = len(changes) - added
        total += added - removed
        rows.append(
            {
                "totalSubscribers": total,
                "addedSubscribers": added,
                "removedSubscribers": removed,
                "createdOn": label,
            }
        )
    return json_answer(200, rows)


def locations(world: World, request: Request) -> Answer:
    """`GET /campaigns/statistics/locations`."""
    start, end = _bounds(request)
    amount = sum(
        contact.status == "subscribed" and start <= int(contact.created) <= end
        for campaign_id in _campaign_ids(world, request)
        for contact in world.contacts.members(campaign_id)
    )
    others = {"amount": str(amount), "continentalCode": "", "countryCode": ""}
    return _answer({"others": others} if amount else {})


def origins(world: World, request: Request) -> Answer:
    """`GET /campaigns/statistics/origins`."""
    return _answer(_by_list(world, request, _within(world, request)))


def subscriptions(world: World, request: Request) -> Answer:
    """`GET /campaigns/statistics/subscriptions`: of periods in which somebody came."""
    arrivals = [each for each in _within(world, request) if each.is_arrival]
    periods = _by_period(request, arrivals)
    return _answer({label: _by_list(world, request, changes) for label, changes in periods.items()})


def _by_list(world: World, request: Request, changes: list[_Change]) -> dict[str, dict[str, int]]:
    return {
        campaign_id: _subscriptions([each for each in changes if each.campaign_id == campaign_id])
        for campaign_id in _campaign_ids(world, request)
    }


def removals(world: World, request: Request) -> Answer:
    """`GET /campaigns/statistics/removals`: reasons that did not occur are left out."""
    departures = [each for each in _within(world, request) if not each.is_arrival]
    periods = _by_period(request, departures)
    return _answer({label: _removals(changes) for label, changes in periods.items()})


def summary(world: World, request: Request) -> Answer:
    """`GET /campaigns/statistics/summary`: numbers as texts."""
    totals = {
        campaign_id: {
            "totalSubscribers": sum(
                contact.status == "subscribed" for contact in world.contacts.members(campaign_id)
            ),
            "totalNewsletters": _on_list(world, campaign_id, "newsletters"),
            "totalTriggers": _on_list(world, campaign_id, "autoresponders"),
            "totalLandingPages": _on_list(world, campaign_id, "landing_pages"),
            "totalWebforms": _on_list(world, campaign_id, "forms", "webforms"),
        }
        for campaign_id in _campaign_ids(world, request)
    }
    return _answer(
        {
            campaign_id: {name: str(count) for name, count in counts.items()}
            for campaign_id, counts in totals.items()
        }
    )


def _on_list(world: World, campaign_id: str, *collections: str) -> int:
    members = (
        record.members
        for collection in collections
        for record in world.records.of(collection).values()
    )
    return sum(
        campaign_id in (each.get("campaignId"), each.get("campaign", {}).get("campaignId"))
        for each in members
    )


BEHAVIOURS: Behaviours = {
    "getCampaignStatisticsBalance": balance,
    "getCampaignStatisticsListSize": list_size,
    "getCampaignStatisticsLocations": locations,
    "getCampaignStatisticsOrigins": origins,
    "getCampaignStatisticsRemovals": removals,
    "getCampaignStatisticsSubscriptions": subscriptions,
    "getCampaignStatisticsSummary": summary,
}
