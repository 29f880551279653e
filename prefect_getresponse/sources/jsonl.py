"""Records of JSON Lines files, and of files that hold one JSON array of objects."""

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, count
from typing import NoReturn, cast

from prefect_getresponse.contact_import.errors import EmptySource, UnreadableSource
from prefect_getresponse.sources.places import Location
from prefect_getresponse.sources.reading import AS_FOUND, Reading
from prefect_getresponse.sources.text import MAX_LINE, TextFile

MAX_DEPTH = 32
MAX_COLUMNS = 500


class JsonlSource:
    """A file with one JSON object per record; there is no header, the first object is row 1.

    Nested objects become columns with dotted names (`properties.email`). Numbers keep the digits
    they are written with, booleans become `true` and `false`, null is blank, and a list stays
    JSON, which is how the tags of a contact may be given.

    Args:
        location: Path or URL of the file, packed or not.
        reading: What is said about the file.

    Raises:
        EmptySource: There are no objects.
        UnreadableSource: A record is not an object of JSON, has a key twice, is nested deeper
            than 32 levels, or there are more than 500 different keys. The error names the row.
    """

    def __init__(self, location: Location, reading: Reading = AS_FOUND) -> None:
        self._text = TextFile(location, reading.encoding or None)
        self.location = self._text.location
        self.name = self._text.name
        reading.allow(("encoding",), "a JSON file", self.name)
        self._columns = self._all_keys()

    def fingerprint(self) -> str:
        """Return the BLAKE2b hash of the bytes of the file."""
        return self._text.fingerprint()

    def progress(self) -> tuple[int, int]:
        """Return bytes read and bytes in total, for a progress bar."""
        return self._text.progress()

    def columns(self) -> list[str]:
        """Return all keys of all records, in the order of their first appearance."""
        return list(self._columns)

    def records(self) -> Iterator[tuple[int, Sequence[str]]]:
        """Yield the records with their ordinals; keys that a record lacks are blank cells."""
        for row, cells in self._objects():
            yield row, [cells.get(column, "") for column in self._columns]

    def _all_keys(self) -> list[str]:
        keys: dict[str, None] = {}
        row = 0
        for row, cells in self._objects():
            keys.update(dict.fromkeys(cells))
            if len(keys) > MAX_COLUMNS:
                raise UnreadableSource(
                    f"there are more than {MAX_COLUMNS} different keys",
                    "Export fewer of them, or check that keys are not data",
                    self.name,
                    row,
                )
        if row == 0:
            raise EmptySource("the file holds no JSON objects", "Check the export", self.name)
        return list(keys)

    def _objects(self) -> Iterator[tuple[int, dict[str, str]]]:
        values = _values(self._text.lines())
        for row in count(1):
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
            yield row, cells


def _values(lines: Iterator[str]) -> Iterator[object]:
    """Yield JSON values: one a line, or the items of the array that the text is."""
    filled = (line for line in lines if line.strip(_BLANK))
    first = next(filled, "")
    if first.lstrip(_BLANK).startswith("["):
        yield from _array_items(chain([first.lstrip(_BLANK)[1:]], filled))
    elif first:
        yield from map(_DECODER.decode, chain([first], filled))


def _array_items(lines: Iterable[str]) -> Iterator[object]:
    rest = ""
    closed = False
    for line in lines:
        rest += line
        at = _next_item(rest, 0)
        while at < len(rest) and not (closed := closed or rest[at] == "]"):
            try:
                item, at = _DECODER.raw_decode(rest, at)
            except json.JSONDecodeError:
                break  # the item may go on in the next line
            yield item
            at = _next_item(rest, at)
        rest = rest[at:]
        if len(rest) > MAX_LINE:
            break
    if rest.strip(_BLANK) != "]":
        raise ValueError("the array is cut off or damaged")


def _next_item(text: str, at: int) -> int:
    while at < len(text) and text[at] in _BETWEEN_ITEMS:
        at += 1
    return at


def _flattened(value: object) -> dict[str, str]:
    if not isinstance(value, dict):
        raise ValueError("it is not an object")
    cells: dict[str, str] = {}
    _flatten(cast(dict[str, object], value), "", cells, depth=1)
    if not _is_unicode(cells):
        raise ValueError("half of a surrogate pair is missing in a text")
    return cells


def _flatten(value: dict[str, object], prefix: str, cells: dict[str, str], depth: int) -> None:
    if depth > MAX_DEPTH:
        raise ValueError(f"it is nested deeper than {MAX_DEPTH} levels")
    for key, item in value.items():
        name = prefix + key.strip()
        if isinstance(item, dict):
            _flatten(cast(dict[str, object], item), f"{name}.", cells, depth + 1)
        elif name in cells:
            raise ValueError(f"the key {name[:60]!r} is there twice")
        else:
            cells[name] = item if isinstance(item, str) else _text(item)


def _text(item: object) -> str:
    if item is None:
        return ""
    if isinstance(item, bool):
        return "true" if item else "false"
    if _depth(item) > MAX_DEPTH:
        raise ValueError(f"it is nested deeper than {MAX_DEPTH} levels")
    return _ENCODER.encode(item)  # a list, for numbers have been kept as text


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


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    value = dict(pairs)
    if len(value) < len(pairs):
        raise ValueError("a key is there twice")
    return value


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number of JSON")


_BLANK = " \t\r\n"
_BETWEEN_ITEMS = frozenset(_BLANK + ",")
_END = object()
# Numbers stay the text they are: no rounding, no limit of digits, no `1.50` turned into `1.5`.
_DECODER = json.JSONDecoder(
    object_pairs_hook=_unique, parse_int=str, parse_float=str, parse_constant=_refuse_constant
)
_ENCODER = json.JSONEncoder(ensure_ascii=False)
