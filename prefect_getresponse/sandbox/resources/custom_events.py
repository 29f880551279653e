"""Custom events: defined, and triggered without consequences (tag Custom Events)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from prefect_getresponse.sandbox.contract.dates import is_moment
from prefect_getresponse.sandbox.contract.errors import FieldError, invalid, not_found
from prefect_getresponse.sandbox.contract.messages import Answer
from prefect_getresponse.sandbox.contract.validation import Body, objects
from prefect_getresponse.sandbox.resources.collection import Collection
from prefect_getresponse.sandbox.resources.request import Checks, Request
from prefect_getresponse.sandbox.world.records import Record
from prefect_getresponse.sandbox.world.world import World

_LONGEST_TEXT = 255

_TYPE_CHECKS: Mapping[str, Callable[[Any], bool]] = {
    "string": lambda value: isinstance(value, str) and 1 <= len(value) <= _LONGEST_TEXT,
    "number": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "boolean": lambda value: isinstance(value, bool) or value in ("true", "false"),
    "datetime": lambda value: isinstance(value, str) and "T" in value and is_moment(value),
}


def _name_attributes(world: World, _request: Request, event: Record) -> None:
    """Give each attribute an identifier; one that had one keeps it."""
    before = world.records.find("custom_events", event.record_id, {})
    known = {each["name"]: each for each in before.members["attributes"]} if before else {}
    event.members["attributes"] = [
        {
            "customEventAttributeId": known[each["name"]]["customEventAttributeId"]
            if each["name"] in known
            else world.ids.next(),
            "name": each["name"],
            "type": each["type"],
        }
        for each in event.members["attributes"]
    ]


CUSTOM_EVENTS = Collection(
    "custom_events",
    "/custom-events/{customEventId}",
    updated="",
    unique=("name",),
    attributes={"hasAttributes": lambda event: str(bool(event.members["attributes"])).lower()},
    on_create=_name_attributes,
    on_update=_name_attributes,
)


def trigger_custom_event(world: World, request: Request) -> Answer:
    """`POST /custom-events/trigger`: checks the values by the definition, and is forgotten."""
    name = request.body["name"]
    events = world.records.of("custom_events").values()
    event = next((each for each in events if each.members["name"] == name), None)
    if event is None:
        raise not_found(name=name)
    errors = list(_value_errors(event, request.body.get("attributes", [])))
    if errors:
        raise invalid(errors)
    return Answer(request.successful)


def _value_errors(event: Record, given: list[Body]) -> Iterator[FieldError]:
    types = {each["name"]: each["type"] for each in event.members["attributes"]}
    for index, attribute in enumerate(given):
        kind = types.get(attribute["name"])
        if kind is None:
            problem = f"The event defines no attribute {attribute['name']}"
            yield FieldError(f"attributes[{index}].name", "reference", problem)
        elif not _TYPE_CHECKS[kind](attribute["value"]):
            yield FieldError(f"attributes[{index}].value", "type", f"Not of the type {kind}")


def _repeated_names(_world: World, body: Body) -> Iterator[FieldError]:
    seen: set[Any] = set()
    for index, attribute in enumerate(objects(body.get("attributes"))):
        if str(attribute.get("name")) in seen:
            yield FieldError(f"attributes[{index}].name", "unique", "The name is taken")
        seen.add(str(attribute.get("name")))


BEHAVIOURS = {
    **CUSTOM_EVENTS.behaviours(
        listing="getCustomEventsList",
        get="getCustomEventById",
        create="createCustomEvent",
        update="updateCustomEvent",
        delete="deleteCustomEvent",
    ),
    "triggerCustomEvent": trigger_custom_event,
}
CHECKS: Checks = {
    "createCustomEvent": _repeated_names,
    "updateCustomEvent": _repeated_names,
    "triggerCustomEvent": _repeated_names,
}
