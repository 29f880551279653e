"""Parameters of callbacks, as the manual of 2014 names them: ids in capitals, no id, no time."""

from __future__ import annotations

from typing import Any

from prefect_getresponse.sandbox.notices.notices import Notice
from prefect_getresponse.sandbox.people.contact_book import Contact, Happening
from prefect_getresponse.sandbox.segments.message_events import MessageEvent
from prefect_getresponse.sandbox.world.world import World


def of_happening(world: World, happening: Happening) -> Notice | None:
    """Word something that happened; None if no callback tells of it."""
    contact = happening.contact
    if contact is None:
        return None
    details: dict[str, Any] = dict(happening.details)
    if happening.kind == "added":
        details = {"contact_ip": contact.ip_address, "contact_origin": contact.origin}
        return _notice(world, "subscribe", happening.moment, contact, details)
    if happening.kind == "removed" and contact.reason == "unsubscribe":
        return _notice(world, "unsubscribe", happening.moment, contact, {})
    if happening.kind == "surveyed":
        return _notice(world, "survey", happening.moment, contact, details)
    if happening.kind == "reached":
        return _notice(world, "goal", happening.moment, contact, details)
    return None


def of_message(world: World, happened: MessageEvent, contact: Contact) -> Notice | None:
    """Word an open or a click; None for what else happens to messages."""
    event, members = happened.event, happened.message.members
    details = {
        "MESSAGE_ID": happened.message.record_id,
        "message_name": members.get("name"),
        "message_subject": members.get("subject", members.get("name", "")),
    }
    if event.kind == "click":
        track = world.records.of("click_tracks")[event.link]
        details |= {"LINK_ID": track.record_id, "link_url": track.members["url"]}
    elif event.kind != "open":
        return None
    return _notice(world, event.kind, event.moment, contact, details)


def _notice(
    world: World, action: str, moment: float, contact: Contact, details: dict[str, Any]
) -> Notice:
    campaign = world.campaigns[contact.campaign_id]
    content = {
        "action": action,
        "ACCOUNT_ID": world.account["accountId"],
        "account_login": "sandbox",
        "CAMPAIGN_ID": campaign.campaign_id,
        "campaign_name": campaign.name,
        "CONTACT_ID": contact.contact_id,
        "contact_name": contact.name,
        "contact_email": contact.email,
        **details,
    }
    known = {name: str(value) for name, value in content.items() if value is not None}
    return Notice(action, contact.contact_id, moment, known)
