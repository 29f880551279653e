"""Searching contacts by conditions, and saved segments (tag Search Contacts)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from prefect_getresponse.sandbox.contract.dates import DAY, iso
from prefect_getresponse.sandbox.contract.errors import IN_USE, ApiError
from prefect_getresponse.sandbox.contract.messages import Answer
from prefect_getresponse.sandbox.contract.validation import Body
from prefect_getresponse.sandbox.people.contact_book import Contact
from prefect_getresponse.sandbox.resources import campaigns
from prefect_getresponse.sandbox.resources.collection import Collection
from prefect_getresponse.sandbox.resources.contacts import (
    ATTRIBUTES,
    check_customs,
    set_customs,
)
from prefect_getresponse.sandbox.resources.listing import paged, select, selection_key
from prefect_getresponse.sandbox.resources.request import Behaviours, Checks, Request
from prefect_getresponse.sandbox.segments.segments import (
    asks_contacts_only,
    check_segment,
    compile_segment,
)
from prefect_getresponse.sandbox.world.records import Record
from prefect_getresponse.sandbox.world.world import World

CHANGE_SECONDS = 30.0
"""How long custom fields of a segment wait to be set, at speed 1."""
_MESSAGES = ("newsletters", "autoresponders", "rss_newsletters", "ab_tests")


def _refuse_target(world: World, _request: Request, segment: Record) -> None:
    """Refuse to delete a segment that something is sent to."""
    targets = (
        message.members.get("sendSettings", {}).get("selectedSegments", ())
        for collection in _MESSAGES
        for message in world.records.of(collection).values()
    )
    if any(segment.record_id in each for each in targets):
        raise ApiError(400, IN_USE, "Something is sent to the segment")


SEARCH_CONTACTS = Collection(
    "search_contacts",
    "/search-contacts/{searchContactId}",
    updated="",
    unique=("name",),
    defaults={"subscribersType": ["subscribed"]},
    details_only=frozenset({"subscribersType", "sectionLogicOperator", "section"}),
    on_delete=_refuse_target,
)


def search_contacts(world: World, request: Request) -> Answer:
    """`POST /search-contacts/contacts`: the only way to see removed and unconfirmed people."""
    return _found(world, request, request.body)


def list_contacts(world: World, request: Request) -> Answer:
    """`GET /search-contacts/{searchContactId}/contacts`: who is in a saved segment now."""
    return _found(world, request, SEARCH_CONTACTS.existing(world, request).members)


def _found(world: World, request: Request, segment: Body) -> Answer:
    [status] = segment["subscribersType"]

    def find() -> list[Contact]:
        matches = compile_segment(world, segment, request.now)
        return select(filter(matches, _of_status(world, status)), request.query, ATTRIBUTES)

    # The day is part of the name: relative periods move with it.
    name = f"{json.dumps(segment)} {int(request.now // DAY)} {selection_key(request.query)}"
    selected = world.contacts.views.get(name, find) if asks_contacts_only(segment) else find()
    return paged(selected, request.query, lambda contact: _row(world, contact), "contactId")


def _of_status(world: World, status: str) -> Iterator[Contact]:
    """Return the contacts of a status; the sandbox knows nobody who is `undelivered`."""
    for campaign_id in world.campaigns:
        for contact in world.contacts.members(campaign_id):
            if contact.status == status:
                yield contact


def _row(world: World, contact: Contact) -> dict[str, Any]:
    return {
        "contactId": contact.contact_id,
        "name": contact.name,
        "email": contact.email,
        "origin": contact.origin,
        "dayOfCycle": contact.day_of_cycle,
        "createdOn": iso(contact.created),
        "campaign": campaigns.reference(world.campaigns[contact.campaign_id]),
        "score": None if contact.scoring is None else f"{contact.scoring:g}",
        "reason": contact.reason,
        "deletedOn": None if contact.deleted is None else iso(contact.deleted),
    }


def upsert_custom_fields(world: World, request: Request) -> Answer:
    """`POST /search-contacts/{searchContactId}/custom-fields`: later, for who is in it then."""
    segment, values = SEARCH_CONTACTS.existing(world, request), request.body

    def change(now: float) -> None:
        matches = compile_segment(world, segment.members, now)
        for contact in filter(matches, _of_status(world, "subscribed")):
            set_customs(world, contact, values, now)

    world.agenda.at(request.now + CHANGE_SECONDS / world.speed, segment.record_id, change)
    return Answer(202)


BEHAVIOURS: Behaviours = {
    **SEARCH_CONTACTS.behaviours(
        listing="getSearchContactsList",
        get="getSearchContactsById",
        create="newSearchContacts",
        update="updateSearchContacts",
        delete="deleteSearchContacts",
    ),
    "getContactsFromSearchContactsConditions": search_contacts,
    "getContactsByIdSearchContacts": list_contacts,
    "upsertCustomFieldsBySearchContactId": upsert_custom_fields,
}
CHECKS: Checks = {
    "getContactsFromSearchContactsConditions": check_segment,
    "newSearchContacts": check_segment,
    "updateSearchContacts": check_segment,
    "upsertCustomFieldsBySearchContactId": check_customs,
}
