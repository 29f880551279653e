"""Pages of the reference about what is not a task: command line, settings and ready-made flows."""

from __future__ import annotations

import inspect
import pkgutil
import sys
from collections.abc import Iterator
from importlib import import_module
from typing import Any
from unittest.mock import patch

import griffe
from prefect import Flow
from pydantic import SecretStr

from prefect_getresponse import flows
from prefect_getresponse.cli import COMMANDS, application
from prefect_getresponse.settings import GetResponseSettings


def command_line() -> str:
    """The page of the command line, as its own help says it."""
    with patch.object(sys, "argv", ["prefect-getresponse"]):  # the lines of usage begin with it
        written = application(COMMANDS).generate_docs(output_format="markdown")
        text = written.replace("```console", "```text")
    commands = text[text.index("## prefect-getresponse ") :]  # behind their table of contents
    codes = (inspect.getdoc(import_module("prefect_getresponse.cli")) or "").split("\n\n")[-1]
    return f"# The command line\n\n{codes}\n\n{commands.rstrip()}\n"


def settings() -> str:
    """The page of the settings."""
    module = import_module("prefect_getresponse.settings")
    attributes = _sections(GetResponseSettings)["attributes"].value
    texts = {each.name: " ".join(each.description.split()) for each in attributes}
    rows = [
        f"| `{name.upper()}` | {_default(field.default)} | {texts[name]} |"
        for name, field in GetResponseSettings.model_fields.items()
    ]
    intro = inspect.getdoc(module) or ""
    return "\n".join(
        ["# Settings", "", intro, "", "| setting | default | |", "|---|---|---|", *rows, ""]
    )


def flow_pages() -> str:
    """The page of the ready-made flows and their parameters."""
    parts = ["# Ready-made flows\n"]
    for each in _flows():
        sections = _sections(each.fn)
        texts = {part.name: part.description for part in sections["parameters"].value}
        parts += [
            f"## {each.fn.__name__}",
            f"`{each.fn.__module__}.{each.fn.__name__}`, in Prefect `{each.name}`\n",
            f"{sections['text'].value}\n",
            "| parameter | default | |",
            "|---|---|---|",
            *(
                f"| `{name}` | {_default(parameter.default)} | {_cell(texts[name])} |"
                for name, parameter in inspect.signature(each.fn).parameters.items()
            ),
            "",
        ]
    return "\n".join(parts)


def _flows() -> Iterator[Flow[..., Any]]:
    for _, name, _ in pkgutil.iter_modules(flows.__path__):
        module = import_module(f"{flows.__name__}.{name}")
        yield from (
            member
            for member in vars(module).values()
            if isinstance(member, Flow) and member.fn.__module__ == module.__name__
        )


def _sections(documented: Any) -> dict[str, Any]:
    docstring = griffe.Docstring(inspect.getdoc(documented) or "")
    return {each.kind.value: each for each in docstring.parse("google", warnings=False)}


def _default(value: Any) -> str:
    if value is inspect.Parameter.empty:
        return "required"
    if isinstance(value, SecretStr) or value in ("", None):
        return ""
    return f"`{value!r}`" if not isinstance(value, str) else f"`{value}`"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
