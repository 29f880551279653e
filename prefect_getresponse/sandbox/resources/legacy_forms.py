"""Legacy forms (tag Legacy Forms); a new account has one that is on and one that is off."""

from __future__ import annotations

from typing import Any

from prefect_getresponse.sandbox.resources.campaigns import is_on_lists, show_campaign
from prefect_getresponse.sandbox.resources.collection import Collection
from prefect_getresponse.sandbox.resources.request import Behaviours
from prefect_getresponse.sandbox.resources.visited import details, listing, seeded_at
from prefect_getresponse.sandbox.world.traffic import Traffic
from prefect_getresponse.sandbox.world.world import World

LEGACY_FORMS = Collection(
    "webforms",
    "/webforms/{webformId}",
    created="",
    updated="modifiedOn",
    filters={"query[campaignId]": is_on_lists},
    render=show_campaign,
)


def _statistics(counted: Traffic) -> dict[str, Any]:
    return {"opened": counted.views, "subscribed": counted.leads}


def _details(counted: Traffic) -> dict[str, Any]:
    return {"statistics": _statistics(counted)}


def _seed(world: World, now: float) -> None:
    campaign = {"campaignId": next(iter(world.campaigns))}
    for name, status in (("Webform 2010/7/5", "enabled"), ("Webform 2009/1/2", "disabled")):
        members = {
            "name": name,
            "scriptUrl": "https://forms.example.com/legacy.js",
            "status": status,
            "campaign": campaign,
        }
        LEGACY_FORMS.add(world, members, seeded_at(now))


BEHAVIOURS: Behaviours = {
    "getLegacyFormList": listing(LEGACY_FORMS, _statistics),
    "getLegacyFormById": details(LEGACY_FORMS, "webformId", _details),
}
SEED = _seed
