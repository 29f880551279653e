"""Names that were garbled on their way: what happened to them, told and not mended."""

from __future__ import annotations

import html
import re
from contextlib import suppress
from typing import NamedTuple

_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_BEYOND = re.compile(r"[^\x00-\x7f]+")
_RUN = re.compile(r"[^\x00-\x7f]{2}")
# Encodings that UTF-8 is mistaken for, the usual ones first. Shorter names than these could be so
# by chance: some pairs of Cyrillic letters are UTF-8, too.
_MISTAKEN = {"cp1252": 2, "cp1250": 2, "cp1251": 4, "mac-roman": 2, "cp437": 4}


class Garbled(NamedTuple):
    """What is wrong with a name.

    Attributes:
        code: `mojibake`, `html_entity` or `lost_letter`.
        found: The part that is garbled, which is never the whole name.
        repair: What it probably was; empty if that cannot be known.
    """

    code: str
    found: str
    repair: str


def garbled(name: str) -> Garbled | None:
    """Return what is wrong with a name, if something is."""
    if "&" in name and (entity := _ENTITY.search(name)):
        letter = html.unescape(entity[0])
        if letter != entity[0]:
            return Garbled("html_entity", entity[0], letter)
    if name.isascii():
        return None
    if "\ufffd" in name:
        return Garbled("lost_letter", "\ufffd", "")
    if _RUN.search(name) is None:
        return None
    for encoding, shortest in _MISTAKEN.items():
        repaired = _decoded_again(name, encoding)
        if repaired and len(name) - len(repaired) > 0 and len(name) >= shortest:
            was, now = _BEYOND.search(name), _BEYOND.search(repaired)
            if was and now:
                return Garbled("mojibake", was[0][:12], now[0][:12])
    return None


def _decoded_again(name: str, encoding: str) -> str:
    """Return a name read as UTF-8 after all; empty if it is not that."""
    with suppress(UnicodeError):
        # Bytes that the encoding has no letter for come through as control characters.
        data = b"".join(
            char.encode("latin-1") if "\x80" <= char <= "\x9f" else char.encode(encoding)
            for char in name
        )
        return data.decode()
    return ""
