"""Newsletters (tag Newsletters): drafts, and broadcasts that are sent as time passes.

A broadcast waits a minute, or until its time, and is then sent to whom its settings select at that
moment. Until then it can be cancelled. While it leaves nothing can be done to it (code 1011).
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator, Mapping
from typing import Any, cast

from prefect_getresponse.sandbox.contract.dates import DAY, iso, parse_moment
from prefect_getresponse.sandbox.contract.errors import (
    ALREADY_SENDING,
    IN_USE,
    ApiError,
    FieldError,
    forbidden_state,
)
from prefect_getresponse.sandbox.contract.formats import is_base64
from prefect_getresponse.sandbox.contract.messages import Answer
from prefect_getresponse.sandbox.contract.time_zones import TIME_ZONES, moment_in
from prefect_getresponse.sandbox.contract.validation import Body, objects
from prefect_getresponse.sandbox.resources.collection import Collection, member
from prefect_getresponse.sandbox.resources.listing import Attributes, paged, select
from prefect_getresponse.sandbox.resources.message_parts import (
    WAITING_SECONDS,
    all_statistics,
    campaign,
    flags_as_text,
    forget,
    one_statistics,
    show_senders,
    shown_tracks,
    thumbnail,
    track_links,
)
from prefect_getresponse.sandbox.resources.request import HREF, Behaviours, Checks, Request
from prefect_getresponse.sandbox.segments.recipients import SEGMENTS, recipients
from prefect_getresponse.sandbox.world.mailings import (
    ACTIVITIES,
    SENDING_SECONDS,
    Event,
    Mailing,
    rates,
    statistics,
)
from prefect_getresponse.sandbox.world.records import Record
from prefect_getresponse.sandbox.world.world import World

LARGEST_ATTACHMENTS = 400 * 1024
_SELECTIONS = (
    "selectedCampaigns",
    "selectedSegments",
    "selectedSuppressions",
    "excludedCampaigns",
    "excludedSegments",
    "selectedContacts",
)
_ACTIVITY_DAYS = 14
_OLDEST_ACTIVITY_DAYS = 30


def _complete(world: World, request: Request, record: Record) -> None:
    """Give a new newsletter what the caller left out, and plan its sending."""
    members = record.members
    record.members = {
        **members,
        "name": members.get("name", members["subject"]),
        "type": members.get("type", "broadcast"),
        "editor": "custom",
        "flags": members.get("flags", []),
        "attachments": members.get("attachments", []),
        "trackOpens": members.get("trackOpens", "true"),
        "campaignId": members.pop("campaign")["campaignId"],
        "status": "disabled",
    }
    # Older clients say here when it leaves; a draft has no such time.
    older = record.members.pop("sendOn", None)
    track_links(world, record, "broadcast", "newsletters")
    if record.members["type"] == "broadcast":
        at = parse_moment(older) if older else None
        _plan(world, record, members["sendSettings"], at)


def _plan(world: World, record: Record, settings: Body, at: float | None = None) -> None:
    """Turn a newsletter into a broadcast that leaves at its time."""
    now = world.now
    start = now + WAITING_SECONDS / world.speed
    send_on = settings.get("sendOn")
    if send_on:
        at = moment_in(send_on["timeZone"]["timeZoneId"], send_on["date"])
    if at is not None:
        start = max(now, at)
    record.members |= {
        "type": "broadcast",
        "status": "enabled",
        "sendOn": iso(now if at is None else start),
        "sendSettings": settings,
        "startsAt": start,
    }

    def begin(moment: float) -> None:
        tracks = tuple(each["clickTrackId"] for each in shown_tracks(world, record.record_id))
        opens = record.members["trackOpens"] == "true"
        mailing = Mailing(world.speed, links=tracks, tracks_opens=opens)
        mailing.send_all(recipients(world, settings, moment), moment)
        world.mailings[record.record_id] = mailing

    world.agenda.at(start, record.record_id, begin)


def _state(world: World, record: Record) -> str:
    """Return where sending stands: `draft`, `scheduled`, `in_progress` or `finished`."""
    if record.members["type"] == "draft":
        return "draft"
    if record.record_id not in world.mailings:
        return "scheduled"
    end = record.members["startsAt"] + SENDING_SECONDS / world.speed
    return "in_progress" if world.now < end else "finished"


def _metrics(world: World, record: Record) -> dict[str, str]:
    """Return `sendMetrics`; drafts count as not sent yet."""
    state = _state(world, record)
    mailing = world.mailings.get(record.record_id)
    counts = statistics(mailing.events(world.now) if mailing else ())
    total = mailing.total if mailing else 0
    if state == "scheduled":
        total = sum(1 for _ in recipients(world, record.members["sendSettings"], world.now))
    shown = {
        name: str(value) if isinstance(value, int) else f"{value:g}"
        for name, value in rates(counts).items()
    }
    return {
        "status": "scheduled" if state == "draft" else state,
        "sent": str(counts["sent"]),
        "total": str(total),
        **shown,
    }


def _shown(world: World, record: Record, members: Body) -> Body:
    hidden = {"trackOpens", "campaignId", "startsAt"}
    kept = {name: value for name, value in members.items() if name not in hidden}
    settings = members["sendSettings"]
    shown_settings: Body = {
        **{name: settings.get(name, []) for name in _SELECTIONS},
        "timeTravel": settings.get("timeTravel", "false"),
        "perfectTiming": settings.get("perfectTiming", "false"),
    }
    if settings.get("externalLexpad"):
        shown_settings["externalLexpad"] = settings["externalLexpad"]
    return {
        **show_senders(kept),
        "campaign": campaign(world, members["campaignId"]),
        "sendSettings": shown_settings,
        "sendMetrics": _metrics(world, record),
        "clickTracks": shown_tracks(world, record.record_id),
    }


def _row(world: World, record: Record, row: Body) -> Body:
    timing = {name: row["sendSettings"][name] for name in ("timeTravel", "perfectTiming")}
    return flags_as_text(world, record, {**row, "sendSettings": timing})


def _refuse_while_sending(world: World, _request: Request | None, record: Record) -> None:
    if _state(world, record) == "in_progress":
        raise ApiError(400, ALREADY_SENDING, "The newsletter is being sent")


def _clean_up(world: World, request: Request, record: Record) -> None:
    _refuse_while_sending(world, request, record)
    if record.record_id in _in_segments(world):
        raise ApiError(400, IN_USE, "A segment uses the newsletter")
    forget(world, record.record_id)


def _in_segments(world: World) -> Iterator[Any]:
    """Return the identifiers, among other values, that conditions of saved segments name."""
    for segment in world.records.of(SEGMENTS).values():
        for section in segment.members["section"]:
            for condition in section.get("conditions", []):
                yield from (condition.get("value"), condition.get("scope"))


NEWSLETTERS = Collection(
    "newsletters",
    "/newsletters/{newsletterId}",
    updated="",
    details_only=frozenset({"fromField", "replyTo", "attachments", "content", "clickTracks"}),
    attributes={"campaignId": member("campaignId")},
    on_create=_complete,
    on_delete=_clean_up,
    render=_shown,
    render_row=_row,
)


def send_draft(world: World, request: Request) -> Answer:
    """`POST /newsletters/send-draft`: a draft becomes a broadcast."""
    record = world.records.of(NEWSLETTERS.name)[request.body["messageId"]]
    if record.members["type"] != "draft":
        raise forbidden_state("The newsletter is no draft")
    _plan(world, record, request.body["sendSettings"])
    return NEWSLETTERS.answer(world, request, record)


def cancel(world: World, request: Request) -> Answer:
    """`POST /newsletters/{newsletterId}/cancel`: what has not begun to leave becomes a draft."""
    record = NEWSLETTERS.existing(world, request)
    _refuse_while_sending(world, request, record)
    if _state(world, record) != "scheduled":
        raise forbidden_state("The newsletter is not waiting to be sent")
    world.agenda.forget(record.record_id)
    record.members |= {"type": "draft", "status": "disabled"}
    del record.members["sendOn"]
    return NEWSLETTERS.answer(world, request, record)


EDITABLE = frozenset({"subject", "html", "plain", "sender", "sendSettings", "sendOn"})


def edit(world: World, record: Record, changes: Body) -> None:
    """Edit a newsletter as people do in the panel: the API has no such operation.

    Args:
        world: The account.
        record: The newsletter.
        changes: Some of `EDITABLE`; of `sendSettings` only what is given changes. `sendOn` counts
            for what waits to be sent.
    """
    content = record.members["content"] | {
        part: changes[part] for part in ("html", "plain") if part in changes
    }
    record.members |= {"content": content}
    if "subject" in changes:
        record.members["subject"] = changes["subject"]
    if "sender" in changes:
        record.members["fromField"] = {"fromFieldId": changes["sender"]}
    settings: Body = {**record.members["sendSettings"], **changes.get("sendSettings", {})}
    settings.pop("sendOn", None)
    record.members["sendSettings"] = settings
    if _state(world, record) == "scheduled" and changes.keys() & {"sendSettings", "sendOn"}:
        world.agenda.forget(record.record_id)
        at = parse_moment(changes.get("sendOn", record.members["sendOn"]))
        _plan(world, record, settings, at)


_ACTIVITIES: Attributes[Event] = {
    "activity": lambda event: event.kind,
    "createdOn": lambda event: event.moment,
}


def activities(world: World, request: Request) -> Answer:
    """`GET /newsletters/{newsletterId}/activities`: 14 days unless said, never more than 30."""
    record = NEWSLETTERS.existing(world, request)
    mailing = world.mailings.get(record.record_id)
    first = world.now - DAY * _ACTIVITY_DAYS
    if "query[createdOn][from]" in request.query:
        asked = parse_moment(request.query["query[createdOn][from]"])
        first = max(asked, world.now - DAY * _OLDEST_ACTIVITY_DAYS)
    events = mailing.events(world.now) if mailing else []
    shown = [each for each in events if each.moment >= first and each.kind in ACTIVITIES]
    selected = select(shown, request.query, _ACTIVITIES, exact=frozenset({"activity"}))
    return paged(selected, request.query, _activity, "contact")


def _activity(event: Event) -> dict[str, Any]:
    return {
        "activity": event.kind,
        "createdOn": iso(event.moment),
        "contact": {
            "contactId": event.contact_id,
            "email": event.email,
            "href": f"{HREF}/contacts/{event.contact_id}",
        },
    }


def check_send_on(_world: World, body: Body) -> Iterator[FieldError]:
    """Check that the time zone of `sendSettings.sendOn` exists."""
    value: Any = body
    for name in ("sendSettings", "sendOn", "timeZone", "timeZoneId"):
        value = cast("Body", value).get(name) if isinstance(value, dict) else None
    if isinstance(value, int) and value not in TIME_ZONES:
        path = "sendSettings.sendOn.timeZone.timeZoneId"
        yield FieldError(path, "reference", f"There is no such time zone: {value}")


def check_newsletter(world: World, body: Body) -> Iterator[FieldError]:
    """Check the time zone and the size of all attachments together."""
    yield from check_send_on(world, body)
    texts = [each.get("content") for each in objects(body.get("attachments"))]
    files = [b64decode(text) for text in texts if isinstance(text, str) and is_base64(text)]
    size = sum(map(len, files))
    if size > LARGEST_ATTACHMENTS:
        problem = f"All attachments together have {size} bytes, more than {LARGEST_ATTACHMENTS}"
        yield FieldError("attachments", "size", problem)


def _lists(record: Record) -> list[str]:
    settings: Mapping[str, list[str]] = record.members["sendSettings"]
    return [record.members["campaignId"], *settings.get("selectedCampaigns", ())]


BEHAVIOURS: Behaviours = {
    **NEWSLETTERS.behaviours(
        listing="getNewsletterList",
        get="getNewsletter",
        create="createNewsletter",
        delete="deleteNewsletter",
    ),
    "sendDraft": send_draft,
    "cancelMessageSend": cancel,
    "getNewsletterActivities": activities,
    "getSingleNewsletterStatistics": one_statistics(NEWSLETTERS),
    "getNewsletterStatisticsCollection": all_statistics(NEWSLETTERS, "newsletterId", _lists),
    "getNewsletterThumbnail": thumbnail(NEWSLETTERS),
}
CHECKS: Checks = {"createNewsletter": check_newsletter, "sendDraft": check_send_on}
