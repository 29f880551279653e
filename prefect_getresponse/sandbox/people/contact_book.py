"""The contacts of all lists, found by identifier, by list and e-mail, or as a sorted view.

A contact is one membership: an address is on a list at most once, whatever its case, in one of
the states of `Status`. The same address on another list is another contact.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

from prefect_getresponse.sandbox.contract.ids import Ids
from prefect_getresponse.sandbox.people.views import Views

Status = Literal["subscribed", "unconfirmed", "removed"]
# One empty mapping for the many contacts without tags or custom fields.
_NO_TAGS: Mapping[str, float] = MappingProxyType({})
_NO_CUSTOMS: Mapping[str, tuple[str, ...]] = MappingProxyType({})


def email_key(email: str) -> str:
    """Return the form in which addresses are compared."""
    return email.strip().casefold()


@dataclass(slots=True)
class Contact:
    """One person on one list.

    Attributes:
        email: The address as it was sent.
        campaign_id: The list.
        name: The name, None if there is none.
        contact_id: Empty until the contact was added.
        status: Where the membership stands.
        created: When it was added, unix seconds.
        changed: When it was last changed, unix seconds.
        origin: How it came in, `api`, `import`, ...
        day_of_cycle: Day in the autoresponder cycle, None outside of it.
        scoring: The score, None if there is none.
        note: The note.
        ip_address: The IP address.
        tags: Identifiers of the tags and when each was attached, unix seconds.
        customs: Values by identifier of the custom field.
        reason: Why the contact was removed.
        deleted: When it was removed, unix seconds.
        place: Its number in the order in which people joined their lists.
    """

    email: str
    campaign_id: str
    name: str | None = None
    contact_id: str = ""
    status: Status = "subscribed"
    created: float = 0.0
    changed: float = 0.0
    origin: str = "api"
    day_of_cycle: str | None = None
    scoring: float | None = None
    note: str | None = None
    ip_address: str | None = None
    tags: Mapping[str, float] = field(default_factory=lambda: _NO_TAGS)
    customs: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: _NO_CUSTOMS)
    reason: str | None = None
    deleted: float | None = None
    place: int = 0


Kind = Literal[
    "added",
    "copied",
    "moved",
    "readdressed",
    "refilled",
    "rejected",
    "removed",
    "imported",
    "reported",
    "surveyed",
    "reached",
]


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that GetResponse tells others about.

    Attributes:
        kind: What happened.
        moment: When, unix seconds.
        contact: Whom it happened to, None if it is not about one person.
        details: What else there is to say, by names of the sandbox's own.
    """

    kind: Kind
    moment: float
    contact: Contact | None = None
    details: Mapping[str, Any] = field(default_factory=dict[str, Any])


Tell = Callable[[Happening], None]


