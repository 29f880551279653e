"""Segments: which contacts match sections of conditions (GetResponse API v3, Search Contacts)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prefect_getresponse.sandbox.contract.dates import parse_moment, period
from prefect_getresponse.sandbox.contract.errors import FieldError
from prefect_getresponse.sandbox.contract.validation import Body, objects
from prefect_getresponse.sandbox.people.contact_book import Contact
from prefect_getresponse.sandbox.segments.condition_tests import (
    CONTACT_CONDITIONS,
    Test,
    condition_test,
)
from prefect_getresponse.sandbox.segments.conditions import check_condition
from prefect_getresponse.sandbox.world.world import World


def check_segment(world: World, body: Body) -> Iterator[FieldError]:
    """Check the sections of a segment beyond what the tables say.

    Args:
        world: The account.
        body: The request body, of any shape.
    """
    for number, section in enumerate(objects(body.get("section"))):
        path = f"section[{number}]"
        if section.get("subscriptionDate") == "custom" and "customDate" not in section:
            yield FieldError(f"{path}.customDate", "required", "Member is required")
        for index, condition in enumerate(objects(section.get("conditions"))):
            for error in check_condition(world, condition, world.now):
                name = f"{path}.conditions[{index}].{error.field_name}"
                yield FieldError(name, error.check, error.description)


def asks_contacts_only(segment: Body) -> bool:
    """Whether who is in a segment changes with the contacts alone, not with what happens else."""
    return all(
        condition["conditionType"] in CONTACT_CONDITIONS
        for section in segment["section"]
        for condition in section.get("conditions", [])
    )


def compile_segment(world: World, body: Body, now: float) -> Test:
    """Turn a checked segment into a test of contacts.

    Args:
        world: The account.
        body: The request body, or the members of a saved segment.
        now: Unix seconds, for periods such as `last_7_days`.
    """
    sections = [_section(world, section, now) for section in body["section"]]
    return _joined(sections, body["sectionLogicOperator"])


def _joined(tests: Iterable[Test], logic: str) -> Test:
    listed, join = list(tests), all if logic == "and" else any
    return lambda contact: join(test(contact) for test in listed)


def _section(world: World, section: Body, now: float) -> Test:
    lists = frozenset(section["campaignIdsList"])
    cycle = {word == "receiving_autoresponder" for word in section["subscriberCycle"]}
    if section["subscriptionDate"] == "custom":
        bounds = section["customDate"]
        start = parse_moment(bounds["from"])
        end = parse_moment(bounds["to"], end_of_day=True)
    else:
        start, end = period(section["subscriptionDate"], now)
    conditions = [
        condition_test(world, condition, now) for condition in section.get("conditions", [])
    ]
    matches = _joined(conditions, section["logicOperator"]) if conditions else _anyone
    return lambda contact: (
        contact.campaign_id in lists
        and (contact.day_of_cycle is not None) in cycle
        and start <= int(contact.created) <= end
        and matches(contact)
    )


def _anyone(_contact: Contact) -> bool:
    return True
