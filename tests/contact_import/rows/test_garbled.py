import pytest
from hypothesis import given
from hypothesis import strategies as st

from prefect_getresponse.contact_import.rows.garbled import Garbled, garbled


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1", "cp1250", "mac-roman"])
@pytest.mark.parametrize("name", ["Jörg", "José Peña", "Łukasz", "Zoë", "Ağaç"])
def test_utf8_that_was_read_as_something_else_is_told(name: str, encoding: str) -> None:
    try:
        spoiled = name.encode().decode(encoding)
    except UnicodeDecodeError:
        pytest.skip("the encoding has no letters for these bytes")
    found = garbled(spoiled)
    assert found is not None
    assert found.code == "mojibake"
    assert found.repair == "".join(char for char in name if not char.isascii())[:1]
    assert found.found in spoiled


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("J&ouml;rg", Garbled("html_entity", "&ouml;", "ö")),
        ("Smith &amp; Sons", Garbled("html_entity", "&amp;", "&")),
        ("O&#39;Brien", Garbled("html_entity", "&#39;", "'")),
        ("J\ufffdrg", Garbled("lost_letter", "\ufffd", "")),
        ("РњР°СЂРёСЏ", Garbled("mojibake", "РњР°СЂРёСЏ", "Мария")),
    ],
)
def test_other_damage_is_told(name: str, expected: Garbled) -> None:
    assert garbled(name) == expected


@pytest.mark.parametrize(
    "name",
    [
        "Jörg Gößl",
        "Мария",
        "Сі",  # noqa: RUF001 - Cyrillic
        "Рёва",
        "Łąka",
        "Ångström",
        "Ünal Ğ",
        "山田 太郎",
        "AT&T; Co",
        "A & B;",
        "Ö",
    ],
)
def test_names_are_left_alone(name: str) -> None:
    assert garbled(name) is None


@given(st.text(max_size=40))
def test_any_name_is_looked_at(name: str) -> None:
    found = garbled(name)
    assert found is None or found.found in name
