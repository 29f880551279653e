"""The cases through a whole import: who is on the list afterwards, with names, tags and fields.

Nobody who said no is ever among them; the others are, once the questions have their answers.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from prefect_getresponse.contact_import.columns.source_mapping import SourceMapping
from prefect_getresponse.contact_import.questions import UndecidedColumns
from prefect_getresponse.sources import Reading
from prefect_getresponse.sources.errors import ImportInputError
from tests.contact_import.lab import Lab
from tests.imports.cases import Case, every_case

CASES = every_case()
READING = {
    "h28_hubspot_api": Reading(records="results"),
    "h33_pl_formats": Reading(decimal="comma"),
}
"""How the import itself says that these have to be read."""
ROUNDS = 2


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    lab = Lab(tmp_path)
    for name, kind in (("birthdate", "date"), ("ltv", "number")):
        field = {"name": name, "type": kind, "format": "text", "hidden": "false"}
        lab.api("POST", "/custom-fields", {**field, "values": []})
    return lab


def run(lab: Lab, case: Case, columns: dict[str, str], *, vouched: bool) -> None:
    reading = READING.get(case.name, Reading())
    said = SourceMapping(columns, reading)
    lab.run(source=str(case.path), mapping=said, vouched=vouched, max_reject_ratio=1)


@pytest.mark.parametrize("vouched", [False, True])
@pytest.mark.parametrize("name", CASES)
def test_nobody_who_said_no_is_on_the_list(lab: Lab, name: str, *, vouched: bool) -> None:
    case = CASES[name]
    try:
        run(lab, case, case.given, vouched=vouched)
    except ImportInputError:
        assert lab.wire.bodies == []
    assert not case.refused & lab.members.keys()


@pytest.mark.parametrize("name", CASES)
def test_with_the_first_answers_everybody_else_is(lab: Lab, name: str) -> None:
    case = CASES[name]
    columns, vouched = case.given, False
    for _ in range(ROUNDS):
        try:
            run(lab, case, columns, vouched=vouched)
            break
        except UndecidedColumns as undecided:
            for question in undecided.questions:
                column, _, field = question.map[0].rpartition("=") if question.map else ("", "", "")
                columns |= {column: field} if column else {}
            says_who = any(field.startswith("consent") for field in columns.values())
            vouched = not says_who and undecided.questions[-1].taken_for == "vouch"

    assert_right(lab.members, case)


def assert_right(members: dict[str, dict[str, Any]], case: Case) -> None:
    wanted: dict[str, dict[str, Any]] = case.expected["importable"]
    assert members.keys() == {email.casefold() for email in wanted}
    for email, person in wanted.items():
        found = members[email.casefold()]
        assert (found["name"] or None) == person.get("name")
        assert not person.get("tags") or sorted(found["tags"]) == sorted(person["tags"])
        for field, values in person.get("custom", {}).items():
            assert list(map(plain, found["customFields"][field])) == list(map(plain, values))


def plain(value: str) -> str:
    """A value of a custom field; of a number without zeros at its end, which the account drops."""
    return value.rstrip("0").rstrip(".") if "." in value else value


@pytest.mark.parametrize(
    ("header", "row", "answers"),
    [
        ("Email,Email 2", "a@example.com,b@example.com", None),
        (
            "Work Email,Home Email",
            "a@example.com,b@example.com",
            ["Work Email=email", "Home Email=email"],
        ),
        ("Email,Tags", 'a@example.com,"C++,C#"', ["C#=C__2", "C#=-"]),
        ("Email,Tags", "a@example.com,🎉", ["🎉=-"]),
    ],
)
def test_what_only_you_can_choose_is_a_question_with_answers(
    lab: Lab, header: str, row: str, answers: list[str] | None
) -> None:
    lab.source.write_text(f"{header}\n{row}\n", "utf-8")
    if answers is None:  # a plain `Email` is the address
        lab.run(vouched=True)
        return
    with pytest.raises(UndecidedColumns) as stopped:
        lab.run(vouched=True)
    assert [list(question.map) for question in stopped.value.questions] == [answers]
    assert lab.wire.bodies == []


def test_all_questions_are_asked_at_once(lab: Lab) -> None:
    rows = [f"a{at}@example.com,,{'Zap' if at % 3 else 'Fnord'},🎉" for at in range(60)]
    rows[0] = "a@example.com,b@example.com,Zap,🎉"
    lab.source.write_text("\n".join(["Work Email,Home Email,Blurg,Tags", *rows]), "utf-8")
    with pytest.raises(UndecidedColumns) as stopped:
        lab.run(vouched=False)
    asked = stopped.value.questions
    assert [each.taken_for for each in asked] == ["email", "unknown", "tag", "vouch"]
    assert "2 columns and a tag have to be decided" in str(stopped.value)
    assert "--map-tag '🎉=-'" in str(stopped.value)
    lab.run(
        mapping=SourceMapping({"Work Email": "email", "Blurg": "consent:Zap"}, tags={"🎉": "-"})
    )
    assert len(lab.members) == 41
