"""One validator for the queries and bodies of all operations, driven by the tables.

It reports every failed check at once. Members, filters and sorts that are not declared are refused:
the API either drops them or answers 400, and a sandbox that drops them would hide mistakes. Other
parameters of a GET are passed over, as programs in use send `page` with the reading of one item.
A lenient check also takes what GetResponse is known to take beyond its contract, and puts it into
the contract's form.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, cast
from urllib.parse import parse_qsl

from prefect_getresponse.sandbox.contract.errors import (
    HEADERS,
    VALIDATION,
    ApiError,
    FieldError,
    invalid,
)
from prefect_getresponse.sandbox.contract.formats import CHECKS
from prefect_getresponse.sandbox.contract.forms import FORM_TYPE, FilePart, read_form
from prefect_getresponse.sandbox.contract.ids import is_id
from prefect_getresponse.sandbox.contract.messages import Call
from prefect_getresponse.sandbox.contract.operations import Operation, Parameter
from prefect_getresponse.sandbox.contract.practice import practice_of
from prefect_getresponse.sandbox.contract.schema import Shape, body_shape

Query = Mapping[str, Any]
Body = dict[str, Any]
Exists = Callable[[str, str], bool]

_FILTER = re.compile(r"(?P<kind>query|sort)\[(?P<name>[^\]]*)\].*")
_BOUND = re.compile(r"query\[\w+\]\[(?:from|to)\]")
_BOOLEANS = ("true", "false", "1", "0")


def check_query(
    operation: Operation, call: Call, *, lenient: bool = False
) -> tuple[Query, list[FieldError]]:
    """Read the query of a call.

    Args:
        operation: What is called.
        call: The call.
        lenient: Whether to take what GetResponse takes beyond its contract.

    Returns:
        Values by parameter name in the order sent (integers as `int`, choices as a tuple where
        several are allowed), and every failed check.
    """
    values: dict[str, Any] = {}
    errors: list[FieldError] = []
    for name, text in parse_qsl(call.query_string, keep_blank_values=True):
        parameter = operation.parameters.get(name)
        if parameter is None:
            if operation.method != "GET" or "[" in name:
                errors.append(_undeclared(name))
            continue
        if lenient and name == "perPage" and _counts_as_left_out(text):
            continue
        if lenient and parameter.several:
            flags = practice_of(operation.operation_id).flags
            parameter = replace(parameter, choices=(*parameter.choices, *flags))
        problem = _parameter_problem(parameter, text)
        if problem:
            errors.append(FieldError(name, "query", problem))
        else:
            values[name] = _parameter_value(parameter, text)
    for parameter in operation.parameters.values():
        if parameter.required and parameter.name not in values:
            errors.append(FieldError(parameter.name, "query", "Parameter is required"))
    return values, errors


def _counts_as_left_out(text: str) -> bool:
    """Whether a number of rows is 0 or none at all: the API then takes the usual one."""
    return re.fullmatch(r"-?\d+", text) is None or int(text) == 0


def _undeclared(name: str) -> FieldError:
    found = _FILTER.fullmatch(name)
    if found is None:
        return FieldError(name, "query", "Not allowed parameter")
    what = "search" if found["kind"] == "query" else "sort"
    kind = f"searchFilter[{found['kind']}]"
    return FieldError(found["name"], kind, f"Not allowed {what} field", name)


def _parameter_problem(parameter: Parameter, text: str) -> str:
    """Return what is wrong with a parameter's text, empty if nothing is."""
    if parameter.type == "integer":
        if re.fullmatch(r"\d{1,9}", text) is None:
            return "Not an integer"
        low, high = parameter.minimum, parameter.maximum
        if (low is not None and int(text) < low) or (high is not None and int(text) > high):
            return f"Not between {low} and {'any number' if high is None else high}"
    if parameter.type == "boolean" and text not in _BOOLEANS:
        return "Not a boolean"
    if parameter.choices:
        words = text.split(",") if parameter.several else [text]
        # The contract's own examples write sort orders in lower case.
        words = [word.upper() for word in words] if parameter.name.startswith("sort[") else words
        if not set(words) <= set(parameter.choices):
            return f"Not one of {', '.join(parameter.choices)}"
    text_format = "date-time" if _BOUND.fullmatch(parameter.name) else parameter.format
    if text_format in CHECKS and not CHECKS[text_format](text):
        return f"Not of the format {text_format}"
    return ""


