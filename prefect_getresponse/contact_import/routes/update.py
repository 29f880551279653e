"""People who are on the list: only what differs, and only ever adding tags.

`POST /contacts/{contactId}` would replace tags and custom fields as a whole, so those go through
their own sub-resources.  Source: GetResponse API v3, Contacts.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from prefect_getresponse.client.request import ApiRequest
from prefect_getresponse.contact_import.ledger import RowToSend
from prefect_getresponse.contact_import.routes.route import AnswersFor
from prefect_getresponse.contact_import.rows.contacts import Ids, unpack
from prefect_getresponse.contact_import.rows.validation import Contact
from prefect_getresponse.contact_import.verdicts import Verdict
from prefect_getresponse.omit import OMIT
from prefect_getresponse.tasks.contacts import (
    update_contact,
    upsert_contact_custom_fields,
    upsert_contact_tags,
)


class UpdateRoute:
    """Up to three calls a contact, each setting absolute values."""

    name = "update"
    size = 1
    verdict = Verdict.UPDATED
    repeatable = True
    answers_for: AnswersFor = "known_person"

    def requests(self, rows: Sequence[RowToSend], ids: Ids) -> list[ApiRequest]:
        """The calls that the plan found necessary."""
        return [
            _request(step, row.contact_id or "", unpack(row.contact), ids)
            for row in rows
            for step in json.loads(row.steps or "[]")
        ]


def _request(step: str, contact_id: str, contact: Contact, ids: Ids) -> ApiRequest:
    if step == "tags":
        tags = [{"tagId": tag_id} for tag_id in ids.tag_ids(contact)]
        return upsert_contact_tags.operation.request({"contact_id": contact_id, "tags": tags})
    if step == "custom_fields":
        fields = ids.custom_field_values(contact)
        return upsert_contact_custom_fields.operation.request(
            {"contact_id": contact_id, "custom_field_values": fields}
        )
    values = ids.attributes(contact)
    return update_contact.operation.request(
        {
            "contact_id": contact_id,
            "name": values.get("name", OMIT),
            "day_of_cycle": values.get("dayOfCycle", OMIT),
            "scoring": values.get("scoring", OMIT),
        }
    )
