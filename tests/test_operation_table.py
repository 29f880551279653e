"""Declarations against the table of operations, in both directions."""

import json
import re
import types
from collections.abc import Iterator
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import (
    Annotated,
    Any,
    Literal,
    NotRequired,
    Required,
    Union,
    cast,
    get_args,
    get_origin,
    get_type_hints,
)

import annotated_types
import pytest
from pydantic import StringConstraints
from pydantic.fields import FieldInfo
from typing_extensions import is_typeddict

from prefect_getresponse.client.request import Upload
from prefect_getresponse.omit import Omit
from prefect_getresponse.operation import OperationTask
from tests.support.declared import TASKS

Row = dict[str, Any]

TABLE: list[Row] = json.loads(
    (files("prefect_getresponse.sandbox.contract") / "operations.json").read_text(encoding="utf-8")
)
DECLARED = {(task.operation.method, task.operation.template): task for task in TASKS}
ROWS = [
    pytest.param(row, DECLARED[row["method"], row["path"]], id=row["operation_id"]) for row in TABLE
]
OPEN_OBJECT = "open object"
"""A JSON object whose members are not declared."""


@dataclass(frozen=True)
class Shape:
    """What is known of one value: type, words or numbers allowed, length, null."""

    type: str
    words: frozenset[str] = frozenset()
    shortest: int = 0
    longest: int | None = None
    least: float | None = None
    most: float | None = None
    pattern: str = ""
    nullable: bool = False


def shape_in_table(note: str) -> Shape:
    """Read a note such as `string [len 2..64; nullable]` or `array<string> enum(a|b)`."""
    kind = re.match(r"(?:array<)*[\w|]+>*", note)
    words = re.search(r"enum\(([^)]*)\)", note)
    length = re.search(r"len (\d+)\.\.(\d*)", note)
    range_ = re.search(r"\[(\d+)\.\.([\d.]*)", note)
    pattern = re.search(r"pattern (\^.*\$)", note)
    one = "exactly one" in note
    assert kind, note
    return Shape(
        kind[0],
        frozenset(words[1].split("|")) if words else frozenset(),
        int(length[1]) if length else int(one),
        int(length[2]) if length and length[2] else 1 if one else None,
        float(range_[1]) if range_ else None,
        float(range_[2]) if range_ and range_[2] else None,
        pattern=pattern[1] if pattern else "",
        nullable="nullable" in note,
    )


