"""Which program wrote a file, by its columns, and what its other columns mean.

A program is recognised by at least three names that few others use. Then its columns are known for
certain, and those that say nothing about e-mail are asked about no more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal

from prefect_getresponse.words import table
from prefect_getresponse.words.columns import normalised

_ENOUGH = 3
_EVERY = "*"


@dataclass(frozen=True, slots=True)
class Answering:
    """A column of a tool that says who gets e-mail.

    Attributes:
        field: What it is.
        values: As for `MappedColumn`; `None` if the words of the tables tell.
    """

    field: Literal["consent", "opt_out"]
    values: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Tool:
    """What the columns of a file are in the tools that wrote it.

    Attributes:
        name: Names of the tools; empty if none is known.
        answers: Columns that say who gets e-mail, by index.
        harmless: Columns that say nothing about e-mail.
    """

    name: str = ""
    answers: Mapping[int, Answering] = field(default_factory=dict[int, Answering])
    harmless: frozenset[int] = frozenset()


def recognised_tool(columns: Sequence[str]) -> Tool:
    """Return what is known of the columns of a file by the tools that may have written it."""
    places: dict[str, list[int]] = {}
    for index, column in enumerate(columns):
        places.setdefault(normalised(column), []).append(index)
    found = [tool for tool in _tools() if len(tool.signature & places.keys()) >= _ENOUGH]
    answers = {
        index: answering
        for tool in found
        for name, answering in tool.answers.items()
        for index in places.get(name, [])
    }
    harmless = {
        index
        for tool in found
        for name, indexes in places.items()
        if name in tool.harmless or name.startswith(tool.beginnings)
        for index in indexes
    }
    name = ", ".join(tool.name for tool in found)
    return Tool(name, answers, frozenset(harmless - answers.keys()))


@dataclass(frozen=True, slots=True)
class _Described:
    """A tool as the tables describe it; all names are `normalised`."""

    name: str
    signature: frozenset[str]
    answers: Mapping[str, Answering]
    harmless: frozenset[str]
    beginnings: tuple[str, ...]


@cache
def _tools() -> list[_Described]:
    return [_described(block) for block in table("tools")["tools"]]


def _described(block: Mapping[str, Any]) -> _Described:
    listed: Mapping[str, list[str]] = block.get("values", {})
    fields: tuple[Literal["consent", "opt_out"], ...] = ("consent", "opt_out")
    answers = {
        normalised(name): Answering(
            said, frozenset(map(str.casefold, listed[name])) if name in listed else None
        )
        for said in fields
        for name in block.get(said, [])
    }
    harmless: list[str] = block.get("harmless", [])
    return _Described(
        block["name"],
        frozenset(map(normalised, block["signature"])),
        answers,
        frozenset(normalised(name) for name in harmless if not name.endswith(_EVERY)),
        tuple(normalised(name) for name in harmless if name.endswith(_EVERY)),
    )
