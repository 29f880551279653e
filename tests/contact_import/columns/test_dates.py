"""Dates that there were, dates that no calendar has, and dates that mean never."""

from __future__ import annotations

import pytest

from prefect_getresponse.contact_import.columns import consent, dates

NEVER = [
    "0001-01-01",
    "0001-01-01T00:00:00",
    "1900-01-00",
    "00/01/1900",
    "1899-12-30",
    "01/01/1900",
    "1753-01-01",
    "1970-01-01 00:00:00",
    "00.00.0000",
    "0000-00-00",
    "9999-12-31",
]
IMPOSSIBLE = ["31/02/2026", "2026-13-40", "2026-00-10", "30.02.2025 10:00"]


@pytest.mark.parametrize("cell", NEVER)
def test_the_day_that_programs_write_for_never_is_no_answer(cell: str) -> None:
    assert dates.is_never(cell)
    assert consent.agreement(cell) == "silent"
    assert consent.refusal(cell) in ("silent", "no")


@pytest.mark.parametrize("cell", IMPOSSIBLE)
def test_a_day_that_no_calendar_has_is_neither_yes_nor_no(cell: str) -> None:
    assert not dates.is_date(cell)
    assert not dates.is_never(cell)
    assert consent.agreement(cell) == "unknown"
    assert consent.refusal(cell) == "unknown"


@pytest.mark.parametrize("cell", ["31/01/2026", "01/31/2026", "29.02.2024", "1/1/00", "3.4.26"])
def test_a_day_of_either_order_is_one(cell: str) -> None:
    assert dates.is_date(cell)


@pytest.mark.parametrize(
    "cell", ["3 lutego 2026", "1er mars 2026", "20260131", "1 de mayo de 2026"]
)
def test_dates_of_other_languages_are_seen_as_such(cell: str) -> None:
    assert dates.is_any_date(cell) or dates.beside_date(cell) is None


@pytest.mark.parametrize(
    ("cell", "answer"),
    [
        ("Subscribed on 2024-01-01", "yes"),
        ("opt-in 2024-01-01", "yes"),
        ("Yes 31/02/2024", "unknown"),
        ("Email (stopped)", "no"),
        ("email;sms;STOP", "no"),
        ("DNC: email", "no"),
        ('{"email": true, "sms": false}', "yes"),
        ('{"email": null, "sms": true}', "silent"),
        ('{"email": false, "sms": true}', "no"),
        ('{"sms": true}', "unknown"),
        ('{"email": {"other": "yes"}}', "unknown"),
        ('{"email": {"subscribed": true}}', "yes"),
        ('{"email": {"state": "unsubscribed"}}', "no"),
        ('{"email": {"state": "yes", "consent": "no"}}', "unknown"),
        ("{'email': False, 'sms': True}", "no"),
        ("{'email': True, 'sms': None}", "yes"),
        ("{[1]: 'x'}", "unknown"),
        ("-1", "yes"),
        ("\x01", "yes"),
        ("\x00", "no"),
        ("b'\\x01'", "yes"),
        ("✔\ufe0f", "yes"),
        ("☑\ufe0e", "yes"),
        ("Not Checked", "no"),
        ("no,_thanks", "no"),
        ("zint", "unknown"),
    ],
)
def test_what_cells_of_consent_say(cell: str, answer: str) -> None:
    assert consent.agreement(cell) == answer
