"""Calls that may be made again share commits; all else that a ledger promises is as for others."""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from typing import Any

import httpx
import pytest

from prefect_getresponse.contact_import.sending.repeatable import CALLS_A_COMMIT
from prefect_getresponse.limits.throttle import SLOTS
from tests.contact_import.lab import Lab, Trouble, counted

PEOPLE = 120
UPDATE = re.compile(r"/v3/contacts/(\w+)")


def updated(request: httpx.Request) -> str:
    """Id of the contact that a call changes; empty if it is another call."""
    found = UPDATE.fullmatch(request.url.path)
    return found[1] if found and request.method == "POST" and found[1] != "batch" else ""


@pytest.fixture
def updates(lab: Lab) -> Counter[str]:
    """People of the list whose names have changed; counts the calls that change each."""
    emails = [f"person{number:03}@example.com" for number in range(PEOPLE)]
    lab.write([(email, "Ann", "") for email in emails])
    lab.run(route="batch")
    lab.write([(email, "Bea", "") for email in emails])
    calls = Counter[str]()
    watch(lab, lambda request: calls.update(filter(None, [updated(request)])))
    return calls


def watch(lab: Lab, see: Callable[[httpx.Request], Trouble | None]) -> None:
    """See every call before it is made, besides who sees it already."""
    before = lab.wire.plan

    def plan(request: httpx.Request) -> Trouble | None:
        return before(request) or see(request)

    lab.wire.plan = plan


def names(lab: Lab) -> Counter[str]:
    return Counter(person["name"] for person in lab.members.values())


def sent(lab: Lab) -> set[str]:
    """Contacts of which the ledger says, to whoever opens it now, that a call may have begun."""
    [ledger] = lab.state.rglob("*.sqlite")
    with closing(sqlite3.connect(ledger)) as db:
        found = db.execute(
            "SELECT contact_id FROM rows JOIN chunks USING (run, chunk) WHERE state = 'sent'"
        )
        return {contact for (contact,) in found}


def test_they_need_no_commit_each(
    lab: Lab, updates: Counter[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    commits: list[str] = []
    connect: Callable[..., sqlite3.Connection] = sqlite3.connect

    def traced(*arguments: Any, **options: Any) -> sqlite3.Connection:
        db = connect(*arguments, **options)
        db.set_trace_callback(lambda text: commits.append(text) if text == "COMMIT" else None)
        return db

    monkeypatch.setattr(sqlite3, "connect", traced)

    assert counted(lab.run()) == {"updated": PEOPLE}
    assert updates.total() == PEOPLE
    assert len(commits) < PEOPLE / 4
    assert names(lab) == {"Bea": PEOPLE}


def test_the_intent_of_each_is_durable_before_its_first_byte(
    lab: Lab, updates: Counter[str]
) -> None:
    def see(request: httpx.Request) -> None:
        if contact := updated(request):
            assert contact in sent(lab)

    watch(lab, see)

    assert counted(lab.run()) == {"updated": PEOPLE}
    assert updates.total() == PEOPLE
    assert not sent(lab)


def test_a_crash_lets_no_more_than_a_commit_of_them_be_made_again(
    lab: Lab, updates: Counter[str]
) -> None:
    watch(lab, lambda _: Trouble.KILLED_BEFORE if updates.total() == PEOPLE - 10 else None)
    lab.run_until_killed()
    watch(lab, lambda _: None)
    lab.wire.plan = lambda request: updates.update(filter(None, [updated(request)]))
    report = lab.run()

    assert counted(report) == {"updated": PEOPLE}
    assert len(updates) == PEOPLE
    assert set(updates.values()) == {1, 2}
    assert updates.total() - PEOPLE <= CALLS_A_COMMIT + SLOTS
    assert names(lab) == {"Bea": PEOPLE}


def test_those_that_a_stop_leaves_are_not_sent(lab: Lab, updates: Counter[str]) -> None:
    fault = {"method": "POST", "path": "/v3/contacts/*", "kind": "status", "status": 401}
    lab.faults({**fault, "after": 70, "times": 0})
    report = lab.run()

    assert report.error is not None
    assert report.verdicts["updated"] == 70
    assert report.reasons["unknown"] == {"not_sent": PEOPLE - 70}
    lab.faults()
    updates.clear()

    assert counted(lab.run()) == {"updated": PEOPLE}
    assert updates.total() == PEOPLE - 70


def test_one_who_opts_out_after_the_intent_is_not_written_to(
    lab: Lab, updates: Counter[str]
) -> None:
    person = "person040@example.com"

    def see(_: httpx.Request) -> None:
        if updates.total() == 5 and person in lab.subscribed:
            lab.remove(person, "unsubscribe")
            lab.time.advance(400)

    watch(lab, see)

    assert counted(lab.run()) == {"updated": PEOPLE - 1, "excluded": 1}
    assert updates.total() == PEOPLE - 1
    assert not sent(lab)
