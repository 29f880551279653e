"""Each route turns the rows of a chunk into calls, and says what their success means."""

from __future__ import annotations

import json

import pytest

from prefect_getresponse.contact_import.ledger import Contacts, RowToSend
from prefect_getresponse.contact_import.routes import ROUTES, imports
from prefect_getresponse.contact_import.rows.contacts import Ids, pack
from prefect_getresponse.contact_import.rows.validation import Contact
from prefect_getresponse.contact_import.verdicts import Verdict

IDS = Ids("L", {"city": "F1", "size": "F2"}, {"vip": "T1", "new": "T2"})
BARE = Contact("jo@example.com", None, (), (), None, None, None)
FULL = Contact(
    "jo@example.com",
    "Jo Doe",
    ("vip", "new"),
    (("city", "Gdynia"), ("size", "S"), ("size", "M")),
    "192.0.2.1",
    3,
    1.5,
)
VALUES = [
    {"customFieldId": "F1", "value": ["Gdynia"]},
    {"customFieldId": "F2", "value": ["S", "M"]},
]


def row(contact: Contact, number: int = 2, steps: list[str] | None = None) -> RowToSend:
    packed, _ = pack(contact)
    return RowToSend(number, contact.email, packed, "C1", json.dumps(steps) if steps else None)


def test_a_batch_is_one_call_for_all() -> None:
    [call] = ROUTES["batch"].requests([row(BARE), row(FULL, 3)], IDS)

    assert (call.endpoint, call.budgets) == ("POST /contacts/batch", ("contacts/batch",))
    assert call.body == {
        "campaignId": "L",
        "contacts": [
            {"email": "jo@example.com"},
            {
                "email": "jo@example.com",
                "name": "Jo Doe",
                "ipAddress": "192.0.2.1",
                "dayOfCycle": "3",
                "scoring": 1.5,
                "customFieldValues": VALUES,
                "tags": {"ids": ["T1", "T2"]},
            },
        ],
    }


def test_contacts_go_one_a_call_with_what_the_row_says_and_no_more() -> None:
    bare, full = ROUTES["contacts"].requests([row(BARE), row(FULL, 3)], IDS)

    assert bare.endpoint == full.endpoint == "POST /contacts"
    assert bare.body == {"email": "jo@example.com", "campaign": {"campaignId": "L"}}
    assert full.body == {
        "email": "jo@example.com",
        "campaign": {"campaignId": "L"},
        "name": "Jo Doe",
        "ipAddress": "192.0.2.1",
        "dayOfCycle": "3",
        "scoring": 1.5,
        "customFieldValues": VALUES,
        "tags": [{"tagId": "T1"}, {"tagId": "T2"}],
    }


@pytest.mark.parametrize(
    ("step", "path", "body"),
    [
        ("attributes", "/contacts/C1", {"name": "Jo Doe", "dayOfCycle": "3", "scoring": 1.5}),
        ("tags", "/contacts/C1/tags", {"tags": [{"tagId": "T1"}, {"tagId": "T2"}]}),
        ("custom_fields", "/contacts/C1/custom-fields", {"customFieldValues": VALUES}),
    ],
)
def test_an_update_makes_the_calls_that_the_plan_found(step: str, path: str, body: object) -> None:
    [call] = ROUTES["update"].requests([row(FULL, steps=[step])], IDS)

    assert (call.method, call.path, call.body) == ("POST", path, body)


def test_an_update_that_differs_in_nothing_makes_no_call() -> None:
    assert ROUTES["update"].requests([row(FULL)], IDS) == []


def test_only_what_sets_absolute_values_may_be_made_again_and_knows_its_verdict() -> None:
    for name, route in ROUTES.items():
        assert route.name == name
        assert (route.verdict is Verdict.UPDATED) is route.repeatable
    assert [name for name, route in ROUTES.items() if route.repeatable] == ["update"]


def test_an_import_has_the_columns_that_its_last_contacts_fill_too() -> None:
    late = Contact("late@example.com", "Late", ("vip",), (("size", "M"),), "192.0.2.9", None, None)
    many = [Contact(f"p{n}@example.com", None, (), (), None, None, None) for n in range(1_500)]
    packed = [pack(contact)[0] for contact in [*many, late]]

    texts = [",".join(packed[:1_000]), ",".join(packed[1_000:])]

    body = json.loads(imports.request(texts, "L", new_people=True).body)
    known = json.loads(imports.request(texts, "L", new_people=False).body)

    assert body["fieldMapping"] == ["email", "ip", "name", "size", "tag:vip"]
    assert body["contacts"][-1] == ["late@example.com", "192.0.2.9", "Late", "M", "1"]
    assert body["contacts"][1_000] == ["p1000@example.com", "", "", "", "0"]
    assert len(body["contacts"]) == len(packed)
    assert known["fieldMapping"] == ["email", "name", "size", "tag:vip"]


def test_an_import_is_cut_at_the_same_row_however_many_are_taken_at_once() -> None:
    packed = pack(Contact("p@example.com", "Jo", (), (("city", "Gdynia"),), None, None, None))[0]
    rows = [2 * number for number in range(1, 2_501)]
    a_row = len(b'["p@example.com","","Jo","Gdynia"],')

    def read(after: int, size: int) -> Contacts | None:
        some = [row for row in rows if row > after][:size]
        text = ",".join([packed] * len(some))
        return Contacts(some[0], some[-1], len(some), text) if some else None

    cut = list(imports.cut(read, ["city"], 1_300 * a_row + 1_100))

    kept = [(last - first) // 2 + 1 for first, last in cut]
    assert kept[0] in range(1_300, 1_304)
    assert sum(kept) == len(rows)
    assert (cut[0][0], cut[-1][1]) == (2, 5_000)
    assert cut[1][0] == cut[0][1] + 2
