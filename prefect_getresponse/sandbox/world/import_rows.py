"""What a finished import does to the contacts of its list.

People are added without being asked to confirm, or updated: what the columns give is set, tags are
only added, a blank cell changes nothing. The API documents the counters by their names alone; which
row counts where is an assumption (see the sandbox's documentation).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from prefect_getresponse.sandbox.contract.formats import is_email, is_ip
from prefect_getresponse.sandbox.people.contact_book import Contact, email_key
from prefect_getresponse.sandbox.people.custom_values import value_problem
from prefect_getresponse.sandbox.people.import_jobs import Counts, ImportJob
from prefect_getresponse.sandbox.world.world import World

KEPT_OUT = frozenset({"unsubscribe", "complaint", "bounce", "blacklisted", "cleaner"})
"""Reasons of a removal after which an import does not bring a person back."""
_ATTACH = "1"


def execute(world: World, job: ImportJob, now: float) -> Counts:
    """Add and update the people of an import.

    Args:
        world: The account.
        job: The import.
        now: When it is finished, unix seconds.

    Returns:
        What became of the rows.
    """
    execution = _Execution(world, job, now)
    for row in job.rows:
        execution.take(row)
    return execution.counts


class _Execution:
    """The rows of one import, one after another."""

    def __init__(self, world: World, job: ImportJob, now: float) -> None:
        self.counts = Counts()
        self._world = world
        self._job = job
        self._now = now
        self._campaign = world.campaigns[job.campaign_id]
        self._columns = job.columns
        self._fields = [
            (index, world.custom_fields[field_id])
            for index, field_id in job.columns.customs
            if field_id in world.custom_fields
        ]
        self._tags = [
            (index, world.tag_named(name, now).tag_id) for index, name in job.columns.tags
        ]
        self._seen: set[str] = set()

    def take(self, row: Sequence[str]) -> None:
        """Count a row, and do what it says unless its person is refused."""
        counts, email = self.counts, row[self._columns.email]
        if not is_email(email):
            counts.syntax_errors += 1
            return
        key = email_key(email)
        present = self._world.contacts.find(self._job.campaign_id, email)
        if key in self._seen:
            counts.already_in_queue += 1
        elif self._world.is_blocked(email, self._campaign):
            counts.blacklist += 1
        elif key in self._job.rejected or self._is_against_policy(email, present):
            counts.policy_failures += 1
        elif present is None or present.status == "removed":
            self._add(email, row)
            counts.added += 1
        else:
            self._update(present, row)
            counts.updated += 1
        self._seen.add(key)

    def _is_against_policy(self, email: str, present: Contact | None) -> bool:
        left = present is not None and present.reason in KEPT_OUT and present.status == "removed"
        return left or self._world.is_suppressed(email) or self._world.is_rejected(email)

    def _add(self, email: str, row: Sequence[str]) -> None:
        contact = Contact(
            email,
            self._job.campaign_id,
            self._cell(row, self._columns.name),
            origin="import",
            ip_address=self._ip(row),
            tags=self._tags_of(row),
            customs=self._customs_of(row),
        )
        self._world.contacts.add(contact, "subscribed", self._now)

    def _update(self, contact: Contact, row: Sequence[str]) -> None:
        contact.name = self._cell(row, self._columns.name) or contact.name
        contact.ip_address = self._ip(row) or contact.ip_address
        contact.tags = {**self._tags_of(row), **contact.tags}
        customs = {**contact.customs, **self._customs_of(row)}
        self._world.contacts.refill(contact, customs, self._now)
        self._world.contacts.confirm(contact, self._now)

    def _cell(self, row: Sequence[str], index: int | None) -> str | None:
        return (row[index].strip() or None) if index is not None else None

    def _ip(self, row: Sequence[str]) -> str | None:
        text = self._cell(row, self._columns.ip)
        return text if text is not None and is_ip(text) else None

    def _tags_of(self, row: Sequence[str]) -> Mapping[str, float]:
        return {tag_id: self._now for index, tag_id in self._tags if row[index] == _ATTACH}

    def _customs_of(self, row: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
        return {
            definition.custom_field_id: (row[index],)
            for index, definition in self._fields
            if row[index] and not value_problem(definition, [row[index]])
        }
