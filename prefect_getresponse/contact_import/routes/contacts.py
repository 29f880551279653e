"""New people, one a call.  Source: GetResponse API v3, `POST /contacts`."""

from __future__ import annotations

from collections.abc import Sequence

from prefect_getresponse.client.request import ApiRequest
from prefect_getresponse.contact_import.ledger import RowToSend
from prefect_getresponse.contact_import.routes.route import AnswersFor
from prefect_getresponse.contact_import.rows.contacts import Ids, unpack
from prefect_getresponse.omit import OMIT
from prefect_getresponse.tasks.contacts import create_contact


class ContactsRoute:
    """`POST /contacts`: the API answers for every single row."""

    name = "contacts"
    size = 1
    verdict = None
    repeatable = False
    answers_for: AnswersFor = "new_person"

    def requests(self, rows: Sequence[RowToSend], ids: Ids) -> list[ApiRequest]:
        """One call for each row."""
        return [self._request(row, ids) for row in rows]

    def _request(self, row: RowToSend, ids: Ids) -> ApiRequest:
        contact = unpack(row.contact)
        values = ids.attributes(contact)
        tags = [{"tagId": tag_id} for tag_id in ids.tag_ids(contact)]
        return create_contact.operation.request(
            {
                "email": values["email"],
                "campaign": {"campaignId": ids.campaign_id},
                "name": values.get("name", OMIT),
                "ip_address": values.get("ipAddress", OMIT),
                "day_of_cycle": values.get("dayOfCycle", OMIT),
                "scoring": values.get("scoring", OMIT),
                "custom_field_values": values.get("customFieldValues", OMIT),
                "tags": tags or OMIT,
            }
        )
