"""A run that was interrupted: nobody is lost, nobody is sent twice."""

from __future__ import annotations

import os
import sqlite3
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import pytest

from prefect_getresponse.contact_import.phases.resume import InterruptedRun
from tests.contact_import.lab import Killed, Lab, Trouble, Wire, counted, sends

PEOPLE = [(f"person{number}@example.com", f"Person {number}", "vip") for number in range(12)]
EVERYBODY = {email for email, _, _ in PEOPLE}
EVERY = 1 if "CRASH_MATRIX" in os.environ else 5
"""`make crash-matrix` kills at every moment."""


def on_send(number: int, trouble: Trouble) -> Callable[[Any], Trouble | None]:
    """Trouble for one of the calls that send people."""
    seen = 0

    def plan(request: Any) -> Trouble | None:
        nonlocal seen
        seen += sends(request)
        return trouble if sends(request) and seen == number else None

    return plan


def undisturbed(_request: Any) -> None:
    """No trouble."""


@pytest.mark.parametrize("route", ["contacts", "batch"])
@pytest.mark.parametrize(
    "trouble", [Trouble.KILLED_BEFORE, Trouble.KILLED_AFTER], ids=lambda trouble: trouble.name
)
@pytest.mark.parametrize("call", [1, 2, 7, 12])
def test_a_run_killed_while_sending_is_finished_by_the_next(
    lab: Lab, monkeypatch: pytest.MonkeyPatch, route: str, trouble: Trouble, call: int
) -> None:
    lab.tune(batch_rows=1)
    lab.write(PEOPLE)
    lab.wire.plan = on_send(call, trouble)
    lab.run_until_killed(route=route)
    lab.wire.plan = undisturbed

    report = lab.run(route=route)

    assert counted(report) == {"added": len(PEOPLE)}
    assert report.balanced
    assert lab.wire.accepted == Counter(EVERYBODY)
    assert lab.subscribed == EVERYBODY


DEATHS: list[Callable[[], None]] = []
"""What happens when the process dies."""


class Mortal(sqlite3.Connection):
    """A connection to the ledger in a process that dies before a certain statement."""

    statements = 0
    dies_before = 0
    changes = 0
    wire: Wire
    moments: ClassVar[dict[tuple[int, int], int]] = {}
    """The first statement in each state of ledger and account: dying at others is the same."""

    def execute(self, sql: str, *arguments: Any) -> sqlite3.Cursor:
        self._live()
        cursor = super().execute(sql, *arguments)
        self._count(sql)
        return cursor

    def executemany(self, sql: str, *arguments: Any) -> sqlite3.Cursor:
        self._live()
        cursor = super().executemany(sql, *arguments)
        self._count(sql)
        return cursor

    def executescript(self, sql: str) -> sqlite3.Cursor:
        cursor = super().executescript(sql)
        self._count(sql)
        return cursor

    def _count(self, sql: str) -> None:
        passes = "TEMP" in sql or sql.startswith(("SELECT", "PRAGMA"))
        Mortal.changes += not self.in_transaction and not passes

    @staticmethod
    def _live() -> None:
        Mortal.statements += 1
        Mortal.moments.setdefault((Mortal.changes, len(Mortal.wire.bodies)), Mortal.statements)
        if Mortal.statements == Mortal.dies_before:
            for die in DEATHS:
                die()
        if Mortal.dies_before and Mortal.statements >= Mortal.dies_before:
            raise Killed


@pytest.fixture
def mortal_ledger(monkeypatch: pytest.MonkeyPatch) -> None:
    connect: Callable[..., sqlite3.Connection] = sqlite3.connect

    def connected(path: Path, **options: Any) -> sqlite3.Connection:
        # The lock lives and dies with the real process.
        is_ledger = path.suffix == ".sqlite"
        return connect(path, **options, **({"factory": Mortal} if is_ledger else {}))

    monkeypatch.setattr(sqlite3, "connect", connected)


@pytest.mark.usefixtures("mortal_ledger")
@pytest.mark.parametrize("route", ["contacts", "batch", "import"])
def test_a_crash_after_any_change_of_ledger_or_account_is_harmless(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, route: str
) -> None:
    people = [*PEOPLE[:3], ("gone@example.com", "Gone", ""), ("old@example.com", "Old", "vip")]

    def world(name: str) -> Lab:
        lab = Lab(tmp_path / name)
        lab.tune(batch_rows=2)
        lab.add_people("gone@example.com", "old@example.com", name="Someone")
        lab.remove("gone@example.com", "unsubscribe")
        lab.write(people)
        return lab

    (tmp_path / "whole").mkdir()
    whole = world("whole")
    Mortal.statements, Mortal.dies_before, Mortal.changes = 0, 0, 0
    Mortal.wire = whole.wire
    Mortal.moments.clear()
    assert counted(whole.run(route=route)) == {"added": 3, "updated": 1, "excluded": 1}
    moments = list(Mortal.moments.values())

    for moment in moments[::EVERY]:
        (tmp_path / str(moment)).mkdir()
        lab = world(str(moment))
        Mortal.statements, Mortal.dies_before = 0, moment
        DEATHS[:] = [lab.die]
        lab.run_until_killed(route=route)
        Mortal.statements, Mortal.dies_before = 0, 0

        report = lab.run(route=route)

        assert report.balanced, moment
        assert report.verdicts["added"] + report.verdicts["unchanged"] >= 3, moment
        assert set(lab.wire.accepted.values()) == {1}, moment
        assert lab.subscribed == {email for email, _, _ in people} - {"gone@example.com"}, moment
        old = lab.members["old@example.com"]
        assert (old["name"], old["tags"]) == ("Old", ["vip"]), moment
    assert len(moments) > 25


def test_a_changed_source_is_refused_if_asked_for(lab: Lab) -> None:
    lab.write(PEOPLE)
    lab.wire.plan = on_send(5, Trouble.KILLED_AFTER)
    lab.run_until_killed()
    lab.wire.plan = undisturbed
    lab.write([*PEOPLE, ("new@example.com", "New", "")])
    before = lab.writes

    with pytest.raises(InterruptedRun, match="--new-run"):
        lab.run(reopen="refuse")

    assert lab.writes == before


@pytest.mark.parametrize("trouble", [Trouble.KILLED_BEFORE, Trouble.KILLED_AFTER])
def test_a_changed_source_settles_the_old_run_and_starts_anew(lab: Lab, trouble: Trouble) -> None:
    lab.write(PEOPLE)
    lab.wire.plan = on_send(5, trouble)
    lab.run_until_killed()
    lab.wire.plan = undisturbed
    lab.write([*PEOPLE, ("new@example.com", "New", "")])

    report = lab.run()

    assert report.balanced
    assert report.rows_read == len(PEOPLE) + 1
    assert lab.wire.accepted == Counter({*EVERYBODY, "new@example.com"})
    assert lab.subscribed == {*EVERYBODY, "new@example.com"}


def test_an_interrupted_run_keeps_its_id_and_its_count_of_calls(lab: Lab) -> None:
    lab.write(PEOPLE)
    lab.wire.plan = on_send(5, Trouble.UNAUTHORIZED)
    broken = lab.run()
    lab.wire.plan = undisturbed

    resumed = lab.run()

    assert resumed.run_id == broken.run_id
    assert (broken.resumed, resumed.resumed) == (False, True)
    assert resumed.calls["POST /contacts"] == len(PEOPLE) + 1
