"""What is known of GetResponse beyond its contract: what it takes, and how it was seen to answer.

`practice.json` holds one object for every operation of which more is known than the contract says;
an operation that is not in it answers as the contract has it. Each sentence says by what it is
known: a recorded `answer`, a `client` of GetResponse's own that sends it, or a `guess` where nobody
says anything and the sandbox had to do something. `sandbox --strict` takes the contract only.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any, Literal

Source = Literal["answer", "client", "guess"]

EVERYWHERE = "*"
"""Stands for all operations in the table."""


@dataclass(frozen=True, slots=True)
class Known:
    """One sentence about an operation.

    Attributes:
        by: By what it is known.
        text: The sentence.
    """

    by: Source
    text: str


@dataclass(frozen=True, slots=True)
class Practice:
    """What one operation takes beyond the contract. Members are named by path.

    Attributes:
        fields: Type notes that stand instead of the contract's.
        optional: Members that the contract requires and that may be left out.
        nulls: Members that may be null, which means that they are left out.
        ignored: Members that are taken and mean nothing.
        flags: Further words of `additionalFlags`.
        ignores_unknown: Whether members that are not declared are passed over.
        known: What is known, and by what.
    """

    fields: Mapping[str, str] = field(default_factory=dict[str, str])
    optional: tuple[str, ...] = ()
    nulls: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    ignores_unknown: bool = False
    known: tuple[Known, ...] = ()

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Practice:
        """Read one row of the table."""
        known = tuple(Known(by, text) for by, text in row.get("known", ()))
        members: dict[str, Any] = {**row, "known": known}
        return cls(**members)


@functools.cache
def practices() -> Mapping[str, Practice]:
    """Return what is known, by operation identifier; `EVERYWHERE` holds for all."""
    here = files("prefect_getresponse.sandbox.contract")
    rows = json.loads(here.joinpath("practice.json").read_text("utf-8"))
    return {name: Practice.from_row(row) for name, row in rows.items()}


def practice_of(operation_id: str) -> Practice:
    """Return what is known of one operation."""
    return practices().get(operation_id, _NOTHING)


_NOTHING = Practice()
