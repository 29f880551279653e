"""Tracked links of messages (tag Click Tracks); sending a message makes them."""

from __future__ import annotations

from prefect_getresponse.sandbox.contract.validation import Body
from prefect_getresponse.sandbox.resources.collection import Collection, member
from prefect_getresponse.sandbox.world.records import Record
from prefect_getresponse.sandbox.world.world import World


def clicks(world: World, track: Record) -> int:
    """Return how often a link was clicked so far."""
    mailing = world.mailings.get(track.members["message"]["resourceId"])
    events = mailing.events(world.now) if mailing else ()
    return sum(event.link == track.record_id for event in events)


def _with_clicks(world: World, track: Record, members: Body) -> Body:
    return {**members, "clicks": clicks(world, track)}


CLICK_TRACKS = Collection(
    "click_tracks",
    "/click-tracks/{clickTrackId}",
    created="",
    updated="",
    attributes={"createdOn": member("message.createdOn")},
    render=_with_clicks,
)

BEHAVIOURS = CLICK_TRACKS.behaviours(listing="getClickTrackList", get="getClickTrackById")
