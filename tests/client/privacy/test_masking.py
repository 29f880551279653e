"""An address shows its first letter and its domain, however its sign is written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prefect_getresponse.client.privacy.masking import mask, mask_deep

SIGNS = ["@", "\uff20", "\ufe6b", "%40", "%2540", "&#64;", "&#x40;", "\\u0040", "&commat;"]
LOCAL = st.from_regex(r"secret[a-z0-9.+_-]{0,12}z", fullmatch=True)
AROUND = st.sampled_from(["", " ", "<", "(", "mailto:", "[", '"', "'", ", ", "; ", "\n"])


@given(LOCAL, st.sampled_from(SIGNS), AROUND, AROUND)
def test_no_local_part_shows(local: str, sign: str, before: str, after: str) -> None:
    shown = mask(f"{before}{local}{sign}private.example{after}")
    assert "secret" not in shown
    assert "s***" in shown
    assert "private.example" in shown


@pytest.mark.parametrize(
    "text",
    [
        '"secret doe"@private.example',
        "'secret doe'@private.example",
        'he said "hi" and "secret doe"@private.example',
        "secret.o'neil@private.example",
        "secret(a comment)@private.example",
        "secret @private.example",
        "query[email]=secret%40private.example&page=1",
        "b@c.example;secret@private.example",
    ],
)
def test_odd_addresses_are_addresses(text: str) -> None:
    assert "secret" not in mask(text)
    assert "secret" not in str(mask_deep({text: [text]}))


@pytest.mark.parametrize("text", ["2 @ 3", "@home", "page 3 @home", 'see "foo" now', "jane@"])
def test_what_is_no_address_stays(text: str) -> None:
    assert mask(text) == text


@given(st.text(alphabet="a@%40\"'&#; ().", max_size=200))
def test_any_text_is_masked_once_and_for_all(text: str) -> None:
    assert isinstance(mask(mask(text)), str)
