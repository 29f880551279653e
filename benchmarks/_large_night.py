"""A program that spends one night with a large file by our import, and prints what it cost.

What is imported before the night begins does not count.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any

from _spent import measured, spent
from pydantic import SecretStr

from prefect_getresponse.accounts.access import Access
from prefect_getresponse.contact_import.engine import run_import
from prefect_getresponse.contact_import.options import import_options
from prefect_getresponse.reporting.progress import Silent

LIST = "customers"
COLUMNS = {"City": "custom:city", "Plan": "custom:plan", "Shop": "custom:shop"}


class Phases(Silent):
    """Measures the phases of an import by what it shows; a phase lasts until the next begins."""

    def __init__(self) -> None:
        self.begun: list[tuple[str, float, float]] = []

    def start(self, phase: str, total: int | None, unit: str = "rows") -> None:
        """Note when a phase begins."""
        self.begun.append((phase, spent(), time.perf_counter()))

    def took(self) -> dict[str, dict[str, float]]:
        """Processor time and time of each phase."""
        ends = [*self.begun[1:], ("", spent(), time.perf_counter())]
        found: dict[str, dict[str, float]] = {}
        for (phase, cpu, wall), (_, cpu_end, wall_end) in zip(self.begun, ends, strict=True):
            sums = found.setdefault(phase, {"cpu": 0.0, "wall": 0.0})
            sums["cpu"] += cpu_end - cpu
            sums["wall"] += wall_end - wall
        return found


def ours(url: str, source: str, folder: str) -> dict[str, Any]:
    """Import."""
    access = Access(api_key=SecretStr("key"), base_url=url, allow_custom_host=True)
    options = import_options(
        source=source, list_name=LIST, mapping=COLUMNS, state_dir=f"{folder}/state"
    )
    phases = Phases()

    async def night() -> dict[str, Any]:
        report = await run_import(options, LIST, access.get_async_client(), progress=phases)
        if report.problem:
            raise SystemExit(f"the import is not balanced: {report.problem}")
        return {"verdicts": {name: rows for name, rows in report.verdicts.items() if rows}}

    done = asyncio.run(night())
    [ledger] = Path(folder, "state").glob("*.sqlite")
    return {**done, "phases": phases.took(), "ledger": ledger.stat().st_size}


def main(words: list[str]) -> None:
    """Spend the night that the words ask for: URL of the account, source, and folder of memory."""
    print(json.dumps(measured(partial(ours, *words))))


if __name__ == "__main__":
    main(sys.argv[1:])
