"""Landing pages of the current editor (tags Landing Pages, Landing Page); a new account has two."""

from __future__ import annotations

from typing import Any

from prefect_getresponse.sandbox.resources.collection import Collection, member
from prefect_getresponse.sandbox.resources.request import Behaviours
from prefect_getresponse.sandbox.resources.visited import (
    details,
    listing,
    page_statistics,
    percent,
    performance,
    sites,
)
from prefect_getresponse.sandbox.world.traffic import Traffic

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


BEHAVIOURS: Behaviours = {
    "getLpsList": listing(LANDING_PAGES, _statistics),
    "getLpsById": details(LANDING_PAGES, "lpsId", page_statistics),
    "getLpsGeneralPerformanceStats": performance(
        LANDING_PAGES, "lpsId", page_statistics, "name", "thumbnailUrl"
    ),
}
SEED = sites(LANDING_PAGES, "lpsId", "Spring sale", "Winter sale", chats=False)
