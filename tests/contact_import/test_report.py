"""The report's words, and the file of rows to look at."""

from __future__ import annotations

import csv
import stat
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prefect_getresponse.contact_import.report import (
    AttentionRow,
    ImportReport,
    failure,
    neutralised,
    tally_up,
    write_rejects,
)
from prefect_getresponse.contact_import.verdicts import Verdict


def report(**values: Any) -> ImportReport:
    fields: dict[str, Any] = {
        "run_id": "20260101-000000-abcdef",
        "source": "people.csv",
        "list_name": "customers",
        "dry_run": False,
        "rows_read": 10,
        "verdicts": {verdict.value: 0 for verdict in Verdict} | {"added": 9, "rejected": 1},
        "reasons": {"rejected": {"no_email": 1}},
        "renamed_tags": {"Big Spender": "Big_Spender"},
        "warnings": {},
        "columns": [{"column": "Email", "field": "email", "how": "recognised"}],
        "estimate": None,
        "calls": {"POST /contacts": 9},
        "throttled": 0,
        "seconds": 1.5,
        "balanced": True,
        "reject_ratio": 0.1,
        "max_reject_ratio": 0.2,
        "rejects_file": "",
        "rejected_at": "",
        "resumed": False,
        "error": None,
    }
    return ImportReport.model_validate(fields | values)


def test_calls_of_all_parts_are_not_set_against_the_seconds_of_one() -> None:
    assert "9 calls in 1.5 s" in report().markdown()
    assert "9 calls in all, the last part in 1.5 s" in report(resumed=True).markdown()


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({}, None),
        ({"reject_ratio": 0.2}, None),
        ({"reject_ratio": 0.21}, "21.0%"),
        ({"balanced": False}, "10 rows"),
        ({"error": "the key is gone"}, "the key is gone"),
        ({"verdicts": report().verdicts | {"unknown": 2}}, "2 rows is unknown"),
    ],
)
def test_a_problem_is_said_in_a_sentence(values: dict[str, Any], says: str | None) -> None:
    found = report(**values).problem
    if says is None:
        assert found is None
    else:
        assert found is not None
        assert says in found
        error = failure(report(**values))
        assert says in str(error)
        assert error.report is not None


def test_the_markdown_tells_the_story() -> None:
    text = report().markdown()
    for part in ("people.csv → customers", "Balanced", "| added | 9 |", "Big_Spender", "no e-mail"):
        assert part in text
    assert "planned" not in text
    assert "Nothing was sent" in report(dry_run=True).markdown()


def test_answers_that_nobody_knows_are_to_be_looked_at() -> None:
    text = report(unclear_answers={"Opt-in": ["Implied", "maybe"]}).markdown()
    assert "Look at the column `Opt-in`: `Implied`, `maybe` is neither a yes nor a no" in text


def test_how_a_column_was_understood_is_said_where_it_is_not_plain() -> None:
    columns = [
        {"column": "Email", "field": "email", "how": "recognised"},
        {"column": "Status", "field": "consent", "how": "only refusals count"},
    ]
    text = report(columns=columns).markdown()
    assert "Email → `email`, Status → `consent` (only refusals count)." in text


def test_the_plan_of_a_run_that_goes_on_does_not_read_like_a_dry_run() -> None:
    text = report(dry_run=True).markdown(goes_on=True)
    assert "Sending starts now" in text
    assert "Nothing was sent" not in text
    assert "dry_run" not in text


def test_an_error_that_ends_with_its_own_full_stop_gets_no_second_one() -> None:
    text = report(error="the import was interrupted. Run it again.").markdown()
    assert "Run it again." in text
    assert ".." not in text


def test_who_failed_for_rejects_alone_is_told_what_helps_against_those() -> None:
    over = report(reject_ratio=0.21, rejects_file="/state/run-rejects.csv")
    told = "Correct those that /state/run-rejects.csv names, or raise max_reject_ratio."
    assert str(failure(over)).endswith(f"more than the limit of 20.0%. {told}")
    assert "`--max-reject-ratio`" in over.markdown()
    assert "`--max-reject-ratio`" not in report().markdown()
    lost = report(reject_ratio=0.21, balanced=False)
    assert str(failure(lost)).endswith("again resumes where it stopped.")


def test_one_line_says_how_far_the_rows_came() -> None:
    assert report().line() == "9 added, 1 rejected"
    verdicts = report().verdicts | {"added": 0, "unknown": 1009}
    reasons = {"unknown": {"not_looked_for": 4, "in_doubt": 5, "not_sent": 1000}}
    stopped = report(error="stopped", verdicts=verdicts, reasons=reasons)
    taken = "4 taken by GetResponse and not yet looked for"
    assert stopped.line() == f"1 rejected, {taken}, 5 in doubt, 1,000 not sent"


def test_as_dict_is_plain_data_with_every_verdict() -> None:
    plain = report().as_dict()
    assert plain["verdicts"].keys() == {verdict.value for verdict in Verdict}
    assert ImportReport.model_validate(plain) == report()


def test_tally_up_sums_verdicts_over_reasons() -> None:
    verdicts, reasons = tally_up(
        [("excluded", "no_consent", 2), ("excluded", "opted_out", 3), ("added", None, 4)]
    )
    assert (verdicts["excluded"], verdicts["added"], verdicts["blank"]) == (5, 4, 0)
    assert reasons == {"excluded": {"no_consent": 2, "opted_out": 3}}


@given(cells=st.lists(st.text(), max_size=4))
def test_no_cell_is_a_formula(cells: list[str]) -> None:
    for before, after in zip(cells, neutralised(cells), strict=True):
        assert not after.startswith(
            ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
        )
        assert after in (before, f"'{before}")


def test_the_file_of_rejects_is_the_owners_and_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "rejects.csv"
    row = AttentionRow(
        row=7, verdict="rejected", reason="no_email", address="", detail='=HYPERLINK("x")'
    )
    assert write_rejects(path, [row]) == 1
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with path.open(encoding="utf-8", newline="") as file:
        header, written = list(csv.reader(file))
    assert dict(zip(header, written, strict=True))["detail"] == '\'=HYPERLINK("x")'
    with pytest.raises(FileExistsError):
        write_rejects(path, [row])
