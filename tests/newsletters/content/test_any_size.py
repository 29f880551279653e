"""However a text of 500 KB is made, checking it takes less than a second of one processor."""

from __future__ import annotations

import sys
import time
from types import FrameType

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from prefect_getresponse.newsletters.content.findings import Severity
from prefect_getresponse.newsletters.content.message import Message, check_message

CALLS = 8_000_000
"""Calls of functions in 500 KB: they take about 0.6 seconds."""
SIZE = 500_000

PIECES = [
    *(
        "<",
        "</",
        "<p>",
        "<P>",
        "</p>",
        "<b>",
        "<br/>",
        "<a b>",
        "<a href=#>",
        "<img>",
        "<!",
        "<!--",
    ),
    *(
        "<!--a-->",
        "<?a>",
        "<![CDATA[x]]>",
        "<![if !mso]>",
        "<![",
        "<![a",
        "</a b>",
        "<script>",
        "</script>",
        "<style></style>",
    ),
    *('<a href="https://shop.example/a">x</a>', "<p ", 'a="b" ', "<p a='", ">", "<textarea>"),
    *("&", "&amp;", "&a", "&#65;", "&#", "[[", "[[name]]", "[name]", " ", "\n", "x", '"', "`", "'"),
    *(
        "{{",
        "}}",
        "{{A `",
        "{{A `x}} ",
        "{{CONTACT `subscriber_name`}}",
        "{{LINK `{{",
        "{{DATE `DAY`}}",
    ),
    *("{{IF `(a IS_DEFINED)`}}", "{{ENDIF}}", "{{ELSE}}", "{{ name }}", "{% a %}", "{#", "{{IF `("),
    *("((", ")", "(a IS_DEFINED LOGIC_OR ", '<p a="{{A "b"}}">', "\0", "\u3000", "\U0001f600"),
]


def of_size(first: str, piece: str, size: int) -> str:
    return (first + piece * (size // len(piece) + 1))[:size]


def check(text: str) -> None:
    check_message(Message("News", text, text))


def calls(text: str) -> int:
    """Count the functions that are called, those written in C too."""
    number = 0

    def count(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal number
        number += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        check(text)
    finally:
        sys.setprofile(before)
    return number


@given(st.sampled_from(["", *PIECES]), st.lists(st.sampled_from(PIECES), min_size=1, max_size=4))
@settings(max_examples=40, deadline=None)
@example("", ["<p>"])
@example('<p a="', ['{{A "b"}}'])
@example("{{IF `", ["("])
def test_no_text_needs_more_calls_than_a_second_has(first: str, pieces: list[str]) -> None:
    small = 10_000  # so short that no bound helps
    assert calls(of_size(first, "".join(pieces), small)) < CALLS * small / SIZE


@given(st.lists(st.sampled_from(PIECES), max_size=9).map("".join))
@settings(max_examples=300, deadline=None)
@example("<![foo bar]>")
def test_no_text_stops_the_checker(text: str) -> None:
    check(text)


@pytest.mark.parametrize(
    ("first", "piece"),
    [
        *(
            ("", piece)
            for piece in ("{{", "{{A `", "{{LINK `{{", "}}`", "<p a='", "<!--", "[[ ", "&#")
        ),
        ('<p a="', '{{A "b"}}'),
        ("{{IF `", "("),
    ],
)
def test_time_grows_with_the_length_and_no_faster(first: str, piece: str) -> None:
    """Doubling a text twice takes about four times as long: squares would take sixteen."""

    def seconds(size: int) -> float:
        text = of_size(first, piece, size)
        best = float("inf")
        for _ in range(3):
            start = time.process_time()
            check(text)
            best = min(best, time.process_time() - start)
        return best

    short, long = seconds(20_000), seconds(80_000)
    assert long < 10 * short + 0.05


@pytest.mark.parametrize(
    ("piece", "rule"),
    [
        ("<a b>", "broken-html"),
        ("{{CONTACT `subscriber_name`}}", "too-many-tags"),
        ("{{IF `" + "(" * 101, "wrong-condition"),
    ],
)
def test_what_no_newsletter_has_is_an_error_instead_of_a_long_wait(piece: str, rule: str) -> None:
    text = of_size("", piece, 600_000) if "`(" not in piece else f"{piece}`}}}}"
    errors = {
        each.rule
        for each in check_message(Message("News", text, "x")).findings
        if each.severity is Severity.ERROR
    }
    assert rule in errors
