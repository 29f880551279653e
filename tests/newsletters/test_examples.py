"""Twenty newsletters as shops and clubs send them: clean as they are, and with one fault each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from prefect_getresponse.newsletters.checks import check_release
from prefect_getresponse.newsletters.content.findings import Finding
from prefect_getresponse.newsletters.release_file import ReleaseText, read_release

FILES = sorted((Path(__file__).parent / "examples").glob("*.yaml"))
NOW = datetime(2097, 3, 1, tzinfo=UTC)

IN_HTML = {
    "unknown-tag": "{{CONTRACT `subscriber_name`}}",
    "wrong-case": "{{Contact `subscriber_name`}}",
    "unknown-token": "{{CONTACT `first_name`}}",
    "tag-not-closed": "{{CONTACT `subscriber_name`",
    "quote-not-closed": "{{CONTACT `subscriber_name}}",
    "curly-quotes": "{{CONTACT \u2018subscriber_name\u2019}}",
    "argument-not-quoted": "{{CONTACT subscriber_name}}",
    "foreign-template": "{{ name }}",
    "wrong-arguments": "{{PREDEFINED `a` `b`}}",
    "wrong-date-format": "{{DATE `DAY_NAME_ORDINATED`}}",
    "wrong-shift": "{{DATE `DAY` `+1 WEEK`}}",
    "unknown-prettifier": "{{CONTACT `upper(subscriber_name)`}}",
    "wrong-brackets": "{{CONTACT `uc(subscriber_name`}}",
    "wrong-condition": "{{IF `(city STRING_EQ Gdansk`}}x{{ENDIF}}",
    "unknown-operator": "{{IF `(city LIKE 'Gdansk')`}}x{{ENDIF}}",
    "if-not-closed": "{{IF `(city IS_DEFINED)`}}x",
    "no-if": "{{ENDIF}}",
    "second-else": "{{IF `(city IS_DEFINED)`}}x{{ELSE}}y{{ELSE}}z{{ENDIF}}",
    "elsif-after-else": "{{IF `(a IS_DEFINED)`}}x{{ELSE}}y{{ELSIF `(b IS_DEFINED)`}}z{{ENDIF}}",
    "wrong-currency": "{{CURRENCY `12.50` `zloty`}}",
    "obsolete-link": "{{LINK `unsubscribe`}}",
    "wrong-address": "{{LINK `shop.example/offer`}}",
    "impossible-link": '<a href="shop.example">x</a>',
    "http-link": '<a href="{{LINK `http://shop.example/`}}">x</a>',
    "untracked-link": '<a href="https://shop.example/">x</a>',
    "missing-alt": '<img src="https://shop.example/a.png">',
    "double-brackets": "{{IF `((city IS_DEFINED))`}}x{{ENDIF}}",
    "markup-in-tag": "{{CONTACT <b>`subscriber_name`</b>}}",
    "internal-tag": "{{INTERNAL `body`}}",
}
"""Faults by the rule that finds them, each on a line of its own."""
ELSEWHERE: dict[str, Callable[[ReleaseText], ReleaseText]] = {
    "subject-length": lambda text: _release(text, subject="x" * 129),
    "subject-lines": lambda text: _release(text, subject="Spring\nnews"),
    "one-part": lambda text: replace(text, plain=""),
    "tag-in-one-part": lambda text: replace(text, plain=text.plain + "{{CUSTOM `pet`}}"),
    "clipped": lambda text: replace(text, html=text.html + "x" * 102_400),
    "too-long": lambda text: replace(text, plain=text.plain + "x" * 524_288),
    "send-on-past": lambda text: _release(text, send_on=NOW),
}


def _release(text: ReleaseText, **changes: object) -> ReleaseText:
    return replace(text, release=text.release.model_copy(update=changes))


def found(text: ReleaseText) -> list[Finding]:
    return list(check_release(text, now=NOW).findings)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_clean_newsletters_have_no_findings(file: Path) -> None:
    assert found(read_release(str(file))) == []


@pytest.mark.parametrize("rule", IN_HTML)
def test_a_fault_is_found_on_its_line_in_every_newsletter(rule: str) -> None:
    for file in FILES:
        text = read_release(str(file))
        line = text.html.rstrip("\n").count("\n") + 2
        faulty = replace(text, html=f"{text.html.rstrip()}\n{IN_HTML[rule]}\n")
        places = {(each.rule, each.part, each.line) for each in found(faulty)}
        assert (rule, "html", line) in places, (file.stem, sorted(places))


@pytest.mark.parametrize("rule", ELSEWHERE)
def test_a_fault_of_the_whole_is_found_in_every_newsletter(rule: str) -> None:
    long = rule in ("clipped", "too-long")  # takes its time
    for file in FILES[:2] if long else FILES:
        rules = {each.rule for each in found(ELSEWHERE[rule](read_release(str(file))))}
        assert rule in rules, (file.stem, rules)


def test_there_are_twenty() -> None:
    assert len(FILES) == 20
