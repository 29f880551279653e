"""Verdicts, their reasons, and the share of rejected rows."""

from __future__ import annotations

import pytest

from prefect_getresponse.contact_import.verdicts import EXPLANATIONS, reject_ratio


@pytest.mark.parametrize(
    ("verdicts", "rows", "ratio"),
    [
        ({}, 0, 0.0),
        ({"added": 9, "rejected": 1}, 10, 0.1),
        ({"rejected": 1, "excluded": 4, "duplicate": 3, "blank": 2}, 10, 1.0),
        ({"excluded": 4}, 4, 0.0),
        ({"added": 3, "rejected": 1, "excluded": 90, "blank": 6}, 100, 0.25),
    ],
)
def test_reject_ratio(verdicts: dict[str, int], rows: int, ratio: float) -> None:
    assert reject_ratio(verdicts, rows) == ratio


def test_explanations_are_short_clauses() -> None:
    for reason, text in EXPLANATIONS.items():
        assert reason.isidentifier()
        assert text
        assert not text.endswith(".")
        assert "\n" not in text
