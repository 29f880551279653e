"""What the cells of each column are, gathered over a whole source while its rows go by.

Few columns hold more than some hundred different cells: those are counted. Nearly unique ones
(names, numbers, texts) only leave cells from all over the source behind, and every cell that begins
with a refusal. So a cell costs less than half a microsecond, and a column some hundred kilobytes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice

from prefect_getresponse.contact_import.judging import refusals
from prefect_getresponse.sources.trimming import trimmed
from prefect_getresponse.words.phrases import LONGEST

MOST_VALUES = 2_000
"""Different cells that are counted in a column; of one with more, so many cells are kept."""
_NEARLY_UNIQUE = 200
"""Different cells from which on a column is given up if most of its cells differ."""


@dataclass(frozen=True, slots=True)
class ColumnContent:
    """What is in a column.

    Attributes:
        rows: All of its cells that were looked at.
        filled: Cells that are not blank.
        values: Cells by how often they are there, blank ones apart. Of a nearly unique column,
            cells from all over the source.
        is_whole: Whether `values` are all cells.
        refusing: Cells with a word of refusal.
    """

    rows: int
    filled: int
    values: Counter[str] = field(default_factory=Counter[str])
    is_whole: bool = True
    refusing: frozenset[str] = frozenset()

    @property
    def blank(self) -> int:
        """Blank cells."""
        return self.rows - self.filled


class ColumnTally:
    """Gathers what is in a column."""

    def __init__(self) -> None:
        self._rows = 0
        self._blank = 0
        self._values: Counter[str] = Counter()
        self._is_whole = True
        self._refusing: set[str] = set()
        self._step = 1

    def feed(self, cells: Sequence[str]) -> None:
        """Add cells; many at once cost least."""
        self._rows += len(cells)
        if self._is_whole:
            self._values.update(cells)
            different = len(self._values)
            if different > _NEARLY_UNIQUE and self._is_nearly_unique(different):
                self._give_up_counting()
            return
        self._blank += cells.count("")
        if not refusals.BEGINNINGS.isdisjoint([cell[: refusals.LENGTH] for cell in cells]):
            self._refusing.update(filter(refusals.begins, cells))
        self._keep(cells[:: self._step])

    def _is_nearly_unique(self, different: int) -> bool:
        filled = self._rows - self._values[""]
        return different > MOST_VALUES or different * 2 > filled

    def _give_up_counting(self) -> None:
        self._is_whole = False
        self._blank = self._values.pop("", 0)
        self._refusing.update(filter(refusals.begins, self._values))
        counted, self._values = self._values, Counter()
        self._keep(list(counted.elements()))

    def _keep(self, cells: Sequence[str]) -> None:
        """Keep cells from all over the source: every so many, of which half go when it is full."""
        self._values.update(cell[:LONGEST] for cell in cells if cell)
        if len(self._values) > MOST_VALUES:
            self._values = Counter(dict(islice(self._values.items(), 0, None, 2)))
            self._step *= 2

    def content(self) -> ColumnContent:
        """Return what the column holds so far."""
        values: Counter[str] = Counter()
        for cell, number in self._values.items():
            values[trimmed(cell[:LONGEST])] += number
        blank = values.pop("", 0) + self._blank
        filled = self._rows - blank
        refusing = self._refusing.union(refusals.among(list(values)))
        return ColumnContent(self._rows, filled, values, self._is_whole, frozenset(refusing))
