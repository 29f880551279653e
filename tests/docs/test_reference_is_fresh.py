"""The written pages say what the declarations say now."""

import re
from importlib.metadata import version
from pathlib import Path

from scripts.law_table import with_law
from scripts.write_reference import COMMAND, DOCS, pages
from tests.docs.blocks import ROOT

LOCK = ROOT / "requirements" / "runtime.txt"


def test_pages_are_as_they_would_be_written() -> None:
    written = [DOCS / "sandbox-operations.md", *(DOCS / "reference").glob("*.md")]
    found = {path.relative_to(DOCS).as_posix(): path.read_text("utf-8") for path in written}
    fresh = pages()

    names = found.keys() | fresh.keys()
    if f"\ncyclopts=={version('cyclopts')} " not in LOCK.read_text("utf-8"):
        names -= {"reference/command-line.md"}  # other versions word it in another way

    stale = sorted(name for name in names if found.get(name) != fresh.get(name))
    assert not stale, f"run `{COMMAND}`: it writes {', '.join(stale)} anew"


def test_the_law_of_repeats_is_shown_as_it_is() -> None:
    page = (DOCS / "reliability.md").read_text("utf-8")
    assert with_law(page) == page, f"run `{COMMAND}`: it writes the table of reliability.md anew"


def test_the_command_writes_them() -> None:
    makefile = Path(ROOT / "Makefile").read_text("utf-8")
    name = COMMAND.removeprefix("make ")
    (recipe,) = re.findall(rf"^{name}:.*\n((?:\t.*\n)+)", makefile, re.MULTILINE)
    assert "-m scripts.write_reference" in recipe


def test_every_link_to_a_heading_leads_to_one() -> None:
    fresh = pages()
    anchors = {
        name: {title.lower() for title in re.findall(r"^#+ (\w+)$", text, re.MULTILINE)}
        for name, text in fresh.items()
    }
    for name, text in fresh.items():
        for file, anchor in re.findall(r"\]\(([\w.]*)#(\w+)\)", text):
            assert anchor in anchors[f"reference/{file}" if file else name], f"{name}: {anchor}"
