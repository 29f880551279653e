"""Landing pages of the current editor (tags Landing Pages, Landing Page); a new account has two."""

from __future__ import annotations

from typing import Any

from prefect_getresponse.sandbox.resources.collection import Collection, member
from prefect_getresponse.sandbox.resources.request import Behaviours
from prefect_getresponse.sandbox.resources.visited import (
    details,
    listing,
    new_uuid,
    page_statistics,
    pages,
    percent,
    performance,
    plain_iso,
    seeded_at,
)
from prefect_getresponse.sandbox.traffic import Traffic
from prefect_getresponse.sandbox.world import World

LANDING_PAGES = Collection(
    "lps",
    "/lps/{lpsId}",
    created="",
    updated="",
    details_only=frozenset({"pages"}),
    attributes={
        name: member(f"statistics.{name}") for name in ("visits", "leads", "subscriptionRate")
    },
)


def _statistics(counted: Traffic) -> dict[str, Any]:
    return {
        "visits": counted.visits,
        "leads": counted.leads,
        "subscriptionRate": percent(counted.leads, counted.visitors),
    }


def _seed(world: World, now: float) -> None:
    for name, status in (("Spring sale", "published"), ("Winter sale", "unpublished")):
        made, slug = seeded_at(now), name.lower().replace(" ", "-")
        members = {
            "lpsId": new_uuid(f"lps/{name}"),
            "name": name,
            "status": status,
            "domainUrl": f"https://{slug}.example.com",
            "thumbnailUrl": f"https://images.example.com/{slug}.png",
            "isChatsEnabled": "false",
            "createdAt": plain_iso(made),
            "updatedAt": plain_iso(made),
            "pages": pages(name, made),
        }
        LANDING_PAGES.add(world, members, made)


BEHAVIOURS: Behaviours = {
    "getLpsList": listing(LANDING_PAGES, _statistics),
    "getLpsById": details(LANDING_PAGES, "lpsId", page_statistics),
    "getLpsGeneralPerformanceStats": performance(
        LANDING_PAGES, "lpsId", page_statistics, "name", "thumbnailUrl"
    ),
}
SEED = _seed
