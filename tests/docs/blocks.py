"""Code blocks of the documentation."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent.parent
PAGES = [
    *sorted(ROOT.glob("*.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
    *sorted((ROOT / "deployments").glob("*.md")),
]
_BLOCK = re.compile(
    r"^( *)```(\w+)(?: title=\"([^\"\n]+)\")?\n(.*?)^\1```", re.MULTILINE | re.DOTALL
)


class Block(NamedTuple):
    """One fenced block.

    Attributes:
        page: Path of its page from the root.
        line: Line of the page that its text begins in.
        language: What stands behind the fence.
        title: Name of the file that the block is; empty if it is none.
        text: What stands between the fences.
    """

    page: str
    line: int
    language: str
    title: str
    text: str

    @property
    def place(self) -> str:
        return f"{self.page}:{self.line}"


def blocks_of(page: Path) -> list[Block]:
    """Blocks of a page, from top to bottom."""
    text = page.read_text("utf-8")
    name = page.relative_to(ROOT).as_posix()
    return [
        Block(
            name,
            text.count("\n", 0, found.start(4)) + 1,
            found[2],
            found[3] or "",
            re.sub(rf"^{found[1]}", "", found[4], flags=re.MULTILINE),
        )
        for found in _BLOCK.finditer(text)
    ]


def blocks(*languages: str) -> list[Block]:
    """Blocks of all pages in one of the languages."""
    return [block for page in PAGES for block in blocks_of(page) if block.language in languages]
