"""What a record means: a contact to import, or the reason why it is none."""

import ipaddress
import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Literal, NamedTuple, TypeVar

from prefect_getresponse.contact_import import consent
from prefect_getresponse.contact_import.addresses import address, compare_key, trimmed
from prefect_getresponse.contact_import.errors import MappingError
from prefect_getresponse.contact_import.mapping import CUSTOM, ColumnMapping, MappedColumn
from prefect_getresponse.contact_import.tags import split_tags, tag_name

__all__ = ["Contact", "PreparedRow", "RowReader", "compile_reader", "tag_name"]

MAX_NAME_LENGTH = 128
"""GetResponse API v3, `POST /contacts`: `name` has 1 to 128 characters."""
_DAY_OF_CYCLE = re.compile(r"[0-9]{1,4}")
_NUMBER = re.compile(r"[+-]?[0-9]{1,15}(?:\.[0-9]{1,15})?")
_REMEMBERED_CELLS = 10_000
_NO_NUMBERS = (None, None, None)

_T = TypeVar("_T")


class Contact(NamedTuple):
    """What a record says about a person.

    Attributes:
        email: The address as it is sent; its domain is ASCII.
        name: Full name, 1 to 128 characters, or `None` if the record has none.
        tags: Names in GetResponse's alphabet, each once.
        custom: `(name, value)` of custom fields; fields with a blank cell are missing.
        ip_address: IPv4 or IPv6.
        day_of_cycle: Day in the autoresponder cycle, 0 to 9999.
        scoring: Points.
    """

    email: str
    name: str | None
    tags: tuple[str, ...]
    custom: tuple[tuple[str, str], ...]
    ip_address: str | None
    day_of_cycle: int | None
    scoring: float | None


class PreparedRow(NamedTuple):
    """A record after validation.

    Attributes:
        row: Ordinal of the record, header = 1.
        key: What equal addresses have in common, or `""` if there is no valid address.
        contact: The contact; `None` if and only if there is a verdict.
        verdict: Why the record is not imported.
        reason: For `rejected`: `no_email`, `invalid_email` or `extra_cells`; for `refused`:
            `no_consent` or `opted_out`.
        warnings: `(column, code)` of cells that are left out while the contact is imported:
            `name_too_long`, `tag_dropped`, `invalid_ip_address`, `invalid_day_of_cycle`,
            `invalid_scoring`.
    """

    row: int
    key: str
    contact: Contact | None
    verdict: Literal["blank", "rejected", "refused"] | None
    reason: str | None
    warnings: tuple[tuple[str, str], ...]


def compile_reader(mapping: ColumnMapping, *, extra_tags: Sequence[str] = ()) -> "RowReader":
    """Return the reader for the records of a source.

    Args:
        mapping: The columns.
        extra_tags: Tags that every contact gets besides its own.

    Raises:
        MappingError: One of the extra tags has less than two letters, digits or underscores.
    """
    return RowReader(mapping, extra_tags)


