"""JSON as others write it, read as `json.loads` reads it and mostly as fast as orjson does.

orjson is used where the two cannot differ: it takes long integers for floats and knows nothing but
UTF-8, and refuses `NaN`, halves of surrogate pairs and a byte order mark.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from itertools import chain
from typing import Any

import orjson

UNREADABLE = (ValueError, RecursionError)
"""What reading JSON raises: broken text, broken UTF-8, nesting without end."""

_DIGITS = bytes(ord("0") if chr(byte).isdigit() and byte < 128 else byte for byte in range(256))
_BEYOND_64_BITS = b"0" * 19
_MARKS = b'"[]{}0123456789'
_OTHERS = bytes(set(range(256)) - set(_MARKS))
_ONE_KIND = bytes.maketrans(b"{}123456789", b"[]000000000")
_CONTAINERS = frozenset({dict, list})


def read(text: bytes, levels: int) -> tuple[Any, bool]:
    """The value of a JSON text, and whether containers are nested in it more than so many levels.

    Args:
        text: The text.
        levels: The most that is allowed.

    Raises:
        ValueError: It is none, or not Unicode.
        RecursionError: It is nested without end.
    """
    # A short text tells first that most have no long number, and no bracket within a string.
    marks = text.translate(_ONE_KIND, _OTHERS)
    may_be_long = _BEYOND_64_BITS in marks and _BEYOND_64_BITS in text.translate(_DIGITS)
    value = json.loads(text) if may_be_long else _quickly(text)
    return value, not _is_surely_flat(text, marks, levels) and _is_deeper(value, levels)


def _quickly(text: bytes) -> Any:
    try:
        return orjson.loads(text)
    except ValueError:
        return json.loads(text)


def _is_surely_flat(text: bytes, marks: bytes, levels: int) -> bool:
    """Whether the brackets alone show it: each level is a pair with nothing in between.

    Strings leave two quotes side by side, unless one holds a bracket or a quote itself.
    """
    # A search for one byte is much faster than one for two.
    if (b"\\" in text and b'\\"' in text) or b"\0" in text:
        return False
    marks = marks.translate(None, b"0")
    brackets = marks.translate(None, b'"')
    if 2 * marks.count(b'""') != len(marks) - len(brackets):
        return False  # quotes that are no pairs
    for _ in range(levels):
        outer = brackets.replace(b"[]", b"")
        if len(outer) == len(brackets):
            break
        brackets = outer
    return not brackets


def _is_deeper(value: Any, levels: int) -> bool:
    containers = _containers([value])
    while containers and levels:
        levels -= 1
        items = (each.values() if isinstance(each, dict) else each for each in containers)
        containers = _containers(chain.from_iterable(items))
    return bool(containers)


def _containers(items: Iterable[Any]) -> list[dict[str, Any] | list[Any]]:
    return [item for item in items if type(item) in _CONTAINERS]
