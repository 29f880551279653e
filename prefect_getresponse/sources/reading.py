"""How a source is to be read, where that cannot or should not be found out from it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal, Self, get_args

from prefect_getresponse.sources.errors import UnreadableSource, listed

Dates = Literal["", "day-first", "month-first", "year-first"]
Decimal = Literal["", "point", "comma"]

MOST_HEADER_ROWS = 5
UNQUOTED = "none"
_NAMED_CHARACTERS = {"tab": "\t", "\\t": "\t", "space": " "}
_CHARACTERS = ("delimiter", "quote", "escape")
_CHOICES = {"dates": get_args(Dates), "decimal": get_args(Decimal)}
_TYPES: Mapping[str, Any] = {"header": int | None, "require_read_only": bool}
# What holds for every source: it says what cells mean and not where they are, or what no file does.
_EVERYWHERE = frozenset({*_CHOICES, "require_read_only"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What is said about a source; nothing of it has to be.

    Each name is an option of the command line and a key of `[source]` in the mapping file.

    Attributes:
        encoding: Encoding of a text; empty to detect UTF-8 and UTF-16 (UTF-32 by its mark).
        delimiter: Character between cells of a text table, or `tab`, `space`; empty to detect it.
        quote: Character around cells that hold the delimiter; empty for `"`, `none` for no such.
        escape: Character that takes the meaning of the next one away, such as a backslash; empty
            where quotes are doubled.
        sheet: Name or number (from 1) of a sheet of a workbook; empty for the only one.
        records: Where the records of a JSON document are, such as `results` or `data.items`.
        header: How many rows name the columns: 0 for none, so that columns are named by their
            places; `None` to find out.
        dates: Which part of a date comes first; empty where only unmistakable dates are read.
        decimal: Sign before the decimals of numbers; empty for the point.
        query: What to read from a database: a `SELECT` with an `ORDER BY`.
        require_read_only: Refuse databases that have no read-only transactions.

    Raises:
        UnreadableSource: A value is impossible.
    """

    encoding: str = ""
    delimiter: str = ""
    quote: str = ""
    escape: str = ""
    sheet: str = ""
    records: str = ""
    header: int | None = None
    dates: Dates = ""
    decimal: Decimal = ""
    query: str = ""
    require_read_only: bool = False

    def __post_init__(self) -> None:
        for name in _CHARACTERS:
            value: str = getattr(self, name)
            object.__setattr__(self, name, _NAMED_CHARACTERS.get(value, value))
        self._check_characters()
        for name, choices in _CHOICES.items():
            if (value := getattr(self, name)) not in choices:
                raise _impossible(name, value, f"one of {', '.join(filter(None, choices))}")
        if self.header is not None and not 0 <= self.header <= MOST_HEADER_ROWS:
            raise _impossible("header", self.header, f"0 to {MOST_HEADER_ROWS} rows")

    @classmethod
    def of(cls, values: Mapping[str, object]) -> Self:
        """Return the reading that a mapping file describes.

        `header` may be true (find it out) and false (there is none), `sheet` a number.

        Raises:
            UnreadableSource: A key is unknown, or a value is impossible.
        """
        names = [field.name for field in fields(cls)]
        if unknown := [key for key in values if key not in names]:
            raise UnreadableSource(
                f"{listed(unknown)} cannot be said about a source", f"Known are {listed(names)}"
            )
        known: dict[str, Any] = {}
        for name, value in values.items():
            if name == "header" and isinstance(value, bool):
                value = None if value else 0
            if name == "sheet" and type(value) is int:
                value = str(value)
            if not isinstance(value, _TYPES.get(name, str)):
                raise _impossible(name, value, "another type of value")
            known[name] = value
        return cls(**known)

    def given(self) -> dict[str, object]:
        """Return what is said, by name."""
        values = {field: getattr(self, field.name) for field in fields(self)}
        return {field.name: value for field, value in values.items() if value != field.default}

    def allow(self, names: Collection[str], kind: str, source: str) -> None:
        """Refuse what cannot be said about a kind of source; dates and decimals always can.

        Args:
            names: What can be said.
            kind: The kind, such as `a Parquet file`.
            source: Name of the source for messages.

        Raises:
            UnreadableSource: Something else is said.
        """
        for name in self.given().keys() - _EVERYWHERE - set(names):
            option = _OPTIONS.get(name, f"--{name}")
            raise UnreadableSource(f"{kind} has no {name}", f"Leave {option} out", source)

    def _check_characters(self) -> None:
        special: dict[str, str] = {}
        for name in _CHARACTERS:
            value: str = getattr(self, name)
            if not value or (name == "quote" and value == UNQUOTED):
                continue
            if len(value) != 1 or value in "\r\n\0":
                raise _impossible(name, value, "one character")
            if value in special:
                raise _impossible(name, value, f"another character than the {special[value]}")
            special[value] = name


_OPTIONS = {"header": "--no-header (--header-rows)"}


def _impossible(name: str, value: object, wanted: str) -> UnreadableSource:
    return UnreadableSource(f"--{name} cannot be {str(value)[:40]!r}", f"Give {wanted}")


AS_FOUND = Reading()
"""Nothing is said: all is found out."""
