"""What pydantic finds wrong, in our words: what must hold, which also says what to do.

Values are never repeated: they may be addresses or keys.
"""

from __future__ import annotations

import re
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

_REQUIREMENTS = {
    "missing": "is missing",
    "string_type": "must be a text",
    "bytes_type": "must be bytes",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "list_type": "must be a list",
    "tuple_type": "must be a list",
    "dict_type": "must be an object (a dict)",
    "model_type": "must be an object (a dict)",
    "dataclass_type": "must be of the class {class_name}",
    "dataclass_exact_type": "must be of the class {class_name}",
    "is_instance_of": "must be of the class {class}",
    "string_too_short": "must have at least {min_length} characters",
    "string_too_long": "must have at most {max_length} characters",
    "too_short": "must have at least {min_length} entries",
    "too_long": "must have at most {max_length} entries",
    "greater_than": "must be more than {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than": "must be less than {lt}",
    "less_than_equal": "must be at most {le}",
    "literal_error": "must be {expected}",
}
"""What must hold, by pydantic's name of the fault."""

_OF_CHARACTERS = re.compile(r"\^(?P<sets>(\[[^\]\\]+\])+)\{(?P<least>\d+),(?P<most>\d+)\}\$")
_RANGES = {"a-z": "small letters", "A-Z": "capital letters", "0-9": "digits"}


def faults(error: ValidationError, unknown: str = "there is no such argument") -> str:
    """All that is wrong, each with its place.

    Args:
        error: What pydantic raised.
        unknown: What is said of a name that nobody knows.
    """
    found = error.errors(include_url=False, include_input=False)
    return "; ".join(
        f"{'.'.join(map(str, each['loc'])) or 'arguments'}: {requirement(each, unknown)}"
        for each in found
    )


def requirement(fault: ErrorDetails, unknown: str = "there is no such argument") -> str:
    """What must hold where something is wrong.

    Args:
        fault: One of pydantic's.
        unknown: What is said of a name that nobody knows.
    """
    kind, context = fault["type"], fault.get("ctx", {})
    if kind == "extra_forbidden":
        return unknown
    if kind == "string_pattern_mismatch":
        return f"must be {_characters(str(context['pattern']))}"
    if kind in ("string_too_short", "too_short") and context["min_length"] == 1:
        return "must not be empty"
    if kind in _REQUIREMENTS:
        return _REQUIREMENTS[kind].format_map(_readable(context))
    return fault["msg"].removeprefix("Value error, ")


def _readable(context: dict[str, Any]) -> dict[str, Any]:
    return {
        name: f"{value:,}" if isinstance(value, int) and name.endswith("_length") else value
        for name, value in context.items()
    }


def _characters(pattern: str) -> str:
    """A pattern of one set of characters in words, such as "2 to 64 letters, digits and _"."""
    found = _OF_CHARACTERS.fullmatch(pattern)
    if found is None or found["sets"].count("[") != 1:
        return f"of the form {pattern}"
    inside = found["sets"][1:-1]
    words = [word for written, word in _RANGES.items() if written in inside]
    if words[:2] == [_RANGES["a-z"], _RANGES["A-Z"]]:
        words[:2] = ["letters"]
    words += sorted(re.sub("|".join(_RANGES), "", inside))
    *first, last = words
    listed = f"{', '.join(first)} and {last}" if first else last
    return f"{found['least']} to {found['most']} {listed}"
