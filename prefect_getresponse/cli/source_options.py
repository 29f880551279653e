"""Options that say how a source is read: the same for each command that reads one."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Annotated, Any

from cyclopts import Group, Parameter

from prefect_getresponse.sources.reading import Dates, Decimal, Reading

_SWITCH = Parameter(negative="")
# The empty choice is none that one would type.
_CHOICE = Parameter(show_choices=False)


@Parameter(name="*", group=Group("How the source is read", sort_key=3))
@dataclass(frozen=True, kw_only=True)
class SourceOptions:
    """How a source is read, as it is said on the command line.

    Attributes:
        query: What to read from a database: SELECT ... ORDER BY ...
        require_read_only: Refuse databases that have no read-only transactions.
        encoding: Encoding of the file, if it is not UTF-8 or UTF-16.
        delimiter: Character between cells, or tab; found out if not given.
        quote: Character around cells, or none.
        escape: Character that takes the meaning of the next one away, such as a backslash.
        sheet: Name or number (from 1) of a sheet of a workbook.
        records: Where the records of a JSON document are, such as data.items.
        no_header: The file has no header row; its columns are called #1, #2 and so on.
        header_rows: How many rows name the columns, if it is not one.
        dates: Which part of dates comes first, where it is not clear: day-first, month-first or
            year-first.
        decimal: Sign before decimals, where it is not the point: comma.
    """

    query: str = ""
    require_read_only: Annotated[bool, _SWITCH] = False
    encoding: str = ""
    delimiter: str = ""
    quote: str = ""
    escape: str = ""
    sheet: str = ""
    records: str = ""
    no_header: Annotated[bool, _SWITCH] = False
    header_rows: int | None = None
    dates: Annotated[Dates, _CHOICE] = ""
    decimal: Annotated[Decimal, _CHOICE] = ""

    def reading(self) -> Reading:
        """How the source is to be read.

        Raises:
            UnreadableSource: A value is impossible.
        """
        named: dict[str, Any] = {
            each.name: getattr(self, each.name) for each in fields(Reading) if each.name != "header"
        }
        return Reading(**named, header=0 if self.no_header else self.header_rows)


AS_USUAL = SourceOptions()
"""Nothing is said: how it is read is found out."""
