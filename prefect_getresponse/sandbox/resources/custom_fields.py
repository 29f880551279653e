"""Definitions of custom fields (tag Custom Fields)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from prefect_getresponse.sandbox.contract.errors import (
    IN_USE,
    ApiError,
    FieldError,
    conflict,
    invalid,
    not_found,
)
from prefect_getresponse.sandbox.contract.messages import Answer, json_answer
from prefect_getresponse.sandbox.contract.validation import Body
from prefect_getresponse.sandbox.people.custom_values import CHOICE_FORMATS, CustomField
from prefect_getresponse.sandbox.resources.listing import Attributes, paged, select, sparse
from prefect_getresponse.sandbox.resources.request import HREF, Behaviours, Request
from prefect_getresponse.sandbox.world.world import World

_FEWEST_CHOICES = 2
_PRESENTATIONS = frozenset({*CHOICE_FORMATS, "text", "textarea", "checkbox"})

_ATTRIBUTES: Attributes[CustomField] = {"name": lambda definition: definition.name}


def value_details(definition: CustomField, values: tuple[str, ...]) -> dict[str, Any]:
    """Return a contact's values of a field as the contact's details show them."""
    return {
        "customFieldId": definition.custom_field_id,
        "name": definition.name,
        "type": definition.format,
        "fieldType": definition.format,
        "valueType": definition.type,
        "value": list(values),
        "values": list(values),
    }


def _details(definition: CustomField) -> dict[str, Any]:
    return {
        "customFieldId": definition.custom_field_id,
        "href": f"{HREF}/custom-fields/{definition.custom_field_id}",
        "name": definition.name,
        "type": definition.type,
        "fieldType": definition.format,
        "valueType": definition.type,
        "format": definition.format,
        "hidden": definition.hidden,
        "values": definition.values,
    }


def _existing(world: World, request: Request) -> CustomField:
    custom_field_id = request.path["customFieldId"]
    if custom_field_id not in world.custom_fields:
        raise not_found(customFieldId=custom_field_id)
    return world.custom_fields[custom_field_id]


def list_custom_fields(world: World, request: Request) -> Answer:
    """`GET /custom-fields`."""
    selected = select(world.custom_fields.values(), request.query, _ATTRIBUTES)
    return paged(selected, request.query, _details, "customFieldId")


def get_custom_field(world: World, request: Request) -> Answer:
    """`GET /custom-fields/{customFieldId}`."""
    details = _details(_existing(world, request))
    return json_answer(200, sparse(details, request.query, "customFieldId"))


def create_custom_field(world: World, request: Request) -> Answer:
    """`POST /custom-fields`."""
    body = request.body
    data_type, presentation = _type_and_format(body)
    _check_choices(presentation, body["values"])
    if any(each.name == body["name"] for each in world.custom_fields.values()):
        raise conflict()
    definition = CustomField(
        world.ids.next(),
        body["name"],
        data_type,
        presentation,
        body["hidden"],
        body["values"],
    )
    world.custom_fields[definition.custom_field_id] = definition
    return json_answer(201, _details(definition))


def update_custom_field(world: World, request: Request) -> Answer:
    """`POST /custom-fields/{customFieldId}`: only `hidden` and `values` can change."""
    definition = _existing(world, request)
    _check_choices(definition.format, request.body["values"])
    definition.hidden = request.body["hidden"]
    definition.values = request.body["values"]
    return json_answer(200, _details(definition))


def _type_and_format(body: Body) -> tuple[str, str]:
    """Return data type and presentation; older clients send either of them as `type`, alone."""
    named: str = body["type"]
    if named in _PRESENTATIONS:
        return "string", str(body.get("format", named))
    return named, str(body.get("format", "text"))


def _check_choices(presentation: str, values: list[str]) -> None:
    if presentation in CHOICE_FORMATS and len(values) < _FEWEST_CHOICES:
        raise invalid([FieldError("values", "count", f"{presentation} needs at least 2 values")])


def delete_custom_field(world: World, request: Request) -> Answer:
    """`DELETE /custom-fields/{customFieldId}`: contacts lose their values too."""
    definition = _existing(world, request)
    if definition.custom_field_id in _in_segments(world):
        raise ApiError(400, IN_USE, "A segment uses the custom field")
    del world.custom_fields[definition.custom_field_id]
    return Answer(204)


def _in_segments(world: World) -> Iterator[str]:
    """Return the identifiers of the fields that saved segments ask for."""
    for segment in world.records.of("search_contacts").values():
        for section in segment.members["section"]:
            for condition in section.get("conditions", []):
                if condition["conditionType"] == "custom":
                    yield condition["scope"]


BEHAVIOURS: Behaviours = {
    "getCustomFieldList": list_custom_fields,
    "createCustomField": create_custom_field,
    "getCustomFieldById": get_custom_field,
    "updateCustomField": update_custom_field,
    "deleteCustomField": delete_custom_field,
}
