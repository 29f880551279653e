"""Kill a real process at every step: `python -m tests.crash_matrix --help`."""

from __future__ import annotations

import argparse
import itertools
import multiprocessing
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from tests.crash_matrix.matrix import SCENARIOS, Cell, matrix

PROCESSES = 2
Row = tuple[str, int, list[Cell]]


def main(arguments: list[str]) -> int:
    """Run every step of some schedules, or one cell; 1 if any of them fails."""
    parser = argparse.ArgumentParser(prog="python -m tests.crash_matrix", description=__doc__)
    parser.add_argument("--schedules", type=int, default=2, help="schedules of faults; 0 has none")
    parser.add_argument("--first", type=int, default=0, help="the first of them")
    parser.add_argument("--scenario", choices=SCENARIOS, action="append", help="only these")
    parser.add_argument("--step", type=int, help="only this step of the first schedule")
    parser.add_argument("--broken", action="store_true", help="repeat calls in doubt blindly")
    chosen = parser.parse_args(arguments)
    scenarios = chosen.scenario or SCENARIOS
    if chosen.step is not None:
        with tempfile.TemporaryDirectory() as folder, matrix(Path(folder) / "cell") as cells:
            cell = cells.cell(scenarios[0], chosen.first, chosen.step, broken=chosen.broken)
        _say(cell.died or "came to its end", *cell.failures or ["all is well"])
        return int(bool(cell.failures))
    seeds = range(chosen.first, chosen.first + chosen.schedules)
    return _run([(name, seed, chosen.broken) for seed in seeds for name in scenarios])


def _run(jobs: list[tuple[str, int, bool]]) -> int:
    begun, totals = time.monotonic(), dict[str, Counter[str]]()
    with multiprocessing.Pool(PROCESSES) as pool:
        for number, (scenario, seed, cells) in enumerate(pool.imap_unordered(_row, jobs), start=1):
            totals.setdefault(scenario, Counter()).update(_counted(cells))
            for step, cell in enumerate(cells, start=1):
                for failure in cell.failures:
                    _say(f"FAILED {scenario}, {cell.died or 'no death'}: {failure}")
                    where = f"--scenario {scenario} --first {seed} --step {step}"
                    _say(f'    to repeat it: make crash-matrix ARGS="{where}"')
            seconds = time.monotonic() - begun
            _say(f"{number} of {len(jobs)}: {scenario} {seed}, {len(cells)} cells, {seconds:.0f} s")
    _say(f"{'scenario':10}{'schedules':>10}{'kills':>8}{'lost':>6}{'doubled':>9}{'failed':>8}")
    for scenario, total in totals.items():
        columns = [total[name] for name in ("schedules", "kills", "lost", "doubled", "failed")]
        _say("{:10}{:>10}{:>8}{:>6}{:>9}{:>8}".format(scenario, *columns))
    return int(any(total["failed"] for total in totals.values()))


def _row(job: tuple[str, int, bool]) -> Row:
    """All steps of a scenario under one schedule, until a process lives to its end."""
    scenario, seed, broken = job
    cells: list[Cell] = []
    with tempfile.TemporaryDirectory() as folder, matrix(Path(folder) / "cell") as made:
        for step in itertools.count(1):
            cells.append(made.cell(scenario, seed, step, broken=broken))
            if not cells[-1].died:
                return scenario, seed, cells
    raise AssertionError("unreachable")


def _counted(cells: Iterable[Cell]) -> Counter[str]:
    counted = Counter({"schedules": 1})
    for cell in cells:
        counted["kills"] += bool(cell.died)
        counted["failed"] += bool(cell.failures)
        counted["lost"] += sum(failure.startswith("LOST") for failure in cell.failures)
        counted["doubled"] += sum(failure.startswith("DOUBLED") for failure in cell.failures)
    return counted


def _say(*lines: str) -> None:
    for line in lines:
        sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
