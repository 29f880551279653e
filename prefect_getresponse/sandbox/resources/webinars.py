"""Webinars (tag Webinars): set up in the web panel, so a new account has some. Nobody attends."""

from __future__ import annotations

from typing import Any

from prefect_getresponse.sandbox.contract.dates import DAY, iso, parse_moment
from prefect_getresponse.sandbox.resources import campaigns
from prefect_getresponse.sandbox.resources.collection import Collection
from prefect_getresponse.sandbox.world.records import Record
from prefect_getresponse.sandbox.world.world import World

_DURATION = 3600.0


def _take_place(world: World, webinar: Record) -> None:
    start = parse_moment(webinar.members["startsOn"])
    if webinar.members["type"] == "live" and world.now >= start + _DURATION:
        webinar.members["status"] = "finished"


def _answered(_world: World, _webinar: Record, members: dict[str, Any]) -> dict[str, Any]:
    """Listings filter and sort by name, and do not show it."""
    return {name: value for name, value in members.items() if name != "name"}


def _is_on_lists(_world: World, webinar: Record, campaign_ids: str) -> bool:
    on = {campaign["campaignId"] for campaign in webinar.members["campaigns"]}
    return not on.isdisjoint(campaign_ids.split(","))


WEBINARS = Collection(
    "webinars",
    "/webinars/{webinarId}",
    updated="",
    filters={
        "query[campaignId]": _is_on_lists,
        "query[type]": lambda _world, webinar, kind: kind in ("all", webinar.members["type"]),
    },
    settle=_take_place,
    render=_answered,
)


def _seed(world: World, now: float) -> None:
    """Give the account a webinar that will be, one that was, and one that is always there."""
    campaign = next(iter(world.campaigns.values()))
    for name, kind, status, days, counts in (
        ("First steps", "live", "upcoming", 7, (15, 10, 0)),
        ("News of the season", "live", "finished", -7, (20, 18, 12)),
        ("All about segments", "on_demand", "published", -30, (40, 35, 30)),
    ):
        statistics = dict(zip(("registrants", "visitors", "attendees"), counts, strict=True))
        members = {
            "name": name,
            "startsOn": iso(now + days * DAY),
            "webinarUrl": f"https://app.getresponse.com/webinar/{name.lower().replace(' ', '-')}",
            "status": status,
            "type": kind,
            "campaigns": [campaigns.reference(campaign)],
            "newsletters": [],
            "statistics": statistics,
        }
        WEBINARS.add(world, members, now - 60 * DAY)


BEHAVIOURS = WEBINARS.behaviours(listing="getWebinarList", get="getWebinarById")
SEED = _seed
