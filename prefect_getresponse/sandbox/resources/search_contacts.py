"""Searching contacts by conditions (tag Search Contacts); saved segments are not imitated."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from prefect_getresponse.sandbox.contact_book import Contact
from prefect_getresponse.sandbox.dates import iso
from prefect_getresponse.sandbox.listing import paged, select, selection_key
from prefect_getresponse.sandbox.messages import Answer
from prefect_getresponse.sandbox.resources import campaigns
from prefect_getresponse.sandbox.resources.contacts import ATTRIBUTES
from prefect_getresponse.sandbox.resources.request import Behaviours, Checks, Request
from prefect_getresponse.sandbox.segments import check_segment, compile_segment
from prefect_getresponse.sandbox.world import World


def search_contacts(world: World, request: Request) -> Answer:
    """`POST /search-contacts/contacts`: the only way to see removed and unconfirmed people.

    Nothing is ever sent in the sandbox, so nobody is `undelivered`.
    """
    matches = compile_segment(request.body, request.now)
    [status] = request.body["subscribersType"]
    # The day is part of the name: relative periods move with it.
    day = int(request.now // 86_400)
    selected = world.contacts.view(
        f"{json.dumps(request.body)} {day} {selection_key(request.query)}",
        lambda: select(filter(matches, _of_status(world, status)), request.query, ATTRIBUTES),
    )
    return paged(selected, request.query, lambda contact: _row(world, contact), "contactId")


def _of_status(world: World, status: str) -> Iterator[Contact]:
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


BEHAVIOURS: Behaviours = {"getContactsFromSearchContactsConditions": search_contacts}
CHECKS: Checks = {"getContactsFromSearchContactsConditions": check_segment}
