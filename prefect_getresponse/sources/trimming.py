"""Cells without white space and invisible characters at their ends."""

from __future__ import annotations

from collections.abc import Iterable

INVISIBLE = (
    "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f"
    "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
"""Characters without width that `str.strip` leaves standing; they come with copied text."""


def trimmed(cell: str) -> str:
    """Return a cell without white space and invisible characters at its ends."""
    cell = cell.strip()
    return cell if cell.isascii() else cell.strip(INVISIBLE + "\u00a0 \t\r\n").strip()


def all_trimmed(cells: Iterable[str]) -> list[str]:
    """Return what `trimmed` makes of each cell; many at once are several times as fast."""
    stripped = [cell.strip() for cell in cells]
    text = "".join(stripped)
    if text.isascii() or not any(character in text for character in INVISIBLE):
        return stripped
    return [trimmed(cell) for cell in stripped]
