"""Tags: the forms in which tools write several into one cell, and the names GetResponse takes."""

import csv
import json
import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from importlib import import_module
from typing import cast

from prefect_getresponse.contact_import.questions import Question
from prefect_getresponse.sources.errors import MappingError, listed

LEFT_OUT = "-"
_LONGEST_STEM = 60
ALL_OTHERS = "*"

_OUTSIDE_ALPHABET = re.compile(r"[^_a-zA-Z0-9]+")
_QUOTED = re.compile(r'"(?:[^"]|"")*"')
_MIN_LENGTH, _MAX_LENGTH = 2, 64
_SEPARATORS = "\n|;,"
_GOOGLE = " ::: "


def tag_name(raw: str) -> str | None:
    """Return a tag as GetResponse can hold it, or `None` if too little is left of it.

    GetResponse API v3, `POST /tags`: names are `[_a-zA-Z0-9]{2,64}`. Letters are written in Latin
    ones, every run of other characters becomes one `_`, and what is longer than 64 is cut.
    """
    text = raw.strip()
    if not text.isascii():
        text = _transliterate(text).strip()
    name = _OUTSIDE_ALPHABET.sub("_", text)[:_MAX_LENGTH]
    return name if len(name) >= _MIN_LENGTH and name.strip("_") else _unchanged(raw.strip())


class TagNames:
    """The names of a source's tags at GetResponse, and what has to be asked about them.

    Args:
        given: Names by tag, as you said them; `-` leaves a tag out, and `*` stands for all tags of
            which nothing would be left.

    Attributes:
        renamed: Tags that had to change, with their names.
        dropped: Tags that are left out.

    Raises:
        MappingError: A name that was said cannot be one.
    """

    def __init__(self, given: Mapping[str, str] | None = None) -> None:
        self._given = dict(given or {})
        self._drops = self._given.pop(ALL_OTHERS, "") == LEFT_OUT
        self.renamed: dict[str, str] = {}
        self.dropped: set[str] = set()
        self._vanished: dict[str, None] = {}
        self._sources: dict[str, dict[str, None]] = {}
        for raw, name in self._given.items():
            if name != LEFT_OUT and tag_name(name) != name:
                raise MappingError(
                    f"`{name}` cannot be the name of the tag {listed([raw])}",
                    "Use 2 to 64 letters, digits and underscores",
                )

    def name(self, raw: str) -> str | None:
        """Return the name of a tag, or `None` if it is left out."""
        raw = raw.strip()
        said = self._given.get(raw)
        name = tag_name(raw) if said is None else said
        if name is None or name == LEFT_OUT:
            self.dropped.add(raw)
            if said is None and not self._drops:
                self._vanished[raw] = None
            return None
        if name != raw:
            self.renamed[raw] = name
        if said is None:
            self._sources.setdefault(name, {})[raw] = None
        return name

    def questions(self) -> tuple[Question, ...]:
        """Return what has to be asked, so that every tag has a name, and one of its own."""
        vanished = [
            _question(
                raw,
                [LEFT_OUT],
                "Nothing would be left of it; name it, or leave out all such tags (--drop-tags)",
            )
            for raw in self._vanished
        ]
        alike = [
            _question(
                raw,
                [f"{name[:_LONGEST_STEM]}_{at}", LEFT_OUT],
                f"It would become `{name}`, as {listed([next(iter(raws))])} does",
            )
            for name, raws in self._sources.items()
            for at, raw in enumerate(list(raws)[1:], start=2)
        ]
        return (*vanished, *alike)


def _question(raw: str, names: list[str], why: str) -> Question:
    return Question(raw, "tag", map=tuple(f"{raw}={name}" for name in names), why=why)


@lru_cache(10_000)
def _transliterate(text: str) -> str:
    # Imported late: its table takes as long to read as a thousand rows.
    unidecode: Callable[[str], str] = import_module("text_unidecode").unidecode
    return unidecode(text)


def _unchanged(raw: str) -> str | None:
    """Return a tag of nothing but underscores that is a name already."""
    return raw if _MIN_LENGTH <= len(raw) <= _MAX_LENGTH and not raw.strip("_") else None


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
