"""Forms and popups of the current editor (tags Forms and Popups, Form and Popup).

A new account has one of each kind.
"""

from __future__ import annotations

from typing import Any

from prefect_getresponse.sandbox.resources.collection import Collection, member
from prefect_getresponse.sandbox.resources.request import Behaviours
from prefect_getresponse.sandbox.resources.visited import (
    details,
    listing,
    new_uuid,
    percent,
    performance,
    plain_iso,
    seeded_at,
)
from prefect_getresponse.sandbox.world.traffic import Traffic
from prefect_getresponse.sandbox.world.world import World

POPUPS = Collection(
    "popups",
    "/popups/{popupId}",
    created="",
    updated="",
    details_only=frozenset({"thumbnailUrl"}),
    attributes={
        name: member(f"statistics.{name}") for name in ("views", "uniqueVisitors", "leads", "ctr")
    },
)


def _row(counted: Traffic) -> dict[str, Any]:
    return {
        "views": counted.views,
        "uniqueVisitors": counted.visitors,
        "leads": counted.leads,
        "ctr": percent(counted.clicks, counted.views),
    }


def _performance(counted: Traffic) -> dict[str, Any]:
    return {
        "views": counted.views,
        "clicks": counted.clicks,
        "ctr": percent(counted.clicks, counted.views),
        "leads": counted.leads,
    }


def _nothing(_counted: Traffic) -> dict[str, Any]:
    return {}


def _seed(world: World, now: float) -> None:
    for name, kind, status in (
        ("Join the newsletter", "popup", "published"),
        ("Sign up below the text", "inline", "unpublished"),
    ):
        made = seeded_at(now)
        members = {
            "popupId": new_uuid(f"popups/{name}"),
            "name": name,
            "status": status,
            "type": kind,
            "thumbnailUrl": f"https://images.example.com/{kind}.png",
            "createdAt": plain_iso(made),
            "updatedAt": plain_iso(made),
        }
        POPUPS.add(world, members, made)


BEHAVIOURS: Behaviours = {
    "getPopupsList": listing(POPUPS, _row),
    "getPopupDetails": details(POPUPS, "popupId", _nothing),
    "getPopupGeneralPerformance": performance(POPUPS, "popupId", _performance),
}
SEED = _seed
