"""Ids, moments and identities of events: what tells one from another, however it was found.

An identity is type, contact, message or link, and the second in which it happened: what both a
webhook and a listing of the API say.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from prefect_getresponse.client.server_time import in_utc

TYPE = re.compile(r"[a-z0-9_]{1,64}")
_ID = re.compile(r"[A-Za-z0-9]{1,32}")
_OBJECTS: Mapping[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "contact_opened_message": (("message", ("resourceId", "messageId")),),
    "contact_clicked_message_link": (("message", ("resourceId", "messageId")),),
    "contact_clicked_sms_link": (("clickTrack", ("clickTrackId",)),),
    "contacts_import_finished": (("import", ("importId",)),),
    "custom_reports_file_status_changed": (("customReport", ("customReportId",)),),
}
"""Where the id stands of what else than a contact an event is about, by its type."""
_ONCE = frozenset({"contact_added"})
"""Types that happen to a contact once: with double opt-in the listing shows another second."""
_WITHOUT_CONTACT = frozenset({"contacts_import_finished", "custom_reports_file_status_changed"})


def member(payload: Mapping[str, Any], *path: str) -> Any:
    """A member of a payload, however deep; None if it is not there."""
    found: Any = payload
    for name in path:
        found = cast("Mapping[str, Any]", found).get(name) if isinstance(found, dict) else None
    return found


def text(value: Any) -> str | None:
    """A value if it is a text."""
    return value if isinstance(value, str) else None


def id_of(value: Any) -> str:
    """A value if it can be an id; empty otherwise."""
    return value if isinstance(value, str) and _ID.fullmatch(value) else ""


def moment_of(said: Any) -> float | None:
    """Unix seconds of a moment as GetResponse writes it, UTC if it names no zone."""
    try:
        moment = datetime.fromisoformat(said) if isinstance(said, str) else None
        if moment is None:
            return None
        return in_utc(moment).timestamp()
    except (ValueError, OverflowError):
        return None


def identity_of(payload: Mapping[str, Any]) -> str:
    """The identity of a webhook's event; empty if it lacks what that needs."""
    type_ = str(payload.get("type"))
    occurred = moment_of(member(payload, "event", "occurredAt"))
    contact_id = id_of(member(payload, "contact", "contactId"))
    about = ""
    for name, ids in _OBJECTS.get(type_, ()):
        about = next(filter(None, (id_of(member(payload, name, each)) for each in ids)), "")
    known = about if type_ in _WITHOUT_CONTACT else contact_id
    if occurred is None or not known:
        return ""
    return identity(type_, contact_id, about, occurred)


def identity(type_: str, contact_id: str, about: str, occurred: float) -> str:
    """The identity of an event.

    Args:
        type_: Its type.
        contact_id: Whom it is about; empty if no contact.
        about: Id of the message, import or report, or of the link where there is no message.
        occurred: When it happened, unix seconds.
    """
    second = "" if type_ in _ONCE else int(occurred)
    return f"{type_}/{contact_id}/{about}/{second}"
