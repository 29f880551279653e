"""The state of one GetResponse account."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from prefect_getresponse.sandbox.contract.ids import Ids
from prefect_getresponse.sandbox.people.acceptance_queue import DELAYS, AcceptanceQueue
from prefect_getresponse.sandbox.people.contact_book import (
    Contact,
    ContactBook,
    Happening,
    Tell,
    email_key,
)
from prefect_getresponse.sandbox.people.custom_values import CustomField
from prefect_getresponse.sandbox.people.import_jobs import Counts, ImportJob, ImportJobs
from prefect_getresponse.sandbox.world.agenda import Agenda
from prefect_getresponse.sandbox.world.mailings import Mailing
from prefect_getresponse.sandbox.world.records import Records

DEFAULT_LIST = "default_list"
_BADGES = ("landing_page", "website_builder_elegant", "referral")
REJECTED_DOMAIN = "rejected.example"


class Masks:
    """A set of addresses and `@domain` masks in the order they were added."""

    def __init__(self) -> None:
        self._masks: dict[str, str] = {}

    def __iter__(self) -> Iterator[str]:
        return iter(self._masks.values())

    def replace(self, masks: list[str]) -> None:
        """Keep exactly `masks`."""
        self._masks.clear()
        self.add(masks)

    def add(self, masks: list[str]) -> None:
        """Add `masks`; those it has already stay where they are."""
        for mask in masks:
            self._masks.setdefault(email_key(mask), mask)

    def delete(self, masks: list[str]) -> None:
        """Drop `masks`; those it does not have are passed over."""
        for mask in masks:
            self._masks.pop(email_key(mask), None)

    def match(self, email: str) -> bool:
        """Whether an address is masked, itself or by its domain."""
        key = email_key(email)
        return key in self._masks or key[key.rfind("@") :] in self._masks


@dataclass(slots=True)
class Campaign:
    """One list.

    Attributes:
        campaign_id: Identifier.
        name: Name, unique in its exact spelling.
        created: Unix seconds.
        language: Language code, upper case.
        is_default: Whether it is the account's default list.
        optin_types: `single` or `double` for `email`, `api`, `import` and `webform`.
        settings: The members `postal`, `confirmation`, `profile` and
            `subscriptionNotifications` as they were last sent.
        masks: The list's own blocklist.
    """

    campaign_id: str
    name: str
    created: float
    language: str = "EN"
    is_default: bool = False
    optin_types: dict[str, str] = field(
        default_factory=lambda: dict.fromkeys(("email", "api", "import", "webform"), "single")
    )
    settings: dict[str, Any] = field(default_factory=dict[str, Any])
    masks: Masks = field(default_factory=Masks)


@dataclass(slots=True)
class Tag:
    """One tag; `created` is in unix seconds."""

    tag_id: str
    name: str
    created: float


@dataclass(slots=True)
class Suppression:
    """One named suppression list; `created` is in unix seconds."""

    suppression_id: str
    name: str
    created: float
    masks: Masks = field(default_factory=Masks)


def _new_account(account_id: str) -> dict[str, Any]:
    return {
        "accountId": account_id,
        "email": "owner@example.com",
        "firstName": "Sandbox",
        "lastName": "Owner",
        "companyName": "Sandbox",
        "phone": "+10000000000",
        "state": "Mazowieckie",
        "city": "Warszawa",
        "street": "Prosta 1",
        "zipCode": "00-001",
        "countryCode": {"countryCode": "PL", "countryCodeId": "175"},
        "industryTag": {"industryTagId": "1"},
        "numberOfEmployees": "50",
        "timeFormat": "24h",
        "timeZone": {"name": "UTC", "offset": "+00:00"},
    }


class DoImport(Protocol):
    """Does to the people of a list what an import says."""

    def __call__(self, world: World, job: ImportJob, now: float, /) -> Counts:
        """Add and update them, and return what became of the rows."""
        ...


def _leave_out(_world: World, _job: ImportJob, _now: float) -> Counts:
    return Counts()


class World:
    """Everything the account holds.

    Args:
        now: Unix seconds at which it begins.
        speed: How many times faster than life GetResponse's own work is done.
        seed_contacts: Confirmed contacts put on the default list at once.
        queue_status: HTTP status for somebody who is sent again while still in the queue.

    Attributes:
        now: Unix seconds of the call that is being answered.
        host: Host and port that it was sent to.
        made: Unix seconds at which it began.
    """

    def __init__(
        self,
        *,
        now: float,
        speed: float = 1.0,
        seed_contacts: int = 0,
        queue_status: int = 409,
    ) -> None:
        self.now = self.made = now
        self.host = "sandbox"
        self.speed = speed
        self.queue_status = queue_status
        self.ids = Ids()
        self.account = _new_account(self.ids.next())
        self.badges = dict.fromkeys(_BADGES, "disabled")
        self.callbacks: dict[str, Any] | None = None
        """Where callbacks go and about what; None while they are off."""
        self.account_masks = Masks()
        self.campaigns: dict[str, Campaign] = {}
        self.tags: dict[str, Tag] = {}
        self.custom_fields: dict[str, CustomField] = {}
        self.suppressions: dict[str, Suppression] = {}
        self.records = Records()
        self.mailings: dict[str, Mailing] = {}
        """Sendings of messages by identifier of the message."""
        self.report_links: dict[str, tuple[str, float]] = {}
        """Reports that links lead to, and until when, by the last part of the link."""
        self.agenda = Agenda()
        self.watcher: Tell | None = None
        """Hears of what happens; None while nobody wants to know."""
        self.contacts = ContactBook(self.ids, self.tell)
        self.queue = AcceptanceQueue(speed)
        self.imports = ImportJobs(speed)
        self.do_import: DoImport = _leave_out
        """What a finished import does; the resource of imports says it."""
        default = Campaign(self.ids.next(), DEFAULT_LIST, now, is_default=True)
        self.campaigns[default.campaign_id] = default
        for number in range(1, seed_contacts + 1):
            email, name = f"contact{number}@example.com", f"Contact {number}"
            contact = Contact(email, default.campaign_id, name, origin="panel")
            self.contacts.add(contact, "subscribed", now)

    def tell(self, happening: Happening) -> None:
        """Let whoever watches know what happened."""
        if self.watcher is not None:
            self.watcher(happening)

    def accept(self, contact: Contact, now: float, *, reject: bool = False) -> None:
        """Queue a contact that was answered with 202.

        Args:
            contact: The contact, without identifier.
            now: Unix seconds.
            reject: Whether it shall never appear.
        """
        if reject or self.is_rejected(contact.email):
            self.queue.skip()
            due = now + DELAYS[0] / self.speed
            self.agenda.at(due, contact.email, lambda moment: self._reject(contact, moment))
        else:
            self.queue.accept(contact, now)

    def _reject(self, contact: Contact, moment: float) -> None:
        """Tell of a person who was accepted and does not appear; few but webhooks ever hear."""
        if self.watcher is not None:
            contact.contact_id = self.ids.next()
            self.tell(Happening("rejected", moment, contact))

    def settle(self, now: float) -> None:
        """Do the work that is due: queued contacts and imports in their order, then what is noted.

        Args:
            now: Unix seconds.
        """
        self.now = now
        for moment, job in self.imports.advance(now):
            self._settle_queue(moment)
            job.counts = self.do_import(self, job, moment)
            job.end("finished", moment)
            self.tell(Happening("imported", moment, details={"import_id": job.import_id}))
        self._settle_queue(now)
        self.agenda.act(now)

    def _settle_queue(self, now: float) -> None:
        """Put queued contacts on their lists.

        Contacts on the account's or the list's blocklist are dropped without a word, and so are
        those who are on the list already. A double opt-in list makes them wait for their click.
        """
        for due, contact in self.queue.due(now):
            campaign = self.campaigns[contact.campaign_id]
            if self.is_blocked(contact.email, campaign):
                self._reject(contact, due)
            else:
                double = campaign.optin_types["api"] == "double"
                self.contacts.add(contact, "unconfirmed" if double else "subscribed", due)

    def is_rejected(self, email: str) -> bool:
        """Whether an address is one of those that GetResponse shall reject."""
        return email_key(email).rpartition("@")[2] == REJECTED_DOMAIN

    def is_blocked(self, email: str, campaign: Campaign) -> bool:
        """Whether an address is on the account's blocklist or that of a list."""
        return self.account_masks.match(email) or campaign.masks.match(email)

    def is_suppressed(self, email: str) -> bool:
        """Whether an address is on any suppression list."""
        return any(each.masks.match(email) for each in self.suppressions.values())

    def tag_named(self, name: str, now: float) -> Tag:
        """Return the tag of that name, a new one if there is none."""
        named = (tag for tag in self.tags.values() if tag.name == name)
        tag = next(named, None) or Tag(self.ids.next(), name, now)
        return self.tags.setdefault(tag.tag_id, tag)

    def find_campaign(self, name_or_id: str) -> Campaign | None:
        """Return a list by its identifier or its exact name."""
        if name_or_id in self.campaigns:
            return self.campaigns[name_or_id]
        named = (each for each in self.campaigns.values() if each.name == name_or_id)
        return next(named, None)

    def exists(self, kind: str, identifier: str, within: Mapping[str, str]) -> bool:
        """Whether a call may refer to a resource.

        Args:
            kind: Kind of resource, as in `facts.REFERENCES`.
            identifier: The identifier sent.
            within: Values of the call's path: what lies under a shop is known in that shop only.
        """
        own: Mapping[str, Container[str]] = {
            "campaigns": self.campaigns,
            "tags": self.tags,
            "custom_fields": self.custom_fields,
            "suppressions": self.suppressions,
        }
        if kind in own:
            return identifier in own[kind]
        if kind == "contacts":
            contact = self.contacts.get(identifier)
            return contact is not None and contact.status == "subscribed"
        return self.records.find(kind, identifier, within) is not None
