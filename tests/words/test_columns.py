import pytest

from prefect_getresponse.words import columns, table, words_of
from prefect_getresponse.words.columns import email_rank, meaning, normalised


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
    meanings = [*columns.MEANINGS, "email", "email_of_several", "email_by_place"]
    seen: dict[str, str] = {}
    for meant in [*meanings, "email_of_subscriber"]:
        for name in words_of("headers", "headers", meant):
            bare = normalised(name)
            assert bare, f"{name} has no letters"
            assert seen.setdefault(bare, meant) == meant, f"{name} means two things"
            assert email_rank(name) is None or meant.startswith("email"), name


def test_every_block_of_words_has_a_meaning_and_a_language() -> None:
    for name, kind in [("headers", "headers"), ("answers", "answers"), ("phrases", "phrases")]:
        for block in table(name)[kind]:
            assert block["meaning"]
            assert block["language"]
            assert all(word.strip() for word in block["words"])


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
        "Date you agreed to receive emails",
        "Data wyra\u017cenia zgody na newsletter",
        "I agree to receive marketing by SMS",
        "I agree to receive offers from partners by email",
        "How did you subscribe to our newsletter?",
        "Newsletter consent time (UTC) source",
        "I accept the terms and conditions",
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


@pytest.mark.parametrize(
    "name",
    [
        "I agree to receive marketing emails",
        "Would you like to receive our newsletter?",
        "Yes, sign me up for special offers",
        "I agree to receive news from time to time by e-mail and SMS",
        "Wyra\u017cam zgod\u0119 na otrzymywanie newslettera",
        "Zgadzam si\u0119 na przetwarzanie danych w celu otrzymywania ofert",
        "Ich m\u00f6chte den Newsletter erhalten",
        "Je souhaite recevoir la newsletter",
        "Acepto recibir el bolet\u00edn por correo",
    ],
)
def test_a_sentence_that_people_agree_to_is_consent(name: str) -> None:
    assert meaning(name) == ("consent", True)


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("Imi\u0119 klienta", ("first_name", True)),
        ("Nom de famille du client", ("last_name", True)),
        ("Customer Full Name", ("name", True)),
        ("Uczestnik - nazwisko", ("last_name", True)),
    ],
)
def test_whose_name_it_is_may_stand_before_or_behind(name: str, found: tuple[str, bool]) -> None:
    assert meaning(name) == found


@pytest.mark.parametrize(
    ("name", "rank"),
    [
        ("1. Email", 1),
        ("Email__c", 1),
        ("Email (Billing)", 1),
        ("Kunden-E-Mail", 1),
        ("Email Address 1", 2),
        ("Email - Primary", 2),
        ("Correo de contacto", 2),
        ("Email Address - Personal", 3),
        ("Email - Secondary", None),
        ("Account Email", None),
        ("From Email", None),
        ("Email Subscriber", None),
    ],
)
def test_an_address_is_known_by_all_of_its_words(name: str, rank: int | None) -> None:
    assert email_rank(name) == rank


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("First name (optional)", "first_name"),
        ("Last Name (Billing)", "last_name"),
        ("First_Name__c", "first_name"),
        ("Q2: First name", "first_name"),
        ("Newsletter (yes/no)", "consent"),
        ("Opted-out (tak/nie)", "opt_out"),
        ("Tag 2", "tags"),
    ],
)
def test_remarks_and_numbers_change_no_meaning(name: str, field: str) -> None:
    assert meaning(name) == (field, True)


def test_whose_address_it_is_may_stand_behind() -> None:
    assert email_rank("E-mail klienta") == email_rank("Adresse e-mail du client") == 1
    assert email_rank("E-mail sprzedawcy") is None
