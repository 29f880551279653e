"""Some seeds; `make simulate SEEDS=10000` runs many."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.simulation.simulation import simulate

SEEDS = 6
AT_ONCE = 3


@pytest.mark.parametrize("first", range(0, SEEDS, AT_ONCE))
def test_nothing_lost_and_nothing_twice(first: int) -> None:
    outcomes = [simulate(seed) for seed in range(first, first + AT_ONCE)]
    failed = [outcome for outcome in outcomes if outcome.failures]
    assert not failed, "\n".join(
        f"make simulate SEED={outcome.seed}\n{outcome.failures[0]}" for outcome in failed
    )


def test_a_seed_has_the_same_history_in_another_process() -> None:
    seed = 6
    command = [sys.executable, "-m", "tests.simulation", "--seed", str(seed)]
    again = subprocess.run(
        command,
        env={**os.environ, "PYTHONHASHSEED": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    here = simulate(seed)
    assert again.stdout.splitlines()[: len(here.history)] == here.history
    assert again.stdout.endswith(f"history {here.digest}\n")
