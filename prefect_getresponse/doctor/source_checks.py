"""Checks of a source against the account: its custom fields exist and can hold its values."""

from __future__ import annotations

import ipaddress
import re
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date, datetime
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from prefect_getresponse.contact_import.account import Account
from prefect_getresponse.contact_import.errors import ImportInputError
from prefect_getresponse.contact_import.rows.mapping import ColumnMapping, map_source
from prefect_getresponse.contact_import.rows.validation import compile_reader
from prefect_getresponse.doctor.findings import Finding, named, ok, problem, warning
from prefect_getresponse.sources import Source
from prefect_getresponse.tasks.custom_fields import list_custom_fields

ROWS_LOOKED_AT = 10_000
_CHECK = "source"
_CHOICES = frozenset({"radio", "checkbox", "single_select", "multi_select"})
Opener = Callable[[], Source]
_PHONE = re.compile(r"\+?[\d ().-]{5,32}")


async def source(
    account: Account, open_source: Opener, overrides: Mapping[str, str]
) -> list[Finding]:
    """The source can be read, and its custom fields exist and can hold what it says.

    Args:
        account: The account.
        open_source: Opens the source.
        overrides: Field by column name.
    """
    try:
        opened = open_source()
        mapping = map_source(opened, overrides)
        values = _values(opened, mapping)
    except ImportInputError as error:
        where = f"{error.source}: " if error.source else ""
        return [problem(_CHECK, f"{where}{error.what}", error.advice)]
    defined = {each["name"]: each for each in await account.items(list_custom_fields)}
    findings = [_missing(mapping.custom_names, defined)]
    findings += [_misfit(defined[name], seen) for name, seen in values.items() if name in defined]
    found = [finding for finding in findings if finding]
    columns = f"{len(mapping.fields)} of {mapping.width} columns used"
    return found or [ok(_CHECK, f"{opened.name}: {columns}, custom fields fit")]


def _values(opened: Source, mapping: ColumnMapping) -> dict[str, Counter[str]]:
    """Values of each custom field in the first rows."""
    values: dict[str, Counter[str]] = {name: Counter() for name in mapping.custom_names}
    for row in islice(compile_reader(mapping).read(opened), ROWS_LOOKED_AT):
        for name, value in row.contact.custom if row.contact else ():
            values[name][value] += 1
    return values


def _missing(names: list[str], defined: Mapping[str, Any]) -> Finding | None:
    missing = [name for name in names if name not in defined]
    if not missing:
        return None
    return problem(
        "custom fields",
        f"the account has none named {named(missing)}",
        "Create them in GetResponse, or map their columns to other fields or to '-'.",
    )


def _misfit(definition: Mapping[str, Any], seen: Counter[str]) -> Finding | None:
    """Values that a custom field cannot hold."""
    name, kind = definition["name"], definition.get("valueType") or definition.get("type")
    choices: list[str] = definition.get("values") or []
    if definition.get("format") in _CHOICES and choices:
        misfits = [value for value in seen if value not in choices]
        what, advice = "its choices", "Add the choices to the field, or correct the source."
    else:
        fits = _FITS.get(str(kind))
        misfits = [value for value in seen if fits and not fits(value)]
        what, advice = f"type {kind}", "Map the column to a field of another type, or correct it."
    if not misfits:
        return None
    rows = sum(seen[value] for value in misfits)
    lengths = f"{len(misfits)} different values"
    text = f"{name!r}: {rows:,} of {seen.total():,} rows do not fit {what} ({lengths})"
    return (problem if rows == seen.total() else warning)("custom fields", text, advice)


def _is_number(value: str) -> bool:
    try:
        float(value)
    except ValueError:
        return False
    return True


def _is_moment(parse: Callable[[str], object], value: str) -> bool:
    try:
        parse(value)
    except ValueError:
        return False
    return True


_FITS: Mapping[str, Callable[[str], bool]] = {
    "number": _is_number,
    "date": lambda value: _is_moment(date.fromisoformat, value),
    "datetime": lambda value: _is_moment(datetime.fromisoformat, value),
    "ip": lambda value: _is_moment(ipaddress.ip_address, value),
    "phone": lambda value: _PHONE.fullmatch(value) is not None,
    "url": lambda value: urlsplit(value).scheme in ("http", "https"),
}
"""Whether a value has the type of a field, by type; others take any text."""
