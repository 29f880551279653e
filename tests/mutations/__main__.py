"""Take out each fix in turn: `python -m tests.mutations --help`; 1 if one is not noticed."""

from __future__ import annotations

import argparse
import sys
import time

import pytest

from tests.mutations.table import MUTATIONS, Mutation
from tests.mutations.trial import failures


def main(arguments: list[str]) -> int:
    """Run the tests as they are, and then with each thing taken out."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutations", description=__doc__)
    parser.add_argument("-k", default="", help="only mutations whose case or name holds this")
    wanted = parser.parse_args(arguments).k
    chosen = [each for each in MUTATIONS if wanted in f"{each.case} {each.name}"]
    begun = time.monotonic()
    if broken := failures(sorted({test for each in chosen for test in each.noticed_by}), _nothing):
        _say("fails with nothing taken out:", *sorted(broken))
        return 1
    unnoticed = sum(not _is_noticed(each) for each in chosen)
    seconds = time.monotonic() - begun
    _say(f"{len(chosen)} mutations, {unnoticed} not noticed, {seconds:.0f} s")
    return int(unnoticed > 0)


def _nothing(_patch: pytest.MonkeyPatch) -> None: ...


def _is_noticed(mutation: Mutation) -> bool:
    """Whether each test that must notice a mutation does."""
    blind, said = set[str](), "noticed"
    try:
        failed = failures(mutation.noticed_by, mutation.without, mutation.patience)
        blind = set(mutation.noticed_by) - failed
    except RuntimeError:  # the child has said why
        said = "CANNOT BE TAKEN OUT"
    _say(f"{mutation.case:7} {mutation.name}: {'NOT NOTICED' if blind else said}", *blind)
    return said == "noticed" and not blind


def _say(*lines: str) -> None:
    sys.stdout.write("\n        ".join(lines) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
