"""Markdown: one way to write texts of others, code and cells, for all reports."""

from __future__ import annotations

_MARKS = "\\`*_[]<>|#~"


def flat(words: object) -> str:
    """Return a text on one line."""
    return " ".join(str(words).split())


def text(words: object) -> str:
    """Return a text of others: on one line and without a meaning in markdown."""
    return "".join(f"\\{mark}" if mark in _MARKS else mark for mark in flat(words))


def code(words: object) -> str:
    """Return a text of others as code."""
    return f"`{flat(words).replace('`', chr(39))}`"


def cell(value: object) -> str:
    """Return a cell of a table with words of our own, which may have markdown in them."""
    return f"{value:,}" if isinstance(value, int) else flat(value).replace("|", "\\|")
