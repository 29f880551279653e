"""Many lines of JSON decoded at once, where that loses nothing: flat objects, one a line.

orjson rounds numbers, keeps the last of two equal keys and knows no lines. So it is believed only
if every line begins with an object, as many of them come out as there are lines, with as many keys
as there can be in the text, and no value is a number that it may have rounded, or holds others.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain
from operator import methodcaller
from types import NoneType
from typing import Any

import orjson

_VALUES = methodcaller("values")
_EXACT = frozenset({str, NoneType, bool, int})
_BEFORE_A_COLON = (" :", "\t:", "\r:", "\n:")
"""What may stand between a key and its colon: else `":` counts them."""


def flat_cells(lines: Sequence[str], text: Callable[[object], str]) -> list[dict[str, str]] | None:
    """Decode lines together.

    Args:
        lines: Lines with their ends.
        text: Makes the text of a cell of a value that is none.

    Returns:
        The cells of each; None if they have to be decoded one by one.
    """
    # A line that ends within a text, or within an object, does not become one with the next: ends
    # of lines cannot stand in texts, and no flat object has a brace in it.
    whole = ",".join(lines)
    is_one_a_line = whole.startswith("{") and whole.count("\n,{") == len(lines) - 1
    if not is_one_a_line or any(each in whole for each in _BEFORE_A_COLON):
        return None
    try:
        found: list[dict[str, Any]] = orjson.loads(f"[{whole}]")
    except orjson.JSONDecodeError:
        return None
    if len(found) != len(lines) or not {dict}.issuperset(map(type, found)):
        return None
    kinds = set(map(type, chain.from_iterable(map(_VALUES, found))))
    if not _EXACT.issuperset(kinds) or (int in kinds and "-0" in whole):
        return None
    names = set(chain.from_iterable(found))
    if sum(map(len, found)) != whole.count('":') or any(name != name.strip() for name in names):
        return None
    if kinds <= {str}:
        return found
    return [
        {name: item if isinstance(item, str) else text(item) for name, item in record.items()}
        for record in found
    ]
