"""Who gets a message: what `sendSettings` select and exclude.

Kinds of selections are combined with AND, the items of one kind with OR. Nothing selected means
nobody. Only subscribed contacts get messages, an address gets one even if it is on several lists,
and blocked or suppressed addresses get none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from prefect_getresponse.sandbox.people.contact_book import Contact, email_key
from prefect_getresponse.sandbox.segments.segments import compile_segment
from prefect_getresponse.sandbox.world.world import World

SEGMENTS = "search_contacts"
"""Name of the collection of saved segments."""

Settings = Mapping[str, Any]
_Test = Callable[[Contact], bool]


def recipients(world: World, settings: Settings, now: float) -> Iterator[Contact]:
    """Return the contacts that a message goes to.

    Args:
        world: The account.
        settings: A message's `sendSettings`.
        now: Unix seconds; who came later is no recipient.
    """
    selected = list(_tests(world, settings, "selected", now))
    excluded = list(_tests(world, settings, "excluded", now))
    suppressed = _suppressed(world, settings)
    seen: set[str] = set()
    for contact in world.contacts.everyone() if selected else ():
        key = email_key(contact.email)
        if (
            contact.status == "subscribed"
            and contact.created <= now
            and key not in seen
            and all(test(contact) for test in selected)
            and not any(test(contact) for test in excluded)
            and not suppressed(contact)
        ):
            seen.add(key)
            yield contact


def _tests(world: World, settings: Settings, word: str, now: float) -> Iterator[_Test]:
    """Return the tests of the selections, or of the exclusions, that are there."""
    lists = frozenset(settings.get(f"{word}Campaigns", ()))
    people = frozenset(settings.get(f"{word}Contacts", ()))
    if lists:
        yield lambda contact: contact.campaign_id in lists
    if people:
        yield lambda contact: contact.contact_id in people
    segment_ids: Sequence[str] = settings.get(f"{word}Segments", ())
    segments = _segments(world, segment_ids, now)
    if segment_ids:
        yield lambda contact: any(test(contact) for test in segments)


def _segments(world: World, segment_ids: Sequence[str], now: float) -> list[_Test]:
    found = (world.records.find(SEGMENTS, segment_id, {}) for segment_id in segment_ids)
    return [compile_segment(world, record.members, now) for record in found if record]


def _suppressed(world: World, settings: Settings) -> _Test:
    # Newsletters spell the member right, A/B tests do not.
    chosen = [*settings.get("selectedSuppressions", ()), *settings.get("selectedSupressions", ())]
    masks = [world.suppressions[each].masks for each in chosen if each in world.suppressions]

    def test(contact: Contact) -> bool:
        blocked = world.is_blocked(contact.email, world.campaigns[contact.campaign_id])
        return blocked or any(each.match(contact.email) for each in masks)

    return test
