import codecs

import pytest

from prefect_getresponse.sources.errors import UnreadableSource
from prefect_getresponse.sources.texts.encodings import resolve, suggest

HEADER = "Email,Name\na@example.com,Jörg Łukasz Дмитрий\n"


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (HEADER.encode(), ("utf-8", 0)),
        (codecs.BOM_UTF8 + HEADER.encode(), ("utf-8", 3)),
        (codecs.BOM_UTF16_LE + HEADER.encode("utf-16-le"), ("utf-16-le", 2)),
        (codecs.BOM_UTF16_BE + HEADER.encode("utf-16-be"), ("utf-16-be", 2)),
        (codecs.BOM_UTF32_LE + HEADER.encode("utf-32-le"), ("utf-32-le", 4)),
        (HEADER.encode("utf-16-le"), ("utf-16-le", 0)),
        (HEADER.encode("utf-16-be"), ("utf-16-be", 0)),
    ],
)
def test_unicode_is_detected(head: bytes, expected: tuple[str, int]) -> None:
    assert resolve(head, None, "a.csv") == expected


def test_a_declaration_is_followed_when_it_is_possible() -> None:
    assert resolve("Jörg Müller Größe".encode("cp1252"), "Windows-1252", "a.csv") == ("cp1252", 0)
    assert resolve(codecs.BOM_UTF16_LE + b"a\0", "utf-16", "a.csv") == ("utf-16-le", 2)
    assert resolve(codecs.BOM_UTF8 + b"a", "utf-8-sig", "a.csv") == ("utf-8", 3)


@pytest.mark.parametrize(
    ("head", "declared"),
    [
        (codecs.BOM_UTF8 + b"Email", "cp1252"),
        (codecs.BOM_UTF16_LE + b"a\0", "utf-8"),
        ("Jörg Müller, Größe".encode(), "latin-1"),
    ],
)
def test_a_declaration_against_the_bytes_is_refused(head: bytes, declared: str) -> None:
    with pytest.raises(UnreadableSource, match="Leave --encoding out"):
        resolve(head, declared, "a.csv")


@pytest.mark.parametrize(
    "declared", ["", "cp12", "base64", "rot13", "idna", "unicode_escape", "\0"]
)
def test_an_unknown_declaration_is_refused(declared: str) -> None:
    with pytest.raises(UnreadableSource, match="no encoding called"):
        resolve(b"Email", declared, "a.csv")


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Jörg Müller, Günter Größe, José Peña", "cp1252"),
        ("Łukasz Wiśniewski, Grażyna Źdźbło", "cp1250"),
        ("Jiří Dvořák, Šárka Růžičková", "cp1250"),
        ("Łukasz Wiśniewski, Grażyna Źdźbło, ąśź", "iso8859-2"),
        ("Дмитрий Иванов", "cp1251"),
        ("Γιάννης Παπαδάκης", "cp1253"),
        ("Jörg Müller, Günter Größe", "mac-roman"),
        ("やまだ たろう", "cp932"),
        ("Jörg Müller, Größe", "utf-8"),
    ],
)
def test_what_is_not_utf8_gets_a_suggestion(text: str, encoding: str) -> None:
    assert suggest(text.encode(encoding)) == encoding


def test_noise_gets_no_suggestion() -> None:
    assert suggest(bytes(range(128, 256))) is None
