from collections.abc import Sequence
from pathlib import Path

import pytest

from prefect_getresponse.contact_import.columns.mapping import (
    FIELDS,
    ColumnMapping,
    map_columns,
    map_source,
)
from prefect_getresponse.contact_import.rows.validation import compile_reader
from prefect_getresponse.sources import open_source
from prefect_getresponse.sources.errors import MappingError


def mapped(header: str, sample: Sequence[str] = ()) -> dict[str, str]:
    records = [record.split(",") for record in sample]
    return fields(map_columns(header.split(","), sample=records))


def fields(mapping: ColumnMapping) -> dict[str, str]:
    return {
        column.column: column.field + ("?" if column.lenient else "") for column in mapping.fields
    }


NAMED = {"First Name": "first_name", "Last Name": "last_name"}

TOOLS: dict[str, tuple[str, dict[str, str]]] = {
    "mailchimp": (
        "Email Address,First Name,Last Name,Address,MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_IP,"
        "LEID,NOTES,TAGS",
        {"Email Address": "email", **NAMED, "TAGS": "tags"},
    ),
    "hubspot": (
        "Record ID,First Name,Last Name,Email,Phone Number,Contact owner,Lead Status,Company name,"
        "Marketing contact status,Unsubscribed from all email,Email Domain,Create Date",
        {**NAMED, "Email": "email", "Unsubscribed from all email": "opt_out"},
    ),
    "shopify, old": (
        "First Name,Last Name,Email,Company,Accepts Marketing,Total Spent,Tags,Note,Tax Exempt",
        {**NAMED, "Email": "email", "Accepts Marketing": "consent", "Tags": "tags"},
    ),
    "shopify, new": (
        "Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Accepts SMS Marketing,Tags",
        {**NAMED, "Email": "email", "Accepts Email Marketing": "consent", "Tags": "tags"},
    ),
    "klaviyo": (
        "Email,Klaviyo ID,First Name,Last Name,Phone Number,Email Marketing Consent,"
        "Email Marketing Consent Timestamp,SMS Marketing Consent,Title,Organization,Last Open",
        {"Email": "email", **NAMED, "Email Marketing Consent": "consent"},
    ),
    "salesforce, report": (
        "Salutation,First Name,Last Name,Account Name,Title,Email,Email Opt Out,Lead Status",
        {**NAMED, "Email": "email", "Email Opt Out": "opt_out"},
    ),
    "salesforce, data loader": (
        "ID,FIRSTNAME,LASTNAME,NAME,EMAIL,HASOPTEDOUTOFEMAIL,OWNERID,EMAILBOUNCEDDATE",
        {
            "FIRSTNAME": "first_name",
            "LASTNAME": "last_name",
            "NAME": "name",
            "EMAIL": "email",
            "HASOPTEDOUTOFEMAIL": "opt_out",
            "EMAILBOUNCEDDATE": "opt_out",
        },
    ),
    "brevo": (
        "CONTACT ID,EMAIL,FIRSTNAME,LASTNAME,SMS,EMAIL_BLACKLISTED,SMS_BLACKLISTED,OPT_IN,ADDED",
        {
            "EMAIL": "email",
            "FIRSTNAME": "first_name",
            "LASTNAME": "last_name",
            "EMAIL_BLACKLISTED": "opt_out",
            "OPT_IN": "consent",
        },
    ),
    "mailerlite": (
        "Subscriber,Name,Last name,Status,Subscribed,Opens,Location",
        {
            "Subscriber": "email",
            "Name": "first_name",
            "Last name": "last_name",
            "Status": "consent",
            "Subscribed": "consent",
        },
    ),
    "constant contact": (
        "Email address,First name,Last name,Email status,Email permission status,Email lists,Tags",
        {
            "Email address": "email",
            "First name": "first_name",
            "Last name": "last_name",
            "Email status": "consent?",
            "Email permission status": "consent",
            "Tags": "tags",
        },
    ),
    "pipedrive": (
        "Person - Name,Person - Email - Work,Person - Organization,Person - Marketing status",
        {
            "Person - Name": "name",
            "Person - Email - Work": "email",
            "Person - Marketing status": "consent",
        },
    ),
    "google contacts": (
        "Name,Given Name,Family Name,E-mail 1 - Type,E-mail 1 - Value,E-mail 2 - Value,Labels",
        {
            "Name": "name",
            "Given Name": "first_name",
            "Family Name": "last_name",
            "E-mail 1 - Value": "email",
            "Labels": "tags",
        },
    ),
    "outlook": (
        "First Name,Middle Name,Last Name,Company,E-mail Address,E-mail 2 Address,Display Name",
        {**NAMED, "E-mail Address": "email", "Display Name": "name"},
    ),
    "woocommerce": (
        "order_id,billing_first_name,billing_last_name,billing_email,shipping_first_name,ip_address",
        {
            "billing_first_name": "first_name",
            "billing_last_name": "last_name",
            "billing_email": "email",
            "ip_address": "ip_address",
        },
    ),
    "magento": (
        "ID,Email,Type,Customer First Name,Customer Last Name,Status,Website,Store View",
        {
            "Email": "email",
            "Customer First Name": "first_name",
            "Customer Last Name": "last_name",
            "Status": "consent?",
        },
    ),
    "prestashop": (
        "ID,Title,First name,Last name,Email address,Newsletter,Opt-in,Registration",
        {
            "First name": "first_name",
            "Last name": "last_name",
            "Email address": "email",
            "Newsletter": "consent",
            "Opt-in": "consent",
        },
    ),
    "wix": (
        "First Name,Last Name,Email 1,Email 2,Email subscriber status,SMS subscriber status,Labels",
        {
            **NAMED,
            "Email 1": "email",
            "Email subscriber status": "consent",
            "Labels": "tags",
        },
    ),
    "intercom": (
        "Name,Owner,Lead category,Email,Phone,Unsubscribed from Emails,Tags",
        {
            "Name": "name",
            "Email": "email",
            "Unsubscribed from Emails": "opt_out",
            "Tags": "tags",
        },
    ),
    "zoho": (
        "Record Id,Owner,First Name,Last Name,Email,Secondary Email,Email Opt Out,Lead Status,Tag",
        {**NAMED, "Email": "email", "Email Opt Out": "opt_out", "Tag": "tags"},
    ),
    "dynamics": (
        "Full Name,Email,Company Name,Do not allow Bulk Emails,Do not allow Phone Calls",
        {"Full Name": "name", "Email": "email", "Do not allow Bulk Emails": "opt_out"},
    ),
    "stripe": (
        "id,Description,Email,Name,Created (UTC),Delinquent,Card ID",
        {"Email": "email", "Name": "name"},
    ),
    "ghost": (
        "id,email,name,note,subscribed_to_emails,complimentary_plan,created_at",
        {"email": "email", "name": "name", "subscribed_to_emails": "consent"},
    ),
    "typeform": (
        "#,What's your first name?,What's your email address?,Submit Date (UTC)",
        {"What's your first name?": "first_name", "What's your email address?": "email"},
    ),
    "hubspot, json": (
        "id,properties.email,properties.firstname,properties.lastname,properties.hs_email_optout",
        {
            "properties.email": "email",
            "properties.firstname": "first_name",
            "properties.lastname": "last_name",
            "properties.hs_email_optout": "opt_out",
        },
    ),
    "mailchimp, json": (
        "id,email_address,full_name,merge_fields.FNAME,merge_fields.LNAME,status,tags,ip_opt",
        {
            "email_address": "email",
            "full_name": "name",
            "merge_fields.FNAME": "first_name",
            "merge_fields.LNAME": "last_name",
            "status": "consent?",
            "tags": "tags",
        },
    ),
    "klaviyo, json": (
        "attributes.email,attributes.first_name,attributes.subscriptions.email.marketing.consent,"
        "attributes.subscriptions.sms.marketing.consent",
        {
            "attributes.email": "email",
            "attributes.first_name": "first_name",
            "attributes.subscriptions.email.marketing.consent": "consent",
        },
    ),
}

