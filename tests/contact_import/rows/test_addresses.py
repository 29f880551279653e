import time

import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import example, given
from hypothesis import strategies as st

from prefect_getresponse.contact_import.rows.addresses import (
    address,
    addresses,
    compare_key,
    compare_keys,
    listed_key,
    listed_keys,
)
from prefect_getresponse.sources.trimming import all_trimmed, trimmed

DOMAIN_OF_250 = ".".join(["d" * 61] * 4) + ".de"


@pytest.mark.parametrize(
    "cell",
    [
        "a@example.com",
        "CILLY.NOACK3@EXAMPLE.NET",
        "first.last+tag@sub.example.co",
        "o'neil!#$%&*=?^_`{|}~-@example.org",
        "1@1.example",
        "a@x-y.example",
        "dots..inside@example.com",
        "a" * 64 + "@example.com",
        "a@" + DOMAIN_OF_250,
        "a@example.test",
        "a@host.invalid",
        "a@xn--bcher-kva.example",
        "a@example.xn--p1ai",
    ],
)
def test_valid_addresses_are_sent_as_they_stand(cell: str) -> None:
    assert address(cell) == cell


@pytest.mark.parametrize(
    "cell",
    [
        "",
        "a",
        "a@",
        "@example.com",
        "a@example",
        "a at example.com",
        "a @example.com",
        "a@@example.com",
        "a@b@example.com",
        ".a@example.com",
        "a.@example.com",
        "a@example..com",
        "a@.example.com",
        "a@example.com.",
        "a@-example.com",
        "a@example-.com",
        "a@ex_ample.com",
        "a@example.c",
        "a@192.168.0.1",
        "a@[192.168.0.1]",
        '"john doe"@example.com',
        "a@ab--cd.example",
        "a@xn--.example",
        "mailto:a@example.com",
        "Anna <a@example.com>",
        "<a@example.com>",
        "a@example.com; b@example.com",
        "a@example.com,b@example.com",
        "a@exam\u200bple.com",
        "a\u200b@example.com",
        "jörg@example.com",
        "\uff41@example.com",
        "a@\uff45xample.com",
        "a\uff20example.com",
        "a" * 65 + "@example.com",
        "abcd@" + DOMAIN_OF_250,
        "a@" + "d" * 64 + ".example",
    ],
)
def test_invalid_addresses_are_not_corrected(cell: str) -> None:
    assert address(cell) is None


def test_an_international_domain_is_sent_in_ascii() -> None:
    assert address("Info@Bücher.example") == "Info@xn--bcher-kva.example"
    composed, decomposed = "a@b\u00fccher.example", "a@bu\u0308cher.example"
    assert address(composed) == address(decomposed) == "a@xn--bcher-kva.example"
    assert compare_key("Info@xn--BCHER-kva.example") == "info@xn--bcher-kva.example"


def test_tags_after_a_plus_are_another_address() -> None:
    assert compare_key("A+x@Example.com") == "a+x@example.com" != compare_key("a@example.com")


@pytest.mark.parametrize(
    "around", [" ", "\t", "\r\n", "\u00a0", "\u200b", "\ufeff", "\u2003", "\u200e \u00a0"]
)
def test_space_at_the_ends_is_trimmed(around: str) -> None:
    assert trimmed(f"{around}a b{around}") == "a b"
    assert trimmed(around) == ""
    assert all_trimmed([f"{around}a b{around}", around, "ü"]) == ["a b", "", "ü"]


@given(
    st.from_regex(r"[a-z0-9+._-]{1,12}@([A-Za-z0-9-]{1,8}\.){1,3}[a-z0-9-]{1,6}", fullmatch=True)
)
@example("a@a--a.aa")
def test_plain_addresses_are_judged_as_the_library_does(cell: str) -> None:
    try:
        validate_email(cell, check_deliverability=False, globally_deliverable=False)
        expected = True
    except EmailNotValidError:
        expected = False
    local, _, domain = cell.rpartition("@")
    if "." in domain and ".." not in local and not domain.rpartition(".")[2][0].isdigit():
        assert (address(cell) is not None) == (expected and len(domain.rpartition(".")[2]) > 1)


@given(st.text(max_size=40))
def test_any_text_has_an_answer(cell: str) -> None:
    found = address(trimmed(cell))
    assert found is None or (found.isascii() and compare_key(found) == compare_key(found.upper()))


@pytest.mark.parametrize(
    "cell", ["a" * 300, "a." * 120 + "@", "a@" + "a-" * 120, "a@" + "a." * 125, "a@" + "é" * 250]
)
def test_nothing_takes_long(cell: str) -> None:
    started = time.perf_counter()
    address(cell)
    assert time.perf_counter() - started < 0.5


CELLS = st.lists(
    st.one_of(
        st.sampled_from(
            [
                "",
                "jane@example.com",
                "Jane@Example.COM",
                "a@b--c.com",
                "ä@example.com",
                "a@bücher.de",
                "jane@example.com\njohn@example.com",
                "a" * 64 + "@" + ".".join(["b" * 60] * 4) + ".com",
                "no address",
            ]
        ),
        st.text(alphabet="ab.@-\nÄ", max_size=12),
    ),
    min_size=1,
    max_size=8,
)


@given(CELLS)
def test_many_addresses_at_once_mean_what_each_means(cells: list[str]) -> None:
    found = addresses(cells)

    assert found == [address(cell) for cell in cells]
    assert compare_keys(found) == [compare_key(each) if each else "" for each in found]


@pytest.mark.parametrize(
    "listed",
    [
        [],
        ["Jane@Example.com", " ann@example.com\t", ""],
        ["Jane@Example.com", "zoë@müller.example", "Bob@example.com"],
        ["Jane@Example.com\n", "ann\nbob@example.com"],
    ],
)
def test_many_listed_addresses_have_the_keys_that_each_has(listed: list[str]) -> None:
    assert listed_keys(listed) == [listed_key(each) for each in listed]
