"""Who has not changed is settled as a set: by the words of `decide`, and without a write."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

from prefect_getresponse.contact_import.ledger import (
    Action,
    Decision,
    Ledger,
    Listed,
    NewRow,
    Phase,
    Run,
    Standing,
)
from prefect_getresponse.contact_import.ledger.books import as_before
from prefect_getresponse.contact_import.ledger.books.as_before import COUNTED
from prefect_getresponse.contact_import.planning.decision import decide
from prefect_getresponse.contact_import.planning.exclusions import Exclusions
from prefect_getresponse.contact_import.rows.contacts import pack
from prefect_getresponse.contact_import.rows.validation import Contact
from prefect_getresponse.contact_import.verdicts import Verdict
from tests.contact_import.lab import Lab, counted
from tests.support.sqlite_file import sqlite_file

EARLIER = ("", "seen", "sent", "unsure", "importing", "rejected")
NOBODY = Exclusions()
EXCLUSIONS = Exclusions.of({"@blocked.example": "suppressed"})
PEOPLE = {
    f"p{number * 7 % 1000:03}@{each[2]}.example": each
    for number, each in enumerate(
        product(EARLIER, (True, False), ("here", "blocked"), (0, 1, 2, 3), (1, 2))
    )
}
"""By address: outcome, whether the hash is the same, place, standing, and number of rows."""


def contact_of(key: str) -> Contact:
    return Contact(key, None, (), (), None, None, None)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger(tmp_path / "list.sqlite") as ledger:
        yield ledger


@pytest.fixture
def run(ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A run of everybody there can be: by outcome, hash, place, standing, and earlier rows."""
    for size in ("AT_ONCE", "LISTED_AT_ONCE"):
        monkeypatch.setattr(as_before, size, 50)  # so that they are several slices
    run = ledger.begin("r1", "job", "people.csv", 100.0)
    rows: list[NewRow] = []
    outcomes: list[tuple[str, str, str]] = []
    listed: dict[Standing, list[Listed]] = {Standing.SUBSCRIBED: [], Standing.REMOVED: []}
    for number, (key, (state, is_same, _, standing, times)) in enumerate(PEOPLE.items()):
        text, digest = pack(contact_of(key))
        rows += [NewRow(len(rows) + 2 + n, key, text, digest, None, None) for n in range(times)]
        if state:
            outcomes.append((key, digest if is_same else "another", state))
        if standing in (1, 3):
            listed[Standing.SUBSCRIBED].append(Listed(key, f"C{number}", None))
        if standing in (2, 3):
            listed[Standing.REMOVED].append(Listed(key, f"C{number}", "unsubscribe", 50.0))
    for how, some in listed.items():
        run.people.add_listed(how, some)
    with sqlite_file(tmp_path / "list.sqlite") as other:
        other.executemany("INSERT INTO outcomes VALUES (?, ?, ?, NULL, 1.0, NULL)", outcomes)
    rows.append(NewRow(len(rows) + 2, "", None, None, Verdict.REJECTED, "no_email"))
    run.rows.add(rows)
    run.rows.mark_duplicates()
    return run


def found(run: Run, exclusions: Exclusions = NOBODY) -> tuple[int, list[int]]:
    """People who are as before, and the rows of all others."""
    people, others = run.as_before.find(None if exclusions.are_none else exclusions.reason)
    return people, list(others)


@pytest.mark.parametrize("exclusions", [NOBODY, EXCLUSIONS], ids=["all", "some"])
def test_they_are_whom_the_plan_calls_unchanged(run: Run, exclusions: Exclusions) -> None:
    people, others = found(run, exclusions)

    everybody = run.people.undecided(0, 1000)
    said = {person.row: decide(person, "add_and_update", exclusions, 100.0) for person in everybody}
    rest = run.people.undecided_of(others)
    settled = said.keys() - {person.row for person in rest}
    assert len(settled) == people > 0
    assert {said[row].verdict for row in settled} == {Verdict.UNCHANGED}
    # A removal that had come before the plan, and a name that has to be compared, are looked at.
    assert [person.row for person in rest] == sorted(person.row for person in rest)


