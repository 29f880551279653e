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
_QUOTES_AND_BRACKETS = b'"[]{}'
_OTHERS = bytes(set(range(256)) - set(_QUOTES_AND_BRACKETS))
_ONE_KIND = bytes.maketrans(b"{}", b"[]")
_CONTAINERS = frozenset({dict, list})


def loads(text: bytes) -> Any:
    """The value of a JSON text.

    Raises:
        ValueError: It is none, or not Unicode.
        RecursionError: It is nested without end.
    """
    if _BEYOND_64_BITS not in text.translate(_DIGITS):
        try:
            return orjson.loads(text)
        except ValueError:
            pass
    return json.loads(text)


def is_deeper(value: Any, levels: int, text: bytes = b"") -> bool:
    """Whether containers are nested more than so many levels deep.

    Args:
        value: What was read.
        levels: The most that is allowed.
        text: What it was read from, by which most values are known to be flat without a look.
    """
    if text and _is_surely_flat(text, levels):
        return False
    containers = _containers([value])
    while containers and levels:
        levels -= 1
        items = (each.values() if isinstance(each, dict) else each for each in containers)
        containers = _containers(chain.from_iterable(items))
    return bool(containers)


def _is_surely_flat(text: bytes, levels: int) -> bool:
    """Whether the brackets alone show it: each level is a pair with nothing in between.

    Strings leave two quotes side by side, unless one holds a bracket or a quote itself.
    """
    # A search for one byte is much faster than one for two.
    if (b"\\" in text and b'\\"' in text) or b"\0" in text:
        return False
    found = text.translate(_ONE_KIND, _OTHERS)
    brackets = found.translate(None, b'"')
    if 2 * found.count(b'""') != len(found) - len(brackets):
        return False  # quotes that are no pairs: a string holds a bracket
    for _ in range(levels):
        outer = brackets.replace(b"[]", b"")
        if len(outer) == len(brackets):
            break
        brackets = outer
    return not brackets


def _containers(items: Iterable[Any]) -> list[dict[str, Any] | list[Any]]:
    return [item for item in items if type(item) in _CONTAINERS]
