"""Kill real processes at every step under some schedules of faults, and at drawn steps under many.

Schedule 0 has no faults.
"""

from __future__ import annotations

import argparse
import itertools
import multiprocessing
import random
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from multiprocessing.queues import Queue
from typing import NamedTuple

from tests.crash_matrix.matrix import SCENARIOS, Cell, Matrix, matrix

PROCESSES = 2
PARTS = 4
"""Parts into which the steps of a scenario under one schedule are divided."""
SECONDS_BETWEEN_LINES = 10
PATIENCE = 600.0
"""Seconds after which a process that says nothing has broken."""
_COUNTED = ("cells", "kills", "lost", "doubled", "failed")


class Job(NamedTuple):
    """Some cells of a scenario under one schedule.

    Attributes:
        scenario: One of `SCENARIOS`.
        schedule: Number of the schedule of faults.
        part: Which part of the steps; None for some that are drawn.
        sample: How many histories are drawn.
        broken: Whether calls in doubt are repeated blindly.
    """

    scenario: str
    schedule: int
    part: int | None
    sample: int
    broken: bool


History = tuple[tuple[int, ...], Cell]
"""At which steps processes were to die, and what came of it."""


def main(arguments: list[str]) -> int:
    """Run the matrix, or one cell of it; 1 if anything fails."""
    parser = argparse.ArgumentParser(prog="python -m tests.crash_matrix", description=__doc__)
    parser.add_argument("--whole", type=int, default=2, help="schedules tried at every step")
    parser.add_argument("--schedules", type=int, default=200, help="schedules tried at drawn steps")
    parser.add_argument("--sample", type=int, default=1, help="histories drawn for each of those")
    parser.add_argument("--first", type=int, default=0, help="the first schedule")
    parser.add_argument("--scenario", choices=SCENARIOS, action="append", help="only these")
    parser.add_argument("--step", type=int, action="append", help="one cell: where a life ends")
    parser.add_argument("--broken", action="store_true", help="repeat calls in doubt blindly")
    chosen = parser.parse_args(arguments)
    scenarios: tuple[str, ...] = tuple(chosen.scenario or SCENARIOS)
    if chosen.step is not None:
        with matrix() as cells:
            cell = cells.cell(scenarios[0], chosen.first, *chosen.step, broken=chosen.broken)
        _say(*cell.died, *cell.failures or ["all is well"])
        return int(bool(cell.failures))
    whole = itertools.product(range(chosen.whole), scenarios, range(PARTS))
    drawn = itertools.product(range(1, chosen.schedules + 1), scenarios, [None])
    return _run(
        [
            Job(name, chosen.first + number, part, chosen.sample, chosen.broken)
            for number, name, part in (*whole, *drawn)
        ]
    )


def _run(jobs: list[Job]) -> int:
    begun = said = time.monotonic()
    totals = {name: Counter[str]() for name in dict.fromkeys(job.scenario for job in jobs)}
    steps = Counter[str]()
    for number, (job, histories) in enumerate(_side_by_side(jobs), start=1):
        totals[job.scenario].update(_counted(histories))
        for deaths, cell in histories:
            steps.update(cell.died)
            _tell_failures(job, deaths, cell)
        now = time.monotonic()
        if now - said > SECONDS_BETWEEN_LINES or number == len(jobs):
            said, all_of_them = now, sum(totals.values(), Counter[str]())
            counts = ", ".join(f"{all_of_them[name]} {name}" for name in _COUNTED)
            _say(f"{now - begun:.0f} s: {number} of {len(jobs)} parts, {counts}")
    _say("", *(f"{kills:6} kills {step}" for step, kills in sorted(steps.items())), "")
    _say(f"{'scenario':10}{'schedules':>10}" + "".join(f"{name:>9}" for name in _COUNTED))
    for scenario, total in totals.items():
        tried = len({job.schedule for job in jobs if job.scenario == scenario})
        _say(f"{scenario:10}{tried:>10}" + "".join(f"{total[name]:>9}" for name in _COUNTED))
    return int(any(total["failed"] for total in totals.values()))


def _side_by_side(jobs: list[Job]) -> Iterator[tuple[Job, list[History]]]:
    """Do jobs in processes that have a matrix each."""
    waiting: Queue[Job | None] = multiprocessing.Queue()
    done: Queue[tuple[Job, list[History]]] = multiprocessing.Queue()
    workers = [
        multiprocessing.Process(target=_work, args=(waiting, done), daemon=True)
        for _ in range(PROCESSES)
    ]
    for job in (*jobs, *(None for _ in workers)):
        waiting.put(job)
    for worker in workers:
        worker.start()
    for _ in jobs:
        yield done.get(timeout=PATIENCE)
    for worker in workers:
        worker.join()


def _work(waiting: Queue[Job | None], done: Queue[tuple[Job, list[History]]]) -> None:
    with matrix() as cells:
        lengths: dict[str, int] = {}
        while (job := waiting.get()) is not None:
            if job.scenario not in lengths:
                lengths[job.scenario] = cells.cell(job.scenario, 0).steps
            done.put((job, list(_histories(cells, job, lengths[job.scenario]))))


def _histories(cells: Matrix, job: Job, length: int) -> Iterator[History]:
    if job.part is not None:  # until a process comes to its end
        for step in itertools.count(job.part + 1, PARTS):
            cell = cells.cell(job.scenario, job.schedule, step, broken=job.broken)
            yield (step,), cell
            if not cell.died:
                return
    chance = random.Random(f"steps {job.scenario} {job.schedule}")
    for _ in range(job.sample):
        # Faults make it longer; what is to die after its end comes to its end.
        deaths = tuple(chance.randint(1, length * 5 // 4) for _ in range(chance.randint(1, 3)))
        yield deaths, cells.cell(job.scenario, job.schedule, *deaths, broken=job.broken)


def _counted(histories: Iterable[History]) -> Counter[str]:
    counted = Counter[str]()
    for _, cell in histories:
        counted["cells"] += 1
        counted["kills"] += len(cell.died)
        counted["failed"] += bool(cell.failures)
        counted["lost"] += sum(failure.startswith("LOST") for failure in cell.failures)
        counted["doubled"] += sum(failure.startswith("DOUBLED") for failure in cell.failures)
    return counted


def _tell_failures(job: Job, deaths: tuple[int, ...], cell: Cell) -> None:
    for failure in cell.failures:
        _say(f"FAILED {job.scenario}, {', '.join(cell.died) or 'no death'}: {failure}")
    if cell.failures:
        where = "".join(f" --step {step}" for step in deaths or (0,))
        where = f"--scenario {job.scenario} --first {job.schedule}{where}"
        _say(f'    to repeat it: make crash-matrix ARGS="{where}"')


def _say(*lines: str) -> None:
    for line in lines:
        sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
