"""Made-up customers for benchmarks, the same at every run."""

from __future__ import annotations

import csv
from pathlib import Path

_NAMES = ("Anna", "Jörg", "Zoë", "Jan", "Łucja")
_SURNAMES = ("Nowak", "Müller", "O'Neil, Jr.", "Ng")
_TAGS = ("vip, west", "new", "")
_CONSENT = ("yes", "yes", "yes", "no")
COLUMNS = ("Email Address", "First Name", "Last Name", "City", "Tags", "Marketing Consent")


def write_customers(path: Path, rows: int) -> None:
    """Write a CSV file of customers; one address in 50 comes twice, one in 100 is invalid.

    Args:
        path: Where to.
        rows: Number of customers.
    """
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows(_customer(number) for number in range(rows))


def write_people(path: Path, rows: int) -> None:
    """Write a CSV file of people, each with a valid address of their own.

    Args:
        path: Where to.
        rows: Number of people.
    """
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("Email", "Name", "City"))
        writer.writerows(_person(number) for number in range(rows))


def _person(number: int) -> tuple[str, ...]:
    email, first, last, city, *_ = _customer(100 * number + 1)
    return email, f"{first} {last}", city


def _customer(number: int) -> tuple[str, ...]:
    # Multiplying by a prime spreads the addresses, so that no index is filled in order.
    person = (number - 25 if number % 50 == 49 else number) * 7_919 % 99_999_989
    at = "@" if number % 100 else " at "
    return (
        f"Person.{person}{at}example{person % 97}.com",
        _NAMES[person % len(_NAMES)],
        _SURNAMES[person % len(_SURNAMES)],
        "Gdańsk" if person % 2 else "Berlin",
        _TAGS[person % len(_TAGS)],
        _CONSENT[person % len(_CONSENT)],
    )
