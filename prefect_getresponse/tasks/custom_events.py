"""Custom events: things that happen outside GetResponse and start its workflows.

An event is defined once, with its attributes, and then triggered for contacts.
Source: GetResponse API v3, Custom Events.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, Required

from pydantic import StringConstraints
from typing_extensions import TypedDict

from prefect_getresponse.client.request import RetryClass
from prefect_getresponse.omit import OMIT, Omit
from prefect_getresponse.operation import Query, operation
from prefect_getresponse.tasks.common import Page, PerPage, SortOrder, TrueOrFalse

if TYPE_CHECKING:
    from prefect_getresponse.credentials import GetResponseCredentials

CustomEventName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{3,64}$")]
CustomEventAttributeType = Literal["string", "number", "datetime", "boolean"]


class CustomEventAttribute(TypedDict):
    """An attribute to define: its name is unique in the event."""

    name: CustomEventName
    type: CustomEventAttributeType


class CustomEventAttributeDetails(TypedDict):
    """A defined attribute as the API answers it."""

    customEventAttributeId: str
    name: str
    type: CustomEventAttributeType


class TriggeredAttribute(TypedDict):
    """The value of a defined attribute: text, whole number, boolean or ISO 8601 date by its type.

    Texts have 1 to 255 characters.
    """

    name: Annotated[str, StringConstraints(min_length=3, max_length=64)]
    value: bool | int | Annotated[str, StringConstraints(min_length=1, max_length=255)]


class CustomEvent(TypedDict, total=False):
    """The definition of an event as the API answers it."""

    customEventId: Required[str]
    name: str
    attributes: list[CustomEventAttributeDetails]
    createdOn: str
    href: str


@operation("GET", "/custom-events")
def list_custom_events(
    credentials: GetResponseCredentials,
    *,
    name: Annotated[str | Omit, Query("query[name]")] = OMIT,
    has_attributes: Annotated[TrueOrFalse | Omit, Query("query[hasAttributes]")] = OMIT,
    sort_name: Annotated[SortOrder | Omit, Query("sort[name]")] = OMIT,
    fields: str | Omit = OMIT,
    page: Page | Omit = OMIT,
    per_page: PerPage | Omit = OMIT,
) -> list[CustomEvent]:
    """Read one page of definitions of events.

    Args:
        credentials: The account.
        name: Keep events whose name contains this.
        has_attributes: Keep events with attributes (`true`) or without any (`false`).
        sort_name: Sort by name.
        fields: Comma-separated members to answer with.
        page: Page, from 1.
        per_page: Events per page, up to 1000.

    Returns:
        The events of the page.
    """
    ...


@operation("POST", "/custom-events", retry_class=RetryClass.KEYED)
def create_custom_event(
    credentials: GetResponseCredentials,
    *,
    name: CustomEventName,
    attributes: list[CustomEventAttribute],
) -> CustomEvent:
    """Define an event; its name is unique.

    Args:
        credentials: The account.
        name: 3 to 64 lower-case letters, digits and underscores.
        attributes: What is said whenever it happens; an empty list for nothing.

    Returns:
        The new definition.
    """
    ...


@operation("POST", "/custom-events/trigger", retry_class=RetryClass.ONCE)
def trigger_custom_event(
    credentials: GetResponseCredentials,
    *,
    name: CustomEventName,
    contact_id: str,
    attributes: list[TriggeredAttribute] | Omit = OMIT,
) -> None:
    """Say that an event happened to a contact; workflows that wait for it go on at once.

    What happened cannot be read back, so a doubtful call ends as `OutcomeUnknown`.

    Args:
        credentials: The account.
        name: Name of a defined event.
        contact_id: Id of the contact; a person on several lists is several contacts.
        attributes: Values of attributes that the event defines.
    """
    ...


@operation("GET", "/custom-events/{custom_event_id}")
def get_custom_event(
    credentials: GetResponseCredentials, custom_event_id: str, *, fields: str | Omit = OMIT
) -> CustomEvent:
    """Read the definition of one event.

    Args:
        credentials: The account.
        custom_event_id: Id of the event.
        fields: Comma-separated members to answer with.

    Returns:
        The definition.
    """
    ...


@operation("POST", "/custom-events/{custom_event_id}", retry_class=RetryClass.UPDATE)
def update_custom_event(
    credentials: GetResponseCredentials,
    custom_event_id: str,
    *,
    name: CustomEventName,
    attributes: list[CustomEventAttribute],
) -> CustomEvent:
    """Change the definition of an event; the given attributes replace all it has.

    Args:
        credentials: The account.
        custom_event_id: Id of the event.
        name: 3 to 64 lower-case letters, digits and underscores.
        attributes: All attributes it shall have.

    Returns:
        The changed definition.
    """
    ...


@operation("DELETE", "/custom-events/{custom_event_id}")
def delete_custom_event(credentials: GetResponseCredentials, custom_event_id: str) -> None:
    """Delete the definition of an event; it can then no longer be triggered.

    Args:
        credentials: The account.
        custom_event_id: Id of the event.
    """
    ...
