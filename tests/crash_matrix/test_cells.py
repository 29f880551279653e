"""A few cells of the matrix; `make crash-matrix` runs them all."""

from __future__ import annotations

from collections.abc import Generator

import pytest

from tests.crash_matrix.matrix import Matrix, matrix


@pytest.fixture(scope="module")
def cells() -> Generator[Matrix]:
    with matrix() as made:
        yield made


@pytest.mark.parametrize(
    ("scenario", "step"),
    [
        ("contacts", "bytes of POST /v3/contacts sent"),
        ("batch", "answer to POST /v3/contacts/batch read"),
        ("import", "bytes of POST /v3/imports sent"),
        ("double", "before POST /v3/contacts"),
        ("copy", "bytes of POST /v3/contacts/batch sent"),
        ("mirror", "bytes of POST /v3/tags sent"),
        ("other", "bytes of POST /v3/contacts/batch sent"),
        ("forgotten", "answer to POST /v3/contacts/batch read"),
        ("messages", "bytes of POST /v3/newsletters sent"),
    ],
)
def test_a_killed_process_loses_and_doubles_nobody(cells: Matrix, scenario: str, step: str) -> None:
    cell = cells.cell(scenario, 0, step)
    assert cell.died == [step]
    assert cell.failures == []


@pytest.mark.parametrize(
    ("scenario", "path"),
    [("contacts", "contacts"), ("batch", "contacts/batch"), ("import", "imports")],
)
def test_a_blind_repeat_is_noticed(cells: Matrix, scenario: str, path: str) -> None:
    step = f"bytes of POST /v3/{path} sent"
    cell = cells.cell(scenario, 0, step, broken=True)
    assert cell.died == [step]
    assert any(failure.startswith("DOUBLED") for failure in cell.failures)
