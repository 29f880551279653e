"""A notice: one thing that is told, and the names of all that can be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

WEBHOOK_TYPES = (
    "contact_added",
    "contact_clicked_message_link",
    "contact_clicked_sms_link",
    "contact_copied",
    "contact_custom_field_changed",
    "contact_email_changed",
    "contact_moved",
    "contact_opened_message",
    "contact_rejected",
    "contact_removed_bounce",
    "contact_removed_link",
    "contacts_import_finished",
    "custom_reports_file_status_changed",
)
CALLBACK_ACTIONS = ("open", "click", "goal", "subscribe", "unsubscribe", "survey")


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing that is told.

    Attributes:
        type: Type of a webhook, or action of a callback.
        contact_id: Whom it is about; empty if it is about no one.
        moment: When it happened, unix seconds.
        content: Payload of a webhook, or parameters of a callback.
    """

    type: str
    contact_id: str
    moment: float
    content: Mapping[str, Any]
