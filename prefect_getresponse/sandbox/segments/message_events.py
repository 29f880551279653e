"""What was sent to contacts, and what they did with it: all messages of the account together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from prefect_getresponse.sandbox.people.contact_book import Contact
from prefect_getresponse.sandbox.segments.condition_dates import condition_bounds
from prefect_getresponse.sandbox.world.mailings import Event, Mailing
from prefect_getresponse.sandbox.world.records import Record
from prefect_getresponse.sandbox.world.world import World

Condition = Mapping[str, Any]
Test = Callable[[Contact], bool]

_MESSAGE_TYPES: Mapping[str, str] = {
    "newsletters": "newsletter",
    "autoresponders": "autoresponder",
    "ab_tests": "splittest",
}
"""Type of message in conditions by collection; nothing else is sent to contacts."""
_KINDS: Mapping[str, str] = {
    "sent": "send",
    "not_sent": "send",
    "opened": "open",
    "not_opened": "open",
    "clicked": "click",
    "not_clicked": "click",
    "last_send_date": "send",
    "last_open_date": "open",
    "last_click_date": "click",
}
_NAMED_BY_VALUE = frozenset({"sent", "not_sent", "opened"})
MESSAGE_CONDITIONS = frozenset(_KINDS)
"""Types of conditions about messages."""


@dataclass(frozen=True, slots=True)
class MessageEvent:
    """Something that happened to a message.

    Attributes:
        collection: Collection of the message, `newsletters`, ...
        message: The message.
        event: What happened, when and to whom.
    """

    collection: str
    message: Record
    event: Event

    @property
    def resource_type(self) -> str:
        """What the API calls the collection in activities."""
        return "splittests" if self.collection == "ab_tests" else self.collection


def message_events(world: World, now: float) -> Iterator[MessageEvent]:
    """Return what has happened to all messages, message by message.

    Args:
        world: The account.
        now: Unix seconds; what is later has not happened.
    """
    for collection, message, mailing in _mailings(world):
        for event in mailing.events(now):
            yield MessageEvent(collection, message, event)


def recent_message_events(world: World, after: float, until: float) -> Iterator[MessageEvent]:
    """Return what happened to all messages between two moments, message by message.

    Args:
        world: The account.
        after: Unix seconds; what happened then is left out.
        until: Unix seconds.
    """
    for collection, message, mailing in _mailings(world):
        for event in mailing.between(after, until):
            yield MessageEvent(collection, message, event)


def _mailings(world: World) -> Iterator[tuple[str, Record, Mailing]]:
    for collection in _MESSAGE_TYPES:
        for message in world.records.of(collection).values():
            variants = message.members.get("variants", ())
            for sending in (message.record_id, *(each["variantId"] for each in variants)):
                if sending in world.mailings:
                    yield collection, message, world.mailings[sending]


def message_test(world: World, condition: Condition, now: float) -> Test:
    """Turn a checked condition about messages into a test of contacts.

    Who was never sent a message has not opened it either.

    Args:
        world: The account.
        condition: A condition of one of the types in `MESSAGE_CONDITIONS`.
        now: Unix seconds.
    """
    kind = condition["conditionType"]
    start, end = condition_bounds(condition, now)
    latest: dict[str, float] = {}
    people: set[str] = set()
    for each in _events_of(world, condition, now):
        contact_id, moment = each.event.contact_id, each.event.moment
        latest[contact_id] = max(moment, latest.get(contact_id, moment))
        if start <= moment <= end:
            people.add(contact_id)
    if kind.startswith("last_"):
        return lambda contact: start <= latest.get(contact.contact_id, float("nan")) <= end
    is_wanted = not kind.startswith("not_")
    return lambda contact: (contact.contact_id in people) == is_wanted


def _events_of(world: World, condition: Condition, now: float) -> Iterator[MessageEvent]:
    """Return the events of the kind, message and link that a condition is about."""
    kind = condition["conditionType"]
    message_type = "all" if kind.startswith("last_") else condition["operator"]
    message_id = condition.get("value" if kind in _NAMED_BY_VALUE else "scope")
    link = condition.get("clickTrackId", "all")
    for each in message_events(world, now):
        if (
            each.event.kind == _KINDS[kind]
            and message_type in ("all", _MESSAGE_TYPES[each.collection])
            and message_id in (None, each.message.record_id)
            and link in ("all", each.event.link)
        ):
            yield each
