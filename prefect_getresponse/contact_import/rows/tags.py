"""Tags: the forms in which tools write several into one cell, and the names GetResponse takes."""

import csv
import json
import re
from collections.abc import Iterator
from typing import cast

_OUTSIDE_ALPHABET = re.compile(r"[^_a-zA-Z0-9]+")
_QUOTED = re.compile(r'"(?:[^"]|"")*"')
_MIN_LENGTH, _MAX_LENGTH = 2, 64
_SEPARATORS = "\n|;,"
_GOOGLE = " ::: "


def tag_name(raw: str) -> str | None:
    """Return a tag as GetResponse can hold it, or `None` if too little is left of it.

    GetResponse API v3, `POST /tags`: names are `[_a-zA-Z0-9]{2,64}`. Every run of other
    characters becomes one `_`, and what is longer than 64 is cut.
    """
    name = _OUTSIDE_ALPHABET.sub("_", raw.strip())[:_MAX_LENGTH]
    return name if len(name) >= _MIN_LENGTH else None


def split_list(cell: str) -> list[str]:
    """Return the texts that a cell lists, such as tags, as they are written.

    Known forms are `"VIP","B2B, west"` (Mailchimp), lists with comma, semicolon, bar or line
    break, JSON arrays of texts or of objects with a `name`, lists of databases (`{a,b}`) and
    Python (`['a', 'b']`), and labels of Google (`Friends ::: * myContacts`), whose own begin with a
    star and are left out. Of several separators in a cell only the first of line break, bar,
    semicolon and comma counts.
    """
    cell = cell.strip()
    if _GOOGLE in cell or cell.startswith("* "):
        return _clean(label for label in cell.split(_GOOGLE) if not label.startswith("* "))
    if cell[:1] + cell[-1:] in ("[]", "{}"):
        listed = _json_tags(cell)
        if listed is not None:
            return listed
        quote = "'" if "'" in cell else '"'
        return _clean(_split(cell[1:-1], ",", quote))
    outside_quotes = _QUOTED.sub("", cell)
    separator = next((mark for mark in _SEPARATORS if mark in outside_quotes), ",")
    return _clean(_split(cell, separator, '"'))


def _split(text: str, separator: str, quote: str) -> list[str]:
    if quote not in text:
        return text.split(separator)
    lines = text.splitlines() if separator == "\n" else [text.replace("\n", " ")]
    delimiter = "," if separator == "\n" else separator
    try:
        reader = csv.reader(lines, delimiter=delimiter, quotechar=quote, skipinitialspace=True)
        return [tag for record in reader for tag in record]
    except csv.Error:
        return text.split(separator)


def _json_tags(cell: str) -> list[str] | None:
    try:
        value = json.loads(cell, parse_int=str, parse_float=str)
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, list):
        return None
    return _clean(_item_names(cast(list[object], value)))


def _item_names(items: list[object]) -> Iterator[str]:
    for item in items:
        if isinstance(item, dict):
            item = cast(dict[str, object], item).get("name")
        if isinstance(item, str):
            yield item


def _clean(tags: list[str] | Iterator[str]) -> list[str]:
    return [clean for tag in tags if (clean := tag.strip())]
