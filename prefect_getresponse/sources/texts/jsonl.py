"""Records of JSON: a line each, one array of objects, or an answer of an API."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import chain
from operator import itemgetter
from typing import cast

import orjson

from prefect_getresponse.sources.cells import flatten, sole_address
from prefect_getresponse.sources.errors import EmptySource, UnreadableSource
from prefect_getresponse.sources.reading import AS_FOUND, Reading
from prefect_getresponse.sources.storage.places import Location
from prefect_getresponse.sources.texts.flat_lines import flat_cells
from prefect_getresponse.sources.texts.json_stream import DECODER, JsonStream
from prefect_getresponse.sources.texts.text import TextFile, split_lines
from prefect_getresponse.words.columns import email_rank

MAX_DEPTH = 32
MAX_COLUMNS = 500
LINES_AT_ONCE = 500


class JsonlSource:
    """A file of JSON objects; there is no header, the first object is row 1.

    They stand one a line, or in one array, or in an array somewhere in the answer of an API.
    Nested objects become columns with dotted names (`properties.email`). Numbers keep the digits
    they are written with, booleans become `true` and `false`, null is blank, and a list stays
    JSON, which is how the tags of a contact may be given; a list with one e-mail address is it.

    Args:
        location: Path or URL of the file, packed or not.
        reading: What is said about the file.

    Raises:
        EmptySource: There are no objects.
        UnreadableSource: A record is not an object of JSON, has a key twice, is nested deeper
            than 32 levels, or there are more than 500 different keys. The error names the row.
            Or the records are somewhere in a document, and it was not said where.
    """

    def __init__(self, location: Location, reading: Reading = AS_FOUND) -> None:
        self._text = TextFile(location, reading.encoding or None)
        self.location = self._text.location
        self.name = self._text.name
        reading.allow(("encoding", "records"), "a JSON file", self.name)
        self._is_array: bool | None = None
        self._path = reading.records.split(".") if reading.records else []
        if not self._path and (likely := self._likely_path()):
            raise UnreadableSource(
                "the records are within a document", f'Give --records "{likely}"', self.name
            )
        self._columns = self._all_keys()

    def fingerprint(self) -> str:
        """Return the BLAKE2b hash of the bytes of the file."""
        return self._text.fingerprint()

    def has_changed(self) -> bool:
        """Whether the file is another one than the one that was opened, or is gone."""
        return self._text.has_changed()

    def progress(self) -> tuple[int, int]:
        """Return bytes read and bytes in total, for a progress bar."""
        return self._text.progress()

    def columns(self) -> list[str]:
        """Return all keys of all records, in the order of their first appearance."""
        return list(self._columns)

    def records(self) -> Iterator[tuple[int, Sequence[str]]]:
        """Yield the records with their ordinals; keys that a record lacks are blank cells."""
        for first, group in self._groups():
            yield from enumerate(self._rows(group), first)

    def _rows(self, group: list[dict[str, str]]) -> list[Sequence[str]]:
        if len(self._columns) > 1:
            with suppress(KeyError):  # most records have all keys
                return list(map(list, map(itemgetter(*self._columns), group)))
        return [[cells.get(column, "") for column in self._columns] for cells in group]

    def _likely_path(self) -> str:
        """Return where in the first document the records seem to be; empty if it is one."""
        with suppress(ValueError, RecursionError, UnreadableSource):
            return JsonStream(self._text.pieces()).likely(_names_email)
        return ""

    def _all_keys(self) -> list[str]:
        keys: dict[str, None] = {}
        first = 0
        for first, group in self._groups():
            before = dict(keys)
            keys.update(dict.fromkeys(chain.from_iterable(group)))
            if len(keys) > MAX_COLUMNS:
                raise UnreadableSource(
                    f"there are more than {MAX_COLUMNS} different keys",
                    "Export fewer of them, or check that keys are not data",
                    self.name,
                    first + _first_beyond(MAX_COLUMNS, before, group),
                )
        if first == 0:
            raise EmptySource("the file holds no JSON objects", "Check the export", self.name)
        return list(keys)

    def _groups(self) -> Iterator[tuple[int, list[dict[str, str]]]]:
        """Yield the cells of some records in a row, and the row of the first of them."""
        if self._path or self._is_one_array():
            yield from self._one_by_one(self._values(), 1)
            return
        row, blocks = 1, self._text.blocks()
        while True:
            try:
                lines = split_lines(next(blocks, ""))
            except UnreadableSource as error:
                raise error.at(row=row) from error
            if not lines:
                return
            for start in range(0, len(lines), LINES_AT_ONCE):
                some = lines[start : start + LINES_AT_ONCE]
                if (found := flat_cells(some, _text)) is not None:
                    yield row, found
                    row += len(found)
                    continue
                for place, cells in self._one_by_one(_lines(some), row):
                    yield place, cells
                    row = place + 1

    def _one_by_one(
        self, values: Iterator[object], first: int
    ) -> Iterator[tuple[int, list[dict[str, str]]]]:
        row = first - 1
        while True:
            row += 1
            try:
                value = next(values, _END)
                cells = {} if value is _END else _flattened(value)
            except UnreadableSource as error:
                raise error.at(row=row) from error
            except (ValueError, RecursionError) as error:
                what = "nested too deeply" if isinstance(error, RecursionError) else str(error)
                raise UnreadableSource(
                    f"the record is not usable JSON: {what}",
                    "Write one JSON object per line, or one array of objects",
                    self.name,
                    row,
                ) from error
            if value is _END:
                return
            yield row, [cells]

    def _values(self) -> Iterator[object]:
        stream = JsonStream(self._text.pieces())
        return stream.records(self._path) if self._path else stream.values()

    def _is_one_array(self) -> bool:
        if self._is_array is None:
            pieces = self._text.pieces()
            start = next((piece for piece in pieces if piece.strip(_BLANK)), "")
            pieces.close()
            self._is_array = start.lstrip(_BLANK).startswith("[")
        return self._is_array


def _lines(lines: Iterable[str]) -> Iterator[object]:
    return (_decoded(line) for line in lines if line.strip(_BLANK))


def _decoded(line: str) -> object:
    """Return the value of a line; by the quick decoder where that loses nothing.

    It rounds numbers and keeps the last of two equal keys. So it is for lines without fractions,
    exponents and long numbers, and only if as many keys come out as there can be in the line.
    """
    if _INEXACT.search(line) is None:
        with suppress(orjson.JSONDecodeError):
            value: object = orjson.loads(line)
            if isinstance(value, dict):
                members = cast(dict[str, object], value)
                if _keys(members) == len(_KEY.findall(line)):
                    return members
    return DECODER.decode(line)


def _first_beyond(most: int, known: dict[str, None], group: list[dict[str, str]]) -> int:
    """Return the place of the first record with which there are more keys than that."""
    for place, cells in enumerate(group):
        known.update(dict.fromkeys(cells))
        if len(known) > most:
            return place
    return len(group)


def _keys(value: object) -> int:
    if isinstance(value, dict):
        held = cast(dict[str, object], value)
        return len(held) + sum(_keys(item) for item in held.values() if type(item) in _NESTING)
    return sum(map(_keys, cast(list[object], value))) if isinstance(value, list) else 0


def _names_email(item: object) -> bool:
    if not isinstance(item, Mapping):
        return False
    names = (name for name, _ in flatten(cast(Mapping[object, object], item)))
    return any(email_rank(name.rpartition(".")[2]) is not None for name in names)


def _flattened(value: object) -> dict[str, str]:
    if not isinstance(value, dict):
        raise ValueError("it is not an object")
    cells: dict[str, str] = {}
    _flatten(cast(dict[str, object], value), "", cells, depth=1)
    if not _is_unicode(cells):
        raise ValueError("a text contains an unpaired Unicode surrogate")
    return cells


def _flatten(value: dict[str, object], prefix: str, cells: dict[str, str], depth: int) -> None:
    if depth > MAX_DEPTH:
        raise ValueError(f"it is nested deeper than {MAX_DEPTH} levels")
    for key, item in value.items():
        name = prefix + key.strip()
        if isinstance(item, dict):
            _flatten(cast(dict[str, object], item), f"{name}.", cells, depth + 1)
        elif name in cells:
            raise ValueError("a key is there twice")
        else:
            cells[name] = item if isinstance(item, str) else _text(item)


def _text(item: object) -> str:
    if item is None:
        return ""
    if isinstance(item, bool):
        return "true" if item else "false"
    if isinstance(item, int):
        return str(item)
    if _depth(item) > MAX_DEPTH:
        raise ValueError(f"it is nested deeper than {MAX_DEPTH} levels")
    return sole_address(cast(list[object], item)) or _ENCODER.encode(_as_texts(item))


def _as_texts(item: object) -> object:
    """Return a value with its whole numbers as the texts that the exact decoder makes of them."""
    if isinstance(item, dict):
        return {key: _as_texts(value) for key, value in cast(dict[str, object], item).items()}
    if isinstance(item, list):
        return [_as_texts(value) for value in cast(list[object], item)]
    return str(item) if type(item) is int else item


def _depth(item: object) -> int:
    if isinstance(item, dict):
        item = list(cast(dict[str, object], item).values())
    if isinstance(item, list):
        return 1 + max(map(_depth, cast(list[object], item)), default=0)
    return 0


def _is_unicode(cells: dict[str, str]) -> bool:
    try:
        "".join(chain(cells, cells.values())).encode()
    except UnicodeEncodeError:
        return False
    return True


_BLANK = " \t\r\n"
_END = object()
_NESTING = (dict, list)
_INEXACT = re.compile(r"[:,\[]\s*(?:-0|-?\d+[.eE]|-?\d{16})")
_KEY = re.compile(r'"\s*:')
_ENCODER = json.JSONEncoder(ensure_ascii=False)
