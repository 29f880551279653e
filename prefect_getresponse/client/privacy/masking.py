"""E-mail addresses as they may be shown: enough to recognise your own, too little to write to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, cast

_PART = r"[^\s@\uff20\ufe6b<>\"',;:()\[\]]"
# The sign as people write it, as URLs encode it (also twice), and as HTML and JSON do.
_AT = r"(?:[@\uff20\ufe6b]|%(?:25){0,3}40|&#0{0,6}64;|&#[xX]0{0,6}40;|&commat;|\\u0040)"
# It begins where nothing else could belong to it: a text without addresses is read once, not anew
# from each of its characters.
_LOCAL = rf"(?:{_PART}|(?<=\w)'(?=\w))*"
_ADDRESS = re.compile(
    rf"(?P<first>\"(?=[^\"]*\"{_AT})|'(?=[^']*'{_AT})|(?<!{_PART})(?<!\w'){_PART})"
    rf"(?:(?<=\")[^\"]*\"|(?<=')[^']*'|{_LOCAL}(?:\([^()@]*\))?)"
    rf"(?P<at>{_AT}| (?=[@\uff20]{_PART}*\.){_AT})"
    rf"(?P<domain>{_PART}+)"
)
_SIGN = re.compile(_AT)


def mask(text: str) -> str:
    """Replace the local part of every address in a text: `jane@a.example` -> `j***@a.example`."""
    if _SIGN.search(text) is None:
        return text
    return _ADDRESS.sub(_masked, text)


def _masked(match: re.Match[str]) -> str:
    first = match["first"]
    shown = f"{first}***{first}" if first in "\"'" else f"{first}***"
    return f"{shown}{match['at']}{match['domain']}"


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
