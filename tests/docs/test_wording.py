"""The pages are pleasant to read, as far as that can be counted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from cyclopts import App

from prefect_getresponse.cli import COMMANDS, application
from tests.docs.blocks import PAGES, ROOT

LONGEST = 80
"""Words of a paragraph or of an item of a list."""
FEW_HEADINGS = 300
"""Words between headings, on average over a page."""
TICS = (
    *("anew", "besides", "thereof", "heretofore", "amongst", "whoever", "of its own"),
    *(
        "files? of rejects",
        "columns? of consent",
        "budgets? of endpoints",
        "receivers? of webhooks",
    ),
    "in small letters",
)
"""What nobody says; nouns are built as English builds them: consent column, rejects file."""
NEVER_BY_NAME = 8
"""Times "somebody" and "nobody" in 1,000 words: mostly a noun or "you" says it."""
SEMICOLONS = 18
"""Semicolons in 1,000 words."""
WRITTEN = [
    page
    for page in PAGES
    # The reference is written from docstrings, and these are lists of facts.
    if page.parent.name != "reference"
    and page.name
    not in {"ARCHITECTURE.md", "CHANGELOG.md", "INVARIANTS.md", "sandbox-operations.md"}
]


def prose(text: str) -> str:
    """A page without its code blocks and tables."""
    text = re.sub(r"^ *```.*?^ *```", "\n\n", text, flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"^ *\|.*$", "", text, flags=re.MULTILINE)


def paragraphs(text: str) -> Iterator[str]:
    """Paragraphs and items of lists."""
    for block in re.split(r"\n\s*\n", prose(text)):
        for part in re.split(r"\n(?=\s*(?:[-*]|\d+\.) )", block):
            if not part.lstrip().startswith("#"):
                yield " ".join(part.split())


@pytest.mark.parametrize("page", WRITTEN, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_no_paragraph_is_too_long(page: Path) -> None:
    text = page.read_text("utf-8")
    long = [part for part in paragraphs(text) if len(part.split()) > LONGEST]
    assert long == []
    headings = len(re.findall(r"^#+ ", text, re.MULTILINE))
    assert len(prose(text).split()) <= FEW_HEADINGS * headings


def helps(app: App, name: str = "") -> Iterator[tuple[str, str]]:
    """Commands with their help."""
    yield name, str(app.help or "")
    for word in app:
        if not word.startswith("-"):
            yield from helps(app[word], f"{name} {word}".strip())


def test_help_is_free_of_tics_and_first_lines_are_short() -> None:
    found = dict(helps(application(COMMANDS)))
    assert len(found) > 25
    for name, text in found.items():
        first = text.strip().partition("\n")[0]
        assert len(first) <= 100, name
        assert not tics(text), name
        assert not re.findall(r"\b(?:some|no)body\b", first, re.IGNORECASE), name


@pytest.mark.parametrize("page", WRITTEN, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_pages_are_free_of_tics(page: Path) -> None:
    text = prose(page.read_text("utf-8"))
    assert tics(text) == []
    thousands = max(len(text.split()) / 1_000, 0.5)  # a short page may have one or the other
    assert len(re.findall(r"\b(?:some|no)body\b", text, re.IGNORECASE)) <= NEVER_BY_NAME * thousands
    assert text.count(";") <= SEMICOLONS * thousands


def tics(text: str) -> list[str]:
    """Words of a text that a native speaker would not write there."""
    return [word for word in TICS if re.search(rf"\b{word}\b", text, re.IGNORECASE)]
