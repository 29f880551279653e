"""Words of refusal in cells: in few different ones, and in a great many.

`Unsubscribed by user` is one wherever it stands, also in a note. Looking for it costs some
microseconds a cell, so many cells are looked at as one text, and of nearly unique columns every
cell only by its beginning.
"""

from __future__ import annotations

import re
from itertools import product

from prefect_getresponse.contact_import.rows import phrases

_LOOKED_AT = 200
_BETWEEN = re.compile(r"[^\w\n\",;|/]+|_")
_BETWEEN_ITEMS = re.compile(r" *[\",;|/]+ *")


def _beginnings() -> frozenset[str]:
    """Return the first three characters of refusals in every case."""
    words = {phrase.strip("*")[:3].casefold() for phrase in phrases.words_of_refusal()}
    return frozenset(
        "".join(letters)
        for word in words
        for letters in product(*((char.lower(), char.upper()) for char in word))
    )


BEGINNINGS = _beginnings()
"""How cells begin that may begin with a refusal."""

_REFUSAL = re.compile(phrases.REFUSAL_IN_CELLS)


def begins(cell: str) -> bool:
    """Tell whether a cell begins with a refusal."""
    if cell[:3] not in BEGINNINGS:
        return False
    return _REFUSAL.match(phrases.spoken(cell[:_LOOKED_AT])) is not None


def among(cells: list[str]) -> list[str]:
    """Return the cells in which a refusal stands anywhere."""
    text = phrases.without_accents("\n".join(cell.replace("\n", " ") for cell in cells))
    # A tab between the parts of a list, so that no phrase reaches from one into the next.
    lines = _BETWEEN_ITEMS.sub("\t", _BETWEEN.sub(" ", text))
    found = {lines.count("\n", 0, match.start()) for match in _REFUSAL.finditer(lines)}
    return [cells[at] for at in sorted(found) if phrases.refuses_mail(cells[at])]
