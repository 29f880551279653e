"""Type hints of declarations in words, for the reference."""

from __future__ import annotations

import types
from collections.abc import Callable, Iterator
from typing import (
    Annotated,
    Any,
    Literal,
    NotRequired,
    Required,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

import annotated_types
from pydantic import StringConstraints
from pydantic.fields import FieldInfo
from typing_extensions import get_original_bases, is_typeddict

from prefect_getresponse.omit import Omit

Link = Callable[[type], str]
"""Text that leads to the description of a TypedDict."""


def type_text(hint: Any, link: Link) -> str:
    """A type in words: "list of `str` (1 to 5 items)".

    Args:
        hint: A hint of a declaration, with what is annotated on it.
        link: How to lead to a TypedDict.
    """
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Required, NotRequired):
        return type_text(arguments[0], link)
    if origin is Annotated:
        limits = ", ".join(_limits(arguments[0], arguments[1:]))
        text = type_text(arguments[0], link)
        return f"{text} ({limits})" if limits else text
    if origin in (Union, types.UnionType):
        return " or ".join(type_text(each, link) for each in arguments if each is not Omit)
    if origin is Literal:
        return " or ".join(f"`{word}`" for word in arguments)
    if origin is list:
        return f"list of {type_text(arguments[0], link)}"
    if origin is dict:
        return "`dict`"
    if is_typeddict(hint):
        return link(hint)
    return "anything" if hint is Any else f"`{'None' if hint is type(None) else hint.__name__}`"


def members(kind: type) -> Iterator[tuple[str, Any, bool]]:
    """Name, type and "is always there" of every member of a TypedDict."""
    for name, hint in get_type_hints(kind, include_extras=True).items():
        yield name, hint, _is_required(kind, name, hint)


def typed_dicts(hint: Any) -> Iterator[type]:
    """Every TypedDict in a hint, those inside of others included."""
    if is_typeddict(hint):
        yield hint
        for _, inner, _ in members(hint):
            yield from typed_dicts(inner)
    else:
        for each in get_args(hint):
            yield from typed_dicts(each)


def _is_required(kind: type, name: str, hint: Any) -> bool:
    if get_origin(hint) in (Required, NotRequired):
        return get_origin(hint) is Required
    for base in get_original_bases(kind):
        if is_typeddict(base) and name in get_type_hints(base):
            return _is_required(base, name, hint)
    return bool(vars(kind)["__total__"])


def _limits(hint: Any, marks: tuple[Any, ...]) -> Iterator[str]:
    """Every limit among the marks of a hint."""
    counted = "items" if get_origin(hint) is list else "characters"
    low = high = least = most = None
    for mark in _flat(marks):
        if isinstance(mark, StringConstraints):
            low, high = mark.min_length or low, mark.max_length or high
            if mark.pattern:
                yield f"matches `{mark.pattern}`"
        elif isinstance(mark, annotated_types.MinLen):
            low = mark.min_length
        elif isinstance(mark, annotated_types.MaxLen):
            high = mark.max_length
        elif isinstance(mark, annotated_types.Ge):
            least = mark.ge
        elif isinstance(mark, annotated_types.Le):
            most = mark.le
    if low or high:
        yield f"{_range(low, high)} {counted}"
    if least is not None or most is not None:
        yield _range(least, most)


def _flat(marks: tuple[Any, ...]) -> Iterator[Any]:
    for mark in marks:
        yield from mark.metadata if isinstance(mark, FieldInfo) else [mark]


def _range(low: Any, high: Any) -> str:
    if high is None:
        return f"at least {low:,}"
    if low is None:
        return f"at most {high:,}"
    return f"{low:,} to {high:,}" if low != high else f"exactly {low:,}"
