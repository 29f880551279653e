"""The decision about each row, branch by branch."""

from __future__ import annotations

import json
from typing import Any

import pytest

from prefect_getresponse.contact_import.ledger import Person
from prefect_getresponse.contact_import.options import Mode
from prefect_getresponse.contact_import.planning.decision import (
    decide,
    decide_steps,
    needs_details,
    steps_to,
)
from prefect_getresponse.contact_import.planning.exclusions import Exclusions
from prefect_getresponse.contact_import.rows.contacts import pack
from prefect_getresponse.contact_import.rows.validation import Contact

KEY = "jane@example.com"


def contact(**values: Any) -> Contact:
    fields: dict[str, Any] = {
        "email": KEY,
        "name": "Jane",
        "tags": (),
        "custom": (),
        "ip_address": None,
        "day_of_cycle": None,
        "scoring": None,
    }
    return Contact(**(fields | values))


def person(said: Contact | None = None, **known: Any) -> Person:
    text, digest = pack(said or contact())
    fields: dict[str, Any] = dict.fromkeys(Person._fields) | {
        "row": 2,
        "key": KEY,
        "contact": text,
        "hash": digest,
    }
    if known.get("last_state"):
        fields["last_hash"] = digest
    return Person(**(fields | known))


LISTED: dict[str, Any] = {"listed_id": "c1", "listed_name": "Jane"}
TAGGED = contact(tags=("vip",))


@pytest.mark.parametrize(
    ("known", "mode", "expected"),
    [
        (person(), "add_and_update", ("add", None, None)),
        (person(), "add_only", ("add", None, None)),
        (person(**LISTED), "add_only", (None, "already_present", None)),
        (person(**LISTED), "add_and_update", (None, "unchanged", None)),
        (person(contact(name="New"), **LISTED), "add_and_update", ("update", None, None)),
        (person(contact(name=None), **LISTED), "add_and_update", (None, "unchanged", None)),
        (person(TAGGED, **LISTED), "add_and_update", ("compare", None, None)),
        (person(TAGGED, **LISTED, last_state="seen"), "add_and_update", (None, "unchanged", None)),
        (person(TAGGED, **LISTED, last_state="sent"), "add_and_update", (None, "unchanged", None)),
        (
            person(TAGGED, **LISTED, last_state="seen", last_hash="other"),
            "add_and_update",
            ("compare", None, None),
        ),
        # Whoever was dropped before and is there now may have come another way.
        (
            person(TAGGED, **LISTED, last_state="unsure"),
            "add_and_update",
            ("compare", None, None),
        ),
        (
            person(TAGGED, **LISTED, last_state="rejected"),
            "add_and_update",
            ("compare", None, None),
        ),
        (person(unconfirmed=KEY), "add_and_update", (None, "awaiting_confirmation", None)),
        (
            person(removed_for="unsubscribe"),
            "add_and_update",
            (None, "excluded", "removed_unsubscribe"),
        ),
        (person(removed_for="bounce"), "add_only", (None, "excluded", "removed_bounce")),
        # On the list again: the removal is over.
        (person(**LISTED, removed_for="bounce"), "add_and_update", (None, "unchanged", None)),
        (person(last_state="sent"), "add_and_update", ("await", None, None)),
        (person(last_state="unsure"), "add_and_update", ("await", None, None)),
        (person(last_state="sent", last_hash="other"), "add_and_update", ("add", None, None)),
        (
            person(last_state="rejected", last_reason="rejected_by_api"),
            "add_and_update",
            (None, "rejected", "rejected_by_api"),
        ),
        (person(last_state="rejected", last_hash="other"), "add_and_update", ("add", None, None)),
        (person(last_state="seen"), "add_and_update", ("add", None, None)),
        (
            person(last_state="sent", removed_for="complaint"),
            "add_and_update",
            (None, "excluded", "removed_complaint"),
        ),
    ],
)
def test_decide(known: Person, mode: Mode, expected: tuple[str | None, ...]) -> None:
    decision = decide(known, mode, Exclusions())

    assert (decision.action, decision.verdict, decision.reason) == expected
    assert decision.row == known.row


@pytest.mark.parametrize(
    ("now", "expected"),
    [(699.0, (None, "not_visible_yet", "earlier_in_queue")), (700.0, ("add", None, None))],
)
def test_whoever_may_be_on_the_way_is_not_sent_anew(
    now: float, expected: tuple[str | None, ...]
) -> None:
    known = person(last_state="sent", last_hash="other", last_at=100.0)

    decision = decide(known, "add_and_update", Exclusions(), now, settle_seconds=600.0)

    assert (decision.action, decision.verdict, decision.reason) == expected


@pytest.mark.parametrize("known", [person(), person(**LISTED), person(unconfirmed=KEY)])
@pytest.mark.parametrize("mask", [KEY, "@example.com"])
def test_an_excluded_address_is_refused_whatever_else_is_known(known: Person, mask: str) -> None:
    decision = decide(known, "add_and_update", Exclusions({mask: "suppressed"}))

    assert (decision.verdict, decision.reason) == ("excluded", "suppressed")


@pytest.mark.parametrize("mask", ["example.com", "@sub.example.com", "ne@example.com", "@com"])
def test_a_mask_is_a_whole_address_or_a_whole_domain(mask: str) -> None:
    assert Exclusions({mask: "suppressed"}).reason(KEY) is None


@pytest.mark.parametrize(
    ("said", "details", "steps"),
    [
        (contact(), {"name": "Jane"}, []),
        (contact(name="Other"), {"name": "Jane"}, ["attributes"]),
        (contact(name=None), {"name": "Jane"}, []),
        (contact(scoring=5.0), {"name": "Jane", "scoring": 5}, []),
        (contact(scoring=6.0), {"name": "Jane", "scoring": 5}, ["attributes"]),
        (contact(day_of_cycle=0), {"name": "Jane", "dayOfCycle": "0"}, []),
        (contact(day_of_cycle=3), {"name": "Jane", "dayOfCycle": None}, ["attributes"]),
        (TAGGED, {"name": "Jane", "tags": [{"name": "vip"}, {"name": "other"}]}, []),
        (TAGGED, {"name": "Jane", "tags": [{"name": "other"}]}, ["tags"]),
        (
            contact(custom=(("size", "M"),)),
            {"name": "Jane", "customFieldValues": [{"name": "size", "value": ["M"]}]},
            [],
        ),
        (
            contact(custom=(("size", "M"),)),
            {"name": "Jane", "customFieldValues": [{"name": "size", "value": ["L"]}]},
            ["custom_fields"],
        ),
        (
            contact(name="X", custom=(("size", "M"),), tags=("vip",)),
            {},
            ["attributes", "custom_fields", "tags"],
        ),
    ],
)
def test_only_what_differs_is_sent(
    said: Contact, details: dict[str, Any], steps: list[str]
) -> None:
    assert steps_to(said, details) == steps
    decision = decide_steps(2, "c1", steps)
    assert (decision.verdict == "unchanged") is (steps == [])
    assert json.loads(decision.steps or "[]") == steps


@pytest.mark.parametrize(
    ("said", "needed"),
    [
        (contact(), False),
        (contact(ip_address="192.0.2.1"), False),  # set when added, never changed
        (TAGGED, True),
        (contact(custom=(("size", "M"),)), True),
        (contact(scoring=0.0), True),
        (contact(day_of_cycle=0), True),
    ],
)
def test_details_are_read_only_for_what_listings_do_not_show(said: Contact, needed: bool) -> None:
    assert needs_details(said) is needed
