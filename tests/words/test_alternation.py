"""Many phrases as one expression find what each of them by itself would."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from prefect_getresponse.words.alternation import Lazy, alternation

LETTERS = st.text("ab ", min_size=1, max_size=4).map(lambda text: " ".join(text.split()))
WORDS = LETTERS.filter(bool)
PHRASES = st.tuples(st.sampled_from(["", "*"]), WORDS, st.sampled_from(["", "*"])).map("".join)


def alone(phrase: str) -> str:
    inner = re.escape(phrase.strip("*"))
    return ("" if phrase[0] == "*" else r"\b") + inner + ("" if phrase[-1] == "*" else r"\b")


@given(st.lists(PHRASES, min_size=1, max_size=6), st.text("abc ", max_size=12))
def test_it_finds_what_each_phrase_finds_and_the_longest_of_them(
    phrases: list[str], text: str
) -> None:
    found = re.search(alternation(phrases), text)

    each = [match for phrase in phrases if (match := re.search(alone(phrase), text))]
    assert (found is None) == (not each)
    if found is not None:
        first = min(match.start() for match in each)
        ends = [
            match.end()
            for phrase in phrases
            if (match := re.compile(alone(phrase)).match(text, first))
        ]
        assert found.span() == (first, max(ends))


def test_letters_within_a_phrase_may_be_any() -> None:
    found = Lazy(lambda: alternation(["stop*mail", "stop"]))

    assert [match[0] for match in found.finditer("stop the stopallmail")] == ["stop", "stopallmail"]
    assert found.match("nonstop") is None
    assert found.sub("-", "stop it") == "- it"
    assert found.subn("-", "stop stop") == ("- -", 2)
