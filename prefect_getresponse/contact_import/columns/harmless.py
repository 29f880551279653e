"""Columns of ordinary files that cannot say who gets e-mail, by their name and all their cells."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Literal

from prefect_getresponse.words import table
from prefect_getresponse.words.columns import bare_name, normalised

Kind = Literal["dates", "groups", "numbers", "answers"]
_LOCALE = re.compile(r"[a-z]{2}[-_][a-z]{2}", re.IGNORECASE)


def kind_of_name(column: str) -> Kind | None:
    """Return what the name of a column says is in it, if such a thing says nothing about e-mail."""
    names = _names()
    return names.get(normalised(column)) or names.get(bare_name(column))


def are_of_place(column: str, cells: Iterable[str]) -> bool:
    """Tell whether a column holds countries, states, languages, genders and the like.

    Its name says so, and every cell is one of them.
    """
    cells = list(cells)
    known = _places().get(normalised(column)) or _places().get(bare_name(column))
    return (
        bool(cells)
        and known is not None
        and all(cell.casefold() in known or _LOCALE.fullmatch(cell) for cell in cells)
    )


@cache
def _names() -> dict[str, Kind]:
    blocks = table("harmless")["names"]
    return {normalised(word): block["kind"] for block in blocks for word in block["words"]}


@cache
def _places() -> dict[str, frozenset[str]]:
    return {
        normalised(header): frozenset(
            word.casefold() for word in (*block["values"].split(), *block["names"])
        )
        for block in table("places")["places"]
        for header in block["headers"]
    }
