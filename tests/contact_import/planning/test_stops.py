"""Plans that are not carried out: what is wrong is known before anything is sent."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from prefect_getresponse.contact_import.planning.stops import (
    NoValidAddress,
    PlanStopped,
    TooManyRejected,
    reason_to_stop,
)
from tests.contact_import.lab import Lab, counted

GOOD = [(f"person{number}@example.com", "Name", "") for number in range(8)]
BAD = [("broken@", "Name", ""), ("", "Nobody", "")]


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    return Lab(tmp_path)


def stopped(lab: Lab, kind: type[PlanStopped], **options: Any) -> PlanStopped:
    """Run an import that stops before it sends anything."""
    before = lab.writes
    with pytest.raises(kind) as raised:
        lab.run(**options)
    assert lab.writes == before
    return raised.value


def test_a_plan_over_the_reject_limit_is_not_carried_out(lab: Lab) -> None:
    lab.write([*GOOD, *BAD])

    error = stopped(lab, TooManyRejected)

    assert "2 rows cannot be imported, 20.0%" in str(error)
    assert counted(error.report) == {"planned": 8, "rejected": 2}
    assert "invalid_email" in Path(error.report.rejects_file).read_text("utf-8")
    assert "Needs attention" in error.report.markdown()
    assert counted(lab.run(max_reject_ratio=0.2)) == {"added": 8, "rejected": 2}


def test_the_run_that_follows_reads_the_corrected_source(lab: Lab) -> None:
    lab.write([*GOOD, *BAD])
    stopped(lab, TooManyRejected)
    lab.write(GOOD)
    assert counted(lab.run(reopen="refuse")) == {"added": 8}


@pytest.mark.parametrize("mode", ["add_and_update", "mirror"])
def test_a_source_without_a_valid_address_changes_nothing(lab: Lab, mode: str) -> None:
    lab.add_people("old@example.com")
    lab.write([*BAD, ("", "", "")])

    error = stopped(lab, NoValidAddress, mode=mode, max_reject_ratio=1.0, max_removal_ratio=1.0)

    assert "none of the 2 rows has a valid e-mail address" in str(error)
    assert lab.subscribed == {"old@example.com"}


def test_a_dry_run_is_done_and_says_that_a_run_would_stop(lab: Lab) -> None:
    lab.write([*GOOD, *BAD])
    report = lab.run(dry_run=True)
    assert report.problem is None
    assert "2 rows cannot be imported" in report.would_stop
    assert "would stop before it sends anything" in report.markdown()


def test_rows_that_must_not_be_imported_stop_nothing() -> None:
    tally = [("excluded", "no_consent", 99), ("rejected", "no_email", 1), ("planned", None, 20)]
    assert reason_to_stop(tally, 120, 0.05) is None
    assert reason_to_stop([("excluded", "no_consent", 5)], 5, 0.0) is None
    assert reason_to_stop([("blank", None, 5)], 5, 0.0) is None
    assert isinstance(reason_to_stop([("rejected", "no_email", 5)], 5, 1.0), NoValidAddress)


def test_the_plan_has_a_hash_that_changes_with_it(lab: Lab) -> None:
    lab.write(GOOD)
    hashes = [lab.run(dry_run=True).plan_hash for _ in range(2)]
    lab.write(GOOD[:-1])
    assert hashes[0] == hashes[1] != lab.run(dry_run=True).plan_hash
    assert len(hashes[0]) == 32
    assert lab.run().plan_hash == ""
