"""JSON of others is read as `json.loads` reads it, whoever reads it."""

from __future__ import annotations

import json
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prefect_getresponse.client.answers.json_text import UNREADABLE, read

TEXTS = st.text(st.sampled_from('a0"[]{}\\/é\n\ud800😀,:'), max_size=4)
DEEP = 100_000
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=12,
)


def of_json(text: bytes) -> Any:
    try:
        return repr(json.loads(text))
    except UNREADABLE:
        return "unreadable"


def ours(text: bytes) -> Any:
    try:
        return repr(read(text, DEEP)[0])
    except UNREADABLE:
        return "unreadable"


def depth(value: object) -> int:
    if isinstance(value, dict):
        return 1 + max(map(depth, cast("dict[str, object]", value).values()), default=0)
    if isinstance(value, list):
        return 1 + max(map(depth, cast("list[object]", value)), default=0)
    return 0


@given(VALUES, st.booleans(), st.sampled_from(["utf-8", "utf-16", "utf-32", "utf-8-sig"]))
def test_a_value_is_what_json_says(value: Any, plain: bool, encoding: str) -> None:
    text = json.dumps(value, ensure_ascii=plain).encode(encoding, "surrogatepass")
    assert ours(text) == of_json(text)
    assert [read(text, levels)[1] for levels in range(6)] == [
        depth(value) > levels for levels in range(6)
    ]


@given(st.binary(max_size=8) | st.text('-+.019eE,"[]{}:nulNaIfity\\ ', max_size=8).map(str.encode))
def test_what_is_none_is_none(text: bytes) -> None:
    assert ours(text) == of_json(text)


@pytest.mark.parametrize(
    "text",
    [
        "18446744073709551615",
        "18446744073709551616",
        "-9223372036854775808",
        "-9223372036854775809",
        "[123456789012345678901234567890]",
        "-0",
        "1e400",
        "0.1234567890123456789012345",
        '{"a": 1, "a": 2}',
        '"\\ud800"',
        "NaN",
        "[" * 1100 + "]" * 1100,
        "[" * 100_000 + "]" * 100_000,
    ],
    ids=lambda text: text[:12],
)
def test_numbers_and_oddities_are_kept(text: str) -> None:
    assert ours(text.encode()) == of_json(text.encode())
