import re

import pytest

from prefect_getresponse.contact_import import columns
from prefect_getresponse.contact_import.columns import email_rank, meaning, normalised


@pytest.mark.parametrize(
    "name",
    ["E-mail 1 - Value", "EMAIL_1_VALUE", "email1Value", " e.mail (1) value* ", "É-mail 1 valué"],
)
def test_spelling_does_not_matter(name: str) -> None:
    assert normalised(name) == "email1value"


@pytest.mark.parametrize(
    ("name", "bare"), [("Straße", "strasse"), ("Imię", "imie"), ("Ærø", "aero")]
)
def test_letters_lose_their_accents(name: str, bare: str) -> None:
    assert normalised(name) == bare


def test_no_name_means_two_things() -> None:
    tables = {
        name: text
        for name, text in vars(columns).items()
        if name.isupper() and not name.startswith("_") and isinstance(text, str)
    }
    assert len(tables) > 8
    seen: dict[str, str] = {}
    for table, text in tables.items():
        for name in re.split(r"[|\n]", text):
            bare = normalised(name)
            assert bare or not name.strip(), f"{name} has no letters"
            assert seen.setdefault(bare, table) == table or not bare, f"{name} is in two tables"
            assert not bare or email_rank(name) is None or table == "EMAIL", name


@pytest.mark.parametrize(
    "name",
    [
        "Account Name",
        "Company name",
        "Company",
        "Contact owner",
        "Owner Email",
        "Contact owner email",
        "Referrer Email",
        "Shipping First Name",
        "Secondary Email",
        "Email 2",
        "Email Domain",
        "Email Type",
        "Email Status Date",
        "Last Email Opened",
        "Last Email Name",
        "Email Marketing Consent Timestamp",
        "Email Opt Out Date",
        "Accepts SMS Marketing",
        "SMS Marketing Consent",
        "SMS Opt Out",
        "Tax Exempt",
        "Lead Status",
        "Marketing contact status",
        "User Name",
        "Username",
        "Middle Name",
        "Salutation",
        "Title",
        "Product Name",
        "List Name",
        "OPTIN_TIME",
        "OPTIN_IP",
        "CONFIRM_TIME",
        "Customer ID",
        "",
        "#",
    ],
)
def test_names_are_not_what_they_contain(name: str) -> None:
    assert meaning(name) is None
    assert email_rank(name) is None


def test_a_plain_name_is_nearer_than_a_qualified_one() -> None:
    ranks = [email_rank(name) for name in ("Email", "Customer Email", "Email 1", "Work Email")]
    assert ranks == [0, 1, 2, 3]
    assert meaning("First Name") == ("first_name", False)
    assert meaning("Billing First Name") == ("first_name", True)
    assert meaning("properties.data.first_name") == ("first_name", True)
