"""What the checker says of dynamic content, and where."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prefect_getresponse.newsletters.content.findings import Finding, Findings, Severity
from prefect_getresponse.newsletters.content.render import Person, render
from prefect_getresponse.newsletters.content.syntax import Content, read_content

SOUND = [
    "Plain text, a lone }} and a brace {.",
    '{{CONTACT "subscriber_name"}} and {{CONTACT `subscriber_first_name` `friend`}}',
    "{{CUSTOM`pet`}}{{ CUSTOM `pet` }}{{CUSTOM\n`pet`}}",
    "{{CONTACT `ucfw(lc(subscriber_name))`}}",
    "{{IF `(city STRING_EQ 'Gdansk')`}}a{{ELSIF `(pet IS_DEFINED)`}}b{{ELSE}}c{{ENDIF}}",
    "{{IF `((a STRING_EQ '1') LOGIC_OR ((b NUMBER_GT '2') LOGIC_AND (c NOT_DEFINED)))`}}x{{ENDIF}}",
    "{{IF `(a IS_DEFINED)`}}{{IF `(b IS_DEFINED)`}}x{{ENDIF}}{{ENDIF}}",
    "{{DATE `DAY_NAME, DAY_ORDINATED MONTH_NAME YEAR` `+10 DAYS`}}{{ADDED_ON `YEAR-MONTH-DAY`}}",
    '<a href="{{LINK `https://shop.example/?p={{CUSTOM `pet`}}` `pets`}}">Shop</a>',
    '{{LINK "https://shop.example/?p={{CUSTOM "pet"}}"}} {{LINK `me`}}',
    "{{EXTERNAL `https://shop.example/{{GEO `city`}}.html`}}{{RANDOM `a` `b }} c` `d`}}",
]
# Text, rule, line, column.
FAULTS = [
    ("a\n  {{CONTACT `subscriber_name`", "tag-not-closed", 2, 3),
    ("{{CONTACT `subscriber_name}} text", "quote-not-closed", 1, 11),
    ("Hi {{FOO `x`}}", "unknown-tag", 1, 4),
    ("Hi {{Contact `subscriber_name`}}", "wrong-case", 1, 4),
    ("Hi {{ name }}", "foreign-template", 1, 4),
    ("Hi {{ user.name }}", "foreign-template", 1, 4),
    ("{% if x %}", "foreign-template", 1, 1),
    ("{{CONTACT}}", "wrong-arguments", 1, 1),
    ("{{CUSTOM `a` `b` `c`}}", "wrong-arguments", 1, 1),
    ("{{IF `(a IS_DEFINED)`}}x", "if-not-closed", 1, 1),
    ("x{{ENDIF}}", "no-if", 1, 2),
    ("{{IF `(a IS_DEFINED)`}}{{ELSE}}{{ELSE}}{{ENDIF}}", "second-else", 1, 32),
    (
        "{{IF `(a IS_DEFINED)`}}{{ELSE}}{{ELSIF `(b IS_DEFINED)`}}{{ENDIF}}",
        "elsif-after-else",
        1,
        32,
    ),
    ("{{IF `a STRING_EQ 'x'`}}{{ENDIF}}", "wrong-condition", 1, 7),
    ("{{IF `(a STRING_EQ x)`}}{{ENDIF}}", "wrong-condition", 1, 20),
    ("{{IF `(A STRING_EQ 'x')`}}{{ENDIF}}", "wrong-condition", 1, 8),
    ("{{IF `((a IS_DEFINED) LOGIC_AND)`}}{{ENDIF}}", "wrong-condition", 1, 7),
    ("{{IF `((a IS_DEFINED)`}}{{ENDIF}}", "wrong-condition", 1, 7),
    ("{{LINK `https://x.example/{{CUSTOM `a` `b`}}`}}", "value-in-address", 1, 27),
    ("{{LINK `https://x.example/{{CUSTOM `uc(a)`}}`}}", "value-in-address", 1, 27),
    ("{{LINK `https://x.example/{{DATE `DAY`}}`}}", "tag-in-address", 1, 27),
    ("{{LINK `shop.example`}}", "wrong-address", 1, 9),
    ("{{LINK `confirm`}}", "confirm-link", 1, 9),
    ("{{CONTACT “subscriber_name”}}", "curly-quotes", 1, 11),
    ("{{CONTACT `uc(subscriber_name`}}", "wrong-brackets", 1, 12),
    ("{{CUSTOM `Pet Name`}}", "wrong-field", 1, 11),
    ("{{", "no-tag", 1, 1),
    ("{{TIMER `soon` `` ``}}", "wrong-timestamp", 1, 10),
    ("{{CURRENCY `1` `zloty`}}", "wrong-currency", 1, 17),
]
WARNINGS = [
    ("Hi [[firstname]]", "merge-word", 1, 4),
    ("{{IF `(a CONTAINS 'x')`}}{{ENDIF}}", "unknown-operator", 1, 10),
    (
        "{{IF `((a IS_DEFINED) LOGIC_OR (b IS_DEFINED) LOGIC_OR (c IS_DEFINED))`}}{{ENDIF}}",
        "chained-logic",
        1,
        7,
    ),
    ("{{CONTACT `title(subscriber_name)`}}", "unknown-prettifier", 1, 12),
    ("{{CONTACT `nickname`}}", "unknown-token", 1, 12),
    ("{{DATE `DAY` `10 DAY`}}", "wrong-shift", 1, 15),
    ("{{DATE `DAY` `+20 YEARS`}}", "wrong-shift", 1, 15),
    ("{{DATE `DAY_NAME_NONZERO`}}", "wrong-date-format", 1, 9),
    ("{{CONTACT &quot;subscriber_name&quot;}}", "entity-in-tag", 1, 11),
    ("{{CONTACT <b>`subscriber_name`</b>}}", "markup-in-tag", 1, 11),
    ("{{LINK `unsubscribe`}}", "obsolete-link", 1, 9),
    ("{{LINK `http://shop.example/`}}", "http-link", 1, 9),
    ("{{TIMER `added_on` `` ``}}", "deprecated-tag", 1, 1),
]
NOTICES = [
    ("{{CUSTOM `a` ``}}", "empty-argument", 1, 15),
    ("{{INTERNAL `body`}}", "internal-tag", 1, 1),
    ("{{IF `((a IS_DEFINED))`}}{{ENDIF}}", "double-brackets", 1, 7),
]


def read(text: str, **options: bool) -> tuple[Content, list[Finding]]:
    findings = Findings("html", text)
    return read_content(text, findings, **options), findings.found


@pytest.mark.parametrize("text", SOUND)
def test_sound_content_has_no_errors_and_no_warnings(text: str) -> None:
    assert [str(each) for each in read(text)[1] if each.severity is not Severity.NOTICE] == []


@pytest.mark.parametrize(
    ("severity", "case"),
    [
        (severity, case)
        for severity, cases in zip(Severity, (FAULTS, WARNINGS, NOTICES), strict=True)
        for case in cases
    ],
)
def test_a_fault_is_named_where_it_stands(
    severity: Severity, case: tuple[str, str, int, int]
) -> None:
    text, rule, line, column = case
    _, found = read(text)
    assert (severity, rule, line, column) in [
        (each.severity, each.rule, each.line, each.column) for each in found
    ], [str(each) for each in found]
    worst = min(list(Severity).index(each.severity) for each in found)
    assert list(Severity)[worst] is severity


def test_an_external_lexpad_makes_unknown_tags_a_warning() -> None:
    _, [found] = read("{{PRODUCTS `x`}}", lexpad=True)
    assert (found.severity, found.rule) == (Severity.WARNING, "unknown-tag")


names = st.sampled_from(["city", "pet", "subscriber_name", "x1"])
constants = st.text(
    st.characters(exclude_characters="'\"`{}", exclude_categories=["Cs"]), max_size=5
)
tests = st.one_of(
    st.builds("({} STRING_EQ '{}')".format, names, constants),
    st.builds("({} NUMBER_GT '{}')".format, names, constants),
    st.builds("({} IS_DEFINED)".format, names),
)
conditions = st.recursive(
    tests,
    lambda inner: st.builds(
        "({} {} {})".format, inner, st.sampled_from(["LOGIC_AND", "LOGIC_OR"]), inner
    ),
    max_leaves=6,
)
texts = st.text(st.characters(exclude_characters="{}[]", exclude_categories=["Cs"]), max_size=8)
values = st.one_of(
    st.builds("{{{{CUSTOM `{}`}}}}".format, names),
    st.builds('{{{{CONTACT "ucfw(subscriber_name)" "{}"}}}}'.format, constants.filter(bool)),
    st.builds("{{{{DATE `DAY {}`}}}}".format, st.sampled_from(["MONTH_NAME", "YEAR", "%"])),
    st.builds("{{{{LINK `https://x.example/?q={{{{CUSTOM `{}`}}}}`}}}}".format, names),
)
contents = st.recursive(
    st.one_of(texts, values),
    lambda inner: st.one_of(
        st.builds("{}{}".format, inner, inner),
        st.builds("{{{{IF `{}`}}}}{}{{{{ELSE}}}}{}{{{{ENDIF}}}}".format, conditions, inner, inner),
    ),
    max_leaves=8,
)


@given(contents)
def test_content_of_the_grammar_is_read_and_rendered(text: str) -> None:
    content, found = read(text)
    assert [str(each) for each in found if each.severity is Severity.ERROR] == []
    rendered = render(content, Person()).text
    assert "{{" not in rendered
    assert (
        "".join(text[item.start : item.end] for item in content.items) == text
    )  # nothing of it is passed over


@given(values, texts, texts, st.data())
def test_damage_to_a_tag_is_reported_on_its_line(
    tag: str, before: str, after: str, data: st.DataObject
) -> None:
    """Whichever character of its frame is missing."""
    frame = [at for at, char in enumerate(tag) if char in "{}" and not 1 < at < len(tag) - 2]
    missing = data.draw(st.sampled_from(frame))
    before = before.replace("`", "").replace('"', "")
    damaged = tag[:missing] + tag[missing + 1 :]
    text = before + damaged
    _, found = read(text + "\n" + after.replace("`", "").replace('"', ""))
    if missing < 2:
        return  # with one brace less at its beginning it is no tag at all
    errors = [each for each in found if each.severity is Severity.ERROR]
    lines = range(before.count("\n") + 1, text.count("\n") + 2)
    assert errors
    assert errors[0].line in lines


@given(st.text("{}`\"'()IFELSCUTOMxy \n", max_size=80))
def test_nothing_stops_the_checker(text: str) -> None:
    content, found = read(text)
    assert all(each.line >= 1 and each.column >= 1 for each in found)
    render(content, Person())
