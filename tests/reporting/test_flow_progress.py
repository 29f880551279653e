"""How far an import is, in percent and in words."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from prefect_getresponse.reporting.flow_progress import percent_of_run, progress_text

NOON = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)
PHASES = [
    "reading",
    "reading the list",
    "deciding",
    "comparing contacts",
    "sending",
    "removing",
    "verifying",
]


@pytest.mark.parametrize(
    ("phase", "done", "total", "seconds", "text"),
    [
        ("reading the list", 0, None, 0.0, "reading the list"),
        ("reading the list", 3000, None, 10.0, "reading the list: 3,000 rows, 300 a second"),
        ("sending", 0, 40_000, 5.0, "sending: 0 of 40,000 rows"),
        ("sending", 1000, 40_000, 0.5, "sending: 1,000 of 40,000 rows"),
        (
            "sending",
            10_000,
            40_000,
            100.0,
            "sending: 10,000 of 40,000 rows, 100 a second, about 0:05:00 to go, until 12:05 UTC",
        ),
        ("verifying", 2, 53, 60.0, "verifying: 2 of 53 rows"),
        ("verifying", 10, 10, 60.0, "verifying: 10 of 10 rows"),
    ],
)
def test_the_words(phase: str, done: int, total: int | None, seconds: float, text: str) -> None:
    assert progress_text(phase, done, total, "rows", seconds, NOON) == text


def test_percent_goes_forward_through_the_phases_and_ends_at_a_hundred() -> None:
    shares = [percent_of_run(phase, share) for phase in PHASES for share in (0.0, 0.5, 1.0, 1.5)]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.0, 100.0)
    assert percent_of_run("something else", 0.5) == 0.0
