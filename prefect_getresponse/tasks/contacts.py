"""Contacts: people on lists.

A contact is one membership: an address is unique on its list, and the same person has another id on
another list.  Source: GetResponse API v3, Contacts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, Required

from pydantic import Field, StringConstraints
from typing_extensions import TypedDict

from prefect_getresponse.client.request import RetryClass
from prefect_getresponse.omit import OMIT, Omit
from prefect_getresponse.operation import Query, operation
from prefect_getresponse.tasks.common import (
    CampaignLink,
    CampaignReference,
    Page,
    PerPage,
    SortOrder,
)

if TYPE_CHECKING:
    from prefect_getresponse.credentials import GetResponseCredentials

ContactName = Annotated[str, StringConstraints(min_length=1, max_length=128)]
ContactNote = Annotated[str, StringConstraints(max_length=255)]
ContactOrigin = Literal[
    "import",
    "email",
    "www",
    "panel",
    "leads",
    "sale",
    "api",
    "survey",
    "iphone",
    "copy",
    "landing_page",
    "webinar",
    "website_builder_elegant",
    "chat",
    "course",
    "premium_newsletter",
]
Continent = Literal["OC", "AN", "SA", "NA", "AS", "EU", "AF"]


class TagReference(TypedDict):
    """A tag to attach."""

    tagId: str


class CustomFieldValue(TypedDict):
    """Values of one custom field: always texts, always a list."""

    customFieldId: str
    value: list[str]


class BatchTags(TypedDict):
    """Tags to attach, in the shape that only the batch takes."""

    ids: list[str]


class BatchContact(TypedDict, total=False):
    """One contact of a batch."""

    email: Required[str]
    name: ContactName
    dayOfCycle: str
    scoring: int | float
    ipAddress: str
    tags: BatchTags
    customFieldValues: list[CustomFieldValue]


class Contact(TypedDict, total=False):
    """A row of a listing of contacts; it shows neither tags nor custom fields.

    `name` is None and `ipAddress` empty where they are not known.
    """

    contactId: Required[str]
    name: str | None
    origin: ContactOrigin
    timeZone: str
    activities: str
    changedOn: str
    createdOn: str
    campaign: CampaignLink
    email: Required[str]
    dayOfCycle: str | None
    scoring: int | float | None
    engagementScore: int | None
    href: str
    note: str | None
    ipAddress: str


class ContactGeolocation(TypedDict, total=False):
    """Where a contact was seen."""

    latitude: str | None
    longitude: str | None
    continentCode: Continent | None
    countryCode: str | None
    region: str | None
    postalCode: str | None
    dmaCode: str | None
    city: str | None


class ContactTag(TypedDict, total=False):
    """A tag of a contact."""

    tagId: Required[str]
    name: str
    href: str
    color: str


class UpsertedContactTag(ContactTag, total=False):
    """A tag of a contact, as attaching answers it."""

    createdAt: str


class ContactCustomField(TypedDict):
    """Values of one custom field, as setting them answers it."""

    customFieldId: str
    values: list[str]


class ContactCustomFieldValue(TypedDict, total=False):
    """Values of one custom field of a contact; `value` and `values` are the same."""

    customFieldId: Required[str]
    name: Required[str]
    value: Required[list[str]]
    values: Required[list[str]]
    type: Required[str]
    fieldType: str
    valueType: str


class ContactActivityResource(TypedDict, total=False):
    """The message that an activity is about."""

    resourceId: str | None
    resourceType: Literal["newsletters", "splittests", "autoresponders", "rss-newsletters", "sms"]
    href: str


class ContactActivityClickTrack(TypedDict, total=False):
    """The link that was clicked."""

    id: Required[str]
    name: str
    url: str


class ContactActivity(TypedDict, total=False):
    """Something that was sent to a contact, or that the contact opened or clicked.

    `previewUrl` comes with `send`, `clickTrack` with `click`.
    """

    activity: Literal["send", "open", "click"]
    subject: str
    createdOn: str
    previewUrl: str | None
    resource: ContactActivityResource
    clickTrack: ContactActivityClickTrack


class ContactConsentVersion(TypedDict, total=False):
    """What a contact said to one wording of a consent, and when.

    `declaredAt` is when the contact said it, `createdAt` when the wording was recorded.
    """

    content: str
    wasGranted: bool
    declaredAt: str
    createdAt: str


class ContactConsent(TypedDict, total=False):
    """A consent (GDPR field) of a contact, with its history."""

    consentId: Required[str]
    name: str
    content: str
    isGranted: bool
    history: list[ContactConsentVersion]


class ContactDetails(Contact, total=False):
    """One contact, with at most 500 of its tags."""

    geolocation: ContactGeolocation
    tags: list[ContactTag]
    customFieldValues: list[ContactCustomFieldValue]


@operation("GET", "/campaigns/{campaign_id}/contacts")
def list_campaign_contacts(
    credentials: GetResponseCredentials,
    campaign_id: str,
    *,
    email: Annotated[str | Omit, Query("query[email]")] = OMIT,
    name: Annotated[str | Omit, Query("query[name]")] = OMIT,
    created_from: Annotated[str | Omit, Query("query[createdOn][from]")] = OMIT,
    created_to: Annotated[str | Omit, Query("query[createdOn][to]")] = OMIT,
    sort_email: Annotated[SortOrder | Omit, Query("sort[email]")] = OMIT,
    sort_name: Annotated[SortOrder | Omit, Query("sort[name]")] = OMIT,
    sort_created_on: Annotated[SortOrder | Omit, Query("sort[createdOn]")] = OMIT,
    fields: str | Omit = OMIT,
    page: Page | Omit = OMIT,
    per_page: PerPage | Omit = OMIT,
) -> list[Contact]:
    """Read one page of the contacts of one list.

    Unconfirmed contacts of a double opt-in list are not among them: see
    `list_contacts_by_conditions`.

    Args:
        credentials: The account.
        campaign_id: Id of the list.
        email: Keep contacts whose address contains this.
        name: Keep contacts whose name contains this.
        created_from: Keep contacts added at or after this date (ISO 8601).
        created_to: Keep contacts added at or before this date (ISO 8601).
        sort_email: Sort by address.
        sort_name: Sort by name.
        sort_created_on: Sort by date of adding.
        fields: Comma-separated members to answer with.
        page: Page, from 1.
        per_page: Contacts per page, up to 1000.

    Returns:
        The contacts of the page.
    """
    ...


@operation("GET", "/contacts")
def list_contacts(
    credentials: GetResponseCredentials,
    *,
    email: Annotated[str | Omit, Query("query[email]")] = OMIT,
    name: Annotated[str | Omit, Query("query[name]")] = OMIT,
    campaign_id: Annotated[str | Omit, Query("query[campaignId]")] = OMIT,
    origin: Annotated[ContactOrigin | Omit, Query("query[origin]")] = OMIT,
    created_from: Annotated[str | Omit, Query("query[createdOn][from]")] = OMIT,
    created_to: Annotated[str | Omit, Query("query[createdOn][to]")] = OMIT,
    changed_from: Annotated[str | Omit, Query("query[changedOn][from]")] = OMIT,
    changed_to: Annotated[str | Omit, Query("query[changedOn][to]")] = OMIT,
    sort_email: Annotated[SortOrder | Omit, Query("sort[email]")] = OMIT,
    sort_name: Annotated[SortOrder | Omit, Query("sort[name]")] = OMIT,
    sort_created_on: Annotated[SortOrder | Omit, Query("sort[createdOn]")] = OMIT,
    sort_changed_on: Annotated[SortOrder | Omit, Query("sort[changedOn]")] = OMIT,
    sort_campaign_id: Annotated[SortOrder | Omit, Query("sort[campaignId]")] = OMIT,
    additional_flags: list[Literal["exactMatch"]] | Omit = OMIT,
    fields: str | Omit = OMIT,
    page: Page | Omit = OMIT,
    per_page: PerPage | Omit = OMIT,
) -> list[Contact]:
    """Read one page of contacts.

    Unconfirmed contacts of a double opt-in list are not among them: see
    `list_contacts_by_conditions`.

    Args:
        credentials: The account.
        email: Keep contacts whose address contains this.
        name: Keep contacts whose name contains this.
        campaign_id: Keep contacts of this list.
        origin: Keep contacts that came in this way.
        created_from: Keep contacts added at or after this date (ISO 8601).
        created_to: Keep contacts added at or before this date (ISO 8601).
        changed_from: Keep contacts changed at or after this date (ISO 8601).
        changed_to: Keep contacts changed at or before this date (ISO 8601).
        sort_email: Sort by address.
        sort_name: Sort by name.
        sort_created_on: Sort by date of adding.
        sort_changed_on: Sort by date of the last change.
        sort_campaign_id: Sort by list.
        additional_flags: `exactMatch` compares address and name as a whole.
        fields: Comma-separated members to answer with.
        page: Page, from 1.
        per_page: Contacts per page, up to 1000.

    Returns:
        The contacts of the page.
    """
    ...


@operation("POST", "/contacts", retry_class=RetryClass.KEYED)
def create_contact(
    credentials: GetResponseCredentials,
    *,
    email: str,
    campaign: CampaignReference,
    name: ContactName | Omit = OMIT,
    day_of_cycle: str | Omit | None = OMIT,
    scoring: int | float | Omit | None = OMIT,
    ip_address: str | Omit = OMIT,
    tags: list[TagReference] | Omit = OMIT,
    custom_field_values: list[CustomFieldValue] | Omit = OMIT,
) -> None:
    """Put one contact on a list.

    The API accepts and adds the contact later, within minutes, or rejects it without a word. Look
    for it with `list_contacts`.

    Args:
        credentials: The account.
        email: Address.
        campaign: The list.
        name: 1 to 128 characters.
        day_of_cycle: Day of the autoresponder cycle to start at; None for no cycle.
        scoring: Score; None for no score.
        ip_address: IPv4 or IPv6 address from which the person subscribed.
        tags: Tags to attach.
        custom_field_values: Values of custom fields.
    """
    ...


@operation("POST", "/contacts/batch", retry_class=RetryClass.BATCH, budget="contacts/batch")
def create_batch_contacts(
    credentials: GetResponseCredentials,
    *,
    campaign_id: str,
    contacts: Annotated[list[BatchContact], Field(max_length=1000)],
) -> None:
    """Put up to 1000 contacts on a list.

    The API accepts and adds them later, within minutes, or rejects some without a word. It takes
    80 of these calls in 10 minutes, one a second; calls wait for their turn.

    Args:
        credentials: The account.
        campaign_id: Id of the list.
        contacts: At most 1000 contacts.
    """
    ...


@operation("GET", "/contacts/{contact_id}")
def get_contact(
    credentials: GetResponseCredentials, contact_id: str, *, fields: str | Omit = OMIT
) -> ContactDetails:
    """Read one contact, with its tags (500 at most) and custom fields; who left is not found.

    Args:
        credentials: The account.
        contact_id: Id of the contact.
        fields: Comma-separated members to answer with.

    Returns:
        The contact.
    """
    ...


@operation("POST", "/contacts/{contact_id}", retry_class=RetryClass.UPDATE)
def update_contact(
    credentials: GetResponseCredentials,
    contact_id: str,
    *,
    name: ContactName | Omit = OMIT,
    campaign: CampaignReference | Omit = OMIT,
    email: str | Omit = OMIT,
    day_of_cycle: str | Omit | None = OMIT,
    scoring: int | float | Omit | None = OMIT,
    note: ContactNote | Omit | None = OMIT,
    tags: list[TagReference] | Omit = OMIT,
    custom_field_values: list[CustomFieldValue] | Omit = OMIT,
) -> ContactDetails:
    """Change one contact; what is omitted stays.

    Given tags and custom fields replace all that the contact has, and an empty list removes them:
    use `upsert_contact_tags` and `upsert_contact_custom_fields` to add.

    Args:
        credentials: The account.
        contact_id: Id of the contact.
        name: 1 to 128 characters.
        campaign: List to move the contact to, with its history and statistics.
        email: Address.
        day_of_cycle: Day of the autoresponder cycle; None takes the contact out of it.
        scoring: Score; None removes it.
        note: Up to 255 characters; None removes it.
        tags: All tags the contact shall have.
        custom_field_values: All custom fields the contact shall have.

    Returns:
        The changed contact.
    """
    ...


@operation("DELETE", "/contacts/{contact_id}")
def delete_contact(
    credentials: GetResponseCredentials,
    contact_id: str,
    *,
    message_id: str | Omit = OMIT,
    ip_address: str | Omit = OMIT,
) -> None:
    """Remove one contact from its list; one that is gone already counts as removed.

    Args:
        credentials: The account.
        contact_id: Id of the contact.
        message_id: Message through which the person unsubscribed; counts as that.
        ip_address: IPv4 address of the person; recorded only together with `message_id`.
    """
    ...


@operation("GET", "/contacts/{contact_id}/activities")
def list_contact_activities(
    credentials: GetResponseCredentials,
    contact_id: str,
    *,
    created_from: Annotated[str | Omit, Query("query[createdOn][from]")] = OMIT,
    created_to: Annotated[str | Omit, Query("query[createdOn][to]")] = OMIT,
    fields: str | Omit = OMIT,
    page: Page | Omit = OMIT,
    per_page: PerPage | Omit = OMIT,
) -> list[ContactActivity]:
    """Read one page of what was sent to a contact, opened and clicked.

    Without dates the API looks back 14 days only.

    Args:
        credentials: The account.
        contact_id: Id of the contact.
        created_from: Keep activities at or after this date (ISO 8601).
        created_to: Keep activities at or before this date (ISO 8601).
        fields: Comma-separated members to answer with.
        page: Page, from 1.
        per_page: Activities per page, up to 1000.

    Returns:
        The activities of the page.
    """
    ...


@operation("GET", "/contacts/{contact_id}/consents")
def list_contact_consents(
    credentials: GetResponseCredentials, contact_id: str, *, fields: str | Omit = OMIT
) -> list[ContactConsent]:
    """Read all consents of a contact, without pages.  The API cannot change them.

    Args:
        credentials: The account.
        contact_id: Id of the contact.
        fields: Comma-separated members to answer with.

    Returns:
        The consents, each with its whole history.
    """
    ...


@operation("POST", "/contacts/{contact_id}/custom-fields", retry_class=RetryClass.UPDATE)
def upsert_contact_custom_fields(
    credentials: GetResponseCredentials,
    contact_id: str,
    *,
    custom_field_values: list[CustomFieldValue],
) -> list[ContactCustomField]:
    """Set some custom fields of a contact; the others stay.

    Args:
        credentials: The account.
        contact_id: Id of the contact.
        custom_field_values: The fields, each with all the values it shall have.

    Returns:
        The custom fields of the contact.
    """
    ...


@operation("POST", "/contacts/{contact_id}/tags", retry_class=RetryClass.UPDATE)
def upsert_contact_tags(
    credentials: GetResponseCredentials, contact_id: str, *, tags: list[TagReference]
) -> list[UpsertedContactTag]:
    """Attach tags to a contact; the others stay.

    Args:
        credentials: The account.
        contact_id: Id of the contact.
        tags: Tags to attach.

    Returns:
        The tags of the contact.
    """
    ...
