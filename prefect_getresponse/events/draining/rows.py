"""The table of events: a row for each, whatever brought it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

import orjson

from prefect_getresponse.events.identities import id_of, member, text
from prefect_getresponse.events.inbox.entries import Entry, FoundBy
from prefect_getresponse.sinks.tables import Column, Kind, Table

EVENTS = Table(
    "events",
    ("account_id", "event_id"),
    (
        Column("account_id"),
        Column("event_id"),
        Column("kind"),
        Column("type"),
        Column("found_by"),
        Column("occurred_at", Kind.TIMESTAMP),
        Column("received_at", Kind.TIMESTAMP),
        Column("contact_id"),
        Column("email"),
        Column("name"),
        Column("list_id"),
        Column("source_list_id"),
        Column("origin"),
        Column("ip_address"),
        Column("message_type"),
        Column("message_id"),
        Column("message_subject"),
        Column("link_id"),
        Column("link_url"),
        Column("sms_id"),
        Column("import_id"),
        Column("report_id"),
        Column("possible_duplicate", Kind.BOOLEAN),
        Column("payload", Kind.JSON),
        Column("details", Kind.JSON),
        Column("occurred_on", Kind.DAY),
    ),
    day="occurred_on",
)


@dataclass(frozen=True, slots=True)
class Told:
    """An entry with what was found out about it.

    Attributes:
        entry: The entry.
        event_id: Key of the row: the entry's own, or that of another entry of the same event.
        found_by: Which ways it was found.
        details: What was read because the payload says less.
        possible_duplicate: Whether an equal callback came just before.
    """

    entry: Entry
    event_id: str
    found_by: FoundBy
    details: Mapping[str, Any] | None = None
    possible_duplicate: bool = False


def row_of(told: Told, account_id: str) -> tuple[object, ...]:
    """The row of an entry, in the order of the table's columns."""
    entry = told.entry
    payload: Any = orjson.loads(entry.payload)
    said = _of_callback(payload) if entry.kind == "callback" else _of_webhook(payload)
    occurred = _moment(entry.occurred_at)
    values: dict[str, object] = {
        **said,
        "account_id": account_id,
        "event_id": told.event_id,
        "kind": entry.kind,
        "type": entry.type,
        "found_by": told.found_by,
        "occurred_at": occurred,
        "received_at": _moment(entry.received_at),
        "contact_id": entry.contact_id or None,
        "possible_duplicate": told.possible_duplicate,
        "payload": payload,
        "details": told.details,
        "occurred_on": (occurred or _certain(entry.received_at)).date(),
    }
    return tuple(values.get(name) for name in EVENTS.names)


def _of_webhook(payload: Mapping[str, Any]) -> dict[str, str | None]:
    contact: Mapping[str, Any] = member(payload, "contact") or {}
    message: Mapping[str, Any] = member(payload, "message") or {}
    return {
        "email": text(member(contact, "email")),
        "name": text(member(contact, "name")),
        "list_id": _id(contact, "campaign", "campaignId") or _id(payload, "campaign", "campaignId"),
        "source_list_id": _id(contact, "sourceCampaign", "campaignId"),
        "origin": text(member(contact, "origin")),
        "ip_address": text(member(contact, "ip")),
        "message_type": text(member(message, "resourceType")),
        "message_id": _id(message, "resourceId") or _id(message, "messageId"),
        "message_subject": text(member(message, "subject")),
        "link_id": _id(payload, "clickTrack", "clickTrackId"),
        "link_url": text(member(payload, "clickTrack", "url")),
        "sms_id": _id(payload, "sms", "smsId"),
        "import_id": _id(payload, "import", "importId"),
        "report_id": _id(payload, "customReport", "customReportId"),
    }


def _of_callback(payload: Mapping[str, Any]) -> dict[str, str | None]:
    return {
        "email": text(payload.get("contact_email")),
        "name": text(payload.get("contact_name")),
        "list_id": _id(payload, "CAMPAIGN_ID"),
        "origin": text(payload.get("contact_origin")),
        "ip_address": text(payload.get("contact_ip")),
        "message_id": _id(payload, "MESSAGE_ID"),
        "message_subject": text(payload.get("message_subject")),
        "link_id": _id(payload, "LINK_ID"),
        "link_url": text(payload.get("link_url")),
    }


def _id(payload: Any, *path: str) -> str | None:
    return id_of(member(payload, *path)) or None


def _moment(seconds: float | None) -> datetime | None:
    return None if seconds is None else _certain(seconds)


def _certain(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def payload_of(entry: Entry) -> Mapping[str, Any]:
    """What came, as data."""
    return cast("Mapping[str, Any]", orjson.loads(entry.payload))
