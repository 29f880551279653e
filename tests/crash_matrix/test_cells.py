"""A few cells of the matrix; `make crash-matrix` runs them all."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import pytest

from tests.crash_matrix.matrix import SCENARIOS, Matrix, matrix


@pytest.fixture(scope="module")
def cells(tmp_path_factory: pytest.TempPathFactory) -> Generator[Matrix]:
    with matrix(Path(tmp_path_factory.mktemp("matrix")) / "cell") as made:
        yield made


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_killed_process_loses_and_doubles_nobody(cells: Matrix, scenario: str) -> None:
    cell = cells.cell(scenario, seed=0, step=9)
    assert cell.died
    assert cell.failures == []
