"""RSS newsletters (tag RSS Newsletters): kept, but no feed is read, so none is ever sent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from prefect_getresponse.sandbox.contract.errors import FieldError
from prefect_getresponse.sandbox.contract.validation import Body
from prefect_getresponse.sandbox.resources.collection import Collection, Filter
from prefect_getresponse.sandbox.resources.message_parts import (
    all_statistics,
    flags_as_text,
    forget,
    needed,
    one_statistics,
    show_senders,
    shown_tracks,
    track_links,
)
from prefect_getresponse.sandbox.resources.request import Behaviours, Checks, Request
from prefect_getresponse.sandbox.world.records import Record
from prefect_getresponse.sandbox.world.world import World

_NEEDED = {
    "daily": ("sendAtHour",),
    "weekly": ("sendAtHour", "sendAtWeekDay"),
    "monthly": ("sendAtHour", "sendAtMonthDay"),
}
_SELECTIONS = (
    "selectedCampaigns",
    "selectedSegments",
    "selectedSuppressions",
    "excludedCampaigns",
    "excludedSegments",
    "selectedContacts",
)
_DAYS_OF_EVERY_MONTH = 28
_LAST_DAY = 31


def _complete(world: World, _request: Request, record: Record) -> None:
    members = record.members
    record.members = {"name": members["subject"], "editor": "custom", "flags": [], **members}
    track_links(world, record, "rss", "rss-newsletters")


def _clean_up(world: World, _request: Request, record: Record) -> None:
    forget(world, record.record_id)


def _shown(world: World, record: Record, members: Body) -> Body:
    settings: Body = {**{name: list[str]() for name in _SELECTIONS}, "maxArticles": 5}
    settings.update(members["sendSettings"])
    return {
        **show_senders(members),
        "sendSettings": {**settings, "selectedCampaigns": settings["selectedCampaigns"][:1]},
        "clickTracks": shown_tracks(world, record.record_id),
    }


def _row(world: World, record: Record, row: Body) -> Body:
    settings = dict(row["sendSettings"])
    del settings["selectedContacts"]
    return flags_as_text(world, record, {**row, "sendSettings": settings})


def _lists(record: Record) -> list[str]:
    lists: list[str] = record.members["sendSettings"].get("selectedCampaigns", [])
    return lists[:1]


def _goes_to(_world: World, record: Record, campaign_id: Any) -> bool:
    return campaign_id in _lists(record)


_FILTERS: dict[str, Filter] = {"query[campaignId]": _goes_to}
RSS_NEWSLETTERS = Collection(
    "rss_newsletters",
    "/rss-newsletters/{rssNewsletterId}",
    updated="",
    details_only=frozenset({"clickTracks"}),
    filters=_FILTERS,
    on_create=_complete,
    on_delete=_clean_up,
    render=_shown,
    render_row=_row,
)


def check_timing(_world: World, body: Body) -> Iterator[FieldError]:
    """Check that `sendSettings` say when, as their frequency needs it."""
    settings = body.get("sendSettings")
    yield from needed(settings, "frequency", _NEEDED)
    day = cast("Body", settings).get("sendAtMonthDay") if isinstance(settings, dict) else None
    if isinstance(day, int) and _DAYS_OF_EVERY_MONTH < day < _LAST_DAY:
        problem = "Not between 1 and 28, nor 31 for the last day"
        yield FieldError("sendSettings.sendAtMonthDay", "range", problem)


BEHAVIOURS: Behaviours = {
    **RSS_NEWSLETTERS.behaviours(
        listing="getRssNewslettersList",
        get="getRssNewsletterById",
        create="createRssNewsletter",
        update="updateRssNewsletter",
        delete="deleteRssNewsletter",
    ),
    "getSingleRssNewsletterStatisticsCollection": one_statistics(RSS_NEWSLETTERS),
    "getRssNewsletterStatisticsCollection": all_statistics(
        RSS_NEWSLETTERS, "rssNewsletterId", _lists
    ),
}
CHECKS: Checks = {"createRssNewsletter": check_timing, "updateRssNewsletter": check_timing}
