"""Payloads of webhooks.

Members are those of GetResponse's page on payloads; where that says nothing, those that
receivers of others read. What a bounce, a rejection, an import or a report carries is a guess.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from prefect_getresponse.sandbox.contract.dates import iso
from prefect_getresponse.sandbox.notices.notices import Notice
from prefect_getresponse.sandbox.people.contact_book import Contact, Happening
from prefect_getresponse.sandbox.resources import campaigns
from prefect_getresponse.sandbox.resources.request import HREF
from prefect_getresponse.sandbox.resources.sms_messages import SmsClick
from prefect_getresponse.sandbox.segments.message_events import MessageEvent
from prefect_getresponse.sandbox.world.world import World

_REMOVED = {"unsubscribe": "contact_removed_link", "bounce": "contact_removed_bounce"}
"""Types by reason; no webhook tells of other removals."""
_TOLD = {
    "added": "contact_added",
    "copied": "contact_copied",
    "moved": "contact_moved",
    "readdressed": "contact_email_changed",
    "refilled": "contact_custom_field_changed",
    "rejected": "contact_rejected",
}


def of_happening(world: World, happening: Happening) -> Notice | None:
    """Word something that happened; None if no webhook tells of it."""
    contact = happening.contact
    if contact is None:
        word = _ABOUT_NO_ONE.get(happening.kind)
        return word(world, happening) if word else None
    told = _REMOVED.get(contact.reason or "") if happening.kind == "removed" else None
    type_ = told or _TOLD.get(happening.kind)
    if type_ is None:
        return None
    shown = _contact(world, contact)
    if type_ == "contact_added":
        shown |= {"ip": contact.ip_address, "origin": contact.origin}
    if "source" in happening.details:
        shown["sourceCampaign"] = _source(world, happening.details["source"])
    content = _complete(world, type_, happening.moment, {"contact": shown})
    return Notice(type_, contact.contact_id, happening.moment, content)


def of_message(world: World, happened: MessageEvent, contact: Contact) -> Notice | None:
    """Word an open or a click; None for what else happens to messages."""
    event, message = happened.event, happened.message
    shown: dict[str, Any] = {
        "contact": _contact(world, contact),
        "message": {
            "resourceType": happened.resource_type,
            "resourceId": message.record_id,
            "name": message.members.get("name"),
            "subject": message.members.get("subject", message.members.get("name", "")),
            "href": f"{HREF}/{happened.resource_type}/{message.record_id}",
        },
    }
    if event.kind == "open":
        type_ = "contact_opened_message"
    elif event.kind == "click":
        type_ = "contact_clicked_message_link"
        track = world.records.of("click_tracks")[event.link]
        shown["clickTrack"] = {
            "clickTrackId": track.record_id,
            "name": track.members["name"],
            "url": track.members["url"],
            "href": f"{HREF}/click-tracks/{track.record_id}",
        }
    else:
        return None
    content = _complete(world, type_, event.moment, shown)
    return Notice(type_, contact.contact_id, event.moment, content)


def of_sms(world: World, click: SmsClick) -> Notice:
    """Word a click in an SMS."""
    sms, contact = click.sms, click.contact
    link = sms.members["clickTracks"][0]
    shown = {
        "contact": _contact(world, contact),
        "sms": {
            "smsId": sms.record_id,
            "name": sms.members["name"],
            "href": f"{HREF}/sms/{sms.record_id}",
        },
        "clickTrack": {
            name: link[name] for name in ("clickTrackId", "name", "url") if name in link
        },
    }
    content = _complete(world, "contact_clicked_sms_link", click.moment, shown)
    return Notice("contact_clicked_sms_link", contact.contact_id, click.moment, content)


def _import(world: World, happening: Happening) -> Notice:
    import_id = happening.details["import_id"]
    shown = {"import": {"importId": import_id, "href": f"{HREF}/imports/{import_id}"}}
    type_ = "contacts_import_finished"
    return Notice(type_, "", happening.moment, _complete(world, type_, happening.moment, shown))


def _report(world: World, happening: Happening) -> Notice:
    report_id, file = happening.details["report_id"], happening.details["file"]
    shown = {
        "customReport": {
            "customReportId": report_id,
            "href": f"{HREF}/custom-reports/{report_id}",
            "file": {name: file[name] for name in ("customReportFileId", "status")},
        }
    }
    type_ = "custom_reports_file_status_changed"
    return Notice(type_, "", happening.moment, _complete(world, type_, happening.moment, shown))


_ABOUT_NO_ONE: Mapping[str, Callable[[World, Happening], Notice]] = {
    "imported": _import,
    "reported": _report,
}


def _complete(
    world: World, type_: str, moment: float, members: Mapping[str, Any]
) -> dict[str, Any]:
    zoned = iso(moment).replace("+0000", "+00:00")
    account = {"accountId": world.account["accountId"]}
    return {"type": type_, **members, "account": account, "event": {"occurredAt": zoned}}


def _contact(world: World, contact: Contact) -> dict[str, Any]:
    return {
        "contactId": contact.contact_id,
        "email": contact.email,
        "name": contact.name,
        "campaign": campaigns.reference(world.campaigns[contact.campaign_id]),
        "href": f"{HREF}/contacts/{contact.contact_id}",
    }


def _source(world: World, campaign_id: str) -> dict[str, Any]:
    shown = campaigns.reference(world.campaigns[campaign_id])
    return {
        "campaignId": shown["campaignId"],
        "campaignName": shown["name"],
        "href": shown["href"],
    }
