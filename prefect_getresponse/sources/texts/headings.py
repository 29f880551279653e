"""Where the columns of a table get their names, and which of its records are none.

Spreadsheets have titles above the header and headings of two rows, with the name of a group above
the names of its columns. Tools of databases draw lines, and count rows at the end.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, takewhile
from typing import NamedTuple

from prefect_getresponse.sources.cells import column_names
from prefect_getresponse.sources.texts.delimiters import is_address
from prefect_getresponse.words.columns import email_rank, meaning

SAMPLED_ROWS = 200
_TITLE_ROWS = 20
# What these columns are does not depend on the group they are in; whether somebody agreed does.
_OF_PEOPLE = frozenset({"first_name", "last_name", "name", "generic_name", "ip_address"})
# SurveyMonkey writes these below a question with a single answer.
_SAY_NOTHING = frozenset({"response", "open-ended response"})

_FOOTER_BEGINS = frozenset("\x1a(-+=0123456789")
_LINE = re.compile(r"[-+=|\s]*-{3}[-+=|\s]*")
_COUNT = re.compile(
    r"\(\d+ \w+(?: \w+)?\)|\d+ rows?(?: (?:affected|selected|fetched|returned|in set))?\.?"
    r"(?: \([^()]{1,20}\))?",
    re.IGNORECASE,
)

Row = Sequence[str]


class Heading(NamedTuple):
    """The heading of a table.

    Attributes:
        names: Names of the columns, each different from the others.
        ends: How many rows there are up to the first record.
        first_row: Ordinal of the first record.
    """

    names: list[str]
    ends: int
    first_row: int


def find_heading(
    head: Sequence[Row], rows: int | None = None, merged: Iterable[Sequence[int]] = ()
) -> Heading:
    """Find the heading of a table among its first rows.

    The header is the first row that names an e-mail column and others, else the first with two
    names or more, else the first that is not blank. The search ends at the first e-mail address,
    where data have begun.

    Args:
        head: The first rows.
        rows: How many rows the heading has, 0 for none; `None` to find out.
        merged: Cells that are merged across columns: row, first and last column, from 0.
    """
    if rows == 0:
        at = next((at for at, cells in enumerate(head) if any(cells)), 0)
        width = len(head[at]) if head else 0
        return Heading([f"#{place}" for place in range(1, width + 1)], at, 1)
    at = _header_index(head)
    if rows is None:
        first, last = _grown(head, at)
    elif rows == 1:
        first, last = at, at
    else:
        first = next((at for at, cells in enumerate(head) if len(_filled(cells)) > 1), at)
        last = min(first + rows, len(head)) - 1
    names: list[str] = list(head[last]) if head else []
    for above in range(last - 1, first - 1, -1):
        ranges = [(left, right) for row, left, right in merged if row == above]
        names = _under(_groups(head[above], len(names), ranges), names, head[above])
    return Heading(column_names(names), last + 1, 2)


def without_footers(
    records: Iterable[tuple[int, list[str]]],
) -> Iterator[tuple[int, list[str]]]:
    """Yield records without what tools of databases draw below a header and write at the end."""
    held: list[tuple[int, list[str]]] = []
    is_first = True
    for record in records:
        cells = record[1]
        if cells and cells[0][:1] in _FOOTER_BEGINS and _is_footer(cells):
            if not is_first:
                held.append(record)
        elif not held:
            yield record
        elif not any(cells):
            held.append(record)
        else:
            yield from held
            held.clear()
            yield record
        is_first = False


def _is_footer(cells: Row) -> bool:
    text = " ".join(filter(None, (cell.strip() for cell in cells)))
    return text == "\x1a" or bool(_LINE.fullmatch(text) or _COUNT.fullmatch(text))


def _header_index(head: Sequence[Row]) -> int:
    filled = [_filled(cells) for cells in head[:_TITLE_ROWS]]
    above = list(takewhile(lambda cells: not any(map(is_address, cells)), filled))
    named = [at for at, cells in enumerate(above) if any(map(_names_email, cells))]
    # A title such as `Emails` stands alone, above a header that names e-mail and more.
    with_others = [at for at in named if len(above[at]) > 1]
    several = [at for at, cells in enumerate(above) if len(cells) > 1]
    any_at_all = [at for at, cells in enumerate(filled) if cells]
    return next(chain(with_others, named, several, any_at_all), 0)


def _grown(head: Sequence[Row], at: int) -> tuple[int, int]:
    """Return the first and last row of the heading that the header at an index is part of."""
    below = head[at + 1] if at + 1 < len(head) else ()
    names_email = any(map(_names_email, below)) and not any(map(is_address, below))
    if names_email and _is_above(head[at], below):
        return at, at + 1
    if at and _is_above(head[at - 1], head[at]):
        return at - 1, at
    return at, at


def _is_above(groups: Row, names: Row) -> bool:
    """Tell whether a row names groups of the columns in the row below it.

    A group has a name over its first column and blanks over the others. A row with nothing but its
    first cell, or with numbers, is a title.
    """
    filled = [at for at, cell in enumerate(groups) if cell.strip()]
    if not filled or filled == [0] or any(re.search(r"\d{2}", groups[at]) for at in filled):
        return False
    goes_on = (at for at in range(filled[0] + 1, len(names)) if at not in filled)
    return any(names[at].strip() for at in goes_on)


def _groups(row: Row, width: int, merged: Sequence[tuple[int, int]]) -> list[str]:
    """Return the group of each column: the nearest to the left, or what is merged with it."""
    groups: list[str] = []
    within = {at: left for left, right in merged for at in range(left, right + 1)}
    for at in range(width):
        cell = row[at].strip() if at < len(row) else ""
        if not cell and at:
            cell = groups[within[at]] if at in within else ("" if merged else groups[-1])
        groups.append(cell)
    return groups


def _under(groups: Sequence[str], names: Sequence[str], above: Row) -> list[str]:
    """Return the names of columns, with their groups where those may change the meaning."""
    found: list[str] = []
    for at, (group, name) in enumerate(zip(groups, names, strict=True)):
        name = name.strip()
        if not name:
            found.append(above[at].strip() if at < len(above) else "")
        elif name.lower() in _SAY_NOTHING:
            found.append(group or name)
        elif not group or _names_email(name) or (meaning(name) or ("",))[0] in _OF_PEOPLE:
            found.append(name)
        else:
            found.append(f"{group}: {name}")
    return found


def _filled(cells: Row) -> list[str]:
    return [cell for cell in cells if cell.strip()]


def _names_email(cell: str) -> bool:
    return email_rank(cell) is not None
