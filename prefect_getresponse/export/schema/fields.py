"""Columns from result types: what an answer declares becomes columns.

A result type of a task says which members an answer has. Each becomes a column: `createdOn` is
`created_on`, members of members are joined (`geolocation.city` is `geolocation_city`), and
GetResponse's *campaign* is a list. Lists of things become JSON.
"""

from __future__ import annotations

import re
import types
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Literal, NotRequired, Required, Union, get_args, get_origin

from typing_extensions import get_type_hints, is_typeddict

from prefect_getresponse.sinks.tables import Column, Kind

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+")
_MOMENTS = re.compile(r"(?:[a-z](?:On|At)|^dateStart|^dateStop)$")
_TRUE_OR_FALSE = {"true", "false"}
_LISTS = {"campaign": "list", "campaigns": "lists"}

NUMBERS_AS_TEXT: dict[str, Kind] = {
    **dict.fromkeys(
        ("sent", "total", "delivered", "amount", "samplingPercentage", "dayOfCycle"), Kind.INTEGER
    ),
    **dict.fromkeys(
        ("openRate", "clickRate", "humanOpenRate", "humanClickRate", "score"), Kind.NUMBER
    ),
    **dict.fromkeys(("latitude", "longitude"), Kind.NUMBER),
}
"""Members that the API writes as texts and that are numbers."""
SECRETS = frozenset({"dataSourceToken"})
"""Members that no destination gets."""


@dataclass(frozen=True)
class Field:
    """A member of an answer that has a column.

    Attributes:
        paths: Where the value is: names of members from the outside in; the first that has one.
        column: The column.
    """

    paths: tuple[tuple[str, ...], ...]
    column: Column


@cache
def fields_of(answer: Any, without: tuple[str, ...] = ()) -> tuple[Field, ...]:
    """Fields of a result type.

    Args:
        answer: The type: a `TypedDict`.
        without: Members that go elsewhere, such as into a table of their own.
    """
    found: dict[str, Field] = {}
    for path, hint in _members(answer, ()):
        if path[0] in without or path[-1] in SECRETS:
            continue
        name = column_name(path)
        known = found.get(name)
        paths = (*known.paths, path) if known else (path,)
        column = known.column if known else Column(name, kind_of(path[-1], hint))
        found[name] = Field(paths, column)
    return tuple(found.values())


@cache
def objects_of(answer: Any) -> tuple[tuple[tuple[str, ...], frozenset[str]], ...]:
    """Objects within an answer, itself included: where they are, and which members are known."""
    return tuple(_objects(answer, ()))


def column_name(path: Sequence[str]) -> str:
    """Name of the column of a member.

    Args:
        path: Names of members from the outside in.
    """
    name = snake(path[-1])
    if len(path) == 1:
        return name
    parent = column_name(path[:-1])
    return name if name.startswith(f"{parent}_") else f"{parent}_{name}"


def snake(name: str) -> str:
    """The API's name as columns have it: `campaignId` -> `list_id`."""
    words: list[str] = [word.lower() for word in _WORDS.findall(name)]
    return "_".join(_LISTS.get(word, word) for word in words)


def kind_of(name: str, hint: Any) -> Kind:
    """What a column for a member of this name and type holds."""
    kinds = set(_plain(hint))
    texts = {each for each in kinds if isinstance(each, str)}
    if kinds and texts == kinds:
        return Kind.BOOLEAN if texts == _TRUE_OR_FALSE else Kind.TEXT
    if kinds == {str}:
        return Kind.TIMESTAMP if _MOMENTS.search(name) else NUMBERS_AS_TEXT.get(name, Kind.TEXT)
    if kinds == {bool}:
        return Kind.BOOLEAN
    if kinds == {int}:
        return Kind.INTEGER
    if kinds and kinds <= {int, float}:
        return Kind.NUMBER
    return Kind.JSON


def _members(answer: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    for name, hint in get_type_hints(answer, include_extras=True).items():
        inner = _object(hint)
        if inner is None:
            yield (*path, name), hint
        else:
            yield from _members(inner, (*path, name))


def _objects(
    answer: Any, path: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], frozenset[str]]]:
    hints = get_type_hints(answer, include_extras=True)
    yield path, frozenset(hints)
    for name, hint in hints.items():
        inner = _object(hint)
        if inner is not None:
            yield from _objects(inner, (*path, name))


def _object(hint: Any) -> Any:
    """The `TypedDict` that a member is, null or not; None if it is something else."""
    kinds = list(_plain(hint))
    return kinds[0] if len(kinds) == 1 and is_typeddict(kinds[0]) else None


def _plain(hint: Any) -> Iterator[Any]:
    """What a type is made of, without null; values in the place of a `Literal`."""
    origin = get_origin(hint)
    if origin in (Annotated, Required, NotRequired):
        yield from _plain(get_args(hint)[0])
    elif origin in (Union, types.UnionType):
        for each in get_args(hint):
            yield from _plain(each)
    elif origin is Literal:
        yield from (each for each in get_args(hint) if each is not None)
    elif hint is not type(None):
        yield hint
