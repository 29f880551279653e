"""Websites (tags Websites, Website); a new account has two."""

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
    performance,
    plain_iso,
    seeded_at,
)
from prefect_getresponse.sandbox.traffic import Traffic
from prefect_getresponse.sandbox.world import World

WEBSITES = Collection(
    "websites",
    "/websites/{websiteId}",
    created="",
    updated="",
    details_only=frozenset({"pages"}),
    attributes={
        name: member(f"statistics.{name}") for name in ("pageViews", "visits", "uniqueVisitors")
    },
)


def _details(counted: Traffic) -> dict[str, Any]:
    return {"statistics": page_statistics(counted)}


def _seed(world: World, now: float) -> None:
    for name, status in (("Bakery", "published"), ("Bakery, new design", "unpublished")):
        made, slug = seeded_at(now), name.lower().replace(", ", "-").replace(" ", "-")
        members = {
            "websiteId": new_uuid(f"websites/{name}"),
            "name": name,
            "status": status,
            "domainUrl": f"https://{slug}.example.com",
            "thumbnailUrl": f"https://images.example.com/{slug}.png",
            "isChatsEnabled": "true",
            "createdAt": plain_iso(made),
            "updatedAt": plain_iso(made),
            "pages": pages(name, made),
        }
        WEBSITES.add(world, members, made)


BEHAVIOURS: Behaviours = {
    "getWebsitesList": listing(WEBSITES, page_statistics),
    "getWebsiteById": details(WEBSITES, "websiteId", _details),
    "getWbeGeneralPerformanceStats": performance(
        WEBSITES, "websiteId", page_statistics, "name", "thumbnailUrl"
    ),
}
SEED = _seed
