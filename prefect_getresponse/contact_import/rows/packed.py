"""Many contacts as the ledger stores them: what their text tells without being taken apart.

Within a text, JSON writes each quote behind a backslash.  So what is looked for here, which has
quotes of its own, stands where `pack` has put it, and nowhere else.
"""

from __future__ import annotations

import re
from collections import Counter

import orjson

_TAGS = re.compile(r'"tags":(\[.*?\]),"custom":\[')


class Packed:
    """Some contacts, each as `pack` has made it.

    Args:
        text: The contacts, with commas between.
        number: Their number.

    Attributes:
        number: Their number.
        bytes: Bytes of all, as UTF-8 and without the commas.
        tags: How many have which tags, these as JSON.
    """

    def __init__(self, text: str, number: int) -> None:
        self._text = text
        self.number = number
        self.bytes = len(text.encode()) - (number - 1)
        self.tags = Counter[str](_TAGS.findall(text))

    def lacking(self, attribute: str) -> int:
        """Number of contacts without a value of an attribute."""
        return self._text.count(f'"{attribute}":null')

    def without_fields(self) -> int:
        """Number of contacts without a custom field."""
        return self._text.count('"custom":[]')

    def values(self, field: str) -> int:
        """Number of values that custom fields of a name have."""
        begins = f"[{orjson.dumps(field).decode()},"  # as a list of tags may
        tags = sum(times for text, times in self.tags.items() if text.startswith(begins))
        return self._text.count(begins) - tags
