"""What the data of an answer must look like, so that nothing behind the client has to doubt it.

A proxy, a portal or a changed API may answer 200 with JSON of another shape.  One place looks at
it: a read of such an answer is retried and then raised as any unreadable one, a write counts as
accepted without a result.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from operator import itemgetter
from types import NoneType
from typing import Any, Required, cast, get_args, get_origin, get_type_hints

from typing_extensions import is_typeddict

Kinds = tuple[type, ...]


@dataclass(frozen=True, slots=True)
class Shape:
    """The shape of an answer: an object, or a list of objects, with members that are always there.

    Attributes:
        is_list: Whether it is a list of objects.
        members: Members that each object has, with the types that their values may have.
    """

    is_list: bool
    members: Mapping[str, Kinds] = field(default_factory=dict[str, Kinds])

    def needing(self, **members: Kinds) -> Shape:
        """The same shape with further members that are needed."""
        return replace(self, members={**self.members, **members})

    def fault(self, data: Any) -> str:
        """What is wrong with the data of an answer; empty if nothing is."""
        if not self.is_list:
            return self._fault(data)
        if not isinstance(data, list):
            return "no list"
        items = cast("Sequence[Any]", data)
        if self._are_as_usual(items):
            return ""
        return next(
            (f"a list of which one is {fault}" for fault in map(self._fault, items) if fault), ""
        )

    def _are_as_usual(self, items: Sequence[Any]) -> bool:
        """Whether nothing is wrong with any item, by loops that run in C: pages have thousands."""
        if not {dict}.issuperset(map(type, items)):
            return False
        try:
            return all(
                set(kinds).issuperset(map(type, map(itemgetter(name), items)))
                for name, kinds in self.members.items()
            )
        except KeyError:
            return False

    def _fault(self, item: Any) -> str:
        if not isinstance(item, dict):
            return "no object"
        members = cast("dict[str, Any]", item)
        for name, kinds in self.members.items():
            if name not in members:
                return f"an object without {name}"
            if not isinstance(members[name], kinds):
                return f"an object whose {name} is {_kind_of(members[name])}"
        return ""


def shape_of(hint: Any) -> Shape | None:
    """The shape that a declared result has; None if it is neither object nor list of objects.

    Only texts are looked at: numbers come as texts now and then, and do no harm.

    Args:
        hint: Type of the result, as a declaration says it.
    """
    is_list = get_origin(hint) is list
    of_item = get_args(hint)[0] if is_list else hint
    if is_typeddict(of_item):
        return Shape(is_list, dict(_texts(of_item)))
    if get_origin(of_item) is dict:
        return Shape(is_list)
    return None


def _texts(declared: Any) -> list[tuple[str, Kinds]]:
    hints = get_type_hints(declared, include_extras=True)
    return [
        (name, (str,))
        for name, hint in hints.items()
        # `fields` may leave out everything but the id.
        if get_origin(hint) is Required and get_args(hint)[0] is str and name.endswith("Id")
    ]


def _kind_of(value: object) -> str:
    names: dict[type, str] = {
        NoneType: "null",
        bool: "true or false",
        list: "a list",
        dict: "an object",
        str: "a text",
    }
    return names.get(type(value), "a number")
