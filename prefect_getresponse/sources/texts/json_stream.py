"""Values of a JSON text one after another, however its lines are broken, in bounded memory."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NoReturn

MAX_VALUE = 1 << 22
"""Longest single value, in characters: 4 MiB."""
_SEARCHED_LEVELS = 4
_BLANK = " \t\r\n"


class JsonStream:
    """A JSON text that is read as it is needed.

    Args:
        pieces: The text.
    """

    def __init__(self, pieces: Iterable[str]) -> None:
        self._pieces = iter(pieces)
        self._text = ""
        self._at = 0

    def values(self) -> Iterator[object]:
        """Yield the values of the text: the items of an array, or one value after another.

        Raises:
            ValueError: The text is no JSON.
        """
        if self._next() == "[":
            yield from self._items()
            if self._next():
                raise ValueError("something stands behind the array")
            return
        while self._next():
            yield self._value()

    def records(self, path: Sequence[str]) -> Iterator[object]:
        """Yield the items of the array at a path, of each document of the text.

        Raises:
            ValueError: The text is no JSON, or a document has no array there.
        """
        while self._next():
            found = False
            for item in self._at_path(path):
                found = True
                if item is not _HERE:
                    yield item
            if not found:
                raise ValueError(f"there is no list at {'.'.join(path)}")

    def likely(self, is_record: Callable[[object], bool]) -> str:
        """Return the path of the first array whose items are records; empty if there is none."""
        if self._next() != "{":
            return ""
        return ".".join(self._search(is_record, _SEARCHED_LEVELS))

    def _at_path(self, path: Sequence[str]) -> Iterator[object]:
        if not path:
            if self._next() == "[":
                yield _HERE
                yield from self._items()
            else:
                self._value()
            return
        if self._next() != "{":
            self._value()
            return
        for key in self._keys():
            if key == path[0]:
                yield from self._at_path(path[1:])
            else:
                self._value()

    def _search(self, is_record: Callable[[object], bool], levels: int) -> list[str]:
        for key in self._keys():
            if self._next() == "[":
                items = self._items()
                if is_record(next(items, None)):
                    return [key]
                for _ in items:
                    pass
            elif self._next() == "{" and levels > 1:
                if below := self._search(is_record, levels - 1):
                    return [key, *below]
            else:
                self._value()
        return []

    def _keys(self) -> Iterator[str]:
        """Yield the keys of an object; the value behind each has to be read before the next."""
        self._take("{")
        while self._next() != "}":
            key = self._value()
            if not isinstance(key, str):
                raise ValueError("a key is not a text")
            self._take(":")
            yield key
            if self._next() != "}":
                self._take(",")
        self._take("}")

    def _items(self) -> Iterator[object]:
        self._take("[")
        while self._next() != "]":
            yield self._value()
            if self._next() != "]":
                self._take(",")
        self._take("]")

    def _value(self) -> object:
        self._next()
        while True:
            try:
                value, end = DECODER.raw_decode(self._text, self._at)
            except json.JSONDecodeError:
                if self._more():  # it may go on in the next piece
                    continue
                raise ValueError("the JSON is cut off or damaged") from None
            if end < len(self._text) or not self._more():  # a number may go on, too
                self._at = end
                return value

    def _next(self) -> str:
        """Return the next character that is not blank, and stop before it; empty at the end."""
        while True:
            while self._at < len(self._text):
                if self._text[self._at] not in _BLANK:
                    return self._text[self._at]
                self._at += 1
            if not self._more():
                return ""

    def _take(self, mark: str) -> None:
        if self._next() != mark:
            raise ValueError("the JSON is cut off or damaged")
        self._at += 1

    def _more(self) -> bool:
        if len(self._text) - self._at > MAX_VALUE:
            raise ValueError(f"a value is longer than {MAX_VALUE >> 20} MiB")
        piece = next(self._pieces, "")
        self._text = self._text[self._at :] + piece
        self._at = 0
        return bool(piece)


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    value = dict(pairs)
    if len(value) < len(pairs):
        raise ValueError("a key is there twice")
    return value


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number of JSON")


_HERE = object()
# Numbers stay the text they are: no rounding, no limit of digits, no `1.50` turned into `1.5`.
DECODER = json.JSONDecoder(
    object_pairs_hook=_unique, parse_int=str, parse_float=str, parse_constant=_refuse_constant
)
