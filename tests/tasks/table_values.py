"""Values for any operation, made from the table of operations and from nothing of ours.

Where a value must name something that exists, it is a `Reference` until it is known what exists.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, cast

from hypothesis import strategies as st

from prefect_getresponse.client.request import Upload
from prefect_getresponse.operation import OperationTask
from prefect_getresponse.sandbox.contract.operations import Operation, Parameter
from prefect_getresponse.sandbox.contract.schema import Shape, body_shape

Body = dict[str, Any]

DAY = "2026-09-21"
MOMENT = "2026-09-21T10:00:00+0000"
_FORMATS: dict[str, str] = {
    "email": "jane@example.com",
    "mask": "@blocked.example",
    "ip": "192.0.2.1",
    "ipv4": "192.0.2.1",
    "integer": "3",
    "date": DAY,
    "Y-m-d": DAY,
    "Y-m-d H:i:s": f"{DAY} 10:00:00",
    "date-time": MOMENT,
    "uri": "https://shop.example/page",
    "url": "https://shop.example/page",
    "byte": base64.b64encode(b"file").decode(),
    "base64": base64.b64encode(b"file").decode(),
    "country": "POL",
}
_WORDS = ("text", "text_1", "PLN", "POL", "Jane Doe", "ab")


@dataclass(frozen=True)
class Reference:
    """Stands for the id of something that exists, of a kind as the sandbox's facts name it."""

    kind: str


def arguments(task: OperationTask[..., Any], wire: dict[str, Any]) -> dict[str, Any]:
    """What to call a task with so that these values go out.

    Args:
        task: Any task.
        wire: Values of path, query and body by their names on the wire.
    """
    operation = task.operation
    names = {
        sent: name
        for parameters in (
            operation.path_parameters,
            operation.query_parameters,
            operation.body_parameters,
        )
        for name, sent in parameters.items()
    }
    return {names[sent]: value for sent, value in wire.items()}


def replaced(value: Any, name: Callable[[str], str]) -> Any:
    """A value with ids in the place of references.

    Args:
        value: Any part of a body.
        name: Gives an id of a kind.
    """
    if isinstance(value, Reference):
        return name(value.kind)
    if isinstance(value, dict):
        return {key: replaced(each, name) for key, each in cast("Body", value).items()}
    if isinstance(value, list):
        return [replaced(each, name) for each in cast("Iterable[Any]", value)]
    return value


def example_body(row: Operation, *, full: bool) -> Body:
    """A body with the members that are required, or with all there are."""
    return cast("Body", _example(body_shape(row), full)) if row.content_type else {}


def example_query(row: Operation, *, full: bool) -> dict[str, Any]:
    """Query values in Python: those required, or all there are."""
    return {
        each.name: _query_example(each) for each in row.parameters.values() if full or each.required
    }


def bodies(row: Operation) -> st.SearchStrategy[Body]:
    """Any body that the table allows."""
    return cast("st.SearchStrategy[Body]", _values(body_shape(row)))


def queries(row: Operation) -> st.SearchStrategy[dict[str, Any]]:
    """Any query that the table allows."""
    every = {each.name: _query_values(each) for each in row.parameters.values()}
    needed = {each.name for each in row.parameters.values() if each.required}
    return st.fixed_dictionaries(
        {name: values for name, values in every.items() if name in needed},
        optional={name: values for name, values in every.items() if name not in needed},
    )


def spoiled_queries(row: Operation) -> Iterator[tuple[str, dict[str, Any]]]:
    """Queries with one fault each, and what the fault is."""
    good = example_query(row, full=False)
    for each in row.parameters.values():
        if each.choices:
            word: Any = "no such word"
            yield f"{each.name}: word", good | {each.name: [word] if each.several else word}
        if each.minimum is not None:
            yield f"{each.name}: too small", good | {each.name: each.minimum - 1}
        if each.maximum is not None:
            yield f"{each.name}: too large", good | {each.name: each.maximum + 1}


def spoiled_bodies(row: Operation) -> Iterator[tuple[str, Body]]:
    """Bodies with one fault each, and what the fault is."""
    root = body_shape(row)
    for path, fault, value in _faults(root, ""):
        yield f"{path}: {fault}", cast("Body", _placed(root, path.split(".")[1:], value))


