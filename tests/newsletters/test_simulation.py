"""Seeded histories of releases: never twice, never unapproved, never other than approved.

More seeds by hand: `python -m tests.newsletters.test_simulation 10000`, or FIRST BEYOND for a part.
"""

from __future__ import annotations

import sys
from collections import Counter

import pytest

from tests.newsletters.mutants import MUTANTS, NOTICED_BY, notices
from tests.newsletters.simulation import Simulation

SEEDS = 16


@pytest.mark.parametrize("first", range(0, SEEDS, 8))
def test_a_release_goes_out_at_most_once_and_as_approved(first: int) -> None:
    failures, counts = simulate(range(first, first + 8))
    assert failures == []
    # The histories are worth something only if these things happen.
    assert counts["sent"] > 3
    assert counts["killed"] + counts["edit"] + counts["already_released"] > 3
    assert counts["moved"] > 3
    assert counts["not approved"] > 0


@pytest.mark.parametrize("rule", MUTANTS)
def test_a_rule_that_is_taken_out_is_missed(rule: str) -> None:
    """Else the histories would prove nothing; `mutants` looks for other seeds."""
    assert notices(MUTANTS[rule], NOTICED_BY[rule])


def simulate(seeds: range) -> tuple[list[str], Counter[str]]:
    """Run seeds; return what is wrong and how often things happened."""
    failures, counts = list[str](), Counter[str]()
    for seed in seeds:
        outcome = Simulation(seed).run()
        failures += [f"seed {seed}: {each}" for each in outcome.failures]
        counts += outcome.counts
    return failures, counts


if __name__ == "__main__":
    wrong, happened = simulate(range(*map(int, sys.argv[1:])))
    sys.stdout.write("\n".join([*wrong, str(dict(happened)), f"{len(wrong)} failures", ""]))
    sys.exit(bool(wrong))