def test_unknown_people_are_whom_the_plan_adds(run: Run) -> None:
    everybody = run.people.undecided(0, 1000)
    said = {person.row: decide(person, "add_only", Exclusions(), 100.0) for person in everybody}

    run.plan.add_unknown(0)

    rest = run.people.undecided(0, 1000)
    added = said.keys() - {person.row for person in rest}
    assert added
    assert {said[row] for row in added} == {Decision(row, action=Action.ADD) for row in added}
    unknown = [each for each in everybody if each[4:10] == (None,) * 6]
    assert added == {person.row for person in unknown}


def test_rows_are_undecided_unless_as_many_were_counted(run: Run) -> None:
    people, others = found(run)
    rest = run.people.undecided_of(others)
    run.plan.decide(Decision(person.row, action=Action.ADD) for person in rest[1:])
    run.add_facts({COUNTED: people})

    by_verdict = {verdict: rows for verdict, _, rows in run.rows.tally(Verdict.UNKNOWN)}
    assert Verdict.UNCHANGED not in by_verdict
    run.plan.decide([Decision(rest[0].row, action=Action.ADD)])
    by_verdict = {verdict: rows for verdict, _, rows in run.rows.tally(Verdict.PLANNED)}
    assert by_verdict[Verdict.UNCHANGED] == people


def test_a_row_that_was_planned_is_never_undecided_again(run: Run) -> None:
    run.plan.decide([Decision(2, action=Action.ADD)])
    run.enter(Phase.SENDING)

    with pytest.raises(sqlite3.IntegrityError, match="never undecided again"):
        run.plan.decide([Decision(2)])


def test_a_night_without_changes_writes_nothing_about_people(lab: Lab) -> None:
    lab.write([[f"person{number}@example.com", "Ann", "vip"] for number in range(50)])
    lab.run()
    [path] = lab.state.glob("*.sqlite")
    with sqlite_file(path) as db:
        before = db.execute("SELECT * FROM outcomes").fetchall()
    lab.time.advance(86_400)

    assert counted(lab.run()) == {"unchanged": 50}
    with sqlite_file(path) as db:
        assert db.execute("SELECT * FROM outcomes").fetchall() == before
        assert db.execute("SELECT count(*) FROM rows WHERE verdict IS NOT NULL").fetchone() == (0,)
    lab.time.advance(4 * 86_400)
    assert counted(lab.run()) == {"unchanged": 50}
    with sqlite_file(path) as db:
        [(oldest,)] = db.execute("SELECT min(seen) FROM outcomes").fetchall()
    assert oldest > before[0][-1] + 4 * 86_400


def test_an_address_with_a_zero_byte_is_nobody_elses(ledger: Ledger, tmp_path: Path) -> None:
    run = ledger.begin("r1", "job", "people.csv", 100.0)
    key = "ann@here.example"
    text, digest = pack(contact_of(key))
    run.rows.add([NewRow(2, key, text, digest, None, None)])
    run.rows.mark_duplicates()
    with sqlite_file(tmp_path / "list.sqlite") as other:
        values = (key, digest, "seen")
        other.execute("INSERT INTO outcomes VALUES (?, ?, ?, NULL, 1.0, NULL)", values)

    for others in (f"{key}\0", f"{key}\0.example"):
        run.people.add_named(Standing.SUBSCRIBED, [(others, "C1", None)])
    assert run.as_before.find(None)[0] == 0
    run.people.add_named(Standing.SUBSCRIBED, [(key, "C2", None)])
    assert run.as_before.find(None)[0] == 1


def test_whom_nobody_can_name_is_not_as_before(run: Run) -> None:
    before, _ = found(run)
    [key, *_] = [
        key
        for key, (state, is_same, _, standing, _) in PEOPLE.items()
        if (state, is_same, standing) == ("seen", True, 1)
    ]

    run.people.add_named(Standing.SUBSCRIBED, [(key, None, None)])

    assert found(run)[0] == before - 1


def test_of_a_person_who_is_listed_twice_the_last_counts(ledger: Ledger, tmp_path: Path) -> None:
    run = ledger.begin("r1", "job", "people.csv", 100.0)
    people = [(f"p{number % 70}@here.example", f"C{number}", f"N{number}") for number in range(120)]
    run.people.add_named(Standing.SUBSCRIBED, iter(people))

    with sqlite_file(tmp_path / "list.sqlite") as db:
        listed = db.execute("SELECT key, contact_id, name FROM listed").fetchall()
    assert sorted(listed) == sorted({key: (key, *rest) for key, *rest in people}.values())
