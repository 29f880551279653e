"""Which character separates the cells of a text table."""

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from prefect_getresponse.sources.reading import UNQUOTED

DELIMITERS = ",;\t|"
SAMPLED_RECORDS = 200
_ADDRESS = re.compile(r"[^\s@,;|<>\"]+@[^\s@,;|<>\"]+\.[^\s@,;|<>\"]+")
_DECLARATION = re.compile(r"\"?sep=([^\w\"' \r\n])\"?[\r\n]*", re.IGNORECASE)


def declared(first_line: str) -> str | None:
    """Return the delimiter that Excel's `sep=;` line declares, if this is such a line."""
    found = _DECLARATION.fullmatch(first_line)
    return found[1] if found else None


class Dialect(NamedTuple):
    """How a text table is written.

    Attributes:
        delimiter: Between cells; empty if that is to be found out.
        quote: Around cells that hold the delimiter; empty for `"`, `none` for no such.
        escape: Takes the meaning of the next character away; empty where quotes are doubled.
    """

    delimiter: str
    quote: str = ""
    escape: str = ""


def sniff(lines: Sequence[str], given: Dialect = Dialect("")) -> Dialect:  # noqa: B008 - frozen
    """Return the dialect with the delimiter that makes most sense of the first lines of a table.

    An import is about e-mail addresses, so the right delimiter is the one that leaves most
    records with a cell that is exactly an address. If that does not decide, the one that gives
    most records the same number of cells, and the more cells, does. A comma is the default.
    """
    if given.delimiter:
        return given

    def score(dialect: Dialect) -> tuple[int, int, int]:
        # With the wrong delimiter, text soon follows a closing quote and parsing stops.
        records, _ = parsed(lines, dialect)
        addressed = sum(any(map(is_address, record)) for record in records)
        widths = Counter(len(record) for record in records if len(record) > 1)
        width, alike = max(widths.items(), key=lambda item: (item[1], item[0]), default=(1, 0))
        return addressed, alike, width

    taken = given.quote + given.escape
    return max(
        (given._replace(delimiter=mark) for mark in DELIMITERS if mark not in taken), key=score
    )


def is_address(cell: str) -> bool:
    """Tell whether a cell has the shape of exactly one e-mail address."""
    return "@" in cell and _ADDRESS.fullmatch(cell.strip()) is not None


def parsed(lines: Sequence[str], dialect: Dialect) -> tuple[list[list[str]], csv.Error | None]:
    """Return up to 200 records of the first lines, and what stopped the parser early, if so."""
    records: list[list[str]] = []
    try:
        for record in islice(reader(lines, dialect), SAMPLED_RECORDS):
            records.append(record)
    except csv.Error as error:
        return records, error
    return records, None


def reader(lines: Iterable[str], dialect: Dialect) -> Iterator[list[str]]:
    """Return the records of a table.

    Strict, because the lenient reader silently swallows the people between two stray quotes.
    """
    unquoted = dialect.quote == UNQUOTED
    return csv.reader(
        lines,
        delimiter=dialect.delimiter,
        quotechar=None if unquoted else dialect.quote or '"',
        quoting=csv.QUOTE_NONE if unquoted else csv.QUOTE_MINIMAL,
        escapechar=dialect.escape or None,
        skipinitialspace=True,
        strict=True,
    )
