"""Who has agreed: a column says so, or somebody vouches for it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from prefect_getresponse.contact_import.questions import UndecidedColumns
from prefect_getresponse.sources.errors import MappingError
from tests.contact_import.lab import Lab, counted

ROWS = [("a@example.com", "Anna"), ("b@example.com", "Bea")]
HEADER = "Email,First Name"


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    return Lab(tmp_path)


def asked(lab: Lab, **options: Any) -> str:
    """Run an import that stops with the one question who has agreed; what it says."""
    before = lab.writes
    with pytest.raises(UndecidedColumns) as raised:
        lab.run(vouched=options.pop("vouched", False), **options)
    assert lab.writes == before
    [question] = raised.value.questions
    assert (question.taken_for, question.column, question.map) == ("vouch", "", ())
    return question.why


@pytest.mark.parametrize("dry_run", [False, True])
def test_nobody_is_imported_if_nobody_says_who_agreed(lab: Lab, dry_run: bool) -> None:
    lab.write(ROWS, HEADER)
    why = asked(lab, list_name="fresh", create_list=True, dry_run=dry_run)
    assert "No column says who has agreed" in why
    assert "--vouch" in why


def test_the_report_says_who_vouched_and_when(lab: Lab) -> None:
    lab.write(ROWS, HEADER)
    report = lab.run(vouched=True, vouched_by="ola@crm")
    assert counted(report) == {"added": 2}
    assert report.vouched is not None
    assert report.vouched["by"] == "ola@crm"
    assert report.vouched["at"].endswith("+00:00")
    assert "ola@crm" in report.markdown()


def test_a_vouch_holds_for_the_next_nights(lab: Lab) -> None:
    lab.write(ROWS, HEADER)
    first = lab.run(vouched=True, vouched_by="ola@crm")
    lab.write([*ROWS, ("c@example.com", "Cleo")], HEADER)
    second = lab.run(vouched=False)
    assert counted(second) == {"unchanged": 2, "added": 1}
    assert second.vouched == first.vouched


def test_a_dry_run_vouches_for_no_later_night(lab: Lab) -> None:
    lab.write(ROWS, HEADER)
    assert lab.run(vouched=True, dry_run=True).vouched
    asked(lab)


@pytest.mark.parametrize(
    ("header", "mapping"), [("Email,First Name,Tags", ""), (HEADER, "First Name=-")]
)
def test_other_columns_or_another_mapping_ask_again(lab: Lab, header: str, mapping: str) -> None:
    lab.write(ROWS, HEADER)
    lab.run(vouched=True, vouched_by="ola@crm")
    lab.write([(*row, "")[: header.count(",") + 1] for row in ROWS], header)

    assert "ola@crm vouched on" in asked(lab, mapping=mapping)
    assert lab.run(vouched=True, mapping=mapping).vouched


def test_a_schedule_vouches_for_nothing_that_is_new(lab: Lab) -> None:
    lab.write(ROWS, HEADER)
    lab.run(vouched=True, is_scheduled=True)
    lab.write([(*row, "vip") for row in ROWS], "Email,First Name,Tags")

    assert "have changed since" in asked(lab, vouched=True, is_scheduled=True)
    assert lab.run(vouched=True).vouched  # somebody starts it by hand
    assert lab.run(vouched=True, is_scheduled=True).vouched


@pytest.mark.parametrize("mapping", ["", "Said=consent"])
def test_a_vouch_overrides_no_column(lab: Lab, mapping: str) -> None:
    name = "Said" if mapping else "Email Marketing Consent"
    lab.write([("a@example.com", "yes"), ("b@example.com", "no")], f"Email,{name}")
    with pytest.raises(MappingError, match="a vouch overrides no column"):
        lab.run(vouched=True, mapping=mapping)
    report = lab.run(vouched=False, mapping=mapping)
    assert counted(report) == {"added": 1, "excluded": 1}
    assert report.vouched is None


def test_a_column_of_opt_outs_does_not_say_who_agreed(lab: Lab) -> None:
    lab.write([("a@example.com", "no"), ("b@example.com", "yes")], "Email,Unsubscribed")
    asked(lab)
    assert counted(lab.run(vouched=True)) == {"added": 1, "excluded": 1}


def test_a_column_that_was_left_out_asks_again_if_somebody_refuses_in_it(lab: Lab) -> None:
    notes = ["met at a fair", "asked for a call"] + ["likes tea"] * 6
    header, rows = "Email,Accepts Email Marketing,Notes", [f"p{n}@example.com" for n in range(8)]
    mapping = "Notes=-"
    lab.write([(email, "yes", note) for email, note in zip(rows, notes, strict=True)], header)
    assert counted(lab.run(mapping=mapping)) == {"added": 8}
    assert counted(lab.run(mapping=mapping)) == {"unchanged": 8}

    notes[3] = "unsubscribed by phone"
    lab.write([(email, "yes", note) for email, note in zip(rows, notes, strict=True)], header)
    with pytest.raises(UndecidedColumns) as raised:
        lab.run(mapping=mapping)
    [question] = raised.value.questions
    assert question.column == "Notes"
    assert "1 new cells speak of a refusal" in question.why

    assert counted(lab.run(mapping=mapping, is_attended=True)) == {"unchanged": 8}
    assert counted(lab.run(mapping=mapping)) == {"unchanged": 8}
    assert counted(lab.run(mapping="Notes=-\nEmail=email")) == {"unchanged": 8}


def test_ignored_columns_are_those_that_were_there_at_first(lab: Lab) -> None:
    people = [f"p{n}@example.com" for n in range(60)]
    words = ["Zap" if n % 2 else "Fnord" for n in range(60)]
    lab.write(zip(people, words, strict=True), "Email,Blurg")
    report = lab.run(vouched=True, ignore_others=True)
    assert report.ignored_columns == ["Blurg"]
    assert "Blurg" in report.markdown()

    lab.write(zip(people, words, words, strict=True), "Email,Blurg,Snark")
    with pytest.raises(UndecidedColumns) as raised:
        lab.run(vouched=True, ignore_others=True)
    assert [each.column for each in raised.value.questions] == ["Snark"]
