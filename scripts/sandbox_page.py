"""The page that says what the sandbox does behind every operation, and by what that is known."""

from __future__ import annotations

from collections.abc import Iterable

from prefect_getresponse.sandbox.contract.operations import Operation, operations
from prefect_getresponse.sandbox.contract.practice import EVERYWHERE, Known, practice_of
from prefect_getresponse.sandbox.resources import BEHAVIOURS
from prefect_getresponse.sandbox.resources.request import Echo

SOURCES = {"answer": "recorded", "client": "client", "guess": "guess"}
"""What the page calls the sources of knowledge."""

_INTRODUCTION = """\
# What the sandbox does behind every operation

Status, members and words of every answer, and what a call may have, are those of GetResponse's
contract of July 2026. What is *recorded* was seen in answers of the real API, what is of a *client*
is sent by GetResponse's own plugins, SDK or skills or read by them, and a *guess* is where nobody
says anything and the sandbox had to do something. `--strict` refuses what only a client sends or
only a recording shows to be taken.
"""
_BEHIND = """\
Behind an operation that is *imitated* something happens. One that is *stored* keeps what it is
sent, lists it and gives it back, and nothing else happens.
"""


def sandbox_operations() -> str:
    """The page."""
    rows = sorted(operations(), key=lambda row: (row.path, row.method))
    behind = [_behind(row) for row in rows]
    counts = ", ".join(f"{behind.count(word)} {word}" for word in dict.fromkeys(behind))
    lines = [
        f"| `{row.method} {row.path}` | {word} | {_said(practice_of(row.operation_id).known)} |"
        for row, word in zip(rows, behind, strict=True)
    ]
    everywhere = (f"- {_sentence(each)}" for each in practice_of(EVERYWHERE).known)
    parts = [
        _INTRODUCTION,
        "## Everywhere",
        *everywhere,
        "",
        f"## By operation ({counts})",
        _BEHIND,
        "| operation | behind it | beyond the contract |",
        "|---|---|---|",
        *lines,
    ]
    return "\n".join(parts) + "\n"


def _behind(row: Operation) -> str:
    behaviour = BEHAVIOURS.get(row.operation_id)
    if behaviour is None:
        return "nothing: 501"
    return "stored" if isinstance(behaviour, Echo) else "imitated"


def _said(known: Iterable[Known]) -> str:
    return "<br>".join(map(_sentence, known)).replace("|", "\\|")


def _sentence(known: Known) -> str:
    return f"*{SOURCES[known.by]}:* {known.text}"
