"""Contacts of lists (tag Contacts)."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any, cast

from prefect_getresponse.sandbox.contract.dates import DAY, iso
from prefect_getresponse.sandbox.contract.errors import (
    CONFLICT,
    REFERENCE,
    STATE,
    VALIDATION,
    ApiError,
    FieldError,
    conflict,
    forbidden_state,
    invalid,
    not_found,
)
from prefect_getresponse.sandbox.contract.ids import is_id
from prefect_getresponse.sandbox.contract.messages import Answer, json_answer
from prefect_getresponse.sandbox.contract.validation import Body, Query, objects
from prefect_getresponse.sandbox.people.contact_book import Contact
from prefect_getresponse.sandbox.people.custom_values import value_problem
from prefect_getresponse.sandbox.people.views import Steady
from prefect_getresponse.sandbox.resources import campaigns, tags
from prefect_getresponse.sandbox.resources.custom_fields import value_details
from prefect_getresponse.sandbox.resources.listing import (
    Attributes,
    Selection,
    paged,
    select,
    selection,
    selection_key,
    sparse,
)
from prefect_getresponse.sandbox.resources.request import HREF, Behaviours, Checks, Request
from prefect_getresponse.sandbox.segments.message_events import MessageEvent, message_events
from prefect_getresponse.sandbox.world.mailings import ACTIVITIES
from prefect_getresponse.sandbox.world.world import World

TAGS_SHOWN = 500
ATTRIBUTES: Attributes[Contact] = {
    "email": lambda contact: contact.email,
    "name": lambda contact: contact.name,
    "campaignId": lambda contact: contact.campaign_id,
    "origin": lambda contact: contact.origin,
    "createdOn": lambda contact: contact.created,
    "changedOn": lambda contact: contact.changed,
}
_ACTIVITY_ATTRIBUTES: Attributes[MessageEvent] = {"createdOn": lambda each: each.event.moment}
_ACTIVITY_DAYS = 14
_EXACT = frozenset({"campaignId", "origin"})
_KEPT = frozenset({"campaignId", "origin", "createdOn"})
"""What a contact keeps while it is on a list."""
_LASTING_ORDERS: dict[tuple[tuple[str, bool], ...], Callable[[Contact], Any]] = {
    (): lambda _contact: 0,
    (("createdOn", False),): lambda contact: contact.created,
    (("createdOn", True),): lambda contact: -contact.created,
    (("email", False),): lambda contact: contact.email.casefold(),
}
"""Orders by what a contact keeps while it is on a list, by attribute and whether it descends."""
_WITH_CUSTOMS = frozenset({"forceCustoms", "customFieldValues"})
"""Flags that GetResponse's plugins send to see custom fields in listings."""
_GEOLOCATION = (
    "latitude",
    "longitude",
    "continentCode",
    "countryCode",
    "region",
    "postalCode",
    "dmaCode",
    "city",
)


def _row(world: World, contact: Contact) -> dict[str, Any]:
    """Return a contact as collections show it: without tags, custom fields and geolocation."""
    href = f"{HREF}/contacts/{contact.contact_id}"
    return {
        "contactId": contact.contact_id,
        "name": contact.name,
        "ipAddress": contact.ip_address or "",
        "origin": contact.origin,
        "timeZone": "",
        "activities": f"{href}/activities",
        "changedOn": iso(contact.changed),
        "createdOn": iso(contact.created),
        "campaign": campaigns.reference(world.campaigns[contact.campaign_id]),
        "email": contact.email,
        "dayOfCycle": contact.day_of_cycle,
        "scoring": contact.scoring,
        "engagementScore": None,
        "href": href,
        "note": contact.note,
    }


def _row_with_customs(world: World, contact: Contact) -> dict[str, Any]:
    customs = [
        value_details(world.custom_fields[field_id], values)
        for field_id, values in _customs_of(world, contact)
    ]
    return {**_row(world, contact), "customFieldValues": customs}


def _details(world: World, contact: Contact) -> dict[str, Any]:
    return {
        **_row_with_customs(world, contact),
        "geolocation": dict.fromkeys(_GEOLOCATION),
        "tags": list(itertools.islice(_tags_of(world, contact), TAGS_SHOWN)),
    }


