"""Rows as they would be sent, to see at a glance whether columns are what they were taken for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from prefect_getresponse.client.privacy.masking import mask
from prefect_getresponse.contact_import.rows.contacts import custom_values, unpack
from prefect_getresponse.contact_import.rows.validation import Contact

ROWS = 10
"""Rows of a preview."""


def preview(rows: Iterable[tuple[int, str]], *, whole: bool) -> list[dict[str, Any]]:
    """Return rows with what is sent of each.

    Args:
        rows: Rows of the plan: their ordinals, and their contacts as `pack` writes them.
        whole: Show addresses, names and values as they are; else only how they begin.
    """
    return [_shown(row, unpack(contact), whole=whole) for row, contact in rows]


def _shown(row: int, contact: Contact, *, whole: bool) -> dict[str, Any]:
    fields = {name: ", ".join(values) for name, values in custom_values(contact).items()}
    others = {
        "ip_address": contact.ip_address,
        "day_of_cycle": contact.day_of_cycle,
        "scoring": contact.scoring,
    }
    fields |= {name: str(value) for name, value in others.items() if value is not None}
    name = contact.name or ""
    return {
        "row": row,
        "email": contact.email if whole else mask(contact.email),
        "name": name if whole else " ".join(map(_beginning, name.split())),
        "tags": list(contact.tags),
        "fields": fields if whole else {key: _beginning(value) for key, value in fields.items()},
    }


def _beginning(text: str) -> str:
    return f"{text[:1]}***" if text else ""
