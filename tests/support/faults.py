"""What a validation answer of the sandbox says is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

import httpx


def path_of(fault: Mapping[str, Any]) -> str:
    """Where a fault is, `contacts[3].email`; the API names the steps one by one."""
    named = fault["fieldName"]
    if isinstance(named, str):
        return named
    path = ""
    for step in cast("Sequence[str | int]", named):
        path += f"[{step}]" if isinstance(step, int) else f".{step}"
    return path.removeprefix(".")


def fault_paths(answer: httpx.Response) -> list[str]:
    """Where the faults of an answer are."""
    return [path_of(each) for each in answer.json()["context"]]
