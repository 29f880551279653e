"""Autoresponders (tag Autoresponders): each contact gets them on a day of the list's cycle.

A contact's day is counted from when it came, beginning with its `dayOfCycle`; without one it gets
nothing. Only days after the autoresponder was made count, and only while it is enabled.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from prefect_getresponse.sandbox.contract.dates import DAY
from prefect_getresponse.sandbox.contract.errors import FieldError
from prefect_getresponse.sandbox.contract.validation import Body
from prefect_getresponse.sandbox.people.contact_book import Contact
from prefect_getresponse.sandbox.resources.collection import Collection, member
from prefect_getresponse.sandbox.resources.from_fields import default_sender
from prefect_getresponse.sandbox.resources.message_parts import (
    all_statistics,
    campaign,
    forget,
    needed,
    one_statistics,
    show_senders,
    shown_tracks,
    thumbnail,
    track_links,
)
from prefect_getresponse.sandbox.resources.request import Behaviours, Checks, Request
from prefect_getresponse.sandbox.segments.recipients import recipients
from prefect_getresponse.sandbox.world.mailings import Mailing, rates, statistics
from prefect_getresponse.sandbox.world.records import Record
from prefect_getresponse.sandbox.world.world import World

_HOUR = 3_600.0
_NEEDED = {"delay": ("delayInHours",), "custom": ("sendAtHour",)}
_ACTIONS = (
    "autoresponder",
    "newsletter",
    "clickTrackId",
    "goal",
    "custom",
    "newCustomValue",
    "action",
)
"""Members of triggers that are no more; answers show them as null."""


def _complete(world: World, _request: Request, record: Record) -> None:
    """Give a new autoresponder what the caller left out, and begin to send it."""
    members = record.members
    default = next(each.campaign_id for each in world.campaigns.values() if each.is_default)
    campaign_id = members.get("campaignId", default)
    record.members = {
        "name": members["subject"],
        "fromField": default_sender(world),
        "trackOpens": "true",
        "flags": [],
        "editor": "html",
        **members,
        "campaignId": campaign_id,
        "triggerSettings": _trigger(members["triggerSettings"], campaign_id),
    }
    links = track_links(world, record, "autoresponder", "autoresponders")
    opens = record.members["trackOpens"] == "true"
    world.mailings[record.record_id] = Mailing(world.speed, links=links, tracks_opens=opens)
    record.members |= {"sentTo": set[str](), "enabledSince": world.now}
    _settle(world, record)


def _trigger(sent: Body, campaign_id: str) -> Body:
    lists = sent.get("selectedCampaigns") or [campaign_id]
    return {"type": "onday", "dayOfCycle": 0, **sent, "selectedCampaigns": lists[:1]}


def _change(world: World, _request: Request, changed: Record) -> None:
    """Let new settings count from now on; what was due by the old ones is sent already."""
    members = changed.members
    members["triggerSettings"] = _trigger(members["triggerSettings"], members["campaignId"])
    members["enabledSince"] = world.now


def _clean_up(world: World, _request: Request, record: Record) -> None:
    forget(world, record.record_id)


def deliver(world: World, record: Record) -> None:
    """Send an autoresponder to all whose day and hour have come.

    Args:
        world: The account.
        record: The autoresponder.
    """
    members = record.members
    if members["status"] != "enabled":
        return
    settings = {"selectedCampaigns": members["triggerSettings"]["selectedCampaigns"]}
    for contact in recipients(world, settings, world.now):
        moment = _due(world, members, contact)
        if (
            moment is not None
            and members["enabledSince"] <= moment <= world.now
            and contact.contact_id not in members["sentTo"]
        ):
            members["sentTo"].add(contact.contact_id)
            world.mailings[record.record_id].send(contact, moment)


def _due(world: World, members: Body, contact: Contact) -> float | None:
    """Return when a contact gets an autoresponder, None if its day is over or never comes."""
    if contact.day_of_cycle is None:
        return None
    days: int = members["triggerSettings"]["dayOfCycle"] - int(contact.day_of_cycle)
    if days < 0:
        return None
    settings = members["sendSettings"]
    moment = contact.created + days * DAY / world.speed
    if settings["type"] == "delay":
        moment += settings["delayInHours"] * _HOUR / world.speed
    if settings["type"] == "custom":
        moment += (settings["sendAtHour"] * _HOUR - moment) % DAY / world.speed
    return moment + _days_to_skip(moment, settings) * DAY / world.speed


def _days_to_skip(moment: float, settings: Body) -> int:
    """Return how many excluded days follow one another; none if every day is excluded."""
    excluded = settings.get("excludedDaysOfWeek", ())
    days = (datetime.fromtimestamp(moment + number * DAY, UTC) for number in range(7))
    return next((number for number, day in enumerate(days) if f"{day:%A}" not in excluded), 0)


def _shown(world: World, record: Record, members: Body) -> Body:
    hidden = {"sentTo", "enabledSince"}
    trigger: dict[str, Any] = {**members["triggerSettings"], **dict.fromkeys(_ACTIONS)}
    return {
        **show_senders({name: each for name, each in members.items() if name not in hidden}),
        "triggerSettings": trigger,
        "clickTracks": shown_tracks(world, record.record_id),
        "campaign": _campaign_of_details(world, members["campaignId"]),
    }


def _campaign_of_details(world: World, campaign_id: str) -> Body:
    """Return the list as only the details of autoresponders write it: `id`, not `campaignId`."""
    shown = campaign(world, campaign_id)
    return {"id": shown.pop("campaignId"), **shown}


def _row(world: World, record: Record, row: Body) -> Body:
    settings = {
        name: each for name, each in row["sendSettings"].items() if name != "externalLexpad"
    }
    listed = campaign(world, record.members["campaignId"])
    return {**row, "campaign": listed, "sendSettings": settings}


def _settle(world: World, record: Record) -> None:
    """Send what is due, and count what came of it."""
    deliver(world, record)
    counts = rates(statistics(world.mailings[record.record_id].events(world.now)))
    shown = {name: counts[name] for name in ("delivered", "openRate", "clickRate")}
    record.members["statistics"] = shown


AUTORESPONDERS = Collection(
    "autoresponders",
    "/autoresponders/{autoresponderId}",
    updated="",
    unique=("name",),
    details_only=frozenset({"clickTracks", "editor"}),
    attributes={
        "dayOfCycle": member("triggerSettings.dayOfCycle"),
        "delivered": member("statistics.delivered"),
        "openRate": member("statistics.openRate"),
        "clickRate": member("statistics.clickRate"),
    },
    on_create=_complete,
    on_update=_change,
    on_delete=_clean_up,
    settle=_settle,
    render=_shown,
    render_row=_row,
)


def check_timing(_world: World, body: Body) -> Iterator[FieldError]:
    """Check that `sendSettings` name the hours their type needs."""
    return needed(body.get("sendSettings"), "type", _NEEDED)


def _lists(record: Record) -> list[str]:
    return [record.members["campaignId"], *record.members["triggerSettings"]["selectedCampaigns"]]


BEHAVIOURS: Behaviours = {
    **AUTORESPONDERS.behaviours(
        listing="getAutoresponderList",
        get="getAutoresponder",
        create="createAutoresponder",
        update="updateAutoresponder",
        delete="deleteAutoresponder",
    ),
    "getSingleAutoresponderStatistics": one_statistics(AUTORESPONDERS),
    "getAutoresponderStatisticsCollection": all_statistics(
        AUTORESPONDERS, "autoreponderId", _lists
    ),
    "getAutoresponderThumbnail": thumbnail(AUTORESPONDERS),
}
CHECKS: Checks = {"createAutoresponder": check_timing, "updateAutoresponder": check_timing}
