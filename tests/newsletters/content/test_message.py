"""What the checks say of a whole message."""

from __future__ import annotations

import pytest

from prefect_getresponse.newsletters.content.findings import Severity
from prefect_getresponse.newsletters.content.message import Known, Message, check_message

HTML = """<html><body>
<p>Hi {{CONTACT `subscriber_first_name` `friend`}},</p>
<a href="{{LINK `https://shop.example/`}}"><img src="https://shop.example/a.png" alt=""></a>
</body></html>"""
PLAIN = "Hi {{CONTACT `subscriber_first_name` `friend`}}, see {{LINK `https://shop.example/`}}"
GOOD = Message("News of the week", HTML, PLAIN)


def rules(message: Message, known: Known | None = None) -> set[tuple[Severity, str]]:
    return {(each.severity, each.rule) for each in check_message(message, known).findings}


def test_a_clean_message_has_no_findings() -> None:
    assert rules(GOOD) == set()


def test_subject_and_parts_have_limits() -> None:
    assert rules(Message("x" * 129, HTML, PLAIN)) == {(Severity.ERROR, "subject-length")}
    assert rules(Message("News", "", "")) == {(Severity.ERROR, "no-content")}
    assert (Severity.ERROR, "too-long") in rules(Message("News", HTML, PLAIN + "x" * 524_288))
    assert rules(Message("News", HTML + "<p>" + "x" * 102_400, PLAIN)) == {
        (Severity.WARNING, "clipped")
    }


def test_both_parts_say_the_same() -> None:
    assert rules(Message("News", HTML)) == {(Severity.WARNING, "one-part")}
    assert rules(Message("News", HTML + "{{CUSTOM `pet`}}", PLAIN)) == {
        (Severity.WARNING, "tag-in-one-part")
    }


def test_names_are_looked_up_in_the_account() -> None:
    text = "{{CUSTOM `pet`}}{{IF `(vip IS_DEFINED)`}}{{PREDEFINED `shop`}}{{ENDIF}}"
    message = Message("News", HTML + text, PLAIN + text)
    everything = Known(frozenset({"pet"}), frozenset({"shop"}), frozenset({"vip"}))
    assert rules(message, everything) == set()
    assert {rule for _, rule in rules(message, Known())} == {
        "unknown-custom-field",
        "unknown-predefined-field",
    }


def test_html_around_the_tags_is_checked() -> None:
    html = """<img src="x.png"><a href="http://shop.example/">a</a><a href="">b</a>
<a href="javascript:void(0)">c</a><a href="offer.html">d</a><a href="mailto:x@example.com">e</a>
<a href="{{LINK "https://shop.example/"}}">f</a><a href="#top">g</a><script>1</script>"""
    found = [each.rule for each in check_message(Message("News", html, "x")).findings]
    assert sorted(found) == [
        "http-link",
        "impossible-link",
        "impossible-link",
        "impossible-link",
        "missing-alt",
        "quotes-in-attribute",
        "script",
        "untracked-link",
    ]


@pytest.mark.parametrize("piece", ['<a href="', "<!--", "<!", "<?x ", "</a", "<a b='", "<![CDATA["])
def test_broken_html_ends_in_a_sentence(piece: str) -> None:
    found = check_message(Message("News", piece * 2_000, "x")).findings
    assert {each.rule for each in found} <= {"broken-html", "impossible-link", "tag-in-one-part"}


def test_a_finding_is_printed_so_that_editors_find_it() -> None:
    [found] = check_message(Message("Hi {{ name }}", HTML, PLAIN)).errors
    assert str(found).startswith("subject:1:4: error: ")
