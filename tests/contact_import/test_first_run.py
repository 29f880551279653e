"""A list of which the state folder remembers nothing."""

from __future__ import annotations

import shutil
from typing import Any

import httpx
import pytest

from tests.contact_import.lab import Lab, Trouble, counted, sends
from tests.contact_import.test_hostile_day import is_path, on_first, rewrite, strangers_import
from tests.support.sqlite_file import sqlite_file

PEOPLE = [(f"person{number}@example.com", f"Person {number}", "vip") for number in range(6)]


def said(lab: Lab, **options: Any) -> list[str]:
    return [note for note in lab.run(**options).notes if note.startswith("first run here")]


def test_the_plan_says_that_the_list_is_not_known_here(lab: Lab) -> None:
    lab.write(PEOPLE)
    lab.add_people("person0@example.com", "other@example.com")

    [note] = said(lab, dry_run=True)
    assert "2 people are on 'customers' already" in note
    assert said(lab) == [note]
    assert said(lab) == []


def test_another_account_behind_the_same_name_has_a_memory_of_its_own(lab: Lab) -> None:
    lab.write(PEOPLE)
    lab.run()

    def change(call: str, answer: Any) -> Any:
        return {**answer, "accountId": "zzz"} if call == "GET /accounts" else answer

    rewrite(lab, change)
    assert len(said(lab)) == 1
    assert len(list(lab.state.glob("*.sqlite"))) == 2
    assert set(lab.wire.accepted.values()) == {1}


def test_an_empty_list_is_no_news(lab: Lab) -> None:
    lab.write(PEOPLE)
    assert said(lab) == []


def test_a_lost_state_folder_is_news(lab: Lab) -> None:
    lab.write(PEOPLE)
    lab.run()
    shutil.rmtree(lab.state)
    assert len(said(lab)) == 1
    assert set(lab.wire.accepted.values()) == {1}


@pytest.mark.parametrize("lost", ["folder", "ledger"])
def test_an_import_at_work_that_nobody_remembers_is_waited_for(lab: Lab, lost: str) -> None:
    lab.write(PEOPLE)
    lab.wire.plan = on_first(sends, Trouble.KILLED_AFTER, lambda: None)
    lab.run_until_killed(route="import")
    lab.wire.plan = lambda _request: None
    if lost == "folder":
        shutil.rmtree(lab.state)
    else:
        for file in lab.state.glob("*.sqlite*"):
            file.unlink()

    report = lab.run(route="batch")

    assert report.problem is None
    assert report.calls.get("POST /contacts/batch", 0) == 0
    assert set(lab.wire.accepted.values()) == {1}


def test_an_import_in_review_is_left_aside_in_the_end(lab: Lab) -> None:
    lab.write(PEOPLE)
    lab.decide_imports("review")
    strangers_import(lab, ["somebody@example.com"])

    assert counted(lab.run(route="contacts", import_seconds=600)) == {"added": 6}


@pytest.mark.parametrize("keep", ["claims", "newest"])
def test_a_copy_that_was_rolled_back_is_noticed(lab: Lab, keep: str) -> None:
    copy = str(lab.copies)
    lab.write(PEOPLE[:1])
    lab.run(ledger_copy=copy)
    older = lab.folder / "older"
    shutil.copytree(lab.copies, older)
    lab.write(PEOPLE)
    lab.wire.plan = on_first(
        lambda request: sends(request) and "person5" in request.content.decode(),
        Trouble.KILLED_AFTER,
        lambda: None,
    )
    lab.run_until_killed(route="batch", ledger_copy=copy)
    lab.wire.plan = lambda _request: None
    shutil.rmtree(lab.state)
    for file in lab.copies.glob("*.sqlite"):
        file.unlink()
    if keep == "newest":
        for file in lab.copies.glob("*.claim"):
            file.unlink()
    for file in older.glob("*.sqlite"):
        shutil.copy(file, lab.copies)

    report = lab.run(route="batch", ledger_copy=copy)

    assert report.problem is None
    assert counted(report) == {"unchanged": 6}
    assert set(lab.wire.accepted.values()) == {1}


def test_a_copy_that_was_rolled_back_is_noticed_again_after_a_kill(lab: Lab) -> None:
    copy = str(lab.copies)
    lab.write(PEOPLE)
    lab.wire.plan = on_first(sends, Trouble.KILLED_AFTER, lambda: None)
    lab.run_until_killed(route="batch", ledger_copy=copy)
    shutil.rmtree(lab.state)
    for file in lab.copies.glob("*.sqlite"):
        file.unlink()
    lab.wire.plan = on_first(is_path("GET", "/imports"), Trouble.KILLED_BEFORE, lambda: None)
    lab.run_until_killed(route="batch", ledger_copy=copy)
    lab.wire.plan = lambda _request: None

    report = lab.run(route="batch", ledger_copy=copy)

    assert report.problem is None
    assert set(lab.wire.accepted.values()) == {1}


def test_updates_make_no_ledger_older(lab: Lab) -> None:
    lab.write(PEOPLE)
    lab.run()
    [beside] = lab.state.glob("*.generation")
    before = beside.read_text()
    lab.write([(email, "Other", "") for email, _, _ in PEOPLE])

    assert counted(lab.run()) == {"updated": 6}
    assert beside.read_text() == before


def test_nobody_is_kept_from_the_ledger_while_an_import_is_waited_for(lab: Lab) -> None:
    lab.write(PEOPLE)
    lab.decide_imports("review")
    strangers_import(lab, ["somebody@example.com"])
    looks, asks_for_imports = list[str](), is_path("GET", "/imports")

    def write_meanwhile(request: httpx.Request) -> None:
        if asks_for_imports(request):
            looks.append(request.url.path)
            if len(looks) > 1:  # the first is while the source is read
                [ledger] = lab.state.glob("*.sqlite")
                with sqlite_file(ledger) as other:
                    other.execute("BEGIN IMMEDIATE")
                    other.execute("ROLLBACK")

    lab.wire.plan = write_meanwhile
    lab.run(route="contacts", import_seconds=600)

    assert len(looks) > 3
