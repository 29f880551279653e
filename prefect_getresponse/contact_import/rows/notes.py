"""What was strange about the cells of a source: a sentence each, with what to do about it."""

from __future__ import annotations

from collections import Counter

from prefect_getresponse.contact_import.rows.garbled import Garbled
from prefect_getresponse.sources.errors import listed

_MOST_REPAIRS = 5
_GARBLED = {
    "mojibake": "look like UTF-8 that was read as something else",
    "html_entity": "hold codes of web pages",
    "lost_letter": "hold `\ufffd`, where a letter was lost",
}
_ADVICE = {
    "mojibake": "Nothing was changed: export the file again as UTF-8",
    "html_entity": "Nothing was changed: export the names as plain text",
    "lost_letter": "The letter cannot be known: export the file again as UTF-8",
}


class CellNotes:
    """Collects what was strange, column by column; never what is in a whole cell.

    Attributes:
        blanked_cells: How many cells say nothing.
    """

    def __init__(self) -> None:
        self._blanked: Counter[str] = Counter()
        self.blanked_cells = 0
        self._garbled: Counter[tuple[str, str]] = Counter()
        self._repairs: dict[tuple[str, str], dict[str, None]] = {}
        self._dates: dict[str, int] = {}
        self._numbers: dict[str, int] = {}
        self._rows: dict[tuple[str, str], list[int]] = {}

    def blanked(self, column: str, cells: int) -> None:
        """Count cells that say nothing."""
        if cells:
            self._blanked[column] += cells
            self.blanked_cells += cells

    def garbled(self, column: str, found: Garbled) -> None:
        """Count a name that was garbled."""
        key = column, found.code
        self._garbled[key] += 1
        repairs = self._repairs.setdefault(key, {})
        if found.repair and len(repairs) < _MOST_REPAIRS:
            repairs[f"`{found.found}` is probably `{found.repair}`"] = None

    def seen_in(self, row: int, warnings: tuple[tuple[str, str], ...]) -> None:
        """Remember the first rows with garbled names."""
        for key in warnings:
            if key[1] in _GARBLED and len(rows := self._rows.setdefault(key, [])) < _MOST_REPAIRS:
                rows.append(row)

    def ambiguous_dates(self, column: str, cells: int) -> None:
        """Say how many dates can be read either way."""
        self._dates[column] = cells

    def numbers_with_comma(self, column: str, cells: int) -> None:
        """Say how many numbers have a comma."""
        self._numbers[column] = cells

    def sentences(self) -> list[str]:
        """Return all notes."""
        return [
            *map(self._sentence_on_names, self._garbled),
            *(
                f"{listed([column])}: {cells:,} dates can be read either way and were left out."
                " Give --dates day-first or --dates month-first."
                for column, cells in self._dates.items()
                if cells
            ),
            *(
                f"{listed([column])}: {cells:,} numbers with a comma were left out. If it is a"
                " decimal comma, give --decimal comma."
                for column, cells in self._numbers.items()
                if cells
            ),
            *(
                f"{listed([column])}: {cells:,} cells such as NULL count as blank."
                for column, cells in self._blanked.items()
            ),
        ]

    def _sentence_on_names(self, key: tuple[str, str]) -> str:
        column, code = key
        rows = ", ".join(map(str, self._rows.get(key, [])))
        more = ", ..." if self._garbled[key] > _MOST_REPAIRS else ""
        where = f" (rows {rows}{more})" if rows else ""
        repairs = "; ".join(self._repairs.get(key, {}))
        probably = f": {repairs}" if repairs else ""
        return (
            f"{listed([column])}: {self._garbled[key]:,} names {_GARBLED[code]}{where}{probably}."
            f" {_ADVICE[code]}."
        )
