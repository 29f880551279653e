"""Definitions of custom fields (tag Custom Fields), and what values they take."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from prefect_getresponse.sandbox.dates import is_moment
from prefect_getresponse.sandbox.errors import FieldError, conflict, invalid, not_found
from prefect_getresponse.sandbox.formats import is_date, is_ip, is_number, is_phone, is_url
from prefect_getresponse.sandbox.listing import Attributes, paged, select, sparse
from prefect_getresponse.sandbox.messages import Answer, json_answer
from prefect_getresponse.sandbox.resources.request import HREF, Behaviours, Request
from prefect_getresponse.sandbox.world import CustomField, World

GENDERS = ("Male", "Female", "Prefer not to say")
CHOICE_FORMATS = frozenset({"radio", "single_select", "multi_select"})
ONE_VALUE_FORMATS = frozenset({"text", "textarea", "radio", "single_select"})
_LISTED_FORMATS = CHOICE_FORMATS | {"checkbox"}
_FEWEST_CHOICES = 2

_TYPE_CHECKS: Mapping[str, Callable[[str], bool]] = {
    "number": is_number,
    "date": is_date,
    "datetime": is_moment,
    "phone": is_phone,
    "ip": is_ip,
    "url": is_url,
    "gender": lambda text: text in GENDERS,
}
_ATTRIBUTES: Attributes[CustomField] = {"name": lambda definition: definition.name}


def value_problem(definition: CustomField, values: list[str]) -> str:
    """Return what is wrong with a contact's values of a field, empty if nothing is.

    Args:
        definition: The field.
        values: The values as sent.
    """
    if not values or not all(value.strip() for value in values):
        return f"Empty value. ID: {definition.custom_field_id}"
    if len(values) > 1 and definition.format in ONE_VALUE_FORMATS:
        return f"One value only. ID: {definition.custom_field_id}"
    if definition.format in _LISTED_FORMATS and not set(values) <= set(definition.values):
        return f"Value is none of the field's. ID: {definition.custom_field_id}"
    check = _TYPE_CHECKS.get(definition.type)
    if check is not None and not all(check(value) for value in values):
        return f"Not of the type {definition.type}. ID: {definition.custom_field_id}"
    return ""


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
        "fieldType": definition.type,
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
    _check_choices(body["format"], body["values"])
    if any(each.name == body["name"] for each in world.custom_fields.values()):
        raise conflict(body["name"])
    definition = CustomField(
        world.ids.next(),
        body["name"],
        body["type"],
        body["format"],
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


def _check_choices(presentation: str, values: list[str]) -> None:
    if presentation in CHOICE_FORMATS and len(values) < _FEWEST_CHOICES:
        raise invalid([FieldError("values", "count", f"{presentation} needs at least 2 values")])


def delete_custom_field(world: World, request: Request) -> Answer:
    """`DELETE /custom-fields/{customFieldId}`: contacts lose their values too."""
    del world.custom_fields[_existing(world, request).custom_field_id]
    return Answer(204)


BEHAVIOURS: Behaviours = {
    "getCustomFieldList": list_custom_fields,
    "createCustomField": create_custom_field,
    "getCustomFieldById": get_custom_field,
    "updateCustomField": update_custom_field,
    "deleteCustomField": delete_custom_field,
}
