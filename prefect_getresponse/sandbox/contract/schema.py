"""Shapes of request bodies, read from the notes of the operation table.

A note is a type with remarks: `string [len 1..128; nullable]`, `array<string> items enum(a|b)`,
`number(double) [0..99.9]`, `object {required}`. Remarks in words are not read.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from prefect_getresponse.sandbox.contract import facts
from prefect_getresponse.sandbox.contract.operations import Operation
from prefect_getresponse.sandbox.contract.practice import Practice, practice_of

_TYPE = re.compile(r"(?P<kind>[a-z|]+(?:<[a-z<>]+>)?)(?:\((?P<format>[^)|]*)\))?")
_ENUM = re.compile(r"enum\((?P<choices>[^)]*)\)")
_REMARKS = re.compile(r"\[(?P<remarks>.*)\]")
_LENGTH = re.compile(r"(?:len )?(?P<low>[\d.]+?)\.\.(?P<high>[\d.]*)")


_TEXT = frozenset({"string"})
_BOOLEAN_WORDS = frozenset({"true", "false"})


@dataclass(slots=True)
class Shape:
    """What a JSON value must look like.

    Attributes:
        kinds: JSON types allowed: `string`, `number`, `integer`, `boolean`, `object`, `array`,
            `any`.
        format: Format of a text, `email`, `date`, ...; empty if none.
        choices: The words allowed, empty if any.
        low: Smallest number, length or count allowed.
        high: Largest number, length or count allowed.
        pattern: Pattern the whole text must match.
        nullable: Whether null is allowed.
        items: Shape of an array's items.
        members: Shapes of an object's members by name.
        required: Names of members that must be there.
        is_open: Whether an object may have members that are not in `members`.
        refers_to: Kind of resource that the text must name, empty if none.
        has_references: Whether this or anything inside it must name a resource.
        is_any_text: Whether every text will do and nothing else.
        is_ignored: Whether it is taken, whatever it is, and means nothing.
    """

    kinds: frozenset[str] = frozenset({"object"})
    format: str = ""
    choices: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    pattern: re.Pattern[str] | None = None
    nullable: bool = False
    items: Shape | None = None
    members: dict[str, Shape] = field(default_factory=dict[str, "Shape"])
    required: set[str] = field(default_factory=set[str])
    is_open: bool = False
    refers_to: str = ""
    has_references: bool = False
    is_any_text: bool = False
    is_ignored: bool = False


def parse_note(note: str) -> Shape:
    """Read one type note.

    Args:
        note: For example `array<string> enum(subscribed|removed), exactly one value`.

    Raises:
        ValueError: If the note does not start with a type.
    """
    found = _TYPE.match(note)
    if found is None:
        raise ValueError(f"not a type note: {note!r}")
    shape = _of_kind(found["kind"])
    # What is said about values is said about an array's items.
    target = shape.items if shape.items is not None else shape
    target.format = found["format"] or ""
    choices = _ENUM.search(note)
    target.choices = tuple(choices["choices"].split("|")) if choices else ()
    remarks = _REMARKS.search(note)
    for remark in remarks["remarks"].split("; ") if remarks else ():
        _apply_remark(shape, remark)
    return shape


def _of_kind(kind: str) -> Shape:
    if kind.startswith("array<"):
        return Shape(kinds=frozenset({"array"}), items=_of_kind(kind[len("array<") : -1]))
    return Shape(kinds=frozenset(kind.split("|")))


def _apply_remark(shape: Shape, remark: str) -> None:
    bounds = _LENGTH.fullmatch(remark)
    if remark == "nullable":
        shape.nullable = True
    elif remark.startswith("pattern "):
        shape.pattern = re.compile(remark.removeprefix("pattern "))
    elif bounds:
        shape.low = float(bounds["low"])
        shape.high = float(bounds["high"]) if bounds["high"] else None


def object_shape(notes: Mapping[str, str]) -> Shape:
    """Return the shape of an object.

    Args:
        notes: Type notes by path of the member; `{required}` at their end says what must be there.
    """
    root = Shape()
    for path, note in sorted(notes.items(), key=_depth):
        parent, last = _parent(root, path)
        parent.members[last] = parse_note(note)
        if note.endswith("{required}"):
            parent.required.add(last)
    return root


@functools.cache
def body_shape(operation: Operation, *, lenient: bool = False) -> Shape:
    """Return the shape of an operation's request body.

    Args:
        operation: Any operation of the table.
        lenient: Whether to allow what GetResponse takes beyond its contract.
    """
    checks, practice = operation.body_checks, practice_of(operation.operation_id)
    root = object_shape({**operation.body_fields, **(practice.fields if lenient else {})})
    root.required |= set(operation.body_required)
    for path in checks.required:
        parent, last = _parent(root, path)
        parent.required.add(last)
    for path in checks.open:
        _at(root, path).is_open = True
    for path, (low, high) in checks.items.items():
        shape = _at(root, path)
        shape.low, shape.high = low, high
    for path, pattern in checks.patterns.items():
        _at(root, path).pattern = re.compile(pattern)
    for path, name in checks.formats.items():
        _at(root, path).format = name
    if lenient:
        _loosen(root, practice)
    for last, shape in _texts(root, ""):
        shape.format = shape.format or facts.TEXT_FORMATS.get(last, "")
        if last not in checks.any_id:
            shape.refers_to = facts.REFERENCES.get(last, "")
    _summarise(root)
    return root


def _loosen(root: Shape, practice: Practice) -> None:
    """Allow what GetResponse takes beyond the contract, JSON booleans for all `true|false`."""
    for path in practice.optional:
        parent, last = _parent(root, path)
        parent.required.discard(last)
    for path in practice.nulls:
        _at(root, path).nullable = True
    for path in practice.ignored:
        parent, last = _parent(root, path)
        parent.members[last] = Shape(frozenset({"any"}), nullable=True, is_ignored=True)
    for shape in _every(root):
        if frozenset(shape.choices) == _BOOLEAN_WORDS:
            shape.kinds |= {"boolean"}
        if shape.members and practice.ignores_unknown:
            shape.is_open = True


def _every(shape: Shape) -> Iterator[Shape]:
    """Return a shape and all shapes inside it."""
    yield shape
    for inside in (*shape.members.values(), *([shape.items] if shape.items is not None else [])):
        yield from _every(inside)


def _depth(member: tuple[str, str]) -> int:
    """Order members so that those that hold others come before them."""
    return member[0].count(".")


def _summarise(shape: Shape) -> None:
    """Note what spares the validator a look at every cell of a large body."""
    inside = [*shape.members.values(), *([shape.items] if shape.items is not None else [])]
    for each in inside:
        _summarise(each)
    shape.is_any_text = shape == Shape(kinds=_TEXT)
    shape.has_references = bool(shape.refers_to) or any(each.has_references for each in inside)


def _parent(root: Shape, path: str) -> tuple[Shape, str]:
    """Return the object that holds the member at `path`, and the member's own name."""
    above, _, last = path.rpartition(".")
    return (_at(root, above) if above else root), last


def _at(root: Shape, path: str) -> Shape:
    """Return the shape at `path`, making objects on the way where the table names none."""
    shape = root
    for part in path.split("."):
        name = part.removesuffix("[]")
        shape = shape.members.setdefault(name, Shape())
        if part.endswith("[]"):
            shape.items = shape.items or Shape()
            shape = shape.items
    return shape


def _texts(shape: Shape, name: str) -> Iterator[tuple[str, Shape]]:
    """Return every text in a shape with the name of the member it is, or is an item of."""
    if shape.kinds >= _TEXT:
        yield name, shape
    for member_name, member in shape.members.items():
        yield from _texts(member, member_name)
    if shape.items is not None:
        yield from _texts(shape.items, name)
