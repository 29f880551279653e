"""Where it is decided: what is to become of each row, before anything is sent."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from prefect_getresponse.contact_import.evidence import MACHINES_APART, OUR_ORIGINS
from prefect_getresponse.contact_import.ledger import Action, Decision, Person
from prefect_getresponse.contact_import.options import Mode
from prefect_getresponse.contact_import.planning.consent_dates import excluded_return
from prefect_getresponse.contact_import.planning.exclusions import Exclusions
from prefect_getresponse.contact_import.rows.contacts import custom_values, unpack
from prefect_getresponse.contact_import.rows.validation import Contact
from prefect_getresponse.contact_import.verdicts import Verdict

REFUSING_REMOVALS = frozenset({"unsubscribe", "complaint", "bounce", "blacklisted", "cleaner"})
"""Reasons of removal after which a person is never subscribed again by an import."""
HARMLESS_REMOVALS = frozenset({"api", "automation", "support", "user"})
"""Reasons of removal that say nothing about what the person wants."""
UNKNOWN_REMOVAL = "unknown"
"""What a removal counts as whose reason is missing, or none of these; it refuses too."""


RETURNING = "returning"
"""Mark of people who come back by a later consent: an import would leave them out."""


def was_back(person: Person, planned: float) -> bool:
    """Whether somebody who was removed had come back before a plan was begun.

    Args:
        person: What is known about the person.
        planned: When that was, in seconds since the epoch.
    """
    left_at = person.removed_at
    is_listed = person.listed_id is not None
    return is_listed and left_at is not None and left_at < planned - MACHINES_APART


def refusing_reason(reason: object) -> str | None:
    """Why somebody who was removed may not be subscribed again; None if nothing speaks against it.

    Args:
        reason: The reason as GetResponse gives it, in whatever spelling.
    """
    word = reason.strip().casefold() if isinstance(reason, str) else ""
    if word in HARMLESS_REMOVALS:
        return None
    return word if word in REFUSING_REMOVALS else UNKNOWN_REMOVAL


def refusal(person: Person, exclusions: Exclusions, now: float) -> str | None:
    """Why nobody may write to a person; None if one may.

    Args:
        person: What is known about the person.
        exclusions: Blocklists and suppressions.
        now: Seconds since the epoch.
    """
    if reason := exclusions.reason(person.key):
        return reason
    if person.removed_for is None:
        return None
    return excluded_return(person.removed_for, person.removed_at, person.consented, now)


def decide(
    person: Person,
    mode: Mode,
    exclusions: Exclusions,
    now: float = 0.0,
    settle_seconds: float = 0.0,
) -> Decision:
    """Decide about one row from all that is known about the person.

    Args:
        person: The row, and what GetResponse and earlier runs know about the person.
        mode: What may happen to people who are on the list.
        exclusions: Blocklists and suppressions.
        now: Seconds since the epoch.
        settle_seconds: For how long somebody who was sent may be on the way to the list.
    """
    if reason := exclusions.reason(person.key):
        return Decision(person.row, verdict=Verdict.EXCLUDED, reason=reason)
    if person.last_state == "importing":  # sending anything now might be overtaken by it
        return Decision(person.row, verdict=Verdict.NOT_VISIBLE_YET, reason="import_at_work")
    same = person.last_hash == person.hash
    left_at = person.removed_at
    if person.listed_id is not None and left_at is not None and left_at >= now > 0.0:
        # Left between the reading of the list and that of the removed people.
        reason = refusal(person, exclusions, now) or f"removed_{person.removed_for}"
        return Decision(person.row, verdict=Verdict.EXCLUDED, reason=reason)
    if person.listed_id is not None:
        return _decide_listed(person, mode, unchanged=same and _has_arrived(person))
    if person.unconfirmed is not None:
        return Decision(person.row, verdict=Verdict.AWAITING_CONFIRMATION)
    if reason := refusal(person, exclusions, now):
        return Decision(person.row, verdict=Verdict.EXCLUDED, reason=reason)
    if person.last_state in ("sent", "unsure"):
        if same:
            return Decision(person.row, action=Action.AWAIT)
        if now < (person.last_at or 0.0) + settle_seconds:  # what comes second may be dropped
            return Decision(person.row, verdict=Verdict.NOT_VISIBLE_YET, reason="earlier_in_queue")
    if same and person.last_state == "rejected":
        return Decision(person.row, verdict=Verdict.REJECTED, reason=person.last_reason)
    steps = RETURNING if person.removed_for is not None else None
    return Decision(person.row, action=Action.ADD, steps=steps)


def _has_arrived(person: Person) -> bool:
    """Whether somebody on the list is there by what an earlier run has sent.

    Whom no run has seen may have come by another way meanwhile, and without what was sent.
    """
    if person.last_state != "sent":
        return person.last_state == "seen"
    name = unpack(person.contact).name or ""
    came_by_us = person.listed_origin in (None, *OUR_ORIGINS)
    return came_by_us and _folded(name) == _folded(person.listed_name or "")


def _folded(name: str) -> str:
    return name.strip().casefold()


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
        "custom_fields": any(
            sorted(values.get(name, [])) != sorted(wanted)
            for name, wanted in custom_values(contact).items()
        ),
        "tags": not tags.issuperset(contact.tags),
    }
    return [name for name, needed in steps.items() if needed]


def decide_steps(row: int, contact_id: str, steps: list[str]) -> Decision:
    """Decision about a person on the list, by the calls that would be needed."""
    if not steps:
        return Decision(row, verdict=Verdict.UNCHANGED)
    return Decision(row, action=Action.UPDATE, contact_id=contact_id, steps=json.dumps(steps))