def declared_shape(hint: Any) -> Shape:
    """The shape that a type hint says."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Required, NotRequired):
        return declared_shape(arguments[0])
    if origin is Annotated:
        return constrained(declared_shape(arguments[0]), arguments[1:])
    if origin in (Union, types.UnionType):
        sent = [each for each in arguments if each not in (Omit, type(None))]
        shapes = {declared_shape(each) for each in ([float] if sent == [int, float] else sent)}
        several = Shape("|".join(sorted(shape.type for shape in shapes)))
        return replace(
            shapes.pop() if len(shapes) == 1 else several, nullable=type(None) in arguments
        )
    if origin is Literal:
        return Shape("string", frozenset(arguments))
    if origin is list:
        inner = declared_shape(arguments[0])
        kind = "object" if inner.type == OPEN_OBJECT else inner.type
        return Shape(f"array<{kind}>", inner.words)
    if origin is dict:
        return Shape(OPEN_OBJECT)
    if is_typeddict(hint):
        return Shape("object")
    kinds = {str: "string", int: "integer", float: "number", bool: "boolean", Upload: "string"}
    return Shape(kinds[hint])


def constrained(shape: Shape, marks: tuple[Any, ...]) -> Shape:
    for mark in marks:
        if isinstance(mark, FieldInfo):
            shape = constrained(shape, tuple(mark.metadata))
        elif isinstance(mark, StringConstraints):
            shape = replace(
                shape,
                shortest=mark.min_length or 0,
                longest=mark.max_length,
                pattern=str(mark.pattern or ""),
            )
        elif isinstance(mark, annotated_types.MinLen):
            shape = replace(shape, shortest=mark.min_length)
        elif isinstance(mark, annotated_types.MaxLen):
            shape = replace(shape, longest=mark.max_length)
        elif isinstance(mark, annotated_types.Ge):
            shape = replace(shape, least=cast("float", mark.ge))
        elif isinstance(mark, annotated_types.Le):
            shape = replace(shape, most=cast("float", mark.le))
    return shape


def bare(hint: Any) -> Any:
    """The hint without annotations, `Omit`, null and `Required`."""
    arguments = get_args(hint)
    if get_origin(hint) in (Annotated, Required, NotRequired):
        return bare(arguments[0])
    if get_origin(hint) in (Union, types.UnionType):
        return bare(next(each for each in arguments if each not in (Omit, type(None))))
    return hint


def declared_members(name: str, hint: Any) -> Iterator[tuple[str, Shape]]:
    """A body member and all inside it, as the table writes their names."""
    yield name, declared_shape(hint)
    inner = bare(hint)
    if get_origin(inner) is list:
        [item] = get_args(inner)
        if mark := discriminator(item):
            # Of one of many types the table names what tells them apart, and nothing else.
            yield f"{name}[].{mark}", Shape("string", frozenset(words_of(item, mark)))
            return
        name, inner = f"{name}[]", bare(item)
    if is_typeddict(inner):
        for member, member_hint in get_type_hints(inner, include_extras=True).items():
            yield from declared_members(f"{name}.{member}", member_hint)


def discriminator(hint: Any) -> str:
    """Name of the member that tells the types of a union apart, empty if it is none."""
    marks = (each for each in get_args(hint)[1:] if isinstance(each, FieldInfo))
    return next((str(each.discriminator) for each in marks if each.discriminator), "")


def words_of(hint: Any, member: str) -> Iterator[str]:
    """What a member may be in the types of a union."""
    if is_typeddict(hint):
        yield from get_args(get_type_hints(hint)[member])
    elif get_origin(hint) is Annotated:
        yield from words_of(get_args(hint)[0], member)
    else:
        for each in get_args(hint):
            yield from words_of(each, member)


def same(declared: Shape, table: Shape) -> bool:
    """Whether two shapes agree; a declared limit that only the prose knows is welcome."""
    if table.pattern:  # a pattern says the length too
        table = replace(table, shortest=0, longest=None)
    if declared.type == OPEN_OBJECT:
        declared = replace(declared, type="object")
    if declared.type.startswith("array") and table.longest is None:
        declared = replace(declared, shortest=0, longest=None)
    return declared == table


def check_path(row: Row, task: OperationTask[..., Any]) -> None:
    assert sorted(task.operation.path_parameters.values()) == sorted(row["path_params"])


def check_query(row: Row, task: OperationTask[..., Any]) -> None:
    operation = task.operation
    declared = {
        wire: declared_shape(operation.hints[name])
        for name, wire in operation.query_parameters.items()
    }
    table = {each["name"]: query_shape(each) for each in row["query_params"]}

    assert declared == table


def check_body(row: Row, task: OperationTask[..., Any]) -> None:
    operation = task.operation
    declared = dict(
        pair
        for name, wire in operation.body_parameters.items()
        for pair in declared_members(wire, operation.hints[name])
    )
    open_ends = opened(operation.hints, operation.body_parameters)
    table = {
        name: shape_in_table(note)
        for name, note in row["body_fields"].items()
        if not name.startswith(open_ends)
    }

    assert declared.keys() == table.keys()
    assert [name for name in table if not same(declared[name], table[name])] == []


def check_required(row: Row, task: OperationTask[..., Any]) -> None:
    operation = task.operation
    wires = operation.query_parameters | operation.body_parameters
    needed = {each["name"] for each in row["query_params"] if each["required"]}
    needed |= {name for name, note in row["body_fields"].items() if "binary" in note}

    assert {wires[name] for name in operation.required & wires.keys()} == (
        needed | set(row["body_required_fields"])
    )
    assert set(operation.path_parameters) <= operation.required


def check_result(row: Row, task: OperationTask[..., Any]) -> None:
    result = task.operation.hints["return"]

    assert (result is type(None)) == (row["response_content_type"] is None)
    if row["paginated"]:
        assert get_origin(result) is list


def check_deprecation(row: Row, task: OperationTask[..., Any]) -> None:
    assert bool(task.operation.deprecated) == row["deprecated"]


def check_every_argument_is_documented(row: Row, task: OperationTask[..., Any]) -> None:
    text = task.description or ""
    documented = re.findall(r"^    (\w+): ", text.partition("Args:")[2], re.MULTILINE)

    assert documented == list(task.operation.signature.parameters)
    assert ("Returns:" in text) == (row["response_content_type"] is not None)


CHECKS = (
    check_path,
    check_query,
    check_body,
    check_required,
    check_result,
    check_deprecation,
    check_every_argument_is_documented,
)


@pytest.mark.parametrize(("row", "task"), ROWS)
def test_it_is_declared_as_the_table_says(row: Row, task: OperationTask[..., Any]) -> None:
    for check in CHECKS:
        check(row, task)


def query_shape(parameter: Row) -> Shape:
    """The shape of a query parameter; flags are several words between commas."""
    words = frozenset(parameter.get("allowed_values") or parameter.get("enum") or ())
    several = parameter["name"] == "additionalFlags"
    return Shape(
        "array<string>" if several else parameter["type"],
        words,
        least=parameter.get("minimum"),
        most=parameter.get("maximum"),
    )


def opened(hints: dict[str, Any], parameters: dict[str, str]) -> tuple[str, ...]:
    """Prefixes of the members inside open objects."""
    return tuple(
        f"{name}[]."
        for parameter, wire in parameters.items()
        for name, hint in _lists(wire, hints[parameter])
        if declared_shape(get_args(hint)[0]).type == OPEN_OBJECT
    )


def _lists(name: str, hint: Any) -> Iterator[tuple[str, Any]]:
    inner = bare(hint)
    if get_origin(inner) is list:
        yield name, inner
        name, inner = f"{name}[]", bare(get_args(inner)[0])
    if is_typeddict(inner):
        for member, member_hint in get_type_hints(inner, include_extras=True).items():
            yield from _lists(f"{name}.{member}", member_hint)


def test_nothing_is_invented() -> None:
    known = {(row["method"], row["path"]) for row in TABLE}
    assert len(DECLARED) == len(TASKS)
    assert DECLARED.keys() <= known
