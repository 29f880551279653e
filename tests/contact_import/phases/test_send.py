"""What the send phase makes of answers, and of none."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.contact_import.lab import Lab, Plan, Trouble, counted, sends

PEOPLE = [(f"person{number}@example.com", f"Person {number}", "") for number in range(6)]
EVERYBODY = {email for email, _, _ in PEOPLE}


def first(trouble: Trouble, times: int = 1, about: Callable[[httpx.Request], bool] = sends) -> Plan:
    """Trouble for the first calls of a kind."""
    left = times

    def plan(request: httpx.Request) -> Trouble | None:
        nonlocal left
        if not about(request) or left == 0:
            return None
        left -= 1
        return trouble

    return plan


def one_by_one(lab: Lab, size: int) -> None:
    lab.tune(batch_rows=size)


IN_DOUBT = [
    Trouble.LOST_BEFORE,
    Trouble.LOST_AFTER,
    Trouble.HTML,
    Trouble.FAILED_BEFORE,
    Trouble.FAILED_AFTER,
]
HARMLESS = [Trouble.REFUSED, Trouble.THROTTLED]


@pytest.mark.parametrize("route", ["contacts", "batch", "import"])
@pytest.mark.parametrize("trouble", [*IN_DOUBT, *HARMLESS, Trouble.TRUNCATED])
def test_a_failed_call_is_repeated_only_if_it_never_arrived(
    lab: Lab, monkeypatch: pytest.MonkeyPatch, route: str, trouble: Trouble
) -> None:
    one_by_one(lab, 2)
    lab.write(PEOPLE)
    lab.wire.plan = first(trouble)

    report = lab.run(route=route)

    assert counted(report) == {"added": len(PEOPLE)}
    assert report.balanced
    assert report.problem is None
    assert lab.wire.accepted == Counter(EVERYBODY)
    assert lab.subscribed == EVERYBODY


def test_a_batch_that_is_too_large_goes_in_halves(lab: Lab) -> None:
    lab.write(PEOPLE)
    lab.wire.plan = first(Trouble.TOO_LARGE)

    report = lab.run(route="batch")

    assert counted(report) == {"added": len(PEOPLE)}
    assert report.calls["POST /contacts/batch"] == 3
    assert lab.wire.accepted == Counter(EVERYBODY)


def test_a_429_is_waited_for_and_counted(lab: Lab) -> None:
    lab.write(PEOPLE)
    lab.wire.plan = first(Trouble.THROTTLED, times=2)

    report = lab.run()

    assert report.throttled == 2
    assert counted(report) == {"added": len(PEOPLE)}


def test_a_call_that_never_gets_through_stays_in_doubt_after_three_attempts(lab: Lab) -> None:
    lab.write(PEOPLE[:1])
    lab.wire.plan = first(Trouble.LOST_BEFORE, times=99)

    report = lab.run()

    assert counted(report) == {"unknown": 1}
    assert report.problem is not None
    assert report.calls["POST /contacts"] == 3
    assert lab.members == {}


def test_a_refused_key_in_the_middle_ends_the_run_and_the_next_goes_on(lab: Lab) -> None:
    lab.write(PEOPLE)
    sent = 0

    def third_onwards(request: httpx.Request) -> Trouble | None:
        nonlocal sent
        sent += sends(request)
        return Trouble.UNAUTHORIZED if sent >= 3 else None

    lab.wire.plan = third_onwards
    broken = lab.run()

    assert broken.error is not None
    assert "90 days" in broken.error
    assert not broken.balanced
    assert broken.verdicts["unknown"] == len(PEOPLE)
    assert broken.reasons["unknown"]["not_sent"] == len(PEOPLE) - 2

    lab.wire.plan = lambda _request: None
    resumed = lab.run()

    assert counted(resumed) == {"added": len(PEOPLE)}
    assert lab.wire.accepted == Counter(EVERYBODY)


def test_a_call_that_was_not_executed_does_not_make_a_person_ours(lab: Lab) -> None:
    lab.write(PEOPLE[:1])
    lab.wire.plan = first(Trouble.UNAUTHORIZED)
    lab.run()
    lab.wire.plan = lambda _request: None
    lab.add_people(PEOPLE[0][0])

    assert counted(lab.run()) == {"updated": 1}  # what the source says is delivered to them


def test_an_outage_ends_the_run_after_three_failures_in_a_row(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab.tune(side_by_side=1)
    lab.write(PEOPLE)
    lab.wire.plan = first(Trouble.FAILED_BEFORE, times=99)

    broken = lab.run()

    assert broken.error is not None
    assert broken.calls["POST /contacts"] == 3
    assert broken.reasons["unknown"] == {"in_doubt": 3, "not_sent": 3}
    with Path(broken.rejects_file).open(encoding="utf-8", newline="") as file:
        assert Counter(row["reason"] for row in csv.DictReader(file)) == broken.reasons["unknown"]

    lab.wire.plan = lambda _request: None
    assert counted(lab.run()) == {"added": len(PEOPLE)}
    assert lab.wire.accepted == Counter(EVERYBODY)


def test_a_batch_with_a_bad_row_goes_row_by_row(lab: Lab) -> None:
    lab.write(PEOPLE)
    refused = {"method": "POST", "kind": "status", "status": 400, "times": 1}
    lab.faults(
        {**refused, "path": "/v3/contacts/batch"}, {**refused, "path": "/v3/contacts", "after": 3}
    )

    report = lab.run(route="batch", max_reject_ratio=0.5)

    assert counted(report) == {"added": len(PEOPLE) - 1, "rejected": 1}
    assert report.reasons["rejected"] == {"rejected_by_api": 1}
    assert len(lab.subscribed) == len(PEOPLE) - 1
    assert "GetResponse refused the content of the row" in rejects(report.rejects_file)


def rejects(path: str) -> str:
    with open(path, encoding="utf-8") as file:  # noqa: PTH123 - the report gives a text
        return file.read()


def test_somebody_who_was_added_meanwhile_gets_what_the_source_says(lab: Lab) -> None:
    lab.write(PEOPLE)

    def meanwhile(request: httpx.Request) -> Trouble | None:
        if request.method == "POST" and request.url.path == "/v3/search-contacts/contacts":
            lab.wire.plan = lambda _request: None
            lab.add_people(PEOPLE[0][0])
        return None

    lab.wire.plan = meanwhile
    report = lab.run()

    assert counted(report) == {"added": len(PEOPLE) - 1, "updated": 1}


def test_the_first_batch_goes_alone(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    one_by_one(lab, 1)
    lab.write(PEOPLE)
    in_flight: list[int] = []

    def watch(request: httpx.Request) -> Trouble | None:
        if sends(request):
            in_flight.append(len(lab.wire.bodies))
        return Trouble.UNAUTHORIZED if sends(request) else None

    lab.wire.plan = watch
    report = lab.run(route="batch")

    assert len(in_flight) == 1
    assert report.reasons["unknown"] == {"not_sent": len(PEOPLE)}


@pytest.mark.parametrize("trouble", [*IN_DOUBT, *HARMLESS])
def test_updates_set_values_and_are_simply_repeated(lab: Lab, trouble: Trouble) -> None:
    lab.add_people(PEOPLE[0][0], name="Somebody Else")
    lab.write([(PEOPLE[0][0], "Right Name", "vip")])

    def updates(request: httpx.Request) -> bool:
        return request.method == "POST" and request.url.path.startswith("/v3/contacts/")

    lab.wire.plan = first(trouble, about=updates)
    report = lab.run()

    assert counted(report) == {"updated": 1}
    person = lab.members[PEOPLE[0][0]]
    assert (person["name"], person["tags"]) == ("Right Name", ["vip"])


def test_a_tag_that_another_program_creates_meanwhile_is_used(lab: Lab) -> None:
    lab.write([(PEOPLE[0][0], "", "vip")])

    def meanwhile(request: httpx.Request) -> Trouble | None:
        if request.method == "POST" and request.url.path == "/v3/tags":
            lab.wire.plan = lambda _request: None
            lab.api("POST", "/tags", {"name": "vip"})
        return None

    lab.wire.plan = meanwhile

    assert counted(lab.run()) == {"added": 1}
    assert tags_of(lab.members.values()) == [["vip"]]


@pytest.mark.parametrize("trouble", IN_DOUBT)
def test_a_doubtful_creation_of_a_tag_is_cleared_up(lab: Lab, trouble: Trouble) -> None:
    def creates_tag(request: httpx.Request) -> bool:
        return request.method == "POST" and request.url.path == "/v3/tags"

    lab.write([(PEOPLE[0][0], "", "vip")])
    lab.wire.plan = first(trouble, about=creates_tag)

    assert counted(lab.run()) == {"added": 1}
    assert tags_of(lab.members.values()) == [["vip"]]
    assert [tag["name"] for tag in lab.api("GET", "/tags")] == ["vip"]


def tags_of(people: Collection[dict[str, Any]]) -> list[list[str]]:
    return [person["tags"] for person in people]


@pytest.mark.parametrize("moment", ["GET", "POST"])
def test_who_leaves_while_the_import_is_at_work_is_refused(lab: Lab, moment: str) -> None:
    lab.add_people("jane@example.com", "john@example.com", name="Earlier")
    lab.write([("jane@example.com", "Jane", "vip"), ("john@example.com", "John", "vip")])
    left: list[str] = []

    def leave(request: httpx.Request) -> None:
        of_one = request.url.path.startswith("/v3/contacts/")
        if request.method == moment and of_one and not left:
            left.append("jane@example.com")
            lab.remove("jane@example.com", "unsubscribe")

    lab.wire.plan = leave
    report = lab.run(max_reject_ratio=0)

    assert left
    assert counted(report) == {"updated": 1, "excluded": 1}
    assert report.reasons["excluded"] == {"left_meanwhile": 1}
    assert report.problem is None
