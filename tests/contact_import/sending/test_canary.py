"""An import that goes wrong as a whole stops early, and can go on."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from prefect_getresponse.contact_import.sending.canary import RejectLimit, TooManyRejects
from tests.contact_import.lab import Lab, Trouble, counted

BATCH = "/v3/contacts/batch"


@pytest.fixture
def small_batches(lab: Lab) -> None:
    lab.tune(batch_rows=1)


@pytest.mark.usefixtures("small_batches")
def test_sending_stops_when_nobody_arrives(lab: Lab) -> None:
    # Two frames of ten minutes are needed for them all.
    lab.write([(f"person{number}@rejected.example", "", "") for number in range(170)])

    report = lab.run(route="batch")

    assert "none of the people sent so far has appeared" in str(report.error)
    assert lab.wire.accepted.total() < 170
    assert report.reasons["unknown"]["not_sent"] == 170 - lab.wire.accepted.total()
    assert not report.balanced


@pytest.mark.usefixtures("small_batches")
def test_one_person_who_arrives_is_enough(lab: Lab) -> None:
    people = [f"person{number}@rejected.example" for number in range(90)]
    lab.write([("jane@example.com", "", ""), *((email, "", "") for email in people)])

    report = lab.run(route="batch", max_reject_ratio=1)

    assert report.error is None
    assert counted(report) == {"added": 1, "rejected": 90}


@pytest.mark.usefixtures("small_batches")
def test_a_short_import_looks_at_the_list_no_oftener(lab: Lab) -> None:
    lab.write([(f"person{number}@example.com", "", "") for number in range(20)])
    looks: list[int] = []

    def watch(request: httpx.Request) -> None:
        if request.method == "GET" and request.url.path == "/v3/contacts":
            looks.append(lab.wire.accepted.total())

    lab.wire.plan = watch
    lab.run(route="batch")

    assert set(looks) == {0, 20}


def test_sending_stops_when_most_rows_are_refused(lab: Lab) -> None:
    lab.write([(f"person{number}@example.com", "", "") for number in range(100)])
    fault: dict[str, Any] = {"method": "POST", "path": "/v3/contacts", "kind": "status"}
    lab.faults({**fault, "status": 400, "times": 999})

    report = lab.run(route="contacts")
    assert "were refused" in str(report.error)
    refused = report.reasons["rejected"]["rejected_by_api"]
    assert 20 <= refused < 40

    lab.faults()
    assert counted(lab.run(route="contacts", max_reject_ratio=1)) == {
        "added": 100 - refused,
        "rejected": refused,
    }


def test_a_limit_of_all_rows_never_stops_and_a_few_rejects_do_not_either() -> None:
    for ratio, rows in ((1.0, 1000), (0.0, 19)):
        limit = RejectLimit(ratio)
        limit.count(rows, rejected=True)
        limit.check()
    limit.count(1, rejected=True)
    with pytest.raises(TooManyRejects, match="20 of 20 rows"):
        limit.check()


def test_nobody_is_looked_for_while_only_people_of_the_list_are_changed(lab: Lab) -> None:
    lab.write([("ann@example.com", "Ann", ""), ("bea@example.com", "Bea", "")])
    lab.run()
    lab.write([("ann@example.com", "Anna", ""), ("bea@example.com", "Beata", "")])
    waits = iter([Trouble.THROTTLED] * 20)
    lab.wire.plan = lambda request: next(waits, None) if "/contacts/" in request.url.path else None
    before, begun = len(lab.control("GET", "/log")["calls"]), lab.time()

    assert counted(lab.run()) == {"updated": 2}
    assert lab.time() - begun > 60
    calls = lab.control("GET", "/log")["calls"][before:]
    assert [each["path"] for each in calls].count("/v3/contacts") == 1  # for the plan
