"""Where it is decided: what is to become of each row, before anything is sent."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from prefect_getresponse.contact_import.account import Exclusions
from prefect_getresponse.contact_import.contacts import unpack
from prefect_getresponse.contact_import.job import Mode, RouteChoice
from prefect_getresponse.contact_import.ledger import Action, Decision, Person
from prefect_getresponse.contact_import.validation import Contact
from prefect_getresponse.contact_import.verdicts import Verdict

REFUSING_REMOVALS = frozenset({"unsubscribe", "complaint", "bounce", "blacklisted", "cleaner"})
"""Reasons of removal after which a person is never subscribed again by an import."""

CONTACTS_ROUTE_UP_TO = 200
"""Up to so many new people a call each is as quick as a batch, and answers for every row."""


def decide(person: Person, mode: Mode, exclusions: Exclusions) -> Decision:
    """Decide about one row from all that is known about the person.

    Args:
        person: The row, and what GetResponse and earlier runs know about the person.
        mode: What may happen to people who are on the list.
        exclusions: Blocklists and suppressions.
    """
    if reason := exclusions.reason(person.key):
        return Decision(person.row, verdict=Verdict.REFUSED, reason=reason)
    same = person.last_hash == person.hash
    if person.listed_id is not None:
        return _decide_listed(person, mode, unchanged=same and person.last_state != "rejected")
    if person.unconfirmed is not None:
        return Decision(person.row, verdict=Verdict.AWAITING_CONFIRMATION)
    if person.removed_for is not None:
        reason = f"removed_{person.removed_for}"
        return Decision(person.row, verdict=Verdict.REFUSED, reason=reason)
    if same and person.last_state == "sent":
        return Decision(person.row, action=Action.AWAIT)
    if same and person.last_state == "rejected":
        return Decision(person.row, verdict=Verdict.REJECTED, reason=person.last_reason)
    return Decision(person.row, action=Action.ADD)


def _decide_listed(person: Person, mode: Mode, *, unchanged: bool) -> Decision:
    if mode == "add_only":
        return Decision(person.row, verdict=Verdict.ALREADY_PRESENT)
    if unchanged:
        return Decision(person.row, verdict=Verdict.UNCHANGED)
    contact = unpack(person.contact)
    if needs_details(contact):
        return Decision(person.row, action=Action.COMPARE, contact_id=person.listed_id)
    listed = {"name": person.listed_name}
    return decide_steps(person.row, person.listed_id or "", steps_to(contact, listed))


def needs_details(contact: Contact) -> bool:
    """Whether a contact carries anything that rows of a listing do not show."""
    return bool(
        contact.tags
        or contact.custom
        or contact.scoring is not None
        or contact.day_of_cycle is not None
    )


def steps_to(contact: Contact, details: Mapping[str, Any]) -> list[str]:
    """Calls that make a contact of the list what the source says; none erases anything.

    Args:
        contact: What the source says.
        details: The contact as GetResponse answers it.

    Returns:
        Names of steps: `attributes`, `custom_fields`, `tags`.
    """
    attributes = {
        "name": contact.name,
        "dayOfCycle": None if contact.day_of_cycle is None else str(contact.day_of_cycle),
        "scoring": contact.scoring,
    }
    differs = any(
        value is not None and details.get(name) != value for name, value in attributes.items()
    )
    values = {
        field["name"]: list(field.get("value") or [])
        for field in details.get("customFieldValues", [])
    }
    tags = {tag["name"] for tag in details.get("tags", [])}
    steps = {
        "attributes": differs,
        "custom_fields": any(values.get(name) != [value] for name, value in contact.custom),
        "tags": not tags.issuperset(contact.tags),
    }
    return [name for name, needed in steps.items() if needed]


def decide_steps(row: int, contact_id: str, steps: list[str]) -> Decision:
    """Decision about a person on the list, by the calls that would be needed."""
    if not steps:
        return Decision(row, verdict=Verdict.UNCHANGED)
    return Decision(row, action=Action.UPDATE, contact_id=contact_id, steps=json.dumps(steps))


def choose_route(choice: RouteChoice, new_people: int) -> str:
    """Road for new people: a call each for a handful, batches of 1000 above."""
    if choice != "auto":
        return choice
    return "contacts" if new_people <= CONTACTS_ROUTE_UP_TO else "batch"


@dataclass(frozen=True)
class Estimate:
    """What sending will cost.

    Attributes:
        route: Road for new people.
        add: People to be added.
        update: People to be changed.
        calls: Calls to be sent.
        seconds: Least time that the API's limits allow for them.
    """

    route: str
    add: int
    update: int
    calls: int
    seconds: float

    def as_dict(self) -> dict[str, Any]:
        """As JSON-like data."""
        return asdict(self)


def estimate(route: str, batch_size: int, add: int, update_steps: Iterable[int]) -> Estimate:
    """Estimate calls and seconds from the API's limits, latency left out.

    Args:
        route: Road for new people.
        batch_size: Rows of a batch.
        add: People to be added.
        update_steps: Calls for each person to be changed.
    """
    steps = list(update_steps)
    batches = math.ceil(add / batch_size) if route == "batch" else 0
    single = sum(steps) + (add if route == "contacts" else 0)
    seconds = max(_frames(batches, 80, 1.0), _frames(batches + single, 30_000, 80.0))
    return Estimate(route, add, len(steps), batches + single, round(seconds, 1))


def _frames(calls: int, per_frame: int, per_second: float) -> float:
    """Seconds for a number of calls under a limit a frame of 10 minutes and a limit a second."""
    if calls == 0:
        return 0.0
    full, rest = divmod(calls - 1, per_frame)
    return 600.0 * full + (rest + 1) / per_second
