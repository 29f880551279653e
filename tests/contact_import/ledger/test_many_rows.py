"""Statements that change many rows ask of all at once what others ask of each."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from prefect_getresponse.contact_import.ledger import (
    Action,
    ChunkState,
    Ledger,
    Listed,
    NewRow,
    Phase,
    Run,
    Standing,
)
from prefect_getresponse.contact_import.ledger.lock import LedgerTaken
from prefect_getresponse.contact_import.ledger.many_rows import MANY
from prefect_getresponse.contact_import.verdicts import Verdict
from tests.support.sqlite_file import sqlite_file

Step = Callable[[Run], None]
ROWS = range(2, MANY + 2)
PEOPLE = [Listed(f"{row}@example.com", f"C{row}", None, None, "api", 115.0) for row in ROWS]


def plan(run: Run) -> None:
    run.plan.add_unknown(len(ROWS))


def cut(run: Run) -> None:
    run.imports.cut(Action.ADD, None, [(ROWS[0], ROWS[-1] + 1)], ChunkState.PLANNED)


def send(run: Run) -> None:
    run.chunks.intend(1, 110.0)
    run.chunks.answer(1, ChunkState.ACKNOWLEDGED, 111.0)
    run.awaited.add_listed(Standing.SUBSCRIBED, PEOPLE)


def settle(run: Run) -> None:
    assert run.awaited.settle_visible(Standing.SUBSCRIBED, Verdict.ADDED) == len(ROWS)


BEFORE: dict[Step, tuple[Step, ...]] = {plan: (), cut: (plan,), settle: (plan, cut, send)}
"""Each step that changes many rows, with those that come before it."""


def as_they_are(path: Path) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as db:
        return db.execute("SELECT action, chunk, verdict FROM rows").fetchall()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A ledger with many rows that are read."""
    path = tmp_path / "list.sqlite"
    with Ledger(path) as ledger:
        run = ledger.begin("r1", "job", "people.csv", 100.0)
        keys = ((row, f"{row}@example.com") for row in ROWS)
        run.rows.add(NewRow(row, key, "{}", "hash", None, None) for row, key in keys)
        ledger.set_holder(ledger.holder().successor())
    return path


@pytest.mark.parametrize("step", BEFORE)
def test_whoever_lost_the_ledger_changes_none_of_them(path: Path, step: Step) -> None:
    before: list[tuple[object, ...]] = []

    def lose_the_ledger_before(step: Step) -> None:
        with Ledger(path) as ledger:
            holder = ledger.holder()
        with Ledger(path, holder) as late:
            run = late.run("r1")
            for earlier in BEFORE[step]:
                earlier(run)
            before.extend(as_they_are(path))
            with Ledger(path) as another:
                another.set_holder(holder.successor())
            step(run)

    with pytest.raises(LedgerTaken):
        lose_the_ledger_before(step)
    assert as_they_are(path) == before


def test_they_are_held_to_the_laws_again(path: Path) -> None:
    with Ledger(path) as ledger:
        run = ledger.run("r1")
        run.enter(Phase.SENDING)
        for step in (plan, cut, send, settle):
            step(run)

    with sqlite_file(path) as db:
        for change in ("verdict = 'rejected'", "verdict = NULL, action = NULL"):
            with pytest.raises(sqlite3.IntegrityError):
                db.execute(f"UPDATE rows SET {change}")
