"""The table fits the package and its tests; `make mutations` runs it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.mutations.table import MUTATIONS

ROOT = Path(__file__).parents[2]


def test_everything_can_be_taken_out() -> None:
    for mutation in MUTATIONS:
        with pytest.MonkeyPatch.context() as patch:
            mutation.without(patch)


def test_the_tests_that_must_notice_are_there() -> None:
    for mutation in MUTATIONS:
        for test in mutation.noticed_by:
            file, *names = test.split("::")
            text = (ROOT / file).read_text()
            missing = [name for name in names if not re.search(rf"(class|def) {name}\b", text)]
            assert not missing, f"{mutation.name} is to be noticed by {test}"
