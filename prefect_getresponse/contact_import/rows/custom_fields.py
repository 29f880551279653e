"""Custom fields: which cells GetResponse would take as values of a field.

Nothing is corrected: a cell that is no value of its field is left out with a warning, so that it
costs neither the row nor the call that carries it.
Source: GetResponse API v3, Custom Fields.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from prefect_getresponse.contact_import.rows.tags import split_list

GENDERS = frozenset({"Male", "Female", "Prefer not to say"})
_LISTED = frozenset({"radio", "checkbox", "single_select", "multi_select"})
_MULTIPLE = frozenset({"checkbox", "multi_select"})
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DATETIME = re.compile(rf"{_DATE.pattern}[T ][0-9]{{2}}:[0-9]{{2}}(?::[0-9]{{2}})?(?:\.[0-9]+)?\S*")
_PHONE = re.compile(r"\+?[0-9 ().-]{5,32}")
_REMEMBERED_CELLS = 10_000


class CustomField(NamedTuple):
    """A custom field of the account.

    Attributes:
        custom_field_id: Its id.
        name: Its name.
        type: What its values are: `string`, `number`, `date`, ...
        format: How forms ask for it: `text`, `single_select`, ...
        values: The values to choose from, where it has some.
    """

    custom_field_id: str
    name: str
    type: str = "string"
    format: str = "text"
    values: tuple[str, ...] = ()

    @classmethod
    def of(cls, item: Mapping[str, Any]) -> CustomField:
        """The field that the API describes, by its newer or older words."""
        return cls(
            custom_field_id=item["customFieldId"],
            name=item["name"],
            type=item.get("valueType") or item.get("type") or "string",
            format=item.get("format") or item.get("type") or "text",
            values=tuple(item.get("values") or ()),
        )

    @property
    def is_multiple(self) -> bool:
        """Whether it may have several values at once."""
        return self.format in _MULTIPLE

    @property
    def is_free(self) -> bool:
        """Whether every text is a value of it."""
        return not (self.type in _CHECKS or self._is_listed or self.is_multiple)

    @property
    def _is_listed(self) -> bool:
        return self.format in _LISTED and bool(self.values)

    def reader(self) -> Callable[[str], tuple[tuple[str, ...], str]]:
        """Return the function that reads a trimmed cell: its values, and a warning or nothing."""
        return lru_cache(_REMEMBERED_CELLS)(self._read)

    def _read(self, cell: str) -> tuple[tuple[str, ...], str]:
        if not cell:
            return (), ""
        given = (cell,) if not self.is_multiple or cell in self.values else tuple(split_list(cell))
        taken = tuple(value for value in dict.fromkeys(given) if not self._warning(value))
        warnings = [self._warning(value) for value in given]
        return taken, next(filter(None, warnings), "")

    def _warning(self, value: str) -> str:
        if self._is_listed and value not in self.values:
            return "not_in_the_list_of_the_field"
        check = _CHECKS.get(self.type)
        return f"invalid_{self.type}" if check is not None and not check(value) else ""


def _is_date(value: str) -> bool:
    return _DATE.fullmatch(value) is not None and _parses(date.fromisoformat, value)


def _is_datetime(value: str) -> bool:
    return _DATETIME.fullmatch(value) is not None and _parses(datetime.fromisoformat, value)


def _is_ip(value: str) -> bool:
    return "%" not in value and _parses(ipaddress.ip_address, value)


def _is_url(value: str) -> bool:
    return (
        value.partition(":")[0] in ("http", "https")
        and _parses(urlsplit, value)
        and bool(urlsplit(value).netloc)
    )


def _parses(parse: Callable[[str], object], value: str) -> bool:
    try:
        parse(value)
    except ValueError:
        return False
    return True


_CHECKS: Mapping[str, Callable[[str], bool]] = {
    "number": lambda value: _NUMBER.fullmatch(value) is not None,
    "date": _is_date,
    "datetime": _is_datetime,
    "phone": lambda value: _PHONE.fullmatch(value) is not None,
    "gender": GENDERS.__contains__,
    "ip": _is_ip,
    "url": _is_url,
}
