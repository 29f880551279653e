"""Columns in languages that nobody speaks: the one that says no is asked about."""

from __future__ import annotations

import string
from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from prefect_getresponse.contact_import.rows.blanks import BLANK_WORDS
from prefect_getresponse.sources.rows import RowsSource
from tests.imports.cases import Judged, judged

PEOPLE = 60
_LETTERS = [
    string.ascii_lowercase,
    "αβγδεζηθικλμνξοπρστυφχψω",
    "абвгджзиклмнопрстуфхц",
    "あいうえおかきくけこ",
]


@st.composite
def words(draw: st.DrawFn, count: int) -> list[str]:
    """Different words of one alphabet."""
    letters = draw(st.sampled_from(_LETTERS))
    word = st.text(letters, min_size=4, max_size=9).filter(lambda text: text not in BLANK_WORDS)
    return draw(st.lists(word, min_size=count, max_size=count, unique=True))


@st.composite
def columns(draw: st.DrawFn) -> tuple[str, list[str], set[int]]:
    """A header, a cell for each person, and the people who said no."""
    spoken = draw(words(10))
    header = " ".join(spoken[: draw(st.integers(1, 4))])
    kind = draw(st.sampled_from(["answers", "ticks", "statuses", "dates"]))
    refusing = draw(st.sets(st.integers(0, PEOPLE - 1), min_size=5, max_size=PEOPLE - 50))
    if kind == "dates":
        cells = ["" if at in refusing else f"2025-0{at % 9 + 1}-1{at % 7}" for at in range(PEOPLE)]
    elif kind == "ticks":
        cells = ["" if at in refusing else spoken[4] for at in range(PEOPLE)]
    else:
        others = spoken[4 : 5 if kind == "answers" else 5 + draw(st.integers(1, 4))]
        cells = [spoken[9] if at in refusing else others[at % len(others)] for at in range(PEOPLE)]
    return header, cells, refusing


def read(header: Sequence[str], cells: Sequence[Sequence[str]], *, vouched: bool) -> Judged:
    """What an import makes of people with these further columns."""
    rows = [["Email", "Reference", *header]]
    rows += [
        [f"p{at}@example.com", f"ref {at} {'x' * (at % 7)}", *row]
        for at, row in enumerate(zip(*cells, strict=True))
    ]
    return judged(RowsSource(rows, name="people"), vouched=vouched)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(columns(), st.booleans())
def test_a_column_that_says_no_is_asked_about(
    column: tuple[str, list[str], set[int]], vouched: bool
) -> None:
    header, cells, _ = column
    found = read([header], [cells], vouched=vouched)
    assert header in found.asked
    assert "Reference" not in found.asked


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(columns().filter(lambda column: len(set(column[1])) <= 3 or "" in column[1]))
def test_beside_a_column_of_consent_another_may_still_say_no(
    column: tuple[str, list[str], set[int]],
) -> None:
    header, cells, _ = column
    found = read(["Newsletter", header], [["yes"] * PEOPLE, cells], vouched=False)
    assert found.asked == [header]


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(columns())
def test_an_answer_lets_only_those_pass_who_gave_it(
    column: tuple[str, list[str], set[int]],
) -> None:
    header, cells, refusing = column
    passing = sorted({cell for at, cell in enumerate(cells) if at not in refusing and cell})
    rows = [["Email", header]] + [[f"p{at}@example.com", cell] for at, cell in enumerate(cells)]
    field = f"consent:{'|'.join(passing)}"
    found = judged(RowsSource(rows, name="people"), {header: field})
    assert not found.questions
    assert found.people.keys() == {f"p{at}@example.com" for at in range(PEOPLE)} - {
        f"p{at}@example.com" for at in refusing
    }


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("Souhlas s newsletterem odvolán", ["Ano", "Ne"]),
        ("Hozzájárulás visszavonva", ["igen", "nem"]),
        ("Samtycke återkallat", ["Nej", "Ja"]),
        ("Opt-in expired", ["No", "Yes"]),
        ("Kontakt erlaubt per", ["E-Mail, Telefon", "nur Telefon"]),
        ("Uwagi", ["stały klient", "nie wysyłać mailingu"]),
        ("GDPR", ["OK", "erased on request"]),
        ("Last Name", ["Lee", "Poe (DO NOT EMAIL)"]),
        ("Active", ["true", "false"]),
        ("Frequency", ["Weekly", "Never", "None"]),
        ("NL", ["✔\ufe0f", ""]),
        ("ยินยอมรับข่าว", ["ใช่", "ไม่"]),
    ],
)
def test_words_of_known_languages_are_seen_in_few_rows(header: str, cells: list[str]) -> None:
    rows = [["Email", header], *([f"p{at}@example.com", cell] for at, cell in enumerate(cells))]
    assert judged(RowsSource(rows, name="people"), vouched=True).asked == [header]
