"""What importing this package costs on top of Prefect, as a ratio to `import prefect`.

Each run is a fresh interpreter that imports Prefect, then what every flow needs of it, then ours,
counted in CPU seconds; the cheapest of several runs counts.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path

RESULTS = Path(__file__).parent / "results" / "import_cost.json"
OURS = {
    "one task module": "prefect_getresponse.tasks.contacts",
    "all task modules": "all",
}
_RUN = """
import sys, time
started = time.process_time()
import prefect
prefect_imported = time.process_time()
from prefect import Task, flow
from prefect.blocks.core import Block
ready = time.process_time()
import importlib, pkgutil
name = sys.argv[1]
if name == "all":
    from prefect_getresponse import paging, tasks
    for module in pkgutil.iter_modules(tasks.__path__):
        importlib.import_module(f"{tasks.__name__}.{module.name}")
else:
    importlib.import_module(name)
print(prefect_imported - started, time.process_time() - ready)
"""


def measure(name: str, runs: int) -> dict[str, float]:
    """Measure one import.

    Args:
        name: Module to import, or `all` for every task module.
        runs: Interpreters to start; the cheapest counts.

    Returns:
        CPU seconds of `import prefect` and of our import, and their ratio.
    """
    seen: list[tuple[float, float]] = []
    for _ in range(runs):
        done = subprocess.run(
            [sys.executable, "-c", _RUN, name], capture_output=True, text=True, check=True
        )
        prefect, ours = map(float, done.stdout.split())
        seen.append((prefect, ours))
    prefect, ours = (min(column) for column in zip(*seen, strict=True))
    return {"prefect_seconds": prefect, "our_seconds": ours, "ratio": ours / prefect}


def main() -> None:
    """Measure, print a table and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3, help="interpreters to start for each import")
    parser.add_argument("--output", type=Path, default=RESULTS, help="where the JSON goes")
    options = parser.parse_args()
    results = {label: measure(name, options.runs) for label, name in OURS.items()}
    for label, seen in results.items():
        print(f"{label:20} {1000 * seen['our_seconds']:7.1f} ms  {seen['ratio']:.3f} of prefect")
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
