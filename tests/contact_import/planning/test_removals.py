"""Mode `mirror`: who is gone from the source leaves the list, within reason."""

from __future__ import annotations

import httpx
import pytest

from prefect_getresponse.contact_import.planning.removals import TooManyRemovals
from tests.contact_import.lab import Lab, Trouble, counted

PEOPLE = [f"person{number:02}@example.com" for number in range(20)]


def write(lab: Lab, emails: list[str]) -> None:
    lab.write([(email, "", "") for email in emails])


def deletes(request: httpx.Request) -> bool:
    return request.method == "DELETE"


def test_only_who_is_gone_from_the_source_is_removed(lab: Lab) -> None:
    lab.add_people("stranger@example.com")
    write(lab, PEOPLE)

    report = lab.run(mode="mirror", max_removal_ratio=1)

    assert counted(report) == {"added": 20}
    assert report.removed == 1
    assert lab.subscribed == set(PEOPLE)
    assert "gone from the source: 1" in report.markdown()


def test_people_of_refused_and_duplicate_rows_are_not_gone(lab: Lab) -> None:
    lab.add_people("no@example.com", "twice@example.com", "gone@example.com")
    lab.write(
        [("no@example.com", "no"), ("twice@example.com", "yes"), ("TWICE@example.com", "yes")],
        header="Email,Email Marketing Consent",
    )

    report = lab.run(mode="mirror", max_removal_ratio=1)

    assert report.removed == 1
    assert lab.subscribed == {"no@example.com", "twice@example.com"}


@pytest.mark.parametrize("mode", ["add_and_update", "add_only"])
def test_other_modes_remove_nobody(lab: Lab, mode: str) -> None:
    lab.add_people("stranger@example.com")
    write(lab, PEOPLE)

    assert lab.run(mode=mode).removed == 0
    assert "stranger@example.com" in lab.subscribed


def test_a_source_that_lost_many_people_stops_the_run_before_anything_is_sent(lab: Lab) -> None:
    write(lab, PEOPLE)
    lab.run(mode="mirror")
    before = lab.writes
    write(lab, [*PEOPLE[:10], "new@example.com"])

    with pytest.raises(TooManyRemovals, match="remove 10 of 20 people"):
        lab.run(mode="mirror")

    assert lab.writes == before
    write(lab, PEOPLE[:18])
    assert lab.run(mode="mirror").removed == 2
    assert lab.subscribed == set(PEOPLE[:18])


def test_a_source_that_shrank_is_refused_though_few_people_are_on_the_list(lab: Lab) -> None:
    write(lab, PEOPLE)
    lab.run(mode="mirror")
    lab.add_people(*(f"other{number}@example.com" for number in range(10)))
    for email in PEOPLE[2:]:
        lab.remove(email, "user")
    write(lab, [PEOPLE[0], *(f"other{number}@example.com" for number in range(10))])

    with pytest.raises(TooManyRemovals, match="shrunk from 20 to 11"):
        lab.run(mode="mirror", max_removal_ratio=0.4)


def test_a_dry_run_counts_removals_and_removes_nobody(lab: Lab) -> None:
    lab.add_people("stranger@example.com")
    write(lab, PEOPLE)

    report = lab.run(mode="mirror", max_removal_ratio=1, dry_run=True)

    assert (report.removed, lab.subscribed) == (1, {"stranger@example.com"})
    assert report.estimate is not None
    assert (report.estimate["remove"], report.estimate["calls"]) == (1, 21)


@pytest.mark.parametrize("trouble", [Trouble.KILLED_BEFORE, Trouble.KILLED_AFTER])
def test_a_run_that_dies_while_removing_is_finished_by_the_next(lab: Lab, trouble: Trouble) -> None:
    gone = [f"gone{number}@example.com" for number in range(3)]
    lab.add_people(*gone)
    write(lab, PEOPLE)
    calls = 0

    def dies(request: httpx.Request) -> Trouble | None:
        nonlocal calls
        calls += deletes(request)
        return trouble if deletes(request) and calls == 2 else None

    lab.wire.plan = dies
    lab.run_until_killed(mode="mirror", max_removal_ratio=1)
    lab.wire.plan = lambda _request: None

    report = lab.run(mode="mirror", max_removal_ratio=1)

    assert report.removed == 3
    assert counted(report) == {"added": 20}
    assert lab.subscribed == set(PEOPLE)


def test_who_comes_back_to_the_source_is_added_again(lab: Lab) -> None:
    write(lab, PEOPLE)
    lab.run(mode="mirror")
    write(lab, PEOPLE[:19])
    lab.run(mode="mirror")
    write(lab, PEOPLE)

    assert counted(lab.run(mode="mirror")) == {"added": 1, "unchanged": 19}
    assert lab.subscribed == set(PEOPLE)
