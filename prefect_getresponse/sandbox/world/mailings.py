"""The sending of a message, and what its recipients do with it as time passes.

`reactions.py` says who does what and when. Nobody unsubscribes, forwards or reaches a goal
on their own.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any, Literal

from prefect_getresponse.sandbox.contract.dates import iso, iso_interval
from prefect_getresponse.sandbox.people.contact_book import Contact
from prefect_getresponse.sandbox.world.reactions import NEVER, reaction

SENDING_SECONDS = 120.0
"""How long a message takes to leave for all its recipients, at speed 1."""

Kind = Literal["send", "bounce", "open", "click", "complain"]
ACTIVITIES: frozenset[Kind] = frozenset({"send", "open", "click"})
"""What the API shows as activities of people; the rest is in statistics only."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to the message of one recipient.

    Attributes:
        kind: What happened.
        moment: Unix seconds.
        contact_id: The recipient.
        email: The recipient's address.
        human: Whether no program did it.
        link: Identifier of the click track, for clicks.
    """

    kind: Kind
    moment: float
    contact_id: str
    email: str
    human: bool = True
    link: str = ""


class Mailing:
    """The sending of one message, and all that comes of it.

    Args:
        speed: How many times faster than life recipients are.
        links: Identifiers of the click tracks in the message; none, and clicks are not seen.
        tracks_opens: Whether opens are seen.

    Attributes:
        total: To how many it goes.
    """

    def __init__(
        self, speed: float, *, links: tuple[str, ...] = (), tracks_opens: bool = True
    ) -> None:
        self._speed = speed
        self._links = links
        self._tracks_opens = tracks_opens
        self._events: list[Event] = []
        self._sorted = True
        self.total = 0

    def send_all(self, contacts: Iterable[Contact], start: float) -> None:
        """Send the message to many, evenly over `SENDING_SECONDS`."""
        listed = list(contacts)
        duration = SENDING_SECONDS / self._speed
        for index, contact in enumerate(listed):
            self.send(contact, start + duration * index / len(listed))

    def send(self, contact: Contact, moment: float) -> None:
        """Hand the message over to one contact.

        Args:
            contact: The recipient.
            moment: Unix seconds.
        """
        does = reaction(contact.email, moment, self._speed)
        link = self._links[self.total % len(self._links)] if self._links else ""
        moments: Mapping[Kind, float] = {
            "send": does.sent,
            "bounce": does.bounced,
            "open": does.opened if self._tracks_opens else NEVER,
            "click": does.clicked if link else NEVER,
            "complain": does.complained,
        }
        self._events += (
            Event(
                kind,
                at,
                contact.contact_id,
                contact.email,
                does.human,
                link if kind == "click" else "",
            )
            for kind, at in moments.items()
            if at < NEVER
        )
        self._sorted = False
        self.total += 1

    def events(self, now: float) -> list[Event]:
        """Return what has happened so far, in order of time.

        Args:
            now: Unix seconds.
        """
        if not self._sorted:
            self._events.sort(key=attrgetter("moment"))
            self._sorted = True
        return self._events[: bisect_right(self._events, now, key=attrgetter("moment"))]

    def between(self, after: float, until: float) -> list[Event]:
        """Return what happened between two moments, the later one included, in order of time.

        Args:
            after: Unix seconds.
            until: Unix seconds.
        """
        events = self.events(until)
        return events[bisect_right(events, after, key=attrgetter("moment")) :]


def statistics(events: Iterable[Event]) -> dict[str, int]:
    """Count events as the API's statistics of messages name them."""
    listed = list(events)
    total = Counter(event.kind for event in listed)
    human = Counter(event.kind for event in listed if event.human)
    return {
        "sent": total["send"],
        "totalOpened": total["open"],
        "uniqueOpened": _people(listed, "open"),
        "totalClicked": total["click"],
        "uniqueClicked": _people(listed, "click"),
        "goals": 0,
        "uniqueGoals": 0,
        "forwarded": 0,
        "unsubscribed": 0,
        "bounced": total["bounce"],
        "complaints": total["complain"],
        "totalHumanOpened": human["open"],
        "uniqueHumanOpened": _people((each for each in listed if each.human), "open"),
        "totalHumanClicked": human["click"],
        "uniqueHumanClicked": _people((each for each in listed if each.human), "click"),
    }


def _people(events: Iterable[Event], kind: Kind) -> int:
    return len({event.contact_id for event in events if event.kind == kind})


def rates(counts: Mapping[str, int]) -> dict[str, float]:
    """Return messages delivered, and who opened and clicked as parts of them, 0 to 1."""
    delivered = counts["sent"] - counts["bounced"]
    parts = {
        "openRate": "uniqueOpened",
        "clickRate": "uniqueClicked",
        "humanOpenRate": "uniqueHumanOpened",
        "humanClickRate": "uniqueHumanClicked",
    }
    shares = {
        name: round(counts[part] / delivered, 4) if delivered else 0.0
        for name, part in parts.items()
    }
    return {"delivered": delivered, **shares}


def in_intervals(
    mailings: Iterable[Mailing], group: str, start: float, end: float
) -> Iterator[dict[str, Any]]:
    """Count what happened to some messages, by intervals of time.

    Args:
        mailings: The sendings of the messages; people are counted once a message.
        group: `total`, `hour`, `day` or `month`; `total` is one interval, the others are left out
            when nothing happened in them.
        start: First moment to count, unix seconds.
        end: Last moment to count, unix seconds.

    Returns:
        Rows with the members of the API's statistics of messages.
    """
    rows: dict[str, Counter[str]] = {}
    if group == "total":
        rows[iso_interval(start, max(start, end))] = Counter(statistics(()))
    for mailing in mailings:
        grouped: dict[str, list[Event]] = {}
        for event in mailing.events(end):
            if event.moment >= start:
                name = next(iter(rows)) if group == "total" else _interval(group, event.moment)
                grouped.setdefault(name, []).append(event)
        for name, events in grouped.items():
            rows.setdefault(name, Counter()).update(statistics(events))
    for name in sorted(rows):
        yield {"timeInterval": name, **rows[name]}


def _interval(group: str, moment: float) -> str:
    begin = datetime.fromtimestamp(moment, UTC).replace(minute=0, second=0, microsecond=0)
    if group != "hour":
        begin = begin.replace(hour=0)
    if group == "month":
        begin = begin.replace(day=1)
    duration = {"hour": "PT1H", "day": "P1D", "month": "P1M"}[group]
    return f"{iso(begin.timestamp())}/{duration}"