class ContactBook:
    """All contacts, with an index for each way they are looked up.

    Args:
        ids: Where identifiers come from.
        tell: Hears of what happens to people.
    """

    def __init__(self, ids: Ids, tell: Tell) -> None:
        self._ids = ids
        self._tell = tell
        self._by_id: dict[str, Contact] = {}
        self._by_list: dict[str, dict[str, Contact]] = {}
        self._gone: dict[str, Contact] = {}
        self._former: dict[str, list[Contact]] = {}
        self._joined = 0
        self.views: Views[Contact] = Views()
        """Selections in order."""

    def add(self, contact: Contact, status: Status, now: float, source: str = "") -> bool:
        """Put a contact on its list.

        Someone who was removed before is simply added again, with a new identifier: keeping
        people out who left is the caller's duty, and must stay visible here if it is neglected.

        Args:
            contact: The contact, without identifier.
            status: Where its membership starts.
            now: Unix seconds.
            source: The list that it was copied from, if it was.

        Returns:
            Whether it was added; False if the address is on the list already.
        """
        members = self._by_list.setdefault(contact.campaign_id, {})
        key = email_key(contact.email)
        present = members.pop(key, None)
        if present is not None and present.status != "removed":
            members[key] = present
            return False
        self._remember(present)
        contact.contact_id = self._ids.next()
        contact.status = status
        contact.created = contact.changed = now
        members[key] = contact
        self._join(contact)
        if source:
            self._tell(Happening("copied", now, contact, {"source": source}))
        elif status == "subscribed":
            self._tell(Happening("added", now, contact))
        return True

    def _join(self, contact: Contact) -> None:
        """Put somebody behind all who are on a list."""
        self._joined += 1
        contact.place = self._joined
        self._by_id[contact.contact_id] = self._by_id.pop(contact.contact_id, contact)
        self.views.joined(contact)

    def get(self, contact_id: str) -> Contact | None:
        """Return the subscribed or unconfirmed contact of that identifier."""
        return self._by_id.get(contact_id)

    def known(self, contact_id: str) -> Contact | None:
        """Return the contact of that identifier, even if it was removed."""
        return self._by_id.get(contact_id) or self._gone.get(contact_id)

    def find(self, campaign_id: str, email: str) -> Contact | None:
        """Return the contact of that address on that list, whatever its status."""
        return self._by_list.get(campaign_id, {}).get(email_key(email))

    def with_email(self, email: str) -> Iterator[Contact]:
        """Return the contacts of that address on all lists, whatever their status."""
        found = (self.find(campaign_id, email) for campaign_id in self._by_list)
        return (contact for contact in found if contact is not None)

    def everyone(self) -> Iterator[Contact]:
        """Return the subscribed and unconfirmed contacts of all lists in the order of adding."""
        return iter(self._by_id.values())

    def members(self, campaign_id: str) -> Iterator[Contact]:
        """Return the contacts of a list, whatever their status, in the order they were added."""
        return iter(self._by_list.get(campaign_id, {}).values())

    def ever(self, campaign_id: str) -> Iterator[Contact]:
        """Return all who are or were on a list; who was added again is there more than once."""
        yield from self._former.get(campaign_id, ())
        yield from self.members(campaign_id)

    def _remember(self, contact: Contact | None) -> None:
        """Keep somebody who was removed and whose place is taken now."""
        if contact is not None:
            self._former.setdefault(contact.campaign_id, []).append(contact)

    def touch(self, contact: Contact, now: float) -> None:
        """Note that a contact was changed in place.

        Args:
            contact: The contact, its list and address unchanged.
            now: Unix seconds.
        """
        contact.changed = now
        self.views.changed()

    def refill(self, contact: Contact, customs: Mapping[str, tuple[str, ...]], now: float) -> None:
        """Give a contact other values of custom fields, in place of all it has."""
        changed = dict(contact.customs) != dict(customs)
        contact.customs = customs
        if changed:
            self._tell(Happening("refilled", now, contact))

    def rekey(self, contact: Contact, campaign_id: str, email: str, now: float) -> bool:
        """Give a contact another list or address.

        Args:
            contact: The contact.
            campaign_id: Its list from now on.
            email: Its address from now on.
            now: Unix seconds.

        Returns:
            Whether it was done; False if someone else is there already.
        """
        present = self.find(campaign_id, email)
        if present is not None and present is not contact and present.status != "removed":
            return False
        self.views.leaves(contact)
        del self._by_list[contact.campaign_id][email_key(contact.email)]
        source, address = contact.campaign_id, contact.email
        contact.campaign_id, contact.email = campaign_id, email
        members = self._by_list.setdefault(campaign_id, {})
        if present is not contact:
            self._remember(members.pop(email_key(email), None))
        members[email_key(email)] = contact
        self._join(contact)
        if source != campaign_id:
            self._tell(Happening("moved", now, contact, {"source": source}))
        if address != email:
            self._tell(Happening("readdressed", now, contact))
        return True

    def remove(self, contact: Contact, reason: str, now: float) -> None:
        """Take a contact off its list; it stays known as removed.

        Args:
            contact: A subscribed or unconfirmed contact.
            reason: One of the API's reasons of removal.
            now: Unix seconds.
        """
        self.views.leaves(contact)
        self._gone[contact.contact_id] = self._by_id.pop(contact.contact_id)
        contact.status, contact.reason, contact.deleted = "removed", reason, now
        self._tell(Happening("removed", now, contact))

    def confirm(self, contact: Contact, now: float) -> None:
        """Turn an unconfirmed contact into a subscribed one."""
        is_new = contact.status == "unconfirmed"
        contact.status = "subscribed"
        self.touch(contact, now)
        if is_new:
            self.views.joined(contact)
            self._tell(Happening("added", now, contact))
