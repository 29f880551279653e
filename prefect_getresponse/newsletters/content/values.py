"""Values that tags print: tokens, and the prettifiers around them.

Source: GetResponse, Dynamic Content, sections 3 and 4.
"""

from __future__ import annotations

import re
from typing import NamedTuple

CONTACT_TOKENS = frozenset(
    [
        "subscriber_name",
        "subscriber_first_name",
        "subscriber_last_name",
        "subscriber_email",
        "subscriber_ip",
        "subscriber_origin",
        "subscriber_id",
        "campaign_name",
        "campaign_description",
        "campaign_from_name",
        "campaign_from_email",
        "campaign_reply_to_email",
        "campaign_id",
        "campaign_link_protocol",
        "campaign_link_domain",
        "message_from_name",
        "message_from_email",
        "message_reply_to_email",
        "message_id",
    ]
)
GEO_TOKENS = frozenset(
    [
        "latitude",
        "longitude",
        "country_code",
        "country",
        "city",
        "region",
        "postal_code",
        "dma_code",
        "continent_code",
        "time_zone",
    ]
)
PRETTIFIERS = frozenset({"lc", "uc", "ucfw", "ucfs", "vocative"})
NAME = re.compile(r"[a-z0-9_]+")
_KEPT_LOWER = frozenset(["von", "van", "bin", "ibn", "mgr", "dr", "prof", "imc", "jr"])
_CALL = re.compile(r"\s*([A-Za-z_]\w*)\s*\(")
_WORD = re.compile(r"[^\W_]+")
_SENTENCE = re.compile(r"(^|[.!?]\s+)(\w)")


class Value(NamedTuple):
    """A token, and the prettifiers around it, innermost first."""

    token: str
    prettifiers: tuple[str, ...]


def read_value(text: str) -> Value | None:
    """Read an argument such as `ucfw(subscriber_name)`; None if its brackets do not match."""
    outer: list[str] = []
    at = 0
    while call := _CALL.match(text, at):
        outer.append(call[1])
        at = call.end()
    rest = text[at:].rstrip()
    token = rest.rstrip(") \t\n")
    closing = rest[len(token) :].replace(" ", "").replace("\t", "").replace("\n", "")
    if len(closing) != len(outer) or "(" in token:
        return None
    return Value(token.strip(), tuple(reversed(outer)))


def prettified(value: str, prettifiers: tuple[str, ...]) -> str | None:
    """Apply prettifiers; None if one cannot be reproduced here, such as the Polish vocative."""
    for prettifier in prettifiers:
        match prettifier:
            case "lc":
                value = value.lower()
            case "uc":
                value = value.upper()
            case "ucfw":
                value = _WORD.sub(_capitalised, value.lower())
            case "ucfs":
                value = _SENTENCE.sub(lambda m: m[1] + m[2].upper(), value.lower())
            case _:
                return None
    return value


def _capitalised(word: re.Match[str]) -> str:
    return word[0] if word[0] in _KEPT_LOWER else word[0][:1].upper() + word[0][1:]