def _tags_of(world: World, contact: Contact) -> Iterator[dict[str, Any]]:
    return (tags.reference(world.tags[tag_id]) for tag_id in contact.tags if tag_id in world.tags)


def _customs_of(world: World, contact: Contact) -> Iterator[tuple[str, tuple[str, ...]]]:
    return ((key, value) for key, value in contact.customs.items() if key in world.custom_fields)


def _existing(world: World, request: Request) -> Contact:
    contact = world.contacts.get(request.path["contactId"])
    if contact is None or contact.status != "subscribed":
        raise not_found(contactId=request.path["contactId"])
    return contact


def list_contacts(world: World, request: Request) -> Answer:
    """`GET /contacts`: subscribed contacts only."""
    return _listed(world, request, request.query.get("query[campaignId]"))


def list_contacts_of_campaign(world: World, request: Request) -> Answer:
    """`GET /campaigns/{campaignId}/contacts`: subscribed contacts only."""
    campaign_id = request.path["campaignId"]
    if campaign_id not in world.campaigns:
        raise not_found(campaignId=campaign_id)
    return _listed(world, request, campaign_id)


def _listed(world: World, request: Request, campaign_id: str | None) -> Answer:
    query = request.query
    asked = selection(query, ATTRIBUTES, exact=_EXACT)
    selected = world.contacts.views.get(
        f"{campaign_id} {selection_key(query)}",
        lambda: asked.of(_subscribed(world, query, campaign_id)),
        _steady(asked, campaign_id),
    )
    flags = query.get("additionalFlags", ())
    show = _row_with_customs if _WITH_CUSTOMS.intersection(flags) else _row
    return paged(selected, query, lambda contact: show(world, contact), "contactId")


def _steady(asked: Selection[Contact], campaign_id: str | None) -> Steady[Contact] | None:
    """Return the selection if only joining and leaving change who is in it and in what order."""
    descending = (is_so for _, is_so in asked.orders)
    order = _LASTING_ORDERS.get(tuple(zip(asked.sorted_by, descending, strict=True)))
    if not asked.filtered_by <= _KEPT or order is None:
        return None

    def belongs(contact: Contact) -> bool:
        return _is_listed(contact, campaign_id) and asked.matches(contact)

    return Steady(belongs, order)


def _is_listed(contact: Contact, campaign_id: str | None) -> bool:
    return contact.status == "subscribed" and campaign_id in (None, contact.campaign_id)


def _subscribed(world: World, query: Query, campaign_id: str | None) -> Iterator[Contact]:
    """Return the subscribed contacts that can match a query, by the shortest way."""
    found: Iterator[Contact]
    if "query[email]" in query and "exactMatch" in query.get("additionalFlags", ()):
        found = world.contacts.with_email(query["query[email]"])
    elif campaign_id is None:
        found = world.contacts.everyone()
    else:
        found = world.contacts.members(campaign_id)
    for contact in found:
        if _is_listed(contact, campaign_id):
            yield contact


def get_contact(world: World, request: Request) -> Answer:
    """`GET /contacts/{contactId}`."""
    details = _details(world, _existing(world, request))
    return json_answer(200, sparse(details, request.query, "contactId"))


def create_contact(world: World, request: Request) -> Answer:
    """`POST /contacts`: 202, the contact appears later or never; 409 if it is there."""
    body = request.body
    campaign_id = body["campaign"]["campaignId"]
    _refuse_known(world, campaign_id, body["email"])
    tag_ids = [tag["tagId"] for tag in body.get("tags", [])]
    contact = _new_contact(body, campaign_id, tag_ids, request.now)
    world.accept(contact, request.now, reject=request.rejects(contact.email))
    return Answer(202)


def _refuse_known(world: World, campaign_id: str, email: str) -> None:
    """Refuse who is on the list, on a blocklist, or on the way to the list."""
    present = world.contacts.find(campaign_id, email)
    if present is not None and present.status == "subscribed":
        raise conflict()
    if world.is_blocked(email, world.campaigns[campaign_id]):
        raise forbidden_state("Cannot add contact that is blacklisted")
    if world.queue.holds(campaign_id, email):
        code = CONFLICT if world.queue_status == HTTPStatus.CONFLICT else STATE
        raise ApiError(world.queue_status, code, "Contact in queue")


