"""Links in the text of messages."""

from __future__ import annotations

import re

_LINK = re.compile(r"https?://[^\s\"'<>]+")


def links_in(text: str) -> list[str]:
    """Return the addresses that a text links to, each once, in order.

    Args:
        text: Plain text or HTML.
    """
    return list(dict.fromkeys(_LINK.findall(text)))
