"""A limit: the first people that the plan would send, and a look at them beforehand."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.contact_import.lab import Lab, counted

PEOPLE = [f"person{number}@example.com" for number in range(6)]


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    found = Lab(tmp_path)
    found.write([(email, "Name", "vip") for email in PEOPLE])
    return found


def test_only_the_first_are_sent_and_the_rest_by_the_next_run(lab: Lab) -> None:
    report = lab.run(limit=2)
    assert counted(report) == {"added": 2, "planned": 4}
    assert report.reasons["planned"] == {"over_limit": 4}
    assert report.problem is None
    assert lab.subscribed == set(PEOPLE[:2])

    assert counted(lab.run(limit=3)) == {"unchanged": 2, "added": 3, "planned": 1}
    assert counted(lab.run()) == {"unchanged": 5, "added": 1}


def test_people_with_nothing_to_send_do_not_count(lab: Lab) -> None:
    lab.add_people(PEOPLE[0], name="Name")
    lab.add_people(PEOPLE[1], name="Another")
    lab.write(
        [(PEOPLE[0], "Name", ""), (PEOPLE[1], "Name", ""), *[(p, "", "") for p in PEOPLE[2:]]]
    )
    report = lab.run(limit=2)
    assert counted(report) == {"unchanged": 1, "updated": 1, "added": 1, "planned": 3}
    assert lab.members[PEOPLE[1]]["name"] == "Name"


@pytest.mark.parametrize("limit", [6, 100])
def test_a_limit_that_is_not_reached_changes_nothing(lab: Lab, limit: int) -> None:
    assert counted(lab.run(limit=limit)) == {"added": 6}


def test_the_plan_shows_the_first_rows_as_they_would_be_sent(lab: Lab) -> None:
    lab.api(
        "POST",
        "/custom-fields",
        {"name": "city", "type": "string", "format": "text", "hidden": "false", "values": []},
    )
    rows = [
        (f"jane{number}@example.com", "Jane", "Doe", "a b, vip", "Oslo") for number in range(12)
    ]
    lab.write(rows, "Email,First Name,Last Name,Tags,City")

    masked = lab.run(dry_run=True, mapping="City=custom:city")
    whole = lab.run(dry_run=True, mapping="City=custom:city", show_addresses=True)

    assert [row["row"] for row in masked.preview] == list(range(2, 12))
    assert masked.preview[0] == {
        "row": 2,
        "email": "j***@example.com",
        "name": "J*** D***",
        "tags": ["a_b", "vip"],
        "fields": {"city": "O***"},
    }
    assert whole.preview[0] | {"tags": []} == {
        "row": 2,
        "email": "jane0@example.com",
        "name": "Jane Doe",
        "tags": [],
        "fields": {"city": "Oslo"},
    }
    assert "jane0" not in masked.markdown()
    assert "| 2 | jane0@example.com | Jane Doe | a\\_b, vip | city: Oslo |" in whole.markdown()


def test_custom_fields_that_are_missing_are_created_if_asked(lab: Lab) -> None:
    lab.write([("a@example.com", "Oslo")], "Email,City")
    plan = lab.run(mapping="City=custom:city", create_fields=True, dry_run=True)
    assert counted(plan) == {"planned": 1}
    assert ("POST", "/v3/custom-fields") not in lab.writes

    for _ in range(2):
        lab.run(mapping="City=custom:city", create_fields=True)
    assert lab.writes.count(("POST", "/v3/custom-fields")) == 1
    [body] = [body for _, path, body in lab.wire.bodies if path == "/v3/contacts"]
    assert body["customFieldValues"][0]["value"] == ["Oslo"]
