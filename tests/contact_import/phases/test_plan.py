"""Who is added, changed, left alone and refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.contact_import.lab import Lab, counted

PERSON = "jane@example.com"


def writes_of_import(lab: Lab, **options: Any) -> list[tuple[str, str]]:
    """Run an import, and return the writing calls that it made: method and path."""
    before = len(lab.writes)
    lab.run(**options)
    return lab.writes[before:]


# Whom not to write to ------------------------------------------------------------------------


@pytest.mark.parametrize("reason", ["unsubscribe", "complaint", "bounce", "blacklisted", "cleaner"])
def test_somebody_who_left_is_refused(lab: Lab, reason: str) -> None:
    lab.add_people(PERSON)
    lab.remove(PERSON, reason)
    lab.write([(PERSON, "Jane", ""), ("new@example.com", "New", "")])

    report = lab.run()

    assert counted(report) == {"added": 1, "excluded": 1}
    assert report.reasons["excluded"] == {f"removed_{reason}": 1}
    assert lab.subscribed == {"new@example.com"}
    assert PERSON not in lab.wire.accepted
    assert report.problem is None


@pytest.mark.parametrize("reason", ["api", "user", "automation", "support"])
def test_somebody_whom_the_owner_removed_is_added_again(lab: Lab, reason: str) -> None:
    lab.add_people(PERSON)
    lab.remove(PERSON, reason)
    lab.write([(PERSON, "Jane", "")])

    assert counted(lab.run()) == {"added": 1}
    assert lab.subscribed == {PERSON}


def test_somebody_who_leaves_after_an_import_is_refused_by_the_next(lab: Lab) -> None:
    lab.write([(PERSON, "Jane", "")])
    lab.run()
    assert lab.subscribed == {PERSON}
    lab.remove(PERSON, "unsubscribe")

    report = lab.run()

    assert report.reasons["excluded"] == {"removed_unsubscribe": 1}
    assert lab.subscribed == set()


@pytest.mark.parametrize("mask", [PERSON, "JANE@example.com", "@example.com"])
@pytest.mark.parametrize(
    ("place", "reason"),
    [
        ("account", "blocklisted_in_account"),
        ("list", "blocklisted_in_list"),
        ("suppression", "suppressed"),
    ],
)
def test_blocklists_and_suppressions_refuse(lab: Lab, mask: str, place: str, reason: str) -> None:
    match place:
        case "account":
            lab.api("POST", "/accounts/blocklists", {"masks": [mask]})
        case "list":
            lab.api("POST", f"/campaigns/{lab.campaign_id}/blocklists", {"masks": [mask]})
        case _:
            lab.api("POST", "/suppressions", {"name": "never", "masks": [mask]})
    lab.write([(PERSON, "Jane", ""), ("other@example.org", "Other", "")])

    report = lab.run()

    assert counted(report) == {"added": 1, "excluded": 1}
    assert report.reasons["excluded"] == {reason: 1}
    assert lab.wire.accepted == {"other@example.org": 1}


def test_people_of_a_double_opt_in_list_must_confirm(double_lab: Lab) -> None:
    lab = double_lab
    lab.write([(PERSON, "Jane", ""), ("john@example.com", "John", "")])

    assert counted(lab.run()) == {"awaiting_confirmation": 2}
    lab.confirm(PERSON)
    assert counted(lab.run()) == {"awaiting_confirmation": 1, "unchanged": 1}
    lab.confirm("john@example.com")
    assert counted(lab.run()) == {"unchanged": 2}
    assert set(lab.wire.accepted.values()) == {1}


def test_what_changes_before_somebody_confirms_is_sent_afterwards(double_lab: Lab) -> None:
    lab = double_lab
    lab.write([(PERSON, "Jane", "")])
    lab.run()
    lab.write([(PERSON, "Jane Smith", "")])
    assert counted(lab.run()) == {"awaiting_confirmation": 1}
    lab.confirm(PERSON)

    assert counted(lab.run()) == {"updated": 1}
    assert lab.members[PERSON]["name"] == "Jane Smith"


def test_what_changes_while_somebody_is_in_the_queue_is_sent_afterwards(lab: Lab) -> None:
    lab.write([(PERSON, "Jane", "")])
    lab.run(verify=False)
    lab.write([(PERSON, "Jane Smith", "")])

    report = lab.run(verify=False)

    assert report.reasons["not_visible_yet"] == {"earlier_in_queue": 1}
    assert lab.wire.accepted == {PERSON: 1}
    lab.time.advance(301)
    assert counted(lab.run()) == {"updated": 1}
    assert lab.members[PERSON]["name"] == "Jane Smith"


def test_who_was_sent_anew_is_compared_once_on_the_list(lab: Lab) -> None:
    lab.write([(PERSON, "Jane", "")])
    lab.run(verify=False)
    lab.api("DELETE", f"/contacts/{lab.members[PERSON]['contactId']}")
    lab.time.advance(700)
    lab.write([(PERSON, "Jane Smith", "")])
    lab.run(verify=False)
    # As if the first one had come through after all, and the second one had been dropped.
    lab.api("POST", f"/contacts/{lab.members[PERSON]['contactId']}", {"name": "Jane"})

    assert counted(lab.run()) == {"updated": 1}


# People who are on the list already ----------------------------------------------------------


def test_a_second_run_of_the_same_source_writes_nothing(lab: Lab) -> None:
    lab.add_people("old@example.com")
    lab.write(
        [
            (PERSON, "Jane", "vip"),
            ("old@example.com", "Old", "vip"),
            ("twice@example.com", "A", ""),
            ("Twice@Example.com", "B", ""),
            ("", "", ""),
            ("broken", "C", ""),
        ]
    )
    first = lab.run(max_reject_ratio=1)
    assert counted(first) == {
        "added": 2, "updated": 1, "duplicate": 1, "blank": 1, "rejected": 1,
    }  # fmt: skip

    assert writes_of_import(lab, max_reject_ratio=1) == []
    assert counted(lab.run(max_reject_ratio=1)) == {
        "unchanged": 3, "duplicate": 1, "blank": 1, "rejected": 1,
    }  # fmt: skip


def test_only_the_changed_row_is_sent(lab: Lab) -> None:
    people = [(f"person{number}@example.com", "Same", "vip") for number in range(5)]
    lab.write(people)
    lab.run()
    people[2] = (people[2][0], "Changed", "vip")
    lab.write(people)

    writes = writes_of_import(lab)

    changed = lab.members[people[2][0]]
    assert writes == [("POST", f"/v3/contacts/{changed['contactId']}")]
    assert changed["name"] == "Changed"


def test_each_difference_has_its_own_call_and_tags_are_only_added(lab: Lab) -> None:
    size = lab.api("POST", "/custom-fields", custom_field("size"))["customFieldId"]
    colour = lab.api("POST", "/custom-fields", custom_field("colour"))["customFieldId"]
    kept = lab.api("POST", "/tags", {"name": "kept"})["tagId"]
    lab.add_people(
        PERSON,
        name="Jane",
        tags=[{"tagId": kept}],
        customFieldValues=[
            {"customFieldId": size, "value": ["M"]},
            {"customFieldId": colour, "value": ["red"]},
        ],
    )
    contact = lab.members[PERSON]["contactId"]
    options = {"mapping": {"Size": "custom:size", "Colour": "custom:colour"}}
    header = "Email,First Name,Tags,Size,Colour"

    lab.write([(PERSON, "Jane", "new", "M", "")], header)
    assert writes_of_import(lab, **options) == [
        ("POST", "/v3/tags"),
        ("POST", f"/v3/contacts/{contact}/tags"),
    ]
    lab.write([(PERSON, "", "new", "L", "")], header)
    assert writes_of_import(lab, **options) == [("POST", f"/v3/contacts/{contact}/custom-fields")]
    lab.write([(PERSON, "Jane Doe", "", "", "")], header)
    assert writes_of_import(lab, **options) == [("POST", f"/v3/contacts/{contact}")]

    person = lab.members[PERSON]
    assert person["name"] == "Jane Doe"
    assert set(person["tags"]) == {"kept", "new"}
    assert person["customFields"] == {"size": ["L"], "colour": ["red"]}


def custom_field(name: str) -> dict[str, Any]:
    return {"name": name, "type": "string", "format": "text", "hidden": "false", "values": []}


def test_blank_cells_never_erase(lab: Lab) -> None:
    lab.add_people(PERSON, name="Jane")
    lab.write([(PERSON, "", "")])

    assert counted(lab.run()) == {"unchanged": 1}
    assert lab.members[PERSON]["name"] == "Jane"


def test_add_only_leaves_people_alone(lab: Lab) -> None:
    lab.add_people(PERSON, name="Jane")
    lab.write([(PERSON, "Other", "vip"), ("new@example.com", "New", "")])

    report = lab.run(mode="add_only")

    assert counted(report) == {"added": 1, "already_present": 1}
    assert lab.members[PERSON]["name"] == "Jane"
    assert lab.members[PERSON]["tags"] == []


def test_addresses_are_compared_without_case(lab: Lab) -> None:
    lab.add_people("Jane@Example.COM", name="Jane")
    lab.write([("JANE@example.com", "Jane", "")])

    assert counted(lab.run()) == {"unchanged": 1}


def test_the_last_of_equal_rows_wins_whole(lab: Lab) -> None:
    lab.write([(PERSON, "First", "one_tag"), (PERSON.upper(), "Last", "")])

    assert counted(lab.run()) == {"added": 1, "duplicate": 1}
    person = lab.members[PERSON]
    assert (person["name"], person["tags"]) == ("Last", [])


def test_a_later_refusal_wins_over_an_earlier_consent(lab: Lab) -> None:
    lab.write([(PERSON, "yes"), (PERSON, "no")], header="Email,Email Marketing Consent")

    report = lab.run()

    assert counted(report) == {"duplicate": 1, "excluded": 1}
    assert lab.members == {}


# The plan itself -----------------------------------------------------------------------------


def test_the_plan_names_answers_that_nobody_knows(lab: Lab) -> None:
    people = [(f"p{number}@example.com", "yes") for number in range(200)]
    lab.write([*people, ("b@example.com", "Implied")], header="Email,opt-in")

    report = lab.run(dry_run=True)

    assert report.unclear_answers == {"opt-in": ["Implied"]}
    assert report.reasons == {"excluded": {"answer_not_understood": 1}}


def test_a_dry_run_writes_nothing_and_leaves_the_ledger_as_it_was(lab: Lab) -> None:
    lab.add_people("old@example.com", name="Old")
    lab.write([(PERSON, "Jane", "vip"), ("old@example.com", "New Name", ""), ("broken", "", "")])
    before, state = lab.writes, contents(lab.state)

    report = lab.run(dry_run=True)

    assert counted(report) == {"planned": 2, "rejected": 1}
    assert report.estimate is not None
    assert (report.estimate["add"], report.estimate["update"]) == (1, 1)
    assert lab.writes == before
    assert contents(lab.state) == state

    lab.run(max_reject_ratio=1)
    before, state = lab.writes, contents(lab.state)
    assert counted(lab.run(dry_run=True)) == {"unchanged": 2, "rejected": 1}
    assert (lab.writes, contents(lab.state)) == (before, state)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*.sqlite"))}


def test_a_dry_run_leaves_no_copy_of_the_addresses_behind(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    lab.write([(PERSON, "Jane", "")])

    lab.run(dry_run=True)

    assert list(temporary.rglob("*.sqlite*")) == []


@pytest.mark.parametrize(
    ("people", "choice", "route", "calls"),
    [(200, "auto", "contacts", 200), (201, "auto", "batch", 1), (1500, "batch", "batch", 2)],
)
def test_volume_decides_about_the_route(
    lab: Lab, people: int, choice: str, route: str, calls: int
) -> None:
    lab.write([(f"person{number}@example.com", "", "") for number in range(people)])

    report = lab.run(route=choice)

    assert counted(report) == {"added": people}
    assert report.estimate is not None
    assert (report.estimate["route"], report.estimate["calls"]) == (route, calls)
    endpoint = "POST /contacts" if route == "contacts" else "POST /contacts/batch"
    assert report.calls[endpoint] == calls
    assert report.throttled == 0


def test_lists_of_more_than_a_page_are_read_to_their_end(lab: Lab) -> None:
    people = [(f"person{number}@example.com", "", "") for number in range(2100)]
    lab.write(people)
    lab.run()

    assert writes_of_import(lab) == []
    assert counted(lab.run()) == {"unchanged": 2100}
