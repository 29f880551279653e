"""What imports keep of people is forgotten in time, and what the next run needs is not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from prefect_getresponse.cli import NOT_STARTED, OK, run
from prefect_getresponse.contact_import.ledger import writer_lock
from prefect_getresponse.contact_import.ledger.retention import Purged
from prefect_getresponse.contact_import.purging import purge
from prefect_getresponse.flows.purge_import_state import purge_import_state
from prefect_getresponse.limits.budgets import DAY
from tests.contact_import.lab import Lab, Trouble, counted, sends

STAYS, LEAVES = "stays@example.com", "leaves@example.com"


def in_ledgers(lab: Lab, address: str) -> bool:
    """Whether any byte of the state still tells of an address."""
    return any(address.encode() in path.read_bytes() for path in lab.state.iterdir())


def test_people_of_no_source_are_forgotten_and_others_are_not_sent_again(lab: Lab) -> None:
    lab.write([(STAYS, "", "vip"), (LEAVES, "", "vip")])
    lab.run()
    lab.remove(LEAVES, "user")
    lab.write([(STAYS, "", "vip")])
    for _ in range(4):
        lab.time.advance(10 * DAY)
        before = lab.writes
        assert counted(lab.run()) == {"unchanged": 1}
        assert lab.writes == before
        assert in_ledgers(lab, STAYS)

    assert not in_ledgers(lab, LEAVES)


def test_purge_forgets_what_is_old_in_all_ledgers(lab: Lab) -> None:
    lab.write([(STAYS, "", ""), ("broken@", "", "")])
    report = lab.run(max_reject_ratio=1)
    lab.time.advance(8 * DAY)
    written = lab.time() - 8 * DAY
    os.utime(report.rejects_file, (written, written))
    whole = Purged(rows=2, people=1, files=1)

    assert purge(str(lab.state), clock=lab.time) == Purged()
    assert purge(str(lab.state), 7, dry_run=True, clock=lab.time) == whole
    assert in_ledgers(lab, STAYS)
    [ledger] = lab.state.glob("*.sqlite")
    with writer_lock(ledger):
        assert purge(str(lab.state), 7, dry_run=True, clock=lab.time).skipped == 1
    assert purge(str(lab.state), 7, clock=lab.time) == whole

    assert not in_ledgers(lab, STAYS)
    assert not Path(report.rejects_file).exists()
    assert counted(lab.run(max_reject_ratio=1)) == {"rejected": 1, "unchanged": 1}


def test_an_interrupted_run_keeps_its_rows(lab: Lab) -> None:
    lab.write([(STAYS, "", "")])
    lab.wire.plan = lambda request: Trouble.KILLED_AFTER if sends(request) else None
    lab.run_until_killed()
    lab.wire.plan = lambda _request: None
    lab.time.advance(40 * DAY)

    assert purge(str(lab.state), clock=lab.time) == Purged(unfinished=1)
    assert counted(lab.run()) == {"added": 1}
    assert lab.wire.accepted == {STAYS: 1}


def test_the_command_and_the_task_say_what_they_purge(
    lab: Lab, capsys: pytest.CaptureFixture[str]
) -> None:
    lab.write([(STAYS, "", "")])
    lab.run()

    words = ["purge", "--state-dir", str(lab.state), "--older-than", "-9999", "--dry-run"]
    assert run(words) == OK
    assert "1 rows, 1 people" in capsys.readouterr().out
    assert purge_import_state.fn(str(lab.state), -9999) == Purged(rows=1, people=1, files=1)
    assert not in_ledgers(lab, STAYS)


@pytest.mark.parametrize("name", ["mistyped", "x" * 300], ids=["missing", "unusable"])
def test_a_folder_that_cannot_be_read_is_not_said_to_be_purged(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["purge", "--state-dir", str(tmp_path / name)]) == NOT_STARTED
    printed = capsys.readouterr()
    assert "nothing was purged" in printed.err
    assert printed.out == ""


def test_where_nothing_was_imported_nothing_is_purged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PREFECT_INTEGRATIONS_GETRESPONSE_STATE_DIR", str(tmp_path / "none"))
    assert purge() == Purged()
