"""What values a custom field takes, by its type and format."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from prefect_getresponse.sandbox.contract.dates import is_moment
from prefect_getresponse.sandbox.contract.formats import is_date, is_ip, is_number, is_phone, is_url

GENDERS = ("Male", "Female", "Prefer not to say")
CHOICE_FORMATS = frozenset({"radio", "single_select", "multi_select"})
ONE_VALUE_FORMATS = frozenset({"text", "textarea", "radio", "single_select"})
_LISTED_FORMATS = CHOICE_FORMATS | {"checkbox"}

_TYPE_CHECKS: Mapping[str, Callable[[str], bool]] = {
    "number": is_number,
    "date": is_date,
    "datetime": is_moment,
    "phone": is_phone,
    "ip": is_ip,
    "url": is_url,
    "gender": lambda text: text in GENDERS,
}


@dataclass(slots=True)
class CustomField:
    """The definition of one custom field.

    Attributes:
        custom_field_id: Identifier.
        name: Name, unique.
        type: Data type, `string`, `number`, `date`, ...
        format: Presentation, `text`, `single_select`, ...
        hidden: `true` or `false`.
        values: The values to choose from, empty if any value will do.
    """

    custom_field_id: str
    name: str
    type: str
    format: str
    hidden: str
    values: list[str]


def value_problem(definition: CustomField, values: list[str]) -> str:
    """Return what is wrong with a contact's values of a field, empty if nothing is.

    Args:
        definition: The field.
        values: The values as sent.
    """
    if not values or not all(map(str.strip, values)):
        return f"Empty value. ID: {definition.custom_field_id}"
    if len(values) > 1 and definition.format in ONE_VALUE_FORMATS:
        return f"One value only. ID: {definition.custom_field_id}"
    if definition.format in _LISTED_FORMATS and not set(values) <= set(definition.values):
        return f"Value is none of the field's. ID: {definition.custom_field_id}"
    check = _TYPE_CHECKS.get(definition.type)
    if check is not None and not all(map(check, values)):
        return f"Not of the type {definition.type}. ID: {definition.custom_field_id}"
    return ""