def _parameter_value(parameter: Parameter, text: str) -> Any:
    if parameter.type == "integer":
        return int(text)
    if parameter.type == "boolean":
        return text in ("true", "1")
    if parameter.several:
        return tuple(text.split(","))
    return text


def read_body(operation: Operation, call: Call) -> Body:
    """Read the body of a call, without checking its members.

    Returns:
        The JSON object, or the parts of a form; empty for operations that take no body and for
        GET, whose body is ignored.

    Raises:
        ApiError: 400 if a DELETE has a body, the content type is not the operation's (code
            1021) or the body is not a JSON object or a form; 413 if it is too large.
    """
    largest = operation.body_checks.most_bytes
    if largest is not None and len(call.body) > largest:
        raise ApiError(413, VALIDATION, "Request is too large", {"limit": largest})
    if operation.method == "DELETE" and call.body:
        raise invalid([FieldError("", "body", "DELETE takes no body")])
    if not operation.content_type or operation.method == "GET":
        return {}
    content_type = call.headers.get("content-type", "")
    if content_type.partition(";")[0].strip().lower() != operation.content_type:
        message = f"Content-Type must be {operation.content_type}"
        raise ApiError(400, HEADERS, message, {"header": "Content-Type"})
    return _read_form(call) if operation.content_type == FORM_TYPE else _read_json(call)


def _read_form(call: Call) -> Body:
    try:
        return dict(read_form(call.headers["content-type"], call.body))
    except ValueError as error:
        raise invalid([FieldError("", "form", "The body is not a valid form")]) from error


