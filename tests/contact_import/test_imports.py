"""People who go by import: in good order, exactly once, and accounted for."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import httpx
import pytest

from prefect_getresponse.client.errors import InvalidArguments
from prefect_getresponse.contact_import.ledger.books.people import People
from prefect_getresponse.contact_import.planning.imports import ImportsUsedUp
from tests.contact_import.lab import Killed, Lab, Plan, Trouble, counted

PEOPLE = [(f"person{number}@example.com", f"Person {number}", "vip") for number in range(6)]
EVERYBODY = {email for email, _, _ in PEOPLE}
HEADER = "Email,First Name,Tags,Size"
MAPPING = {"Size": "custom:size"}


def is_import(request: httpx.Request) -> bool:
    return request.method == "POST" and request.url.path == "/v3/imports"


def first(trouble: Trouble, times: int = 1) -> Plan:
    """Trouble for the first imports."""
    left = times

    def plan(request: httpx.Request) -> Trouble | None:
        nonlocal left
        if not is_import(request) or left == 0:
            return None
        left -= 1
        return trouble

    return plan


def imports_of(lab: Lab) -> list[dict[str, Any]]:
    """Bodies of the imports that were executed."""
    return [body for _, path, body in lab.wire.bodies if path == "/v3/imports"]


def largest(lab: Lab, size: int) -> None:
    lab.tune(import_bytes=size)


def add_field(lab: Lab, name: str) -> str:
    field: dict[str, Any] = {"name": name, "type": "string", "format": "text", "hidden": "false"}
    return str(lab.api("POST", "/custom-fields", {**field, "values": []})["customFieldId"])


def import_somebody(lab: Lab, email: str) -> None:
    """Begin an import in GetResponse's panel."""
    body = {"campaignId": lab.campaign_id, "fieldMapping": ["email"], "contacts": [[email]]}
    lab.api("POST", "/imports", body)


# New people ----------------------------------------------------------------------------------


def test_new_people_come_with_all_that_the_source_says(lab: Lab) -> None:
    add_field(lab, "size")
    lab.write(
        [
            ("jane@example.com", "Jane", "vip;New customers", "M"),
            ("john@example.com", "", "", ""),
        ],
        HEADER,
    )

    report = lab.run(route="import", mapping=MAPPING)

    assert counted(report) == {"added": 2}
    assert report.balanced
    assert report.calls["POST /imports"] == 1
    people = lab.members
    jane, john = people["jane@example.com"], people["john@example.com"]
    assert (jane["name"], set(jane["tags"])) == ("Jane", {"vip", "New_customers"})
    assert jane["customFields"] == {"size": ["M"]}
    assert (john["name"] or "", john["tags"], john["customFields"]) == ("", [], {})


def test_a_second_run_imports_nothing_and_a_changed_row_goes_alone(lab: Lab) -> None:
    lab.write(PEOPLE)
    lab.run(route="import")

    assert counted(lab.run(route="import")) == {"unchanged": 6}
    lab.write([*PEOPLE[:5], (PEOPLE[5][0], "Changed", "vip")])
    report = lab.run(route="import")

    assert counted(report) == {"unchanged": 5, "updated": 1}
    assert len(imports_of(lab)) == 2
    assert lab.members[PEOPLE[5][0]]["name"] == "Changed"


@pytest.mark.parametrize(
    "trouble",
    [
        Trouble.LOST_BEFORE,
        Trouble.LOST_AFTER,
        Trouble.HTML,
        Trouble.FAILED_BEFORE,
        Trouble.FAILED_AFTER,
        Trouble.REFUSED,
        Trouble.THROTTLED,
        Trouble.TRUNCATED,
    ],
)
def test_an_import_whose_answer_is_missing_is_found_or_sent_again(
    lab: Lab, trouble: Trouble
) -> None:
    lab.write(PEOPLE)
    lab.wire.plan = first(trouble)

    report = lab.run(route="import")

    assert counted(report) == {"added": len(PEOPLE)}
    assert report.problem is None
    assert lab.wire.accepted == Counter(EVERYBODY)
    assert lab.subscribed == EVERYBODY


def test_an_import_that_never_gets_through_stays_in_doubt_after_three_attempts(lab: Lab) -> None:
    lab.write(PEOPLE)
    lab.wire.plan = first(Trouble.LOST_BEFORE, times=99)

    report = lab.run(route="import")

    assert counted(report) == {"unknown": 6}
    assert report.calls["POST /imports"] == 3
    assert lab.members == {}


