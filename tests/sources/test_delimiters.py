import pytest

from prefect_getresponse.sources.texts.delimiters import declared, is_address, sniff

CASES = {
    "comma": (",", "Email,Name\na@example.com,Anna\n"),
    "semicolon": (";", "Email;Name\na@example.com;Anna\n"),
    "tab": ("\t", "Email\tName\na@example.com\tAnna, Berta\n"),
    "bar": ("|", "Email|Name\na@example.com|Anna; Berta\n"),
    "decimal commas": (";", "Email;Umsatz,EUR\na@example.com;12,50\nb@example.com;7,00\n"),
    "lists in a cell": (",", "Email,Tags\na@example.com,vip;b2b;new\nb@example.com,x;y;z\n"),
    "names with commas": (";", "Name;Email\nDoe, John;a@example.com\nRoe, Jane;b@example.com\n"),
    "quoted commas": (
        ";",
        '"Name";"Email"\n"Doe, J.";"a@example.com"\n"Roe, J.";"b@example.com"\n',
    ),
    "line breaks": (",", 'Email,Address\na@example.com,"1; High St\nx; y; z"\n'),
    "one column": (",", "Email\na@example.com\nb@example.com\n"),
    "no address": (";", "Email;Name;City\nnobody;Anna;Berlin\nnone;Berta;Rome\n"),
    "title above": (";", "Customers, all\n\nEmail;Name\na@example.com;Anna\n"),
    "broken quotes below": (";", 'Email;Name\na@example.com;Anna\nb@example.com;"B"x\n'),
}


@pytest.mark.parametrize("case", CASES)
def test_the_delimiter_is_found(case: str) -> None:
    expected, text = CASES[case]
    assert sniff(text.splitlines(keepends=True)).delimiter == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("sep=;\r\n", ";"),
        ("SEP=\t\n", "\t"),
        ('"sep=,"\n', ","),
        ("sep=;x\n", None),
        ("sep=a\n", None),
        ("Email;Name\n", None),
    ],
)
def test_the_line_of_excel(line: str, expected: str | None) -> None:
    assert declared(line) == expected


def test_an_address_is_the_whole_cell() -> None:
    assert is_address(" a@example.com ")
    assert not is_address("a@example.com;b")
    assert not is_address("write to a@example.com")
    assert not is_address("@home")