def _read_json(call: Call) -> Body:
    try:
        value = json.loads(call.body.decode("utf-8"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise invalid([FieldError("", "json", "The body is not valid JSON in UTF-8")]) from error
    if not isinstance(value, dict):
        raise invalid([FieldError("", "type", "The body is not a JSON object")])
    return cast("Body", value)


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def check_body(
    operation: Operation, body: Body, exists: Exists, *, lenient: bool = False
) -> list[FieldError]:
    """Return every failed check of a request body.

    Args:
        operation: What is called.
        body: The JSON object sent, or the parts of a form.
        exists: Whether there is a resource, by kind and identifier.
        lenient: Whether to take what GetResponse takes beyond its contract.
    """
    if not body and operation.body_required:
        return [FieldError("", "empty", "Empty payload")]
    shape = body_shape(operation, lenient=lenient)
    errors = list(_check(body, shape, ""))
    errors += _unknown_references(body, shape, "", exists)
    return errors


def in_contract_form(operation: Operation, body: Body) -> Body:
    """Return a body that passed a lenient check as the contract would have it.

    Numbers and booleans that stand for texts become texts, what is null without being allowed to be
    and what is not declared goes. What is declared beyond the contract stays.

    Args:
        operation: What is called.
        body: The JSON object sent.
    """
    loose = body_shape(operation, lenient=True)
    return cast("Body", _conformed(body, body_shape(operation), loose))


def _conformed(value: object, shape: Shape, loose: Shape) -> Any:
    if isinstance(value, dict) and shape.members:
        return _conformed_object(cast("Body", value), shape, loose)
    if isinstance(value, list) and shape.items is not None and loose.items is not None:
        items = cast("Sequence[Any]", value)
        if not shape.items.members:  # the cells of an import are many, and texts already
            return items
        return [_conformed(each, shape.items, loose.items) for each in items]
    if isinstance(value, bool) and "boolean" not in shape.kinds and "string" in shape.kinds:
        return "true" if value else "false"
    if isinstance(value, int | float) and shape.kinds == frozenset({"string"}):
        return str(value)
    return cast("Any", value)


def _conformed_object(value: Body, shape: Shape, loose: Shape) -> Body:
    kept: Body = {}
    for name, each in value.items():
        taken = loose.members.get(name)
        if taken is None:
            if shape.is_open:
                kept[name] = each
            continue
        contract = shape.members.get(name, taken)
        if not taken.is_ignored and (each is not None or contract.nullable):
            kept[name] = _conformed(each, contract, taken)
    return kept


def _check(value: Any, shape: Shape, path: str) -> Iterator[FieldError]:
    if value is None:
        if not shape.nullable:
            yield FieldError(path, "type", "null is not allowed")
    elif shape.format == "binary":
        if not isinstance(value, FilePart):
            yield FieldError(path, "type", "Not a file")
    elif not any(_is_kind(value, kind) for kind in shape.kinds):
        yield FieldError(path, "type", f"Not of the type {'|'.join(sorted(shape.kinds))}")
    elif isinstance(value, dict):
        yield from check_object(cast("Body", value), shape, path)
    elif isinstance(value, list):
        yield from _check_array(cast("Sequence[Any]", value), shape, path)
    elif isinstance(value, str):
        yield from _check_text(value, shape, path)
    elif not isinstance(value, bool) and "string" not in shape.kinds and not _within(value, shape):
        yield FieldError(path, "range", f"Not between {_bounds(shape)}")


def _is_kind(value: Any, kind: str) -> bool:
    if kind == "any":
        return True
    if kind in ("number", "integer"):
        allowed = int if kind == "integer" else (int, float)
        return isinstance(value, allowed) and not isinstance(value, bool)
    return isinstance(value, {"string": str, "boolean": bool, "object": dict, "array": list}[kind])


def check_object(value: Body, shape: Shape, path: str) -> Iterator[FieldError]:
    """Check an object.

    Args:
        value: The object.
        shape: What it must look like.
        path: Where it stands in the body, empty if it is the body.

    Returns:
        Every failed check.
    """
    prefix = f"{path}." if path else ""
    for name in sorted(shape.required - value.keys()):
        yield FieldError(f"{prefix}{name}", "required", "Member is required")
    for name, member in value.items():
        declared = shape.members.get(name)
        if declared is not None:
            yield from _check(member, declared, f"{prefix}{name}")
            if member == "" and name in shape.required and not declared.low:
                yield FieldError(f"{prefix}{name}", "empty", "Empty value")
        elif shape.members and not shape.is_open:
            yield FieldError(f"{prefix}{name}", "unknown", "Not allowed member")


def _check_array(value: Sequence[Any], shape: Shape, path: str) -> Iterator[FieldError]:
    if not _within(len(value), shape):
        yield FieldError(path, "count", f"Number of items is not between {_bounds(shape)}")
    if shape.items is not None and not _are_any_texts(value, shape.items):
        for index, item in enumerate(value):
            yield from _check(item, shape.items, f"{path}[{index}]")


def _are_any_texts(value: Sequence[Any], shape: Shape) -> bool:
    """Whether all items are texts of which nothing is asked: the cells of an import are many."""
    return shape.is_any_text and set(map(type, value)) <= {str}


def _check_text(value: str, shape: Shape, path: str) -> Iterator[FieldError]:
    if shape.choices and value not in shape.choices:
        yield FieldError(path, "choice", f"Not one of {', '.join(shape.choices)}")
    if not _within(len(value), shape):
        yield FieldError(path, "length", f"Length is not between {_bounds(shape)}")
    elif shape.pattern is not None and shape.pattern.fullmatch(value) is None:
        yield FieldError(path, "pattern", "Contains characters that are not allowed")
    elif shape.format in CHECKS and not CHECKS[shape.format](value):
        yield FieldError(path, "format", f"Not of the format {shape.format}")


def objects(value: Any) -> Iterator[Body]:
    """Return the items of an array as objects, for checks of bodies of any shape.

    What is no object counts as an empty one, what is no array as an empty array.
    """
    items = cast("Sequence[Any]", value) if isinstance(value, list) else ()
    return (cast("Body", item) if isinstance(item, dict) else {} for item in items)


def _unknown_references(
    value: Any, shape: Shape, path: str, exists: Exists
) -> Iterator[FieldError]:
    if not shape.has_references:
        return
    if isinstance(value, dict):
        for name, member in cast("Body", value).items():
            if name in shape.members:
                inner = f"{path}.{name}" if path else name
                yield from _unknown_references(member, shape.members[name], inner, exists)
    elif isinstance(value, list) and shape.items is not None:
        for index, item in enumerate(cast("Sequence[Any]", value)):
            yield from _unknown_references(item, shape.items, f"{path}[{index}]", exists)
    elif isinstance(value, str) and shape.refers_to and not exists(shape.refers_to, value):
        if is_id(value):
            yield FieldError(path, "reference", f"There is no such resource: {value}")
        else:
            yield FieldError(path, "format", "Provided ID is not valid")


def _within(number: float, shape: Shape) -> bool:
    above = shape.low is None or number >= shape.low
    return above and (shape.high is None or number <= shape.high)


def _bounds(shape: Shape) -> str:
    low = "any" if shape.low is None else f"{shape.low:g}"
    return f"{low} and {'any' if shape.high is None else f'{shape.high:.15g}'}"