def create_batch(world: World, request: Request) -> Answer:
    """`POST /contacts/batch`: 202 for all rows or 400 for all; rows that exist stay as they are."""
    for row in request.body["contacts"]:
        tag_ids = row.get("tags", {}).get("ids", [])
        contact = _new_contact(row, request.body["campaignId"], tag_ids, request.now)
        world.accept(contact, request.now, reject=request.rejects(contact.email))
    return Answer(202)


def _new_contact(row: Body, campaign_id: str, tag_ids: list[str], now: float) -> Contact:
    return Contact(
        email=row["email"],
        campaign_id=campaign_id,
        name=row.get("name"),
        day_of_cycle=row.get("dayOfCycle"),
        scoring=row.get("scoring"),
        ip_address=row.get("ipAddress"),
        tags=dict.fromkeys(tag_ids, now),
        customs=_customs(row),
    )


def _customs(row: Body) -> Mapping[str, tuple[str, ...]]:
    values = row.get("customFieldValues", [])
    return {each["customFieldId"]: tuple(each["value"]) for each in values}


def update_contact(world: World, request: Request) -> Answer:
    """`POST /contacts/{contactId}`: members sent change, collections are replaced."""
    contact, body = _existing(world, request), request.body
    _move(world, contact, body, request.now)
    contact.name = body.get("name", contact.name)
    contact.note = body.get("note", contact.note)
    contact.scoring = body.get("scoring", contact.scoring)
    contact.day_of_cycle = body.get("dayOfCycle", contact.day_of_cycle)
    if "tags" in body:
        attached = {tag["tagId"]: request.now for tag in body["tags"]}
        contact.tags = {tag_id: contact.tags.get(tag_id, at) for tag_id, at in attached.items()}
    if "customFieldValues" in body:
        world.contacts.refill(contact, _customs(body), request.now)
    world.contacts.touch(contact, request.now)
    return json_answer(200, _details(world, contact))


def _move(world: World, contact: Contact, body: Body, now: float) -> None:
    """Give a contact the list and the address sent, or refuse before anything changes."""
    campaign_id = body.get("campaign", {}).get("campaignId", contact.campaign_id)
    email = body.get("email", contact.email)
    if (campaign_id, email) == (contact.campaign_id, contact.email):
        return
    if world.is_blocked(email, world.campaigns[campaign_id]):
        raise forbidden_state("The e-mail is on a blocklist")
    if not world.contacts.rekey(contact, campaign_id, email, now):
        raise conflict()


def delete_contact(world: World, request: Request) -> Answer:
    """`DELETE /contacts/{contactId}`: reason api, or unsubscribe if `messageId` is given."""
    contact = _existing(world, request)
    by_message = "messageId" in request.query
    if "ipAddress" in request.query and not by_message:
        raise invalid([FieldError("ipAddress", "query", "Only together with messageId")])
    world.contacts.remove(contact, "unsubscribe" if by_message else "api", request.now)
    return Answer(204)


def list_activities(world: World, request: Request) -> Answer:
    """`GET /contacts/{contactId}/activities`: 14 days unless said, oldest first."""
    contact = _existing(world, request)
    query = dict(request.query)
    query.setdefault("query[createdOn][from]", iso(world.now - _ACTIVITY_DAYS * DAY))
    found = [
        each
        for each in message_events(world, world.now)
        if each.event.contact_id == contact.contact_id and each.event.kind in ACTIVITIES
    ]
    found.sort(key=lambda each: each.event.moment)
    selected = select(found, query, _ACTIVITY_ATTRIBUTES)
    return paged(selected, query, lambda each: _activity(world, each), "activity")


