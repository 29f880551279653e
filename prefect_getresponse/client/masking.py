"""E-mail addresses as they may be shown: enough to recognise your own, too little to write to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, cast

_PART = r"[^\s@<>\"',;:()\[\]]"
# It begins where nothing else could belong to it: a text without addresses is read once, not anew
# from each of its characters.
_ADDRESS = re.compile(rf"(?<!{_PART})({_PART}+)@({_PART}+)")


def mask(text: str) -> str:
    """Replace the local part of every address in a text: `jane@a.example` -> `j***@a.example`."""
    return _ADDRESS.sub(lambda match: f"{match[1][0]}***@{match[2]}", text)


def mask_deep(value: Any) -> Any:
    """Mask every text of a JSON-like value, keys included."""
    match value:
        case str():
            return mask(value)
        case list():
            return list(map(mask_deep, cast("Iterable[Any]", value)))
        case dict():
            pairs = cast("Mapping[Any, Any]", value).items()
            return {mask_deep(key): mask_deep(item) for key, item in pairs}
        case _:
            return value
