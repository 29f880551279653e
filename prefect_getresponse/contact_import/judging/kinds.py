"""Of what kind the cells of a column are: what could be an answer in any language, and what not.

Only the cells count, not the name of the column: words of every language cannot be known, but a
column that says who gets e-mail has few different cells, or dates beside blank cells.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable
from enum import StrEnum

from prefect_getresponse.contact_import.columns import consent, dates
from prefect_getresponse.contact_import.judging.contents import ColumnContent

ENOUGH = 50
"""Filled cells from which on the content of a column in an unknown language decides."""
_FEW = 20
_A_CHOICE = 3
_FEW_CODES = 10
_REPEATED = 2.5
_SOME = 10
_TICKED = 3
_MOST = 0.9
_HALF = 0.5
_RARE = 0.05

_NUMBER = re.compile(r"[-+]?[\d\s.,'%€$£]*\d[\d\s.,'%€$£]*(?:[A-Za-z]{3}|zł|kr|Kč)?")
_CODE = re.compile(r"[-+]?\d{1,3}(?:\.0+)?")
_BOOLEANS = frozenset({"0", "1", "-1", "+1", "0.0", "1.0", "-0"})
_BETWEEN_ITEMS = re.compile(r"\s*[,;|/\n]\s*")


class Kind(StrEnum):
    """What the cells of a column are."""

    NOTHING = "blank"
    REFUSALS = "refusals"
    ANSWERS = "answers"
    TICKS = "ticks"
    CHOICE = "two or three values"
    VALUES = "few values"
    LISTS = "lists of few values"
    CONSTANT = "one value"
    SOME_DATES = "dates and blanks"
    DATES = "dates"
    NUMBERS = "numbers"
    TEXTS = "texts"


COULD_BE_AN_ANSWER = frozenset(
    {
        Kind.REFUSALS,
        Kind.ANSWERS,
        Kind.TICKS,
        Kind.CHOICE,
        Kind.VALUES,
        Kind.LISTS,
        Kind.CONSTANT,
        Kind.SOME_DATES,
    }
)
"""Kinds that may say who gets e-mail."""

COULD_SAY_NO = frozenset({Kind.REFUSALS, Kind.ANSWERS, Kind.TICKS, Kind.CHOICE, Kind.SOME_DATES})
"""Kinds that may say no where another column says who has agreed."""


def kind_of(content: ColumnContent) -> Kind:
    """Return the kind of a column by what is in it."""
    people = content.rows
    cells = Counter({cell: n for cell, n in content.values.items() if not consent.is_silent(cell)})
    filled = content.filled - (content.values.total() - cells.total() if content.is_whole else 0)
    has_gaps = filled < people
    if not cells:
        return Kind.NOTHING
    if content.refusing:
        return Kind.REFUSALS
    different = len({cell.casefold() for cell in cells})
    if different == 1 and has_gaps and _is_tick(next(iter(cells)), filled, people):
        return Kind.TICKS
    if _are_answers(cells, content, is_constant=different == 1, filled=filled):
        return Kind.ANSWERS
    if (dated := _dated(cells)) is not None:
        has_never = any(map(dates.is_never, content.values))
        return (Kind.SOME_DATES if has_gaps or has_never else Kind.DATES) if dated else Kind.VALUES
    return _repeated(cells, content, filled, people)


def _is_tick(cell: str, filled: int, people: int) -> bool:
    """Tell whether the only value of a column, with blanks beside it, is a mark."""
    if filled >= ENOUGH or (people >= ENOUGH and filled >= _TICKED):
        return True
    return consent.is_answer(cell) or cell in _BOOLEANS


def _are_answers(
    cells: Counter[str], content: ColumnContent, *, is_constant: bool, filled: int
) -> bool:
    if _BOOLEANS.issuperset(cells):
        return not is_constant  # a number without a second one says nothing
    if all(_NUMBER.fullmatch(cell) for cell in cells):
        return False
    if is_constant and len(next(iter(cells))) == 1:
        return False  # a letter without a second one, too
    plain = sum(n for cell, n in cells.items() if consent.is_plain_answer(cell))
    if plain and (content.is_whole or plain > _RARE * cells.total()):
        return True
    answers = sum(n for cell, n in cells.items() if consent.is_answer(cell))
    return answers >= _HALF * cells.total()


def _dated(cells: Counter[str]) -> bool | None:
    """Tell whether cells are dates alone, or dates with few words beside them; else `None`."""
    dated = sum(n for cell, n in cells.items() if dates.is_any_date(cell))
    if dated >= _MOST * cells.total():
        return True
    beside = {dates.beside_date(cell) for cell in cells}
    if None in beside or not beside:
        return None
    return len(beside) == 1 if len(beside) <= _FEW else None


def _repeated(cells: Counter[str], content: ColumnContent, filled: int, people: int) -> Kind:
    """Return the kind of cells that are no answers by their words, and no dates."""
    are_numbers = all(_NUMBER.fullmatch(cell) for cell in cells)
    other = Kind.NUMBERS if are_numbers else Kind.TEXTS
    different = len({cell.casefold() for cell in cells})
    if not content.is_whole:
        top = sum(n for _, n in cells.most_common(_FEW))
        return Kind.VALUES if top >= _HALF * cells.total() and not are_numbers else other
    if different == 1:
        return Kind.CONSTANT if filled >= ENOUGH else other
    is_choice = different <= _A_CHOICE and filled >= _REPEATED * different
    if is_choice and (filled >= ENOUGH or (people >= ENOUGH and filled >= _SOME)):
        return Kind.CHOICE
    if filled < ENOUGH:
        return other
    if are_numbers:
        return Kind.VALUES if are_codes(cells) else Kind.NUMBERS
    if different <= _FEW and filled >= _REPEATED * different:
        return Kind.VALUES
    items = _items(cells)
    return Kind.LISTS if 1 < len(items) <= _FEW and different > len(items) else Kind.TEXTS


def are_codes(cells: Collection[str]) -> bool:
    """Tell whether cells are a few short numbers, as programs write instead of words."""
    return len(cells) <= _FEW_CODES and all(_CODE.fullmatch(cell) for cell in cells)


def _items(cells: Iterable[str]) -> set[str]:
    """Return the different parts of cells that are lists; more than enough of them if many."""
    items: set[str] = set()
    for cell in cells:
        items.update(part.casefold() for part in _BETWEEN_ITEMS.split(cell) if part)
        if len(items) > _FEW:
            break
    return items
