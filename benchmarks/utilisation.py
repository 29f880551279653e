"""How much of an account's calls its workers use together, and how fairly, in virtual time.

Workers who always have calls to make share a strict account (10 in flight, 80 in any second, 30,000
a frame of ten minutes; answers take 90 ms) by leased slots, alone and beside a program that knows
nothing of them and takes three tenths of the account, at random. Then they send nothing but
batches, of which an account has one a second and 80 a frame.

    used   calls of the workers / what the other program left of whole frames; 1 is the best
    429s   refusals that the workers met, and that the other program met
    Jain   fairness: (sum of calls)^2 / (workers * sum of squares); 1 when all made as many calls
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from itertools import product
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
from tests.client.virtual_account import (
    BATCHES_A_FRAME,
    CALLS_A_FRAME,
    FRAME,
    ForeignClient,
    StrictAccount,
    VirtualTime,
)
from tests.client.virtual_pool import LeasePool, LeaseServer, Worker

RESULTS = Path(__file__).parent / "results" / "utilisation.json"
WORKERS = (1, 2, 4, 8)
SHARES = (0.0, 0.3)
BATCH = "contacts/batch"
COMING = 2.0
"""Seconds in which the workers come, one after another."""


@dataclass
class Figures:
    """What workers made of an account."""

    workers: int
    foreign_share: float
    batches: bool
    phase: float
    seed: int
    used: float
    calls: int
    own_429s: int
    foreign_429s: int
    jain: float
    prefect_calls_a_second: float


def measure(
    workers: int,
    share: float,
    seed: int,
    frames: int,
    *,
    batches: bool = False,
    phase: float = 0.0,
) -> Figures:
    """Let workers use an account up for some frames.

    Args:
        workers: How many share it.
        share: Part of the account that the foreign client takes, 0 to 1.
        seed: Seed of all chance.
        frames: Whole frames that pass.
        batches: Whether they send batches instead of ordinary calls.
        phase: Age in seconds of the frame in which they come; its rest comes before the whole ones.

    Returns:
        What came of it.
    """
    time, chance = VirtualTime(), random.Random(seed)
    account, server = StrictAccount(time, phase), LeaseServer(time)
    foreign = ForeignClient(time, account, chance, max(share, 1e-9) * CALLS_A_FRAME / FRAME)
    if share:
        foreign.call()
    team = [
        Worker(time, account, [LeasePool(server)], 1000 * seed + each) for each in range(workers)
    ]
    for number, worker in enumerate(team):
        work = partial(worker.work, budgets=(BATCH,) if batches else ())
        time.after(chance.uniform(0, COMING) if number else 0, work)
    rest = -phase % FRAME
    time.run(until=rest)
    before, foreign_before = sum(worker.calls for worker in team), foreign.accepted
    time.run(until=rest + frames * FRAME)
    calls = [worker.calls for worker in team]
    total = sum(calls)
    at_most = frames * (BATCHES_A_FRAME if batches else CALLS_A_FRAME)
    return Figures(
        workers,
        share,
        batches,
        phase,
        seed,
        used=(total - before) / (at_most - (foreign.accepted - foreign_before)),
        calls=total,
        own_429s=sum(worker.keeper.throttle.throttled for worker in team),
        foreign_429s=foreign.refused,
        jain=total**2 / (workers * sum(each * each for each in calls)),
        prefect_calls_a_second=server.calls / time.now,
    )


def measure_all(
    seeds: int, frames: int, phases: Sequence[float], shares: Sequence[float]
) -> Iterator[Figures]:
    """Measure every number of workers: alone, beside the foreign client, with batches."""
    for share, phase, workers in product(shares, phases, WORKERS):
        for seed in range(1, seeds + 1):
            yield measure(workers, share, seed, frames, phase=phase)
    for workers in WORKERS:
        for seed in range(1, seeds + 1):
            yield measure(workers, 0.0, seed, frames, batches=True)


def main() -> None:
    """Measure, print a table and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=1, help="runs of each case")
    parser.add_argument("--frames", type=int, default=3, help="frames of ten minutes a run")
    parser.add_argument("--phases", type=float, nargs="+", default=[0.0], help="see `measure`")
    parser.add_argument("--shares", type=float, nargs="+", default=SHARES, help="foreign, 0 to 1")
    parser.add_argument("--output", type=Path, default=RESULTS, help="where the JSON goes")
    options = parser.parse_args()
    results: list[Figures] = []
    print("workers  foreign  phase   calls    used  own 429s  foreign 429s   Jain  Prefect calls/s")
    for each in measure_all(options.seeds, options.frames, options.phases, options.shares):
        results.append(each)
        print(
            f"{each.workers:7}  {each.foreign_share:7.0%}  {each.phase:5.0f}  "
            f"{'batch' if each.batches else 'any':>6}  {each.used:6.2%}  {each.own_429s:8}  "
            f"{each.foreign_429s:12}  {each.jain:5.3f}  {each.prefect_calls_a_second:15.1f}",
            flush=True,
        )
    beside = [each for each in results if each.foreign_share]
    if beside:
        refused = sum(each.own_429s for each in beside) / sum(each.calls for each in beside)
        print(f"own 429s in 100,000 calls beside the foreign client: {100_000 * refused:.2f}")
    options.output.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps([asdict(each) for each in results], indent=2)
    options.output.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
