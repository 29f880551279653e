"""Questions: one block of sentences, with answers that can be pasted into a shell."""

from __future__ import annotations

import pickle

from prefect_getresponse.contact_import.display.questions import questions_markdown
from prefect_getresponse.contact_import.questions import Question, UndecidedColumns

AGREES = Question(
    "I agree to receive other communications",
    "consent",
    kinds=("ticks",),
    counts={"Checked": 812, "Not Checked": 340, "blank": 48},
    map=("I agree to receive other communications=consent:Checked",),
)
WHO = Question("", "vouch", why="No column says who has agreed to get e-mail: use --vouch")


def test_the_message_is_one_block_with_what_is_there_and_the_answers() -> None:
    error = UndecidedColumns([AGREES, WHO]).at("people.csv")
    assert str(error).splitlines() == [
        "people.csv: a column has to be decided. Answer it before anything is sent:",
        '  "I agree to receive other communications": 812 Checked, 340 Not Checked, 48 blank. '
        "It seems to say who agreed to get e-mail.",
        "    --map 'I agree to receive other communications=consent:Checked'",
        "  No column says who has agreed to get e-mail: use --vouch.",
    ]


def test_questions_survive_the_way_between_processes() -> None:
    error = UndecidedColumns([AGREES, WHO]).at("people.csv", row=3)
    copied = pickle.loads(pickle.dumps(error))
    assert (copied.questions, str(copied)) == (error.questions, str(error))
    assert copied.questions[0].as_dict()["map"] == list(AGREES.map)


def test_a_header_cannot_forge_lines() -> None:
    error = UndecidedColumns([Question("a\nb: sent", "unknown", map=("a\nb: sent=-",))])
    assert len(str(error).splitlines()) == 3


def test_only_so_many_questions_are_printed() -> None:
    many = [Question(f"c{number}", "unknown") for number in range(30)]
    text = str(UndecidedColumns(many))
    assert "30 columns" in text
    assert text.endswith("  and 10 more questions")


def test_addresses_columns_and_tags_stand_in_one_block_and_one_artifact() -> None:
    address = Question("Mail 1", "email", map=("Mail 1=email", "Mail 2=email"), why="Choose one")
    tag = Question("C#", "tag", map=("C#=C__2", "C#=-"), why="It would become `C_`, as `C++` does")
    error = UndecidedColumns([address, AGREES, tag, WHO]).at("people.csv")
    said = str(error)
    assert said.startswith("people.csv: 2 columns and a tag have to be decided.")
    assert "    --map 'Mail 2=email'" in said
    assert 'Tag "C#". It would become `C_`' in said
    assert "    --map-tag 'C#=C__2'" in said

    shown = questions_markdown(error)
    assert [line for line in shown.splitlines() if line.startswith("## ")] == [
        "## Mail 1",
        "## I agree to receive other communications",
        "## The tag C\\#",
        "## Who has agreed?",
    ]
    assert "below `[tags]` of a mapping file" in shown
    assert '- `"C#" = "C__2"`' in shown
