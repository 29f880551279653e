"""Identifiers that look like GetResponse's: short, base62, case-sensitive."""

from __future__ import annotations

import re
import string

ALPHABET = string.ascii_letters + string.digits
_BASE = len(ALPHABET)
_SHORTEST = 3
# Coprime to the base, so its multiples visit every number of a length exactly once.
_STEP = 48_271


_ID = re.compile(r"[A-Za-z0-9]+|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def is_id(text: str) -> bool:
    """Whether `text` can be an identifier: letters and digits, or a UUID."""
    return _ID.fullmatch(text) is not None


class Ids:
    """A sequence of identifiers without repetition, the same in every run.

    One sequence serves all kinds of resources: an identifier of the wrong kind is never found
    by chance. Identifiers have three characters first and grow as they are used up.
    """

    def __init__(self) -> None:
        self._length = _SHORTEST
        self._size: int = _BASE**_SHORTEST
        self._used = 0

    def next(self) -> str:
        """Return the next identifier."""
        self._used += 1
        if self._used == self._size:
            self._length += 1
            self._size *= _BASE
            self._used = 1
        rest = self._used * _STEP % self._size
        characters: list[str] = []
        for _ in range(self._length):
            rest, digit = divmod(rest, _BASE)
            characters.append(ALPHABET[digit])
        return "".join(characters)
