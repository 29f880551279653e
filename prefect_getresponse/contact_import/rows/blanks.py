"""Cells that programs write for nothing: `NULL`, `nan`, `#N/A`, and errors of spreadsheets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

BLANK_WORDS = frozenset(
    {"NULL", "null", "(null)", "\\N", "nan", "NaN", "None", "#N/A", "N/A", "n/a", "<NA>"}
)
"""Exactly these, as whole cells: `Nan`, `Null` and `NA` are names of people and places."""

_ERRORS = frozenset({"#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!"})
NOTHING = BLANK_WORDS | _ERRORS


class NameBlanks:
    """Tells blank words in a column of names from people who are called so.

    One such cell in a whole column may be a person; two, or one in a row with another, are not.

    Attributes:
        seen: Blank words so far.
    """

    def __init__(self) -> None:
        self.seen = 0

    def blank(self, cells: list[str], records: Iterable[Sequence[str]]) -> int:
        """Blank the cells that say nothing, in place.

        Args:
            cells: Trimmed cells of the column.
            records: The records that they are of.

        Returns:
            How many cells were blanked.
        """
        if NOTHING.isdisjoint(cells):
            return 0
        found = [at for at, cell in enumerate(cells) if cell in NOTHING]
        self.seen += sum(cells[at] in BLANK_WORDS for at in found)
        rows = list(records)
        blanked = 0
        for at in found:
            others = sum(cell.strip() in NOTHING for cell in rows[at])
            if cells[at] in _ERRORS or self.seen > 1 or others > 1:
                cells[at] = ""
                blanked += 1
        return blanked
