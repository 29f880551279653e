"""What newsletters, autoresponders, RSS newsletters and A/B tests have in common."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, cast

from prefect_getresponse.sandbox.contract.dates import parse_moment
from prefect_getresponse.sandbox.contract.errors import FieldError
from prefect_getresponse.sandbox.contract.messages import Answer, file_answer
from prefect_getresponse.sandbox.contract.validation import Body
from prefect_getresponse.sandbox.resources import campaigns
from prefect_getresponse.sandbox.resources.click_tracks import CLICK_TRACKS, clicks
from prefect_getresponse.sandbox.resources.collection import Collection
from prefect_getresponse.sandbox.resources.listing import paged
from prefect_getresponse.sandbox.resources.request import HREF, Behaviour, Request
from prefect_getresponse.sandbox.world.images import png
from prefect_getresponse.sandbox.world.links import links_in
from prefect_getresponse.sandbox.world.mailings import in_intervals
from prefect_getresponse.sandbox.world.records import Record
from prefect_getresponse.sandbox.world.world import World

_HTML_LINK = re.compile(
    r"""<a\b[^>]*?\bhref\s*=\s*["'](https?://[^"']+)["'][^>]*>(.*?)</a>""", re.I | re.S
)
_MARKUP = re.compile(r"<[^>]*>")
WAITING_SECONDS = 60.0
"""How long a message without a time waits before it leaves, at speed 1."""
_THUMBNAILS = {"default": (180, 240), "small": (90, 120)}


def sender(reference: Mapping[str, Any]) -> dict[str, Any]:
    """Return a sender as messages show it."""
    from_field_id = reference["fromFieldId"]
    return {"fromFieldId": from_field_id, "href": f"{HREF}/from-fields/{from_field_id}"}


def show_senders(members: Body) -> Body:
    """Return a message's members with its senders as the API shows them."""
    shown: Body = {
        name: sender(members[name]) for name in ("fromField", "replyTo") if name in members
    }
    return {**members, **shown}


def campaign(world: World, campaign_id: str) -> dict[str, Any]:
    """Return a list as messages show it."""
    return campaigns.reference(world.campaigns[campaign_id])


def flags_as_text(_world: World, _record: Record, row: Body) -> Body:
    """Show the flags as listings do: one text with commas."""
    return {**row, "flags": ",".join(row["flags"])}


def track_links(world: World, record: Record, kind: str, resource_type: str) -> tuple[str, ...]:
    """Make click tracks of the links in a message, if its flags say so.

    Args:
        world: The account.
        record: The message.
        kind: Type of message, `broadcast`, ...
        resource_type: Its collection in the API, `newsletters`, ...

    Returns:
        Identifiers of the click tracks.
    """
    if "clicktrack" not in record.members.get("flags", ()):
        return ()
    message = {
        "resourceId": record.record_id,
        "type": kind,
        "createdOn": record.members["createdOn"],
        "resourceType": resource_type,
        "href": record.members["href"],
    }
    made = (
        CLICK_TRACKS.add(world, {"name": name, "url": url, "message": message}, world.now)
        for url, name in links_of(record.members["content"]).items()
    )
    return tuple(each.record_id for each in made)


def links_of(content: Mapping[str, str]) -> dict[str, str]:
    """Return the links of a message, each with its label, in the order of the text."""
    found: dict[str, str] = {}
    for url, label in _HTML_LINK.findall(content.get("html", "")):
        found.setdefault(url, _MARKUP.sub("", label).strip() or url)
    for url in links_in(content.get("plain", "")):
        found.setdefault(url, url)
    return found


def forget(world: World, message_id: str) -> None:
    """Drop what belongs to a message: its sending, its click tracks, its plans."""
    world.agenda.forget(message_id)
    world.mailings.pop(message_id, None)
    for track in list(_tracks(world, message_id)):
        world.records.drop(CLICK_TRACKS.name, track)


def shown_tracks(world: World, message_id: str) -> list[dict[str, Any]]:
    """Return the click tracks of a message as its details show them."""
    return [
        {
            "clickTrackId": track.record_id,
            "url": track.members["url"],
            "name": track.members["name"],
            "amount": str(clicks(world, track)),
        }
        for track in _tracks(world, message_id)
    ]


def _tracks(world: World, message_id: str) -> Iterator[Record]:
    return (
        track
        for track in world.records.of(CLICK_TRACKS.name).values()
        if track.members["message"]["resourceId"] == message_id
    )


def one_statistics(collection: Collection) -> Behaviour:
    """Return the behaviour of the statistics of one message."""

    def answer(world: World, request: Request) -> Answer:
        record = collection.existing(world, request)
        return _statistics(world, request, [record])

    return answer


def all_statistics(
    collection: Collection,
    id_filter: str,
    lists_of: Callable[[Record], list[str]],
) -> Behaviour:
    """Return the behaviour of the statistics of several messages.

    Args:
        collection: The messages.
        id_filter: Name of the filter by identifiers.
        lists_of: Returns the lists that a message goes to.
    """

    def answer(world: World, request: Request) -> Answer:
        ids = _words(request, f"query[{id_filter}]")
        lists = _words(request, "query[campaignId]")
        chosen = [
            record
            for record in world.records.of(collection.name).values()
            if (not ids or record.record_id in ids)
            and (not lists or not lists.isdisjoint(lists_of(record)))
        ]
        if collection.settle:
            for record in chosen:
                collection.settle(world, record)
        return _statistics(world, request, chosen)

    return answer


def _statistics(world: World, request: Request, records: list[Record]) -> Answer:
    """Answer with statistics of messages, from the first one's creation unless the call says."""
    found = (world.mailings.get(record.record_id) for record in records)
    mailings = [mailing for mailing in found if mailing]
    created = (parse_moment(record.members["createdOn"]) for record in records)
    query = request.query
    start, end = min(created, default=world.now), world.now
    if "query[createdOn][from]" in query:
        start = parse_moment(query["query[createdOn][from]"])
    if "query[createdOn][to]" in query:
        end = min(end, parse_moment(query["query[createdOn][to]"], end_of_day=True))
    rows = list(in_intervals(mailings, query.get("query[groupBy]", "total"), start, end))
    return paged(rows, query, dict, "timeInterval")


def _words(request: Request, parameter: str) -> set[str]:
    text: str = request.query.get(parameter, "")
    return {word.strip() for word in text.split(",") if word.strip()}


def thumbnail(collection: Collection) -> Behaviour:
    """Return the behaviour of a message's picture: a grey one."""

    def answer(world: World, request: Request) -> Answer:
        collection.existing(world, request)
        width, height = _THUMBNAILS[request.query.get("size", "default")]
        return file_answer(png(width, height), "image/png")

    return answer


def needed(
    settings: Any, word: str, members: Mapping[str, tuple[str, ...]]
) -> Iterator[FieldError]:
    """Check that `sendSettings` have what the kind of timing needs.

    Args:
        settings: The settings sent, of any shape.
        word: Member that names the kind.
        members: Members needed by kind.
    """
    sent = cast("Body", settings) if isinstance(settings, dict) else {}
    for name in members.get(str(sent.get(word)), ()):
        if name not in sent:
            yield FieldError(f"sendSettings.{name}", "required", "Member is required")
