"""Words of refusal in cells: in few different ones, and in a great many.

`Unsubscribed by user` is one wherever it stands, also in a note. Looking for all phrases costs some
hundred microseconds a cell, so a cell is looked at only if it has the words of one, and of nearly
unique columns every cell only if it begins with one.
"""

from __future__ import annotations

import re
from functools import lru_cache

from prefect_getresponse.words import phrases, words_of

_LOOKED_AT = 200
_REMEMBERED = 50_000
_NOT_LETTERS = re.compile(r"[\W_]+")
_SHORTEST = 2


class _Words:
    """Words of phrases, to be found among the words of a cell.

    Args:
        phrases_of: Meanings of the phrases.
        first: Look for the first word of a phrase, and else for its longest one.
    """

    def __init__(self, *phrases_of: str, first: bool = False) -> None:
        self._exact: set[str] = set()
        self._beginnings: set[str] = set()
        inside: set[str] = set()
        for meaning in phrases_of:
            for phrase in words_of("phrases", "phrases", meaning):
                words = phrase.split()
                word = words[0] if first else max(words, key=len)
                # Signs over letters are between words to a regular expression, as in Thai.
                parts = phrases.spoken(word).split()
                bare = parts[0] if first else max(parts, key=len)
                if word.startswith("*"):
                    inside.add(bare)
                elif word.endswith("*") or len(parts) > 1:
                    self._beginnings.add(bare)
                else:
                    self._exact.add(bare)
        self._inside = tuple(inside)
        self.has = lru_cache(_REMEMBERED)(self._has)

    def _has(self, word: str) -> bool:
        """Tell whether a word is one of them, or begins with one, or has one in it."""
        if word in self._exact:
            return True
        beginnings = (word[:end] for end in range(_SHORTEST, len(word) + 1))
        if not self._beginnings.isdisjoint(beginnings):
            return True
        return any(part in word for part in self._inside)

    def among(self, words: set[str]) -> set[str]:
        """Return those of some words that are one of them."""
        return set(filter(self.has, words))


_FIRST = _Words("refusing", first=True)
_REFUSING = _Words("refusing")
_ENDING = _Words("ending")
_DENYING = _Words("denying")
_ABOUT_MAIL = _Words("mail", "consenting")


def _beginnings() -> frozenset[str]:
    """Return how refusals begin, as people write them."""
    found: set[str] = set()
    for phrase in phrases.words_of_refusal():
        words = phrase.strip("*").casefold()
        starts = {words, words.replace("don t", "don't")}
        starts |= {f"{words}{sign}" for sign in " ,.:;-("}
        for start in starts:
            cut = start[:LENGTH]
            found |= {cut, cut.upper(), cut.capitalize(), cut.title()}
    return frozenset(found)


LENGTH = 4
"""Characters by which a cell is told to begin with a refusal, perhaps."""
BEGINNINGS = _beginnings()
"""How cells begin that may begin with a refusal."""


def begins(cell: str) -> bool:
    """Tell whether a cell begins with a refusal."""
    if cell[:LENGTH] not in BEGINNINGS:
        return False
    words = phrases.spoken(cell[:_LOOKED_AT])
    return _FIRST.has(words.partition(" ")[0]) and phrases.begins_with_refusal(words)


def speaks_of_refusal(cell: str) -> bool:
    """Tell whether a refusal stands in a cell, wherever that is and in some words."""
    return bool(among([cell]))


def among(cells: list[str]) -> list[str]:
    """Return the cells in which a refusal stands anywhere."""
    if not cells:
        return []
    text = phrases.without_accents("\n".join(" ".join(cell.splitlines()) for cell in cells))
    lines = [set(_NOT_LETTERS.sub(" ", line).split()) for line in text.split("\n")]
    every = set[str]().union(*lines)
    refusing, ending = _REFUSING.among(every), _ENDING.among(every)
    denying, about_mail = _DENYING.among(every), _ABOUT_MAIL.among(every)
    undoing = ending | denying
    return [
        cell
        for cell, words in zip(cells, lines, strict=True)
        if (words & refusing or (words & undoing and words & about_mail))
        and phrases.refuses_mail(cell)
    ]
