"""Run seeds from the command line: `python -m tests.simulation --help`."""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import time
from collections.abc import Iterable, Iterator

from prefect_getresponse.runtime.garbage import keep_for_good
from tests.simulation.simulation import Outcome, failures_of, simulate

PROCESSES = 2
AT_ONCE = 10
"""Seeds that a process takes together."""


def main(arguments: list[str]) -> int:
    """Run one seed with its history, or many with a summary; 1 if any of them fails."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seed", type=int, help="run this seed and show its history")
    parser.add_argument("--seeds", type=int, default=1_000, help="run so many seeds")
    parser.add_argument("--first", type=int, default=0, help="the first of them")
    chosen = parser.parse_args(arguments)
    if chosen.seed is not None:
        return _show(simulate(chosen.seed))
    return _run(range(chosen.first, chosen.first + chosen.seeds))


def _show(outcome: Outcome) -> int:
    _say(*outcome.history)
    _say(*(f"FAILED {failure}" for failure in outcome.failures))
    verdict = f"{len(outcome.failures)} failures" if outcome.failures else "all is well"
    _say(f"seed {outcome.seed}: {verdict}; history {outcome.digest}")
    return int(bool(outcome.failures))


def _run(seeds: range) -> int:
    begun, failed = time.monotonic(), 0
    for number, outcome in enumerate(_outcomes(seeds), start=1):
        if outcome.failures:
            failed += 1
            _say(f"seed {outcome.seed} FAILED: {outcome.failures[0].splitlines()[-1]}")
            _say(f"    to repeat it: make simulate SEED={outcome.seed}")
        if number % max(1, len(seeds) // 20) == 0:
            _say(f"{number:,} of {len(seeds):,} seeds, {time.monotonic() - begun:.0f} s")
    _say(f"{len(seeds):,} seeds from {seeds[0]} on: {failed} failed")
    return int(failed > 0)


def _outcomes(seeds: Iterable[int]) -> Iterator[Outcome]:
    with multiprocessing.Pool(PROCESSES, keep_for_good) as pool:
        yield from pool.imap_unordered(failures_of, seeds, chunksize=AT_ONCE)


def _say(*lines: str) -> None:
    for line in lines:
        sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