def test_an_import_of_somebody_else_is_not_taken_for_ours(lab: Lab) -> None:
    lab.write(PEOPLE)
    lost = first(Trouble.LOST_BEFORE)

    def another_comes_first(request: httpx.Request) -> Trouble | None:
        trouble = lost(request)
        if trouble:
            import_somebody(lab, "other@example.com")
        return trouble

    lab.wire.plan = another_comes_first

    report = lab.run(route="import")

    assert counted(report) == {"added": 6}
    assert lab.subscribed == EVERYBODY | {"other@example.com"}


@pytest.mark.parametrize("trouble", [Trouble.KILLED_BEFORE, Trouble.KILLED_AFTER])
def test_a_run_that_dies_while_importing_is_finished_by_the_next(
    lab: Lab, trouble: Trouble
) -> None:
    lab.write(PEOPLE)
    lab.wire.plan = first(trouble)
    lab.run_until_killed(route="import")
    lab.wire.plan = lambda _request: None

    report = lab.run(route="import")

    assert counted(report) == {"added": len(PEOPLE)}
    assert lab.wire.accepted == Counter(EVERYBODY)


@pytest.mark.parametrize("poll", [1, 3, 8])
def test_a_run_that_dies_while_an_import_is_at_work_goes_on_watching_it(
    lab: Lab, poll: int
) -> None:
    polls = 0

    def dies(request: httpx.Request) -> Trouble | None:
        nonlocal polls
        polls += request.url.path.startswith("/v3/imports/")
        return Trouble.KILLED_BEFORE if polls == poll else None

    lab.write(PEOPLE)
    lab.wire.plan = dies
    lab.run_until_killed(route="import")
    lab.wire.plan = lambda _request: None

    assert counted(lab.run(route="import")) == {"added": len(PEOPLE)}
    assert lab.wire.accepted == Counter(EVERYBODY)


