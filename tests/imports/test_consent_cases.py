"""Nobody who said no is imported: the cases reach their outcome, or the column is asked about."""

from __future__ import annotations

import pytest

from prefect_getresponse.sources.errors import ImportInputError
from tests.imports.cases import answered, every_case, judged

CASES = every_case()
_ABOUT_CONSENT = {*range(1, 24), *range(36, 41), *range(43, 46), 48}
CONSENT = [name for name in CASES if int(name[1:3]) in _ABOUT_CONSENT]
MOST_QUESTIONS = 3


def test_all_cases_are_there() -> None:
    assert len(CONSENT) == len(_ABOUT_CONSENT)


@pytest.mark.parametrize("vouched", [False, True])
@pytest.mark.parametrize("name", CASES)
def test_nobody_who_said_no_is_imported(name: str, *, vouched: bool) -> None:
    case = CASES[name]
    try:
        found = judged(case.path, case.given, vouched=vouched)
    except ImportInputError:
        return  # it cannot be read: nothing was sent
    if not found.questions:
        assert not case.refused & found.people.keys()


@pytest.mark.parametrize("name", CONSENT)
def test_the_outcome_is_reached_once_the_questions_are_answered(name: str) -> None:
    found, asked = answered(CASES[name])
    assert found.people == CASES[name].importable
    assert len(asked) <= MOST_QUESTIONS


@pytest.mark.parametrize("name", CONSENT)
def test_where_nobody_vouches_a_column_says_who_agreed(name: str) -> None:
    case = CASES[name]
    found = judged(case.path, case.given)
    if not found.questions:
        assert found.people == case.importable
