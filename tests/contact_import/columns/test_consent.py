import pytest

from prefect_getresponse.contact_import.columns import consent, dates

YES = "yes Yes TRUE true 1 1.0 -1 SUBSCRIBED opted-in Opted_In ja Oui sí SIM tak ano да はい WAHR"
NO = "no FALSE 0 0.0 nein non não nie nej ei нет いいえ FALSCH"
UNKNOWN = [
    "",
    " ",
    "maybe",
    "?",
    "2",
    "10",
    "unknown",
    "n/a",
    "pending",
    "not yes",
    "0000-00-00",
]
DENIED = [
    "UNSUBSCRIBED",
    "NEVER_SUBSCRIBED",
    "nonSubscribed",
    "not_subscribed",
    "cleaned",
    "Abgemeldet",
]


@pytest.mark.parametrize(
    "cell", [*YES.split(), " yes\u00a0", "Double Opt-In", "x", "email", "Active"]
)
def test_consent_is_a_clear_yes(cell: str) -> None:
    assert consent.granted(cell)


@pytest.mark.parametrize("cell", [*NO.split(), *UNKNOWN, *DENIED, "inactive", "désabonné"])
def test_anything_else_is_no_consent(cell: str) -> None:
    assert not consent.granted(cell)


@pytest.mark.parametrize("cell", [*NO.split(), "", "  ", "Subscribed", "Allow"])
def test_no_or_nothing_is_no_opt_out(cell: str) -> None:
    assert not consent.opted_out(cell)


@pytest.mark.parametrize("cell", [*YES.split()[:6], "maybe", "2026-01-01", "Do Not Allow", *DENIED])
def test_anything_else_is_an_opt_out(cell: str) -> None:
    # "SUBSCRIBED" in an opt-out column speaks of the subscription to e-mail, not to the opt-out.
    assert consent.opted_out(cell)


def test_a_status_refuses_only_by_known_words() -> None:
    assert all(map(consent.unsubscribed, DENIED))
    assert not any(map(consent.unsubscribed, ["", "open", "Active", "yes", "no", "new", "pending"]))


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["subscribed", "", "unsubscribed"], True),
        (["open", "unsubscribed"], True),
        (["active", "inactive", "Active"], True),
        (["abonné", "désabonné"], True),
        (["open", "in_progress"], False),
        (["Active", "Closed won"], False),
        (["Active", "New"], False),
        (["", ""], False),
        ([], False),
    ],
)
def test_values_tell_what_a_status_is_about(cells: list[str], expected: bool) -> None:
    assert consent.is_about_subscription(cells) == expected


@pytest.mark.parametrize(
    "cell",
    [
        "2026-01-01",
        "2026-02-03 10:00:00",
        "3.4.2026",
        "1/31/26",
        "Jan 5, 2026 10:00 AM",
        "5 January 2026",
        "2026-01-01T00:00Z",
        "2026-01-01T00:00:00.000+02:00",
        "2026/01/31 10:00:00 PM GMT+1",
        "1767225600",
    ],
)
def test_a_date_says_since_when_somebody_agrees(cell: str) -> None:
    assert dates.is_date(cell)
    assert consent.granted(cell)
    assert consent.opted_out(cell)


@pytest.mark.parametrize(
    "cell",
    [
        "Yes, please",
        "Yes (double opt-in)",
        "Subscribed (web form)",
        "Tak, wyra\u017cam zgod\u0119",
        "Ja, ich m\u00f6chte den Newsletter",
        "I would like to receive the newsletter by e-mail",
        "I agree to receive the newsletter, and can unsubscribe at any time",
        '["email", "web"]',
        "['email']",
        "Email, Direct Mail",
        "email, sms",
    ],
)
def test_a_clear_yes_may_say_more(cell: str) -> None:
    assert consent.granted(cell)


@pytest.mark.parametrize(
    "cell",
    [
        "Yes, but not by email",
        "yes / no",
        "Yes (SMS)",
        '["sms"]',
        "[]",
        "SMS: yes, email: no",
        "Subscribed (pending)",
        "Unsubscribed, yes",
        "No, thanks",
        "Nie, dzi\u0119kuj\u0119",
        "I do not want to receive the newsletter by email",
        "Ich m\u00f6chte keinen Newsletter erhalten",
        "maybe, yes",
        "2026-01-01 - unsubscribed",
        "Email (expired)",
        "Yes, please" + " and more" * 200,
        "1, 0",
        "[ ] email",
        "( ) email",
        "\u2610 Newsletter",
        "email: null",
        "email: unknown",
        "E-Mail: offen",
        "email=0",
        "Ja (nur Post)",
        "oui, sauf e-mail",
        "si, tranne email",
        "tak, opr\u00f3cz e-mail",
        "yes, except e-mail",
    ],
)
def test_words_around_a_yes_can_undo_it(cell: str) -> None:
    assert not consent.granted(cell)


@pytest.mark.parametrize("no", ["unsubscribed", "opted out", "nein", "pending", "SMS only"])
@pytest.mark.parametrize("yes", ["yes", "email", "subscribed", "2026-01-01", "Yes, please"])
def test_a_yes_beside_a_no_is_no_clear_yes(yes: str, no: str) -> None:
    forms = ["{} ({})", "{}, {}", "{} - {}", "{}/{}", "['{}', '{}']", "{}: {}", "{} {}"]
    cells = [form.format(*pair) for form in forms for pair in ((yes, no), (no, yes))]
    assert not [cell for cell in cells if consent.granted(cell)]


@pytest.mark.parametrize("cell", ["NULL", "\\N", "0000-00-00 00:00:00", "[]", "-", "n/a", "never"])
def test_what_databases_write_for_nothing_is_no_opt_out(cell: str) -> None:
    assert not consent.opted_out(cell)
    assert consent.is_silent(cell)


@pytest.mark.parametrize(
    "cell", ["Unsubscribed by user", "Bounced (hard)", "Opted out - link", "spam_reported"]
)
def test_a_status_may_say_why(cell: str) -> None:
    assert consent.unsubscribed(cell)
    assert consent.is_about_subscription(["Customer", cell])


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["yes", "no", ""], True),
        (["Email, SMS", "SMS", "Email"], True),
        (["News", "Offers", "yes"], False),
        (["1", "0", "7", "12", "31"], False),
        (["", ""], False),
    ],
)
def test_cells_tell_whether_a_column_holds_answers(cells: list[str], expected: bool) -> None:
    assert consent.are_answers(cells) == expected
