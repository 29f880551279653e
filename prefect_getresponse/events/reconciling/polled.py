"""What reading shows, worded as a webhook would be: the table keeps both in one form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from prefect_getresponse.events.draining.pairing import poll_key
from prefect_getresponse.events.identities import identity
from prefect_getresponse.events.inbox.entries import Entry

FINDABLE = (
    "contact_added",
    "contact_removed_link",
    "contact_removed_bounce",
    "contact_opened_message",
    "contact_clicked_message_link",
    "contacts_import_finished",
)
"""Types whose events can be found one by one."""
DIFFERS = "contact_differs"
"""A contact that changed, without any webhook that says so: only its state can be found."""
CHANGES = (
    "contact_added",
    "contact_moved",
    "contact_copied",
    "contact_email_changed",
    "contact_custom_field_changed",
)
"""Webhooks that explain why a contact changed."""


@dataclass(frozen=True, slots=True)
class Polled:
    """One event that reading found.

    Attributes:
        type: Type of the webhook that tells of it, or `contact_differs`.
        contact_id: Whom it is about; empty if it is about no contact.
        about: Id of the message or import.
        occurred_at: When it happened, unix seconds.
        said: When it happened, as the API writes it.
        members: What else is known, as members of a webhook's payload.
    """

    type: str
    contact_id: str
    about: str
    occurred_at: float
    said: str
    members: Mapping[str, Any] = field(repr=False)

    @property
    def identity(self) -> str:
        """Equal for the same event of a webhook."""
        return identity(self.type, self.contact_id, self.about, self.occurred_at)

    def entry(self, ordinal: int, account_id: str, now: float) -> Entry:
        """The entry of the inbox.

        Args:
            ordinal: Which of several equal ones it is.
            account_id: The account.
            now: Unix seconds.
        """
        payload = {
            "type": self.type,
            **self.members,
            "account": {"accountId": account_id},
            "event": {"occurredAt": self.said},
        }
        return Entry(
            key=poll_key(self.identity, ordinal),
            kind="poll",
            type=self.type,
            payload=orjson.dumps(payload).decode(),
            received_at=now,
            occurred_at=self.occurred_at,
            account_id=account_id,
            contact_id=self.contact_id,
            identity=self.identity,
            found_by="poll",
        )