LANGUAGES: dict[str, tuple[str, str]] = {
    "de": ("E-Mail-Adresse,Vorname,Nachname,Schlagwörter,Newsletter", "efltc"),
    "de, name": ("Anrede,Name,Vorname,E-Mail,Abgemeldet", "-lfeo"),
    "de, one name": ("Name,E-Mail,Firma", "ne-"),
    "fr": ("Prénom,Nom,Adresse e-mail,Étiquettes,Désabonné", "fleto"),
    "fr, one name": ("Nom,Courriel,Entreprise", "ne-"),
    "es": ("Nombre,Apellidos,Correo electrónico,Etiquetas,Acepta marketing", "fletc"),
    "it": ("Nome,Cognome,Indirizzo e-mail,Iscritto alla newsletter", "flec"),
    "pt": ("Nome,Sobrenome,E-mail,Aceita marketing,Descadastrado", "fleco"),
    "nl": ("Voornaam,Achternaam,E-mailadres,Uitgeschreven,Nieuwsbrief", "fleoc"),
    "pl": ("Imię,Nazwisko,Adres e-mail,Tagi,Zgoda marketingowa", "fletc"),
    "pl, one name": ("Imię i nazwisko,E-mail", "ne"),
    "sv": ("Förnamn,Efternamn,E-postadress,Samtycke", "flec"),
    "da": ("Fornavn,Efternavn,E-mail,Nyhedsbrev", "flec"),
    "no": ("Fornavn,Etternavn,E-post,Samtykke", "flec"),
    "fi": ("Etunimi,Sukunimi,Sähköposti,Markkinointilupa", "flec"),
    "cs": ("Jméno,Příjmení,E-mailová adresa,Štítky,Souhlas", "fletc"),
    "hu": ("Vezetéknév,Keresztnév,E-mail cím,Hírlevél", "lfec"),
    "ru": ("Имя,Фамилия,Электронная почта,Подписка", "flec"),
    "ja": ("姓,名,メールアドレス,メルマガ", "lfec"),
}
LETTERS = {
    "e": "email",
    "n": "name",
    "f": "first_name",
    "l": "last_name",
    "t": "tags",
    "c": "consent",
    "o": "opt_out",
}


