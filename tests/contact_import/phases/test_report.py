"""The account of a run, as data and as a file."""

from __future__ import annotations

import csv
import re
import stat
from pathlib import Path

import pytest

from tests.contact_import.lab import Lab, counted

ROWS = [
    ("jane@example.com", "yes"),
    ("john@example.com", "yes"),
    ("mary@example.com", "no"),
    ("", "yes"),
    ("broken@", "yes"),
    ("", ""),
    ("JANE@example.com", "yes"),
]
HEADER = "Email,Email Marketing Consent"


def test_every_row_has_its_verdict_and_reason(lab: Lab) -> None:
    lab.write(ROWS, HEADER)

    report = lab.run(max_reject_ratio=1)

    assert counted(report) == {"added": 2, "excluded": 1, "rejected": 2, "blank": 1, "duplicate": 1}
    assert report.reasons["rejected"] == {"no_email": 1, "invalid_email": 1}
    assert report.reasons["excluded"] == {"no_consent": 1}
    assert report.balanced
    assert report.as_dict()["rows_read"] == len(ROWS)


def test_the_reject_ratio_leaves_out_refused_duplicate_and_blank_rows(lab: Lab) -> None:
    lab.write(ROWS, HEADER)

    report = lab.run(max_reject_ratio=0.49, dry_run=True)

    assert report.reject_ratio == 0.5  # 2 of 7 - 1 - 1 - 1
    assert "50.0%" in report.would_stop
    assert lab.run(max_reject_ratio=0.5).problem is None


def test_the_rejects_file_names_rows_reasons_and_masked_addresses(lab: Lab) -> None:
    lab.write(ROWS, HEADER)

    path = Path(lab.run(max_reject_ratio=1).rejects_file)

    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["row"], row["verdict"], row["reason"]) for row in rows] == [
        ("4", "excluded", "no_consent"),
        ("5", "rejected", "no_email"),
        ("6", "rejected", "invalid_email"),
    ]
    assert rows[0]["address"] == "m***@example.com"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "mary" not in path.read_text()


def test_without_anything_to_look_at_there_is_no_rejects_file(lab: Lab) -> None:
    lab.write(ROWS[:2], HEADER)

    assert lab.run().rejects_file == ""
    assert list(lab.state.glob("*.csv")) == []


def test_a_source_of_nothing_but_rows_that_do_not_count_is_a_success(lab: Lab) -> None:
    lab.write([("mary@example.com", "no"), ("", "")], HEADER)

    report = lab.run(max_reject_ratio=0)

    assert counted(report) == {"excluded": 1, "blank": 1}
    assert report.problem is None


def test_calls_and_seconds_are_those_of_the_run(lab: Lab) -> None:
    lab.write(ROWS, HEADER)

    report = lab.run(max_reject_ratio=1)

    log = lab.control("GET", "/log")["calls"]
    assert sum(report.calls.values()) == len(log) - 1  # the list was made by the test
    assert report.seconds == pytest.approx(report.seconds, abs=700)
    assert report.throttled == 0


def test_state_is_for_its_owner_only(lab: Lab) -> None:
    lab.write(ROWS, HEADER)
    lab.run(max_reject_ratio=1)

    assert stat.S_IMODE(lab.state.stat().st_mode) == 0o700
    [ledger] = lab.state.glob("*.sqlite")
    assert stat.S_IMODE(ledger.stat().st_mode) == 0o600


def test_the_rejects_file_tells_people_apart_by_keyed_hashes(lab: Lab) -> None:
    lab.write([*ROWS, ("mary@example.com", "no"), ("ann@example.com", "no")], HEADER)

    def keys() -> dict[str, str]:
        path = Path(lab.run(max_reject_ratio=1).rejects_file)
        with path.open(encoding="utf-8", newline="") as file:
            return {row["row"]: row["key"] for row in csv.DictReader(file) if row["key"]}

    first = keys()
    assert len(first) == len(set(first.values())) == 2
    assert all(re.fullmatch("[0-9a-f]{16}", key) for key in first.values())
    assert keys() == first
    [file] = lab.state.glob("*.key")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    file.unlink()
    assert not set(keys().values()) & set(first.values())


def test_rejected_rows_alone_are_left_where_they_can_be_fetched(lab: Lab, tmp_path: Path) -> None:
    lab.write([("=1+1@", "yes"), ("jane@example.com", "no")], HEADER)

    report = lab.run(max_reject_ratio=1, rejects_to=str(tmp_path / "out"))

    [path] = (tmp_path / "out").iterdir()
    assert report.rejected_at == str(path)
    with path.open(encoding="utf-8", newline="") as file:
        assert [row["verdict"] for row in csv.DictReader(file)] == ["rejected"]
    assert f"`{path}`" in report.markdown()
    assert not list(lab.state.glob("**/*-rejected.csv"))


def test_a_place_that_takes_no_rejected_rows_changes_no_verdict(lab: Lab, tmp_path: Path) -> None:
    lab.write([("=1+1@", "yes"), ("jane@example.com", "yes")], HEADER)
    (tmp_path / "file").write_text("in the way")
    report = lab.run(max_reject_ratio=1, rejects_to=str(tmp_path / "file" / "out"))
    assert (report.rejected_at, report.problem) == ("", None)
    assert report.rejects_file


def test_whole_rows_are_written_only_on_request(lab: Lab) -> None:
    lab.write([("=1+1@", "yes"), ("jane@example.com", "no")], HEADER)

    path = Path(lab.run(max_reject_ratio=1, reject_rows="full").rejects_file)

    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["field"], row["Email"], row["Email Marketing Consent"]) for row in rows] == [
        ("email", "'=1+1@", "yes"),
        ("consent", "jane@example.com", "no"),
    ]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