def test_imports_of_a_list_go_one_after_another(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    largest(lab, 1_300)
    lab.write([(f"person{number}@example.com", "Some Name", "") for number in range(40)])

    report = lab.run(route="import")

    assert counted(report) == {"added": 40}
    bodies = imports_of(lab)
    assert len(bodies) > 2
    assert max(len(json.dumps(body, separators=(",", ":"))) for body in bodies) <= 1_300
    assert report.calls["POST /imports"] == len(bodies)  # never refused, as another was at work
    assert report.estimate is not None
    assert report.estimate["imports"] == len(bodies)
    assert report.estimate["imports_left"] == 20


def test_an_import_that_is_too_large_goes_in_halves(lab: Lab) -> None:
    lab.write(PEOPLE)
    lab.wire.plan = first(Trouble.TOO_LARGE, times=3)

    report = lab.run(route="import")

    # All six, then three, then one of them are too large; what is left goes in three parts.
    assert counted(report) == {"added": 5, "rejected": 1}
    assert report.reasons["rejected"] == {"import_not_taken": 1}
    assert sorted(len(body["contacts"]) for body in imports_of(lab)) == [2, 3]


@pytest.mark.parametrize("route", ["auto", "import"])
@pytest.mark.usefixtures("small_knees")
def test_halves_beyond_the_imports_of_a_day_are_not_tried(
    lab: Lab, monkeypatch: pytest.MonkeyPatch, route: str
) -> None:
    lab.tune(imports_a_day=1)
    people = [(f"person{number}@example.com", "Name", "") for number in range(12)]
    lab.write(people)
    lab.wire.plan = first(Trouble.TOO_LARGE)

    report = lab.run(route=route)

    if route == "auto":
        assert counted(report) == {"added": 12}
        assert report.calls["POST /contacts/batch"] == 1
    else:
        assert report.problem is not None
        assert "all 1 imports of today are used" in report.problem
        lab.time.advance(86_400)
        assert counted(lab.run(route=route)) == {"added": 12}
    assert report.throttled == 0
    assert sum(lab.wire.accepted.values()) == 12


@pytest.mark.usefixtures("small_knees")
def test_an_import_whose_turn_is_a_day_away_is_not_waited_for(lab: Lab) -> None:
    largest(lab, 1_150)
    lab.write([(f"person{number}@example.com", "Name", "") for number in range(100)])
    lab.wire.plan = first(Trouble.FAILED_BEFORE, times=30)  # nobody can know that none was executed
    begun = lab.time.elapsed

    report = lab.run(settle_seconds=1)

    assert report.calls["POST /imports"] == 20
    assert report.verdicts["added"] >= 20
    assert report.throttled == 0
    assert lab.time.elapsed - begun < 20_000


def test_who_is_dropped_is_told_by_the_counters_and_the_list(lab: Lab) -> None:
    lab.write([*PEOPLE, ("gone@rejected.example", "Gone", "")])

    report = lab.run(route="import", max_reject_ratio=1)

    assert counted(report) == {"added": 6, "rejected": 1}
    assert report.reasons["rejected"] == {"import_invalid": 1}
    [made] = report.imports
    assert made["counters"]["addedToList"] == 6
    assert made["counters"]["invalid"] == 1
    assert not made["contradiction"]
    # The counters say that nobody else will come: no waiting for the settle time.
    assert report.seconds < 600


def test_a_contradiction_between_counters_and_list_fails_the_run(lab: Lab) -> None:
    lab.write(PEOPLE)

    def disappears(request: httpx.Request) -> Trouble | None:
        # Somebody removes a person between the end of the import and the reading of the list.
        if request.method == "GET" and request.url.path == "/v3/contacts" and imports_of(lab):
            lab.wire.plan = lambda _request: None
            lab.remove(PEOPLE[0][0], "api")
        return None

    lab.wire.plan = disappears

    report = lab.run(route="import", max_reject_ratio=1)

    assert not report.balanced
    assert report.problem is not None
    assert "counts 6 people added or updated, and 5 were seen" in report.problem


# People who are on the list ------------------------------------------------------------------


def test_people_of_the_list_are_changed_and_blank_cells_erase_nothing(lab: Lab) -> None:
    size = add_field(lab, "size")
    kept = lab.api("POST", "/tags", {"name": "kept"})["tagId"]
    for email in ("a@example.com", "b@example.com"):
        lab.add_people(
            email,
            name="Old",
            tags=[{"tagId": kept}],
            customFieldValues=[{"customFieldId": size, "value": ["M"]}],
        )
    lab.write([("a@example.com", "New", "vip", ""), ("b@example.com", "", "", "L")], HEADER)

    report = lab.run(route="import", mapping=MAPPING)

    assert counted(report) == {"updated": 2}
    first_person, second = (lab.members[f"{name}@example.com"] for name in "ab")
    assert (first_person["name"], set(first_person["tags"])) == ("New", {"kept", "vip"})
    assert first_person["customFields"] == {"size": ["M"]}
    assert (second["name"], second["tags"]) == ("Old", ["kept"])
    assert second["customFields"] == {"size": ["L"]}
    assert all("" not in row for body in imports_of(lab) for row in body["contacts"])


def test_who_was_changed_is_read_back_when_the_counters_do_not_tell(lab: Lab) -> None:
    lab.add_people("a@example.com", "b@example.com", name="Old")
    lab.write([("a@example.com", "New", ""), ("b@example.com", "New", "")])
    lab.decide_imports("canceled")

    report = lab.run(route="import", max_reject_ratio=1)

    assert counted(report) == {"rejected": 2}
    assert report.reasons["rejected"] == {"import_canceled": 2}
    lab.decide_imports("finished")
    assert counted(lab.run(route="import")) == {"updated": 2}


# Ends that are none --------------------------------------------------------------------------


@pytest.mark.parametrize("outcome", ["rejected", "canceled"])
def test_an_import_that_is_refused_as_a_whole_is_sent_again_the_next_night(
    lab: Lab, outcome: str
) -> None:
    lab.write(PEOPLE)
    lab.decide_imports(outcome)

    report = lab.run(route="import", max_reject_ratio=1)

    assert counted(report) == {"rejected": 6}
    assert report.reasons["rejected"] == {f"import_{outcome}": 6}
    lab.decide_imports("finished")
    assert counted(lab.run(route="import")) == {"added": 6}


def test_an_import_in_review_is_waited_for_by_the_next_run(lab: Lab) -> None:
    lab.write(PEOPLE)
    lab.decide_imports("review")

    report = lab.run(route="import", import_seconds=600)

    assert counted(report) == {"not_visible_yet": 6}
    assert report.reasons["not_visible_yet"] == {"import_at_work": 6}
    assert counted(lab.run(route="import", import_seconds=600)) == {"not_visible_yet": 6}
    lab.decide_imports("finished")
    lab.time.advance(600)
    assert counted(lab.run(route="import")) == {"unchanged": 6}
    assert lab.wire.accepted == Counter(EVERYBODY)


def test_what_changes_while_an_import_is_in_review_is_sent_afterwards(lab: Lab) -> None:
    lab.write(PEOPLE)
    lab.decide_imports("review")
    lab.run(route="import", import_seconds=600)
    email, _, tags = PEOPLE[0]
    lab.write([(email, "New name", tags), *PEOPLE[1:]])
    assert counted(lab.run(route="import", import_seconds=600)) == {"not_visible_yet": 6}
    lab.decide_imports("finished")
    lab.time.advance(600)

    assert counted(lab.run()) == {"updated": 1, "unchanged": 5}
    assert lab.members[email]["name"] == "New name"


def test_an_import_that_ends_after_a_crash_is_accounted_for(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_arguments: object) -> None:
        lab.die()
        raise Killed

    lab.write(PEOPLE)
    lab.decide_imports("review")
    with monkeypatch.context() as patch:
        patch.setattr(People, "remember_outcomes", die)
        lab.run_until_killed(route="import", import_seconds=600)
    lab.decide_imports("finished")
    lab.time.advance(600)

    assert counted(lab.run(route="import")) == {"added": 6}
    assert counted(lab.run(route="import")) == {"unchanged": 6}


def approved_after(lab: Lab, seconds: float, otherwise: Plan) -> Plan:
    """Imports stay in review until so much time has passed."""
    lab.decide_imports("review")
    begun = lab.time.elapsed

    def plan(request: httpx.Request) -> Trouble | None:
        if lab.time.elapsed - begun > seconds:
            lab.decide_imports("finished")
        return otherwise(request)

    return plan


def test_a_doubtful_import_in_review_is_found_when_it_is_done(lab: Lab) -> None:
    lab.write(PEOPLE)
    lab.wire.plan = approved_after(lab, 3_000, first(Trouble.KILLED_AFTER))
    lab.run_until_killed(route="import")

    broken = lab.run(route="import", import_seconds=900)

    assert broken.error is not None
    assert "still at work" in broken.error
    assert counted(lab.run(route="import")) == {"added": 6}
    assert lab.wire.accepted == Counter(EVERYBODY)


def test_a_doubtful_import_is_sent_again_when_one_of_somebody_else_is_done(lab: Lab) -> None:
    lost = first(Trouble.LOST_BEFORE)

    def another_comes_first(request: httpx.Request) -> Trouble | None:
        trouble = lost(request)
        if trouble:
            import_somebody(lab, "other@example.com")
        return trouble

    lab.write(PEOPLE)
    lab.wire.plan = approved_after(lab, 2_000, another_comes_first)

    assert counted(lab.run(route="import")) == {"added": 6}
    assert lab.subscribed == EVERYBODY | {"other@example.com"}
    assert lab.wire.accepted == Counter(EVERYBODY)


def test_further_imports_wait_for_one_in_review_until_the_run_gives_up(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    largest(lab, 1_150)
    lab.write(PEOPLE)
    lab.decide_imports("review")

    broken = lab.run(route="import", import_seconds=600)

    assert broken.error is not None
    assert "still at work" in broken.error
    assert len(imports_of(lab)) == 1
    lab.decide_imports("finished")
    lab.time.advance(600)
    assert counted(lab.run(route="import")) == {"added": 6}
    assert lab.wire.accepted == Counter(EVERYBODY)


def test_an_import_of_somebody_else_is_waited_for(lab: Lab) -> None:
    import_somebody(lab, "other@example.com")
    lab.write(PEOPLE)

    report = lab.run(route="import")

    assert counted(report) == {"added": 6}
    assert lab.subscribed == EVERYBODY | {"other@example.com"}


# Limits and consent --------------------------------------------------------------------------


def test_more_imports_than_the_day_allows_are_refused_before_the_first(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    largest(lab, 1_100)
    lab.write([(f"person{number}@example.com", "A Name", "") for number in range(200)])

    with pytest.raises(ImportsUsedUp, match="20 of 20 imports"):
        lab.run(route="import")

    assert lab.wire.bodies == []


def test_a_double_opt_in_list_takes_no_import_unless_confirmation_is_skipped(
    double_lab: Lab,
) -> None:
    double_lab.write(PEOPLE)

    with pytest.raises(InvalidArguments, match="double opt-in"):
        double_lab.run(route="import")
    assert double_lab.wire.bodies == []

    report = double_lab.run(route="import", skip_confirmation=True)
    assert counted(report) == {"added": 6}


def test_what_an_import_cannot_carry_is_refused_before_anything_is_sent(lab: Lab) -> None:
    lab.write([("a@example.com", "3")], "Email,Points")

    with pytest.raises(InvalidArguments, match="no column for scoring"):
        lab.run(route="import", mapping={"Points": "scoring"})

    assert lab.wire.bodies == []


# The automatic choice ------------------------------------------------------------------------


@pytest.fixture
def small_knees(lab: Lab) -> None:
    """Thresholds of the automatic choice that a quick test can pass."""
    lab.tune(contacts_up_to=2, batches_up_to=10, updates_up_to=3)


@pytest.mark.usefixtures("small_knees")
@pytest.mark.parametrize(("people", "route"), [(2, "contacts"), (10, "batch"), (11, "import")])
def test_volume_decides(lab: Lab, people: int, route: str) -> None:
    lab.write([(f"person{number}@example.com", "", "vip") for number in range(people)])

    report = lab.run()

    assert counted(report) == {"added": people}
    assert report.estimate is not None
    assert report.estimate["route"] == route


@pytest.mark.usefixtures("small_knees")
def test_many_changes_go_by_import_while_a_few_new_people_go_by_call(lab: Lab) -> None:
    known = [f"known{number}@example.com" for number in range(5)]
    lab.add_people(*known, name="Old")
    rare = ("known0@example.com", "", "vip")  # the only row without a name
    rows = [rare, *((email, "New", "vip") for email in known[1:]), ("new@example.com", "N", "")]
    lab.write(rows)

    report = lab.run()

    assert counted(report) == {"updated": 5, "added": 1}
    [body] = imports_of(lab)
    assert sorted(row[0] for row in body["contacts"]) == known[1:]
    assert report.calls["POST /contacts"] == 1
    assert {person["name"] for person in lab.members.values()} == {"Old", "New", "N"}
    assert all("vip" in lab.members[email]["tags"] for email in known)


@pytest.mark.usefixtures("small_knees")
def test_what_does_not_fit_into_the_imports_of_a_day_goes_by_batch(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab.tune(imports_a_day=2)
    largest(lab, 1_150)
    lab.write([(f"person{number}@example.com", "Name", "") for number in range(30)])

    report = lab.run()

    assert counted(report) == {"added": 30}
    assert report.calls["POST /imports"] == 2
    assert report.calls["POST /contacts/batch"] == 1


@pytest.mark.usefixtures("small_knees")
def test_nobody_of_a_double_opt_in_list_is_imported_by_itself(double_lab: Lab) -> None:
    double_lab.write([(f"person{number}@example.com", "", "") for number in range(20)])

    assert counted(double_lab.run()) == {"awaiting_confirmation": 20}
    assert imports_of(double_lab) == []


def test_who_leaves_before_the_import_reaches_them_is_refused(lab: Lab) -> None:
    lab.add_people("jane@example.com", "john@example.com", name="Earlier")
    lab.write([("jane@example.com", "Jane", ""), ("john@example.com", "John", "")])
    left: list[str] = []

    def leave(request: httpx.Request) -> None:
        if request.url.path == "/v3/imports" and request.method == "POST" and not left:
            left.append("jane@example.com")
            lab.remove("jane@example.com", "unsubscribe")

    lab.wire.plan = leave
    report = lab.run(route="import")

    assert left
    assert counted(report) == {"updated": 1, "excluded": 1}
    assert report.reasons["excluded"] == {"left_meanwhile": 1}
    assert report.problem is None


def test_whom_an_import_added_and_who_left_since_contradicts_nothing(lab: Lab) -> None:
    lab.write([("jane@example.com", "Jane", ""), ("john@example.com", "John", "")])
    left: list[str] = []

    def leave(request: httpx.Request) -> None:
        if not left and "john@example.com" in lab.subscribed:
            left.append("john@example.com")
            lab.remove("john@example.com", "unsubscribe")

    lab.wire.plan = leave
    report = lab.run(route="import")

    assert counted(report) == {"added": 1, "excluded": 1}
    assert report.balanced


def test_without_verification_a_rejected_import_is_sent_again_the_next_night(lab: Lab) -> None:
    lab.write([("jane@example.com", "Jane", "")])
    lab.decide_imports("rejected")
    first = lab.run(route="import", verify=False, max_reject_ratio=1)
    assert first.reasons == {"rejected": {"import_rejected": 1}}

    lab.decide_imports("finished")
    lab.run(route="import", verify=False)
    assert lab.subscribed == {"jane@example.com"}