@pytest.mark.parametrize("tool", TOOLS)
def test_exports_of_tools_map_by_themselves(tool: str) -> None:
    header, expected = TOOLS[tool]
    sample = ["a@example.com,Anna,Berg,active,2026-01-01"] if tool == "mailerlite" else []
    assert mapped(header, sample) == expected


@pytest.mark.parametrize("language", LANGUAGES)
def test_languages(language: str) -> None:
    header, expected = LANGUAGES[language]
    found = mapped(header)
    assert [found.get(name) for name in header.split(",")] == [LETTERS.get(x) for x in expected]


@pytest.mark.parametrize(
    ("header", "sample", "expected"),
    [
        ("Name,Vorname,Email", [], "last_name"),
        ("Name,Vorname,Email", ["Berg,Anna,a@example.com"], "last_name"),
        ("Name,First Name,Email", ["Anna Berg,Anna,a@example.com"], "name"),
        ("Name,Surname,Email", ["Anna,Berg,a@example.com"], "first_name"),
        ("Name,Surname,Email", ["Anna Berg,Berg,a@example.com"], "name"),
        ("Name,First Name,Last Name,Email", [], "name"),
        ("Name,Email", [], "name"),
    ],
)
def test_a_name_is_what_stands_beside_it(header: str, sample: list[str], expected: str) -> None:
    found = mapped(header, sample)
    assert found["Name"] == expected
    # A lone half beside the full name would win over it in every row.
    assert (
        set(found.values()) & {"first_name", "last_name"} != {"first_name"}
    ) or expected != "name"


@pytest.mark.parametrize(
    ("sample", "expected"),
    [
        ([], "consent?"),
        (["open", "qualified"], "consent?"),
        (["subscribed", "unsubscribed"], "consent"),
        (["active", "inactive"], "consent"),
        (["odd", "cleaned"], "consent"),
    ],
)
def test_values_tell_what_a_status_is(sample: list[str], expected: str) -> None:
    assert (
        mapped("Email,Status", [f"a@example.com,{value}" for value in sample])["Status"] == expected
    )


