"""What each tag takes.  Source: GetResponse, Dynamic Content, sections 3 to 8."""

from __future__ import annotations

from dataclasses import dataclass

VALUES = frozenset({"PREDEFINED", "CONTACT", "CUSTOM", "GEO"})
"""Tags that print a value; they may stand inside the address of LINK and EXTERNAL."""
SYSTEM_LINKS = frozenset({"me", "view", "forward", "play", "confirm"})
OBSOLETE_LINKS = {
    "change_details": "Use {{LINK `me`}}, where people change their details and unsubscribe.",
    "unsubscribe": "Use {{LINK `me`}}, where people change their details and unsubscribe.",
    "next": "GetResponse has removed it: leave it out.",
}
SOCIAL_LINKS = frozenset(
    f"social_{name}"
    for name in [
        "digg",
        "facebook",
        "googleplus",
        "linkedin",
        "myspace",
        "twitter",
        "buzz",
        "pinterest",
    ]
)


@dataclass(frozen=True)
class Kind:
    """A tag's arguments.

    Attributes:
        least: Arguments that it needs.
        most: Arguments that it takes.
        usage: How it is written.
    """

    least: int
    most: int
    usage: str


KINDS = {
    "PREDEFINED": Kind(1, 1, "{{PREDEFINED `name`}}"),
    "CONTACT": Kind(1, 2, "{{CONTACT `subscriber_name` `default`}}"),
    "CUSTOM": Kind(1, 2, "{{CUSTOM `field_name` `default`}}"),
    "GEO": Kind(1, 2, "{{GEO `city` `default`}}"),
    "ADDED_ON": Kind(1, 1, "{{ADDED_ON `YEAR-MONTH-DAY`}}"),
    "DATE": Kind(1, 2, "{{DATE `YEAR-MONTH-DAY` `+10 DAY`}}"),
    "TIMER": Kind(3, 3, "{{TIMER `2027-01-01` `future` `past`}}"),
    "RANDOM": Kind(1, 1_000, "{{RANDOM `one text` `another`}}"),
    "CURRENCY": Kind(2, 2, "{{CURRENCY `12.50` `PLN`}}"),
    "LINK": Kind(1, 2, "{{LINK `https://shop.example/` `label`}}"),
    "EXTERNAL": Kind(1, 1, "{{EXTERNAL `https://shop.example/offer.html`}}"),
    "INTERNAL": Kind(1, 1, "{{INTERNAL `body`}}"),
    "IF": Kind(1, 1, "{{IF `(city STRING_EQ 'Gdansk')`}}"),
    "ELSIF": Kind(1, 1, "{{ELSIF `(city STRING_EQ 'Gdansk')`}}"),
    "ELSE": Kind(0, 0, "{{ELSE}}"),
    "ENDIF": Kind(0, 0, "{{ENDIF}}"),
}
