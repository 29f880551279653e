"""Finds entries that tell of the same event: a webhook and what reading found, or equal callbacks.

Equal events within a second are told apart by their order: the second webhook of an identity is the
second one that a listing shows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection

from prefect_getresponse.events.inbox.entries import Entry
from prefect_getresponse.events.inbox.inbox import Inbox

DUPLICATE_SECONDS = 2.0
"""Equal callbacks this close to each other may be one event that was sent twice."""


def poll_key(identity: str, ordinal: int) -> str:
    """Key of the entry of an event that reading found."""
    return f"poll/{identity}/{ordinal}"


def covered(entries: Iterable[Entry]) -> Mapping[int, list[Entry]]:
    """Entries of one identity by the ordinal of the event they tell of.

    Args:
        entries: The entries, webhooks in the order they came.
    """
    found: dict[int, list[Entry]] = defaultdict(list)
    webhooks = 0
    for entry in entries:
        if entry.kind == "poll":
            found[int(entry.key.rpartition("/")[2])].append(entry)
        else:
            found[webhooks].append(entry)
            webhooks += 1
    return found


def by_identity(entries: Iterable[Entry]) -> Mapping[str, list[Entry]]:
    """Entries by their identity, in the order given."""
    found: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        found[entry.identity].append(entry)
    return found


def partners(connection: Connection, inbox: Inbox, entries: Sequence[Entry]) -> Mapping[str, Entry]:
    """Other entries of the same events, by the keys of the entries given."""
    known = by_identity(inbox.known(connection).of_identities(entry.identity for entry in entries))
    found: dict[str, Entry] = {}
    for same in known.values():
        for pair in covered(same).values():
            if len(pair) == 2:
                first, second = pair
                found[first.key], found[second.key] = second, first
    return {entry.key: found[entry.key] for entry in entries if entry.key in found}


def possible_duplicates(
    connection: Connection, inbox: Inbox, entries: Sequence[Entry]
) -> frozenset[str]:
    """Keys of callbacks that say the same as one that came just before."""
    moments = [entry.received_at for entry in entries if entry.kind == "callback"]
    if not moments:
        return frozenset()
    listed = inbox.known(connection).callbacks_between(
        min(moments) - DUPLICATE_SECONDS, max(moments)
    )
    last: dict[str, float] = {}
    found: set[str] = set()
    for key, received_at, payload in listed:
        if received_at - last.get(payload, float("-inf")) <= DUPLICATE_SECONDS:
            found.add(key)
        last[payload] = received_at
    return frozenset(found)
