"""What the demo's file holds, row by row, before anything is sent."""

from pathlib import Path

import pytest

from prefect_getresponse.contact_import.columns.mapping import map_source
from prefect_getresponse.contact_import.rows.validation import PreparedRow, compile_reader
from prefect_getresponse.sources import open_source

ROWS = 107
EXCLUDED = [5, 9, 17, 23, 30, 36, 38, 43, 46, 50, 66, 75, 84, 93, 102]
CUSTOMERS = Path(__file__).parents[2] / "examples" / "customers.csv"


@pytest.fixture(scope="module")
def rows() -> dict[int, PreparedRow]:
    source = open_source(CUSTOMERS)
    reader = compile_reader(map_source(source))
    return {found.row: found for found in reader.read(source)}


def test_it_maps_by_itself() -> None:
    mapping = map_source(open_source(CUSTOMERS))
    assert {column.column: column.field for column in mapping.fields} == {
        "First Name": "first_name",
        "Last Name": "last_name",
        "Email": "email",
        "Accepts Email Marketing": "consent",
        "Tags": "tags",
    }


def test_its_verdicts(rows: dict[int, PreparedRow]) -> None:
    verdicts = {row: (found.verdict, found.reason) for row, found in rows.items() if found.verdict}
    excluded = dict.fromkeys(EXCLUDED, ("excluded", "no_consent"))
    assert verdicts == excluded | {
        10: ("rejected", "invalid_email"),
        16: ("rejected", "no_email"),
        26: ("blank", None),
        29: ("rejected", "invalid_email"),
    }
    assert list(rows) == list(range(2, 2 + ROWS))


def test_people_who_are_there_twice(rows: dict[int, PreparedRow]) -> None:
    by_key: dict[str, list[int]] = {}
    for row, found in rows.items():
        by_key.setdefault(found.key, []).append(row)
    assert {key: found for key, found in by_key.items() if key and len(found) > 1} == {
        "mara.lindqvist@example.com": [2, 38],
        "tobias.grunewald@example.net": [3, 21],
        "chiara.colombo@shop.example.org": [35, 51],
    }
    # The last row wins whole, so this person has withdrawn her consent.
    assert rows[38].verdict == "excluded"


def test_peculiar_people(rows: dict[int, PreparedRow]) -> None:
    contacts = {row: found.contact for row, found in rows.items() if found.contact}
    assert contacts[12].name == "Jürgen Öztürk"
    assert rows[33].key == "quentin.rabe@rejected.example"
    assert contacts[56].email == "info@xn--bcher-kva.example"
    assert contacts[59].name == "Marlow"
    assert contacts[21].tags == ("newsletter_2026", "vip")
    assert contacts[51].tags == ("vip", "xl")
