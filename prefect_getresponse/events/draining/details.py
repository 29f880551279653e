"""Reads through the API what a payload does not say: which fields changed, how an import ended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from prefect_getresponse.client.errors import NotFound
from prefect_getresponse.contact_import.account import Account
from prefect_getresponse.events.draining.rows import payload_of
from prefect_getresponse.events.identities import id_of, member
from prefect_getresponse.events.inbox.entries import Entry
from prefect_getresponse.tasks.contacts import get_contact
from prefect_getresponse.tasks.custom_reports import get_custom_report
from prefect_getresponse.tasks.imports import get_import, list_imports

_ABOUT_CONTACTS = frozenset(
    {"contact_custom_field_changed", "contact_email_changed", "contact_differs"}
)
"""Types whose payloads do not say what changed."""
_WANTED = _ABOUT_CONTACTS | {"contacts_import_finished", "custom_reports_file_status_changed"}


class Details:
    """Reads details, each resource once.

    Args:
        account: The account.
    """

    def __init__(self, account: Account) -> None:
        self._account = account
        self._known: dict[tuple[str, str], Mapping[str, Any] | None] = {}

    def are_wanted(self, entry: Entry) -> bool:
        """Whether an entry is of a type whose payloads do not say all."""
        return entry.kind != "callback" and entry.type in _WANTED

    async def of(self, entry: Entry) -> Mapping[str, Any] | None:
        """What can be read about an entry; None if nothing need or can be.

        Raises:
            GetResponseError: The API does not answer now.
        """
        payload = payload_of(entry)
        if entry.type in _ABOUT_CONTACTS and entry.contact_id:
            # The state of now, which is why it is read once for all events of one drain.
            return await self._read("contact", entry.contact_id)
        if entry.type == "contacts_import_finished":
            import_id = id_of(member(payload, "import", "importId"))
            return await self._read("import" if import_id else "imports", import_id)
        if entry.type == "custom_reports_file_status_changed":
            report_id = id_of(member(payload, "customReport", "customReportId"))
            return await self._read("report", report_id) if report_id else None
        return None

    async def _read(self, kind: str, resource_id: str) -> Mapping[str, Any] | None:
        if (kind, resource_id) not in self._known:
            try:
                self._known[kind, resource_id] = await self._ask(kind, resource_id)
            except NotFound:  # gone since; the event stays what it was
                self._known[kind, resource_id] = None
        return self._known[kind, resource_id]

    async def _ask(self, kind: str, resource_id: str) -> Mapping[str, Any]:
        call = self._account.call
        found: Any
        match kind:
            case "contact":
                found = await call(get_contact, contact_id=resource_id)
            case "import":
                found = await call(get_import, import_id=resource_id)
            case "report":
                found = await call(get_custom_report, custom_report_id=resource_id)
            case _:  # the payload does not name the import: the newest are what it can mean
                found = {"imports": await call(list_imports, sort_created_on="DESC", per_page=10)}
        return dict(found)