def _faults(shape: Shape, path: str) -> Iterator[tuple[str, str, Any]]:
    """Places in a body, what can be wrong there, and the value that is."""
    if shape.choices:
        yield path, "word", "no such word"
    elif "string" in shape.kinds and shape.high is not None and not shape.pattern:
        yield path, "too long", "x" * (int(shape.high) + 1)
    if shape.kinds <= {"number", "integer"} and shape.high is not None:
        yield path, "too large", int(shape.high) + 1
    if shape.items is not None:
        yield from _faults(shape.items, f"{path}.[]")
    if shape.members and path and not shape.is_open:
        example = cast("Body", _example(shape, full=False))
        yield path, "unknown member", example | {"noSuchMember": "x"}
    for name, member in shape.members.items():
        yield from _faults(member, f"{path}.{name}")


def _placed(shape: Shape, path: list[str], value: Any) -> Any:
    """The least value of a shape, with `value` at a path inside it."""
    if not path:
        return value
    step, *further = path
    if step == "[]":
        assert shape.items is not None
        return [_placed(shape.items, further, value)]
    example = cast("Body", _example(shape, full=False))
    return example | {step: _placed(shape.members[step], further, value)}


def _example(shape: Shape, full: bool) -> Any:
    if shape.members:
        wanted = shape.members if full else shape.required
        return {
            name: _example(each, full) for name, each in shape.members.items() if name in wanted
        }
    if shape.items is not None:
        return [_example(shape.items, full)] * max(1, int(shape.low or 0))
    if shape.refers_to:
        return Reference(shape.refers_to)
    if shape.choices:
        return shape.choices[0]
    if "string" in shape.kinds:
        return _text(shape)
    if shape.kinds & {"number", "integer"}:
        return max(1, int(shape.low or 0))
    return {} if "object" in shape.kinds else True


def _text(shape: Shape) -> Any:
    if shape.format == "binary":
        return Upload("picture.png", b"\x89PNG")
    if shape.format in _FORMATS:
        return _FORMATS[shape.format]
    shortest, longest = int(shape.low or 1), int(shape.high or 255)
    fitting = (word for word in _WORDS if shortest <= len(word) <= longest)
    return next(
        (word for word in fitting if not shape.pattern or shape.pattern.fullmatch(word)),
        "x" * shortest,
    )


def _values(shape: Shape) -> st.SearchStrategy[Any]:
    values = _values_but_null(shape)
    return st.none() | values if shape.nullable else values


def _values_but_null(shape: Shape) -> st.SearchStrategy[Any]:
    if shape.members:
        every = {name: _values(each) for name, each in shape.members.items()}
        return st.fixed_dictionaries(
            {name: values for name, values in every.items() if name in shape.required},
            optional={name: values for name, values in every.items() if name not in shape.required},
        )
    if shape.items is not None:
        fewest = int(shape.low or 0)
        most = min(fewest + 2, int(shape.high or fewest + 2))
        return st.lists(_values(shape.items), min_size=fewest, max_size=most)
    if shape.choices:
        return st.sampled_from(shape.choices)
    if "string" in shape.kinds:
        return _texts(shape)
    if shape.kinds <= {"number", "integer"}:
        return _numbers(shape)
    return st.just(_example(shape, full=False))


def _texts(shape: Shape) -> st.SearchStrategy[Any]:
    if shape.format in {*_FORMATS, "binary"}:
        return st.just(_text(shape))
    shortest, longest = int(shape.low or 0), int(shape.high or 40)
    if shape.pattern:
        fitting = st.from_regex(shape.pattern, fullmatch=True)
        return fitting.filter(lambda text: shortest <= len(text) <= longest)
    characters = st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"])
    return st.text(characters, min_size=shortest, max_size=min(longest, shortest + 10))


def _numbers(shape: Shape) -> st.SearchStrategy[Any]:
    low = int(shape.low or 0)
    high = int(low + 100 if shape.high is None else shape.high)
    whole = st.integers(low, high)
    if "number" not in shape.kinds:
        return whole
    return whole | st.floats(low, high, allow_nan=False, allow_subnormal=False)


def _query_example(parameter: Parameter) -> Any:
    if parameter.choices:
        return [parameter.choices[0]] if parameter.several else parameter.choices[0]
    if parameter.type == "integer":
        return max(1, parameter.minimum or 0)
    if parameter.type == "boolean":
        return True
    if parameter.name.endswith(("[from]", "[to]")):
        return DAY if parameter.format == "date" else MOMENT
    return _FORMATS.get(parameter.format, "text")


def _query_values(parameter: Parameter) -> st.SearchStrategy[Any]:
    if parameter.choices:
        words = st.sampled_from(parameter.choices)
        return st.lists(words, min_size=1, max_size=2) if parameter.several else words
    if parameter.type == "integer":
        return st.integers(parameter.minimum or 0, parameter.maximum)
    if parameter.type == "boolean":
        return st.booleans()
    return st.just(_query_example(parameter))
