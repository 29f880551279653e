"""Somebody who does all that a page says, from top to bottom, against a sandbox."""

from __future__ import annotations

import csv
import json
import re
import shlex
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import import_module
from importlib.metadata import metadata
from pathlib import Path
from typing import Any

import pytest
import yaml
from cyclopts import App
from packaging.requirements import Requirement

from prefect_getresponse import cli
from tests.docs.blocks import ROOT, Block

# The parser of Prefect's command line has no public name.
PREFECT: App = import_module("prefect.cli._app").__dict__["_app"]
Command = Callable[[Sequence[str]], None]

WAITING = {"sandbox", "oauth", "demo", "receive"}
"""Commands of ours that wait for somebody, or are tried elsewhere; they are only understood."""
UNTRIED = {
    ".",
    "cd",
    "cp",
    "curl",
    "docker",
    "export",
    "helm",
    "kubectl",
    "python",
    "sudo",
    "systemctl",
    "uvicorn",
}
"""Programs of the machine, which no test calls."""


class Reader:
    """Carries out the blocks of one page.

    Args:
        monkeypatch: Undoes what the page does to the process.
        names: Names that Python blocks find.
        places: What stands in the place of texts of the page.
    """

    def __init__(
        self, monkeypatch: pytest.MonkeyPatch, names: dict[str, Any], places: Mapping[str, str]
    ) -> None:
        self._monkeypatch = monkeypatch
        self._names = names
        self._places = places
        self._programs: dict[str, Command] = {
            "prefect-getresponse": self._ours,
            "prefect": self._prefect,
            "pip": self._pip,
            "make": self._make,
        }
        self._languages: dict[str, Callable[[Block], object]] = {
            "python": self._python,
            "sh": self._shell,
            "json": lambda block: json.loads(block.text),
            "toml": lambda block: tomllib.loads(block.text),
            "yaml": lambda block: list(yaml.safe_load_all(block.text)),
            "sql": lambda block: block.text,  # tests/export runs the queries
            "text": lambda block: block.text,
            "csv": lambda block: list(csv.DictReader(block.text.splitlines(), strict=True)),
        }

    def do(self, block: Block) -> None:
        """Carry out a block; one with a title is a file, too."""
        text = block.text
        for place, other in self._places.items():
            text = text.replace(place, other)
        if block.title:
            Path(block.title).write_text(text, "utf-8")
        self._languages[block.language](block._replace(text=text))

    def _python(self, block: Block) -> None:
        # Lines are counted from the top of the page, so that a traceback leads to the place.
        code = compile("\n" * (block.line - 1) + block.text, block.page, "exec")
        exec(code, self._names)

    def _shell(self, block: Block) -> None:
        for words in statements(block.text):
            while words and re.fullmatch(r"\w+=.*", words[0]):
                self._set(words.pop(0))
            if words[:1] == ["export"]:
                for assignment in words[1:]:
                    self._set(assignment)
            elif words:
                program, *arguments = words
                assert program in self._programs.keys() | UNTRIED, program
                if command := self._programs.get(program):
                    command(arguments)

    def _set(self, assignment: str) -> None:
        name, _, value = assignment.partition("=")
        if not name.startswith("PREFECT_API"):  # the server of the tests stays the server
            self._monkeypatch.setenv(name, value)

    def _ours(self, words: Sequence[str]) -> None:
        waits = words[0] in WAITING or "--serve" in words
        is_here = words[0] == "import" and words[1].startswith("sqlite:")
        # A deployment reads nothing of what it names.
        stays_here = is_here or words[0] == "deploy"
        if waits or (not stays_here and any("://" in word for word in words)):
            understood(cli.application(words), words)
        else:
            assert cli.run(list(words)) == cli.OK, words

    def _prefect(self, words: Sequence[str]) -> None:
        understood(PREFECT, [word for word in words if word != "--no-prompt"])

    def _pip(self, words: Sequence[str]) -> None:
        extras = metadata("prefect-getresponse").get_all("Provides-Extra") or []
        for word in words[1:]:
            if word.startswith("prefect-getresponse"):
                assert Requirement(word).extras <= set(extras), word

    def _make(self, words: Sequence[str]) -> None:
        targets = re.findall(r"^([\w-]+):", Path(ROOT / "Makefile").read_text("utf-8"), re.M)
        assert words[0] in targets, words


def statements(text: str) -> Iterator[list[str]]:
    """Words of each command; one goes on over lines while a quotation or a backslash is open."""
    pending = ""
    for line in text.splitlines():
        pending += line
        if pending.endswith("\\"):
            pending = pending[:-1] + " "
            continue
        try:
            words = shlex.split(pending, comments=True)
        except ValueError:
            pending += "\n"
            continue
        pending = ""
        yield words
    assert not pending, f"does not end: {pending}"


def understood(app: App, words: Sequence[str]) -> None:
    """Check that a program takes the words, without doing what they say."""
    if "--help" not in words and "--version" not in words:
        app.parse_args(list(words), exit_on_error=False, print_error=False)
