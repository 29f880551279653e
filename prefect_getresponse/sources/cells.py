"""Values of programs and databases as the text that people would write in a cell."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from ipaddress import (
    IPv4Address,
    IPv4Interface,
    IPv4Network,
    IPv6Address,
    IPv6Interface,
    IPv6Network,
)
from itertools import count
from numbers import Integral, Real
from typing import Any, cast
from uuid import UUID

from prefect_getresponse.sources.texts.delimiters import is_address
from prefect_getresponse.sources.trimming import trimmed

_WRITTEN_AS_THEY_ARE = (
    UUID,
    timedelta,
    IPv4Address,
    IPv6Address,
    IPv4Interface,
    IPv6Interface,
    IPv4Network,
    IPv6Network,
)
# MySQL's booleans, where they are columns of one bit.
_BITS = {b"\x00": "0", b"\x01": "1"}
# What programs call the address within the object that they keep it in.
_HOLDERS = frozenset({"value", "email", "address", "email_address", "emailAddress"})


def text(value: object) -> str:
    """Return a value as the text of a cell.

    `None` and not-a-number are blank, booleans `true` and `false`, whole numbers have no decimal
    point, decimals keep their digits, times are ISO 8601 with a space, and lists are JSON, which is
    how the tags of a contact may be given.

    Raises:
        ValueError: The value cannot be text; the message names its type, never its content.
    """
    if isinstance(value, str):
        return value
    if value is None or value != value:  # not a number, not a time
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Enum):
        return text(value.value)
    if isinstance(value, Integral | Real | Decimal):
        return _number(value)
    if isinstance(value, datetime):
        return value.isoformat(" ")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, _WRITTEN_AS_THEY_ARE):
        return str(value)
    if isinstance(value, bytes | bytearray | memoryview):
        return _decoded(bytes(cast(bytes, value)))
    if (bounds := getattr(value, "bounds", None)) and hasattr(value, "lower"):
        return _range(value, str(bounds))
    if isinstance(value, Mapping | Sequence | set | frozenset):
        alone = sole_address(cast(Sequence[object], value)) if isinstance(value, Sequence) else ""
        return alone or json.dumps(_plain(cast(object, value)), ensure_ascii=False)
    raise ValueError(f"a value of type {type(value).__name__} is not text")


def sole_address(items: Sequence[object]) -> str:
    """Return the e-mail address that a list holds; empty if it holds something else or several.

    Of several that are objects, as CRMs keep them, the one that is marked as primary counts.
    """
    found = [cast(Mapping[object, object], item) for item in items if isinstance(item, Mapping)]
    if len(items) > 1:
        primary = [item for item in found if item.get("primary") is True]
        items = primary if len(primary) == 1 and len(found) == len(items) else ()
    if len(items) != 1:
        return ""
    item = items[0]
    values = [item] if isinstance(item, str) else _held(item)
    addresses = [value for value in values if isinstance(value, str) and is_address(value)]
    return addresses[0] if len(addresses) == 1 else ""


def _held(item: object) -> list[object]:
    if not isinstance(item, Mapping):
        return []
    return [value for key, value in cast(Mapping[object, object], item).items() if key in _HOLDERS]


def flatten(record: Mapping[Any, object], prefix: str = "") -> Iterator[tuple[str, object]]:
    """Yield the values of a nested record under dotted names, such as `properties.email`."""
    for key, value in record.items():
        name = f"{prefix}{key}".strip()
        if isinstance(value, Mapping):
            yield from flatten(cast(Mapping[Any, object], value), f"{name}.")
        else:
            yield name, value


def column_names(header: Iterable[str]) -> list[str]:
    """Return names of columns, trimmed and each different from the others.

    A column without a name is called `column 3` by its place, a second column of a name
    `Tags (2)`: each can be named by the user.
    """
    names: list[str] = []
    for place, cell in enumerate(header, start=1):
        name = trimmed(cell) or f"column {place}"
        repeats = (f"{name} ({number})" for number in count(2))
        names.append(name if name not in names else next(x for x in repeats if x not in names))
    return names


def _number(value: Integral | Real | Decimal) -> str:
    if isinstance(value, Integral):
        return str(int(value))
    exact = value if isinstance(value, Decimal) else Decimal(repr(float(value)))
    if isinstance(value, Decimal) or exact != exact.to_integral_value():
        return format(exact, "f")
    return format(exact.to_integral_value(), "f")  # a column of whole numbers and blanks


def _range(value: Any, bounds: str) -> str:
    """Return a range of a database, such as `[2026-01-01,2026-02-01)`."""
    return f"{bounds[0]}{text(value.lower)},{text(value.upper)}{bounds[-1]}"


def _decoded(value: bytes) -> str:
    if value in _BITS:
        return _BITS[value]
    try:
        return value.decode()
    except UnicodeDecodeError:
        raise ValueError("binary data are not text") from None


def _plain(value: object) -> object:
    """Return a nested value with everything JSON does not know as text."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, Mapping):
        items = cast(Mapping[object, object], value).items()
        return {text(key): _plain(item) for key, item in items}
    if isinstance(value, Sequence | set | frozenset) and not isinstance(value, bytes | bytearray):
        return [_plain(item) for item in cast(Iterable[object], value)]
    return text(value)
