"""Checks of this machine: the folder of the ledgers, and the versions that are installed."""

from __future__ import annotations

import os
import shutil
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from packaging.requirements import Requirement

from prefect_getresponse.doctor.findings import Finding, ok, problem, warning

PACKAGE = "prefect-getresponse"
SPACE = 1 << 30
"""Bytes that should be free; a ledger takes some hundred a row."""
LEAST_SPACE = 100 << 20


def state_folder(folder: Path) -> list[Finding]:
    """Ledgers can be written."""
    there = folder.expanduser().absolute()
    while not there.exists():
        there = there.parent
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        return [
            problem(
                "state folder",
                f"{folder} cannot be written",
                "Choose another (--state-dir, state_dir), or change its permissions.",
            )
        ]
    free = shutil.disk_usage(there).free
    text = f"{folder}, {free / (1 << 30):,.1f} GiB free"
    if free < LEAST_SPACE:
        return [problem("state folder", text, "Make room: a ledger that cannot grow ends a run.")]
    if free < SPACE:
        return [warning("state folder", text, "Make room before large imports.")]
    return [ok("state folder", text)]


def versions(requirements: list[str] | None = None) -> list[Finding]:
    """What is installed is what this package works with.

    Args:
        requirements: What is required; what the package itself requires if None.
    """
    if requirements is None:
        requirements = requires(PACKAGE) or []
    parsed = [Requirement(text) for text in requirements]
    wrong = [
        f"{each.name} {found or 'missing'} (needs {each.specifier or 'any'})"
        for each in parsed
        if (each.marker is None or each.marker.evaluate({"extra": ""}))
        and not ((found := _installed(each.name)) and each.specifier.contains(found, True))
    ]
    if wrong:
        advice = f'Install them anew: pip install --upgrade "{PACKAGE}"'
        return [problem("versions", ", ".join(wrong), advice)]
    named = ("prefect", "fastapi", "sqlalchemy", "httpx")
    found = ", ".join(f"{name} {_installed(name) or 'missing'}" for name in named)
    return [ok("versions", f"{PACKAGE} {_installed(PACKAGE)}, {found}")]


def _installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
