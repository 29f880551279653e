"""Websites (tags Websites, Website); a new account has two."""

from __future__ import annotations

from typing import Any

from prefect_getresponse.sandbox.resources.collection import Collection, member
from prefect_getresponse.sandbox.resources.request import Behaviours
from prefect_getresponse.sandbox.resources.visited import (
    details,
    listing,
    page_statistics,
    performance,
    sites,
)
from prefect_getresponse.sandbox.world.traffic import Traffic

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


BEHAVIOURS: Behaviours = {
    "getWebsitesList": listing(WEBSITES, page_statistics),
    "getWebsiteById": details(WEBSITES, "websiteId", _details),
    "getWbeGeneralPerformanceStats": performance(
        WEBSITES, "websiteId", page_statistics, "name", "thumbnailUrl"
    ),
}
SEED = sites(WEBSITES, "websiteId", "Bakery", "Bakery, new design", chats=True)