def test_dates_do_not_decide_where_a_status_does() -> None:
    sample = ["a@example.com,active,2026-01-01,", "b@example.com,unsubscribed,2026-01-01,"]
    found = map_columns(
        ["Email", "Status", "Subscribed", "Opted in"], sample=[row.split(",") for row in sample]
    )
    assert {column.column: column.secondary for column in found.columns_of("consent")} == {
        "Status": False,
        "Subscribed": True,
        "Opted in": True,
    }
    assert found.describe()[2]["how"] == "blank says nothing"
    alone = map_columns(["Email", "Subscribed"], sample=[["a@example.com", "2026-01-01"]])
    assert not alone.columns_of("consent")[0].secondary


def test_a_short_phrase_is_consent_if_its_cells_are_answers() -> None:
    def found(*cells: str) -> tuple[bool, bool]:
        sample = [[f"{number}@example.com", cell] for number, cell in enumerate(cells)]
        column = map_columns(["Email", "Consent_Email__c"], sample=sample).fields[1]
        assert column.field == "consent"
        return column.lenient, column.secondary

    assert found("yes", "no", "") == (False, False)
    assert found("brochure", "catalogue", "none") == (True, False)
    assert found("", "") == (False, True)


@pytest.mark.parametrize(
    "column", ["Where you want to receive the newsletter", "We never share your email address"]
)
def test_addresses_are_not_an_answer_to_a_sentence(column: str) -> None:
    assert mapped(f"Email,{column}", ["a@example.com,a@example.com"]) == {"Email": "email"}


def test_who_has_unsubscribed_somebody_is_no_address_of_a_person() -> None:
    sample = ["a@example.com,", "b@example.com,admin@example.org"]
    assert mapped("Email,Unsubscribed by", sample)["Unsubscribed by"] == "opt_out"


def test_the_column_with_addresses_is_the_address() -> None:
    assert mapped("Email,Work Email", ["yes,a@example.com"])["Work Email"] == "email"
    assert mapped("Email,Work Email", ["a@example.com,b@example.com"])["Email"] == "email"
    assert mapped("Email,Email (2)", ["a@example.com,a@example.com"]) == {"Email": "email"}
    assert mapped("Person - Email - Work,Person - Email - Home", ["a@example.com,"]) == {
        "Person - Email - Work": "email"
    }


@pytest.mark.parametrize(
    "header",
    ["Person - Email - Work,Person - Email - Home", "Email,E-mail", "Email,Email (2)"],
)
@pytest.mark.parametrize("sample", [[], [","], ["a@example.com,b@example.com"]])
def test_two_equal_candidates_are_a_question_that_names_them(
    header: str, sample: list[str]
) -> None:
    columns, records = header.split(","), [row.split(",") for row in sample]
    asked = map_columns(columns, sample=records).undecided
    assert asked is not None
    assert asked.map == tuple(f"{name}=email" for name in columns)
    assert map_columns(columns, {columns[1]: "email"}, records).undecided is None


def test_without_an_email_column_the_error_lists_the_columns() -> None:
    with pytest.raises(MappingError, match=r"`Name`, `Login`.*--map COLUMN=email"):
        mapped("Name,Login")
    asked = map_columns(["Name", "Log in"], sample=[["Anna", "a@example.com"]]).undecided
    assert asked is not None
    assert asked.map == ("Log in=email",)


def test_data_in_place_of_the_header_are_noticed_and_not_shown() -> None:
    with pytest.raises(MappingError, match="no header") as caught:
        mapped("a@example.com,Anna")
    assert "a@example.com" not in str(caught.value)


def test_the_user_has_the_last_word() -> None:
    header = "Email,Login,First Name,Tags,Group,Newsletter,City,Nick,Day"
    given = {
        "login": "email",
        "Nick": "name",
        " GROUP ": "tags",
        "Newsletter": "-",
        "City": "custom:home_town",
        "Day": "day_of_cycle",
    }
    mapping = map_columns(header.split(","), given)
    assert fields(mapping) == {
        "Login": "email",
        "Tags": "tags",
        "Group": "tags",
        "City": "custom:home_town",
        "Nick": "name",
        "Day": "day_of_cycle",
    }
    assert mapping.unused == ("Email", "First Name", "Newsletter")
    assert mapping.custom_names == ["home_town"]
    assert mapping.width == 9


