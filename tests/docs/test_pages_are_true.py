"""What the pages claim about the tree, the tasks and the settings holds."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from prefect_getresponse.contact_import.columns.mapping import FIELDS
from prefect_getresponse.contact_import.ledger.schema import TABLES
from prefect_getresponse.contact_import.planning.exclusions import (
    BLOCKLISTED_IN_ACCOUNT,
    BLOCKLISTED_IN_LIST,
    SUPPRESSED,
)
from prefect_getresponse.contact_import.verdicts import EXPLANATIONS, Verdict
from prefect_getresponse.settings import GetResponseSettings
from tests.docs.blocks import PAGES, ROOT
from tests.support.declared import TASKS

README = (ROOT / "README.md").read_text("utf-8")
ARCHITECTURE = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
INVARIANTS = (ROOT / "INVARIANTS.md").read_text("utf-8")
IMPORT = "\n".join(each.read_text("utf-8") for each in (ROOT / "docs" / "import").glob("*.md"))


def test_readme_lists_every_module_of_tasks_and_no_other() -> None:
    listed = re.findall(r"^\| [^|]+ \| `tasks\.(\w+)` \|", README, re.MULTILINE)
    assert sorted(listed) == sorted({task.operation.module for task in TASKS})


def test_readme_names_every_setting() -> None:
    assert not [
        name for name in GetResponseSettings.model_fields if f"`{name.upper()}`" not in README
    ]


def _rooms() -> list[str]:
    package = ROOT / "prefect_getresponse"
    return sorted(path.parent.name for path in package.glob("*/__init__.py"))


@pytest.mark.parametrize("room", _rooms())
def test_architecture_tells_every_room(room: str) -> None:
    assert f"`{room}/`" in ARCHITECTURE


def test_architecture_is_short() -> None:
    assert len(ARCHITECTURE.split()) <= 900


def test_every_room_says_what_it_is_for() -> None:
    package = ROOT / "prefect_getresponse"
    silent = [
        str(path.parent.relative_to(package))
        for path in package.rglob("__init__.py")
        if not ast.get_docstring(ast.parse(path.read_text("utf-8")))
    ]
    assert silent == []


def test_what_enforces_an_invariant_is_there() -> None:
    named = re.findall(r"`(tests/[\w/.]+)`", INVARIANTS)
    assert len(named) > 15
    assert [path for path in named if not (ROOT / path).exists()] == []
    triggers = re.findall(r"trigger `(\w+)`", INVARIANTS)
    assert [name for name in triggers if f" {name} " not in TABLES] == []


@pytest.mark.parametrize("word", [*(verdict.value for verdict in Verdict), *FIELDS])
def test_import_page_explains_every_verdict_and_field(word: str) -> None:
    assert f"`{word}`" in IMPORT


def test_opt_outs_are_told_by_their_reasons() -> None:
    page = (ROOT / "docs" / "how-to" / "opt-outs.md").read_text("utf-8")
    table = page[page.index("| who |") : page.index("\n\n", page.index("| who |"))]
    told = {word for word in re.findall(r"`([a-z_]+)`", table) if not word.startswith("removed_")}
    assert told <= EXPLANATIONS.keys()
    assert told >= {BLOCKLISTED_IN_ACCOUNT, BLOCKLISTED_IN_LIST, SUPPRESSED}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text("utf-8"))
    assert not [link for link in links if not (page.parent / link).exists()]
    if page.is_relative_to(ROOT / "docs"):  # the site has no other pages
        docs = (ROOT / "docs").resolve()
        assert not [x for x in links if not (page.parent / x).resolve().is_relative_to(docs)]


def test_the_site_leads_to_every_page() -> None:
    site = tomllib.loads((ROOT / "zensical.toml").read_text("utf-8"))["project"]
    docs = ROOT / site["docs_dir"]
    written = {page.relative_to(docs).as_posix() for page in docs.rglob("*.md")}
    by_index = {f"reference/{task.operation.module}.md" for task in TASKS} | {"reference/types.md"}
    assert sorted(_leaves(site["nav"])) == sorted(written - by_index)


def _leaves(entry: Any) -> Iterator[str]:
    if isinstance(entry, str):
        yield entry
    else:
        parts = cast(dict[str, Any], entry).values() if isinstance(entry, dict) else entry
        for each in parts:
            yield from _leaves(each)


def test_pictures_are_shown_and_small() -> None:
    pictures = {path.name: path.stat().st_size for path in (ROOT / "docs" / "images").iterdir()}
    shown = {
        Path(link).name
        for page in PAGES
        for link in re.findall(r"!\[[^]]+\]\(([^)]+)\)", page.read_text("utf-8"))
    }
    assert shown == pictures.keys()
    assert max(pictures.values()) < 300_000