def _activity(world: World, happened: MessageEvent) -> dict[str, Any]:
    members, event = happened.message.members, happened.event
    shown: dict[str, Any] = {
        "activity": event.kind,
        "subject": members.get("subject", members.get("name", "")),
        "createdOn": iso(event.moment),
        "previewUrl": None,
        "resource": {
            "resourceId": happened.message.record_id,
            "resourceType": happened.resource_type,
            "href": members["href"],
        },
    }
    if event.kind == "send":
        shown["previewUrl"] = f"https://preview.example.com/{happened.message.record_id}"
    track = world.records.of("click_tracks").get(event.link)
    if track:
        link = {name: track.members[name] for name in ("name", "url")}
        shown["clickTrack"] = {"id": track.record_id, **link}
    return shown


def list_consents(world: World, request: Request) -> Answer:
    """`GET /contacts/{contactId}/consents`: nobody has any, as the API cannot give them."""
    _existing(world, request)
    return json_answer(200, [])


def upsert_tags(world: World, request: Request) -> Answer:
    """`POST /contacts/{contactId}/tags`: adds tags, drops none."""
    contact = _existing(world, request)
    sent = (tag["tagId"] for tag in request.body["tags"])
    added = {tag_id: request.now for tag_id in sent if tag_id not in contact.tags}
    contact.tags = {**contact.tags, **added}
    world.contacts.touch(contact, request.now)
    rows = (
        {**tag, "createdAt": iso(contact.tags[tag["tagId"]])} for tag in _tags_of(world, contact)
    )
    return json_answer(200, list(rows))


def upsert_customs(world: World, request: Request) -> Answer:
    """`POST /contacts/{contactId}/custom-fields`: replaces the values of the fields sent."""
    contact = _existing(world, request)
    set_customs(world, contact, request.body, request.now)
    rows = [
        {"customFieldId": field_id, "values": list(values)}
        for field_id, values in _customs_of(world, contact)
    ]
    return json_answer(200, rows)


def set_customs(world: World, contact: Contact, body: Body, now: float) -> None:
    """Give a contact the custom fields of a body; its others stay."""
    world.contacts.refill(contact, {**contact.customs, **_customs(body)}, now)
    world.contacts.touch(contact, now)


def check_customs(world: World, body: Body) -> Iterator[FieldError]:
    """Check the custom fields in the body of one contact, which have answers of their own.

    Raises:
        ApiError: 400 that names a field that does not exist, or lists what is wrong with values.
    """
    for each in objects(body.get("customFieldValues")):
        field_id = each.get("customFieldId")
        if isinstance(field_id, str) and is_id(field_id) and field_id not in world.custom_fields:
            raise ApiError(400, REFERENCE, f"Custom field by id: {field_id} not found")
    problems = [problem for _, problem in _custom_problems(world, body)]
    if problems:
        raise ApiError(400, VALIDATION, "Custom field invalid", problems)
    yield from ()


def check_batch_customs(world: World, body: Body) -> Iterator[FieldError]:
    """Check the values of custom fields in the rows of a batch."""
    for index, row in enumerate(objects(body.get("contacts"))):
        for place, problem in _custom_problems(world, row):
            path = f"contacts[{index}].customFieldValues[{place}].value"
            yield FieldError(path, "value", problem)


def _custom_problems(world: World, body: Body) -> Iterator[tuple[int, str]]:
    """Return what is wrong with values of custom fields, and with which of them."""
    for index, each in enumerate(objects(body.get("customFieldValues"))):
        definition = world.custom_fields.get(str(each.get("customFieldId")))
        texts = each.get("value")
        if definition is not None and _is_texts(texts):
            problem = value_problem(definition, cast("list[str]", texts))
            if problem:
                yield index, problem


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(item, str) for item in cast("Sequence[Any]", value)
    )


BEHAVIOURS: Behaviours = {
    "getContactList": list_contacts,
    "getContactsFromCampaign": list_contacts_of_campaign,
    "getContactById": get_contact,
    "createContact": create_contact,
    "createBatchContacts": create_batch,
    "updateContact": update_contact,
    "deleteContact": delete_contact,
    "getActivities": list_activities,
    "getContactConsentsById": list_consents,
    "upsertTags": upsert_tags,
    "upsertContactCustoms": upsert_customs,
}
CHECKS: Checks = {
    "createContact": check_customs,
    "createBatchContacts": check_batch_customs,
    "updateContact": check_customs,
    "upsertContactCustoms": check_customs,
}