def test_an_exact_name_goes_before_a_similar_one() -> None:
    given = {"E-Mail": "email", "EMAIL": "custom:other"}
    assert fields(map_columns(["E-Mail", "EMAIL", "email"], given)) == given


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"Nope": "name"}, "there is no column `Nope`. The columns are `Email`, `e mail`, `Name`"),
        ({"": "name"}, "there is no column"),
        ({"e-mail": "name"}, "can be any of `Email`, `e mail`"),
        ({"Name": "nickname"}, "`nickname`, which is not a field. Fields are email, name"),
        ({"Name": "custom:NAME"}, "cannot be the name of a custom field"),
        ({"Name": "custom:"}, "cannot be the name of a custom field"),
        ({"Name": "custom:email"}, "cannot be the name of a custom field"),
        ({"Name": "email", "Email": "email"}, "are all mapped to `email`"),
        ({"Name": "name", "name": "last_name"}, "is mapped twice"),
        ({"Name": "custom:a", "Email": "custom:a"}, "are all mapped to `custom:a`"),
        ({"Name": ""}, "is not a field"),
    ],
)
def test_wrong_overrides_are_refused(given: dict[str, str], message: str) -> None:
    with pytest.raises(MappingError) as caught:
        map_columns(["Email", "e mail", "Name"], given)
    assert message in str(caught.value)


def test_every_field_can_be_given() -> None:
    columns = [f"x{number}" for number in range(len(FIELDS))]
    given = {**dict(zip(columns, FIELDS, strict=True)), "x10": "custom:name_1"}
    assert FIELDS[10] == "custom:NAME"
    assert FIELDS[11:] == ("refusals", "-")
    mapping = map_columns(columns, given)
    assert [column.field for column in mapping.fields] == [
        *FIELDS[:10],
        "custom:name_1",
        "refusals",
    ]
    assert all(column.origin == "given" for column in mapping.fields)


def test_what_was_understood_can_be_shown() -> None:
    mapping = map_columns(["Email", "Status", "City", "Zip"], {"City": "custom:city"})
    assert mapping.describe() == [
        {"column": "Email", "field": "email", "how": "recognised"},
        {"column": "Status", "field": "consent", "how": "only refusals count"},
        {"column": "City", "field": "custom:city", "how": "given"},
        {"column": "Zip", "field": "-", "how": "unused"},
    ]


def test_a_source_is_mapped_with_a_look_at_its_records(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("Email,Status\n\n,\na@example.com,subscribed\n")
    assert fields(map_source(open_source(path)))["Status"] == "consent"
    with pytest.raises(MappingError, match=r"^people.csv: there is no column"):
        map_source(open_source(path), {"x": "name"})


def test_notes_exclude_whoever_they_say_refuses() -> None:
    table = [["Email", "Notes", "Labels"]]
    table += [["a@example.com", "met at the fair", "vip"], ["b@example.com", "no e-mails!", "vip"]]
    table += [["c@example.com", "", "vip, unsubscribed"]]
    given = {"Notes": "refusals", "Labels": "tags+refusals"}
    mapping = map_columns(table[0], given)
    rows = list(compile_reader(mapping).prepare(enumerate(table[1:], start=2)))
    assert [row.reason for row in rows] == [None, "opted_out", "opted_out"]
    assert rows[0].contact is not None
    assert rows[0].contact.tags == ("vip",)
    assert {row["how"] for row in mapping.describe()[1:]} == {"only refusals count"}


@pytest.mark.parametrize("field", ["email", "consent", "opt_out", "-"])
def test_a_column_of_answers_is_none_of_notes(field: str) -> None:
    with pytest.raises(MappingError, match="two things"):
        map_columns(["Email", "x"], {"x": f"{field}+refusals"})
