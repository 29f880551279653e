"""New people, a thousand a call.  Source: GetResponse API v3, `POST /contacts/batch`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from prefect_getresponse.client.request import ApiRequest
from prefect_getresponse.contact_import.ledger import RowToSend
from prefect_getresponse.contact_import.routes.route import AnswersFor
from prefect_getresponse.contact_import.rows.contacts import Ids, unpack
from prefect_getresponse.contact_import.rows.validation import Contact
from prefect_getresponse.tasks.contacts import create_batch_contacts


class BatchRoute:
    """`POST /contacts/batch`: 80 calls in 10 minutes, one a second, 1000 people each."""

    name = "batch"
    size = 1000
    verdict = None
    repeatable = False
    answers_for: AnswersFor = "many"

    def requests(self, rows: Sequence[RowToSend], ids: Ids) -> list[ApiRequest]:
        """One call for all rows."""
        contacts = [_batch_contact(unpack(row.contact), ids) for row in rows]
        arguments = {"campaign_id": ids.campaign_id, "contacts": contacts}
        return [create_batch_contacts.operation.request(arguments)]


def _batch_contact(contact: Contact, ids: Ids) -> dict[str, Any]:
    tags = ids.tag_ids(contact)
    return ids.attributes(contact) | ({"tags": {"ids": tags}} if tags else {})
