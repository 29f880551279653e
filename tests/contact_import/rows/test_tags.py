import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prefect_getresponse.contact_import.rows.tags import TagNames, split_list, tag_name
from prefect_getresponse.sources.errors import MappingError


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("", []),
        ("VIP", ["VIP"]),
        ('"VIP"', ["VIP"]),
        ('"Newsletter 2026","Lapsed"', ["Newsletter 2026", "Lapsed"]),
        ('"Gold, annual","Say ""hi"""', ["Gold, annual", 'Say "hi"']),
        ("vip, summer sale", ["vip", "summer sale"]),
        ("vip;b2b, west", ["vip", "b2b, west"]),
        ("vip | b2b; west", ["vip", "b2b; west"]),
        ("vip\nb2b, west", ["vip", "b2b, west"]),
        ('"a; b"; c', ["a; b", "c"]),
        ('["VIP", "B2B, west"]', ["VIP", "B2B, west"]),
        ('[{"id": 7, "name": "VIP"}, {"name": null}, 3, "x"]', ["VIP", "3", "x"]),
        ("['VIP', 'B2B, west']", ["VIP", "B2B, west"]),
        ('{VIP,"B2B, west"}', ["VIP", "B2B, west"]),
        ("[]", []),
        (" , ;, ", [",", ","]),
        ("vip,,b2b,", ["vip", "b2b"]),
        ('27" screen, vip', ['27" screen', "vip"]),
        ('"open, b', ["open, b"]),
    ],
)
def test_every_form_of_a_list(cell: str, expected: list[str]) -> None:
    assert split_list(cell) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("VIP", "VIP"),
        ("Newsletter 2026", "Newsletter_2026"),
        ("a -- b", "a_b"),
        ("_a__b_", "_a__b_"),
        ("Müller & Söhne", "Muller_Sohne"),
        (" x ", None),
        ("日本", "Ri_Ben"),
        ("Łódź", "Lodz"),
        ("Клиент 1", "Klient_1"),
        ("🎉", None),
        ("_ ++", None),
        ("", None),
        ("--", None),
        ("x" * 70, "x" * 64),
        ("x" * 63 + "  y", "x" * 63 + "_"),
    ],
)
def test_names_are_brought_into_the_alphabet(raw: str, expected: str | None) -> None:
    assert tag_name(raw) == expected


@given(st.text(max_size=100))
def test_any_cell_becomes_names_that_are_allowed(cell: str) -> None:
    for raw in split_list(cell):
        assert raw == raw.strip() != ""
        name = tag_name(raw)
        assert name is None or re.fullmatch(r"[_a-zA-Z0-9]{2,64}", name)
        assert name is None or tag_name(name) == name


def test_tags_that_become_one_are_a_question() -> None:
    tags = TagNames()
    assert {tags.name(raw) for raw in ("C++", "C#", "vip", "Łódź")} == {"C_", "vip", "Lodz"}
    [question] = tags.questions()
    assert (question.column, question.map) == ("C#", ("C#=C__2", "C#=-"))
    assert "as `C++` does" in question.why
    answered = TagNames({"C++": "Cpp", "C#": "C_sharp"})
    assert [answered.name(raw) for raw in ("C++", "C#", "vip", "vip")] == [
        "Cpp",
        "C_sharp",
        "vip",
        "vip",
    ]
    assert answered.questions() == ()
    assert answered.renamed == {"C++": "Cpp", "C#": "C_sharp"}


def test_tags_of_which_nothing_is_left_stop_unless_they_may_be_dropped() -> None:
    tags = TagNames()
    assert tags.name("🎉") is None
    [question] = tags.questions()
    assert question.map == ("🎉=-",)
    assert "--drop-tags" in question.why
    for said in ({"*": "-"}, {"🎉": "-"}, {"🎉": "party"}):
        told = TagNames(said)
        assert told.name("🎉") == (None if "-" in said.values() else "party")
        assert told.questions() == ()


def test_names_that_are_said_must_be_possible() -> None:
    with pytest.raises(MappingError, match="`c#` cannot be the name of the tag `C#`"):
        TagNames({"C#": "c#"})