class RowReader:
    """Turns records into prepared rows: `reader(row, cells)`.

    Attributes:
        renamed_tags: `{tag as written: tag as sent}` of the tags that had to change.
        dropped_tags: Tags as written of which too little would be left.
    """

    def __init__(self, mapping: ColumnMapping, extra_tags: Sequence[str] = ()) -> None:
        self.renamed_tags: dict[str, str] = {}
        self.dropped_tags: set[str] = set()
        self._width = mapping.width
        self._email = mapping.columns_of("email")[0].index
        self._first = _only(mapping, "first_name")
        self._last = _only(mapping, "last_name")
        self._full = _only(mapping, "name")
        self._refusals = _refusals(mapping)
        self._tag_columns = mapping.columns_of("tags")
        self._tags_in = lru_cache(_REMEMBERED_CELLS)(self._parse_tags)
        self._extra_tags = self._checked(extra_tags)
        self._custom = [
            (column.index, column.field.removeprefix(CUSTOM))
            for column in mapping.fields
            if column.field.startswith(CUSTOM)
        ]
        self._ip_address = _only(mapping, "ip_address")
        self._day_of_cycle = _only(mapping, "day_of_cycle")
        self._scoring = _only(mapping, "scoring")
        self._has_numbers = any((self._ip_address, self._day_of_cycle, self._scoring))

    def __call__(self, row: int, cells: Sequence[str]) -> PreparedRow:
        """Return what a record means.

        Args:
            row: Ordinal of the record.
            cells: One cell for each column. Further cells that are not blank make the record
                rejected: some cell was split in two, so that any cell may be in a wrong column.
        """
        raw = trimmed(cells[self._email])
        if len(cells) > self._width and any(map(trimmed, cells[self._width :])):
            return PreparedRow(row, "", None, "rejected", "extra_cells", ())
        if not raw:
            if any(map(trimmed, cells)):
                return PreparedRow(row, "", None, "rejected", "no_email", ())
            return PreparedRow(row, "", None, "blank", None, ())
        email = address(raw)
        if email is None:
            return PreparedRow(row, "", None, "rejected", "invalid_email", ())
        key = compare_key(email)
        for refusal in self._refusals:
            if refusal.applies(cells[refusal.column]):
                return PreparedRow(row, key, None, "refused", refusal.reason, ())
        warnings: list[tuple[str, str]] = []
        contact = self._contact(email, cells, warnings)
        return PreparedRow(row, key, contact, None, None, tuple(warnings))

    def _contact(
        self, email: str, cells: Sequence[str], warnings: list[tuple[str, str]]
    ) -> Contact:
        return Contact(
            email,
            self._name_in(cells, warnings),
            self._all_tags(cells, warnings) if self._tag_columns else self._extra_tags,
            self._custom_values(cells) if self._custom else (),
            *(self._numbers_in(cells, warnings) if self._has_numbers else _NO_NUMBERS),
        )

    def _numbers_in(
        self, cells: Sequence[str], warnings: list[tuple[str, str]]
    ) -> tuple[str | None, int | None, float | None]:
        return (
            _optional(self._ip_address, cells, _as_ip_address, warnings),
            _optional(self._day_of_cycle, cells, _as_day_of_cycle, warnings),
            _optional(self._scoring, cells, _as_number, warnings),
        )

    def _custom_values(self, cells: Sequence[str]) -> tuple[tuple[str, str], ...]:
        found = [(name, trimmed(cells[index])) for index, name in self._custom]
        return tuple(pair for pair in found if pair[1])

    def _name_in(self, cells: Sequence[str], warnings: list[tuple[str, str]]) -> str | None:
        first = trimmed(cells[self._first.index]) if self._first else ""
        last = trimmed(cells[self._last.index]) if self._last else ""
        name = f"{first} {last}" if first and last else first or last
        if not name and self._full:
            name = trimmed(cells[self._full.index])
        if len(name) > MAX_NAME_LENGTH:
            column = self._first or self._last or self._full
            warnings.append((column.column if column else "", "name_too_long"))
            return None
        return name or None

    def _all_tags(self, cells: Sequence[str], warnings: list[tuple[str, str]]) -> tuple[str, ...]:
        tags: tuple[str, ...] = ()
        for column in self._tag_columns:
            names, some_dropped = self._tags_in(cells[column.index])
            tags = _united(tags, names)
            if some_dropped:
                warnings.append((column.column, "tag_dropped"))
        return _united(tags, self._extra_tags)

    def _parse_tags(self, cell: str) -> tuple[tuple[str, ...], bool]:
        raw_tags = split_tags(trimmed(cell))
        names = [self._sent_tag(raw) for raw in raw_tags]
        found = dict.fromkeys(name for name in names if name is not None)
        return tuple(found), None in names

    def _sent_tag(self, raw: str) -> str | None:
        name = tag_name(raw)
        if name is None:
            self.dropped_tags.add(raw)
        elif name != raw:
            self.renamed_tags[raw] = name
        return name

    def _checked(self, extra_tags: Sequence[str]) -> tuple[str, ...]:
        names = [self._sent_tag(raw.strip()) for raw in extra_tags]
        if None in names:
            raise MappingError(
                f"`{extra_tags[names.index(None)]}` cannot be a tag",
                "Use at least two letters, digits or underscores",
            )
        return tuple(dict.fromkeys(name for name in names if name is not None))


class _Refusal(NamedTuple):
    """A column that can keep a person from being imported."""

    column: int
    applies: Callable[[str], bool]
    reason: str


def _refusals(mapping: ColumnMapping) -> list[_Refusal]:
    def refused(cell: str) -> bool:
        return not consent.granted(cell)

    def check(column: MappedColumn) -> Callable[[str], bool]:
        if column.field == "opt_out":
            return consent.opted_out
        return consent.unsubscribed if column.lenient else refused

    # These columns hold a few words over and over, so each is looked at once.
    return [
        _Refusal(column.index, lru_cache(_REMEMBERED_CELLS)(check(column)), reason)
        for field, reason in (("consent", "no_consent"), ("opt_out", "opted_out"))
        for column in mapping.columns_of(field)
    ]


def _united(tags: tuple[str, ...], more: tuple[str, ...]) -> tuple[str, ...]:
    """Return all tags, each once; the usual case of one column makes nothing new."""
    return tuple(dict.fromkeys(tags + more)) if tags and more else tags or more


def _only(mapping: ColumnMapping, field: str) -> MappedColumn | None:
    return next(iter(mapping.columns_of(field)), None)


def _optional(
    column: MappedColumn | None,
    cells: Sequence[str],
    read: Callable[[str], _T | None],
    warnings: list[tuple[str, str]],
) -> _T | None:
    """Return the value of an optional cell; an invalid one is left out with a warning."""
    if column is None or not (cell := trimmed(cells[column.index])):
        return None
    value = read(cell)
    if value is None:
        warnings.append((column.column, f"invalid_{column.field}"))
    return value


def _as_ip_address(cell: str) -> str | None:
    try:
        ipaddress.ip_address(cell)
    except ValueError:
        return None
    return None if "%" in cell else cell  # a zone says something only on its own machine


def _as_day_of_cycle(cell: str) -> int | None:
    return int(cell) if _DAY_OF_CYCLE.fullmatch(cell) else None


def _as_number(cell: str) -> float | None:
    return float(cell) if _NUMBER.fullmatch(cell) else None
