"""The copy of the ledger: a worker that has lost its disk goes on from it."""

from __future__ import annotations

import random
import shutil
import stat
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from prefect_getresponse.client.errors import GetResponseError, InvalidArguments
from prefect_getresponse.contact_import.ledger import ChunkState, Ledger, LedgerTaken
from prefect_getresponse.contact_import.ledger.copies.copy import LedgerCopy
from prefect_getresponse.contact_import.ledger.copies.copy_folder import CopyFailed, LocalFolder
from prefect_getresponse.contact_import.tuning import AS_ALLOWED
from tests.contact_import.lab import Killed, Lab, Trouble, counted, sends
from tests.support.sqlite_file import sqlite_file

PEOPLE = [(f"person{number}@example.com", f"Person {number}", "vip") for number in range(12)]
EVERYBODY = {email for email, _, _ in PEOPLE}


def on_send(number: int, trouble: Trouble) -> Callable[[httpx.Request], Trouble | None]:
    seen = 0

    def plan(request: httpx.Request) -> Trouble | None:
        nonlocal seen
        seen += sends(request)
        return trouble if sends(request) and seen == number else None

    return plan


def lose_disk(lab: Lab) -> None:
    shutil.rmtree(lab.state, ignore_errors=True)


def run(lab: Lab, **options: Any) -> Any:
    return lab.run(ledger_copy=str(lab.copies), **options)


@pytest.mark.parametrize("route", ["contacts", "batch", "import"])
@pytest.mark.parametrize("trouble", [Trouble.KILLED_BEFORE, Trouble.KILLED_AFTER])
@pytest.mark.parametrize("call", [1, 7])
def test_a_worker_that_lost_its_disk_goes_on_from_the_copy(
    lab: Lab, monkeypatch: pytest.MonkeyPatch, route: str, trouble: Trouble, call: int
) -> None:
    lab.tune(batch_rows=1)
    lab.write(PEOPLE)
    lab.wire.plan = on_send(1 if route == "import" else call, trouble)
    with pytest.raises(Killed):
        run(lab, route=route)
    lab.wire.plan = lambda _request: None
    lose_disk(lab)

    report = run(lab, route=route)

    assert counted(report) == {"added": len(PEOPLE)}
    assert lab.wire.accepted == Counter(EVERYBODY)
    assert lab.subscribed == EVERYBODY
    lose_disk(lab)
    before = lab.writes
    assert counted(run(lab, route=route)) == {"unchanged": len(PEOPLE)}
    assert lab.writes == before


@pytest.mark.parametrize("seed", range(6))
def test_whenever_workers_die_and_lose_their_disks_nobody_is_lost_or_sent_twice(
    lab: Lab, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    chance = random.Random(seed)
    lab.tune(batch_rows=chance.choice([1, 2, 5]), announced=chance.choice([0, 2, 100]))
    route = chance.choice(["contacts", "batch", "import"])
    deaths = 2
    put = LocalFolder.put

    def dies() -> bool:
        nonlocal deaths
        if deaths and chance.random() < 0.15:
            deaths -= 1
            lab.die()
            return True
        return False

    def deadly_put(self: LocalFolder, name: str, content: Path) -> None:
        if lab.wire.dead or dies():
            raise Killed
        put(self, name, content)
        if dies():
            raise Killed

    def wire(request: httpx.Request) -> Trouble | None:
        nonlocal deaths
        if deaths and sends(request) and chance.random() < 0.2:
            deaths -= 1
            return chance.choice([Trouble.KILLED_BEFORE, Trouble.KILLED_AFTER])
        return None

    monkeypatch.setattr(LocalFolder, "put", deadly_put)
    lab.wire.plan = wire
    lab.write(PEOPLE)
    for _ in range(4):
        with suppress(Killed, GetResponseError):
            run(lab, route=route)
        if chance.random() < 0.7:
            lose_disk(lab)

    report = run(lab, route=route)

    assert report.balanced
    assert lab.wire.accepted == Counter(EVERYBODY)
    assert lab.subscribed == EVERYBODY


def test_a_call_is_made_only_after_the_copy_tells_of_it(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab.tune(announced=3)
    lab.write(PEOPLE)
    told: list[int] = []

    def look(request: httpx.Request) -> None:
        if sends(request):
            [copy] = lab.copies.glob("*.sqlite")
            with sqlite_file(copy) as db:
                states = dict(db.execute("SELECT chunk, state FROM chunks"))
            told.append(sum(state != ChunkState.PLANNED for state in states.values()))

    lab.wire.plan = look
    run(lab)

    assert told
    assert all(known > sent for sent, known in enumerate(told))


def test_a_copy_tells_of_many_calls_at_once(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    lab.write([(f"person{number}@example.com", "", "") for number in range(150)])
    names: list[str] = []
    put = LocalFolder.put

    def counting(self: LocalFolder, name: str, content: Path) -> None:
        names.append(name)
        put(self, name, content)

    monkeypatch.setattr(LocalFolder, "put", counting)
    assert counted(run(lab)) == {"added": 150}

    saved = [name for name in names if name.endswith(".sqlite")]
    # Two tell of the calls, one each ends the sending and the reading back.
    assert len(saved) == -(-150 // AS_ALLOWED.announced) + 2
    assert len(list(lab.copies.iterdir())) == 3  # the claim, the newest copy, and which that is


@pytest.mark.parametrize("after", [0, 3])
def test_a_worker_whose_import_another_one_has_claimed_sends_nothing_more(
    lab: Lab, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, after: int
) -> None:
    lab.tune(claim_seconds=0)
    lab.write(PEOPLE)
    other = tmp_path / "other"
    other.mkdir()

    def claim(request: httpx.Request) -> None:
        if sends(request) and lab.wire.accepted.total() >= after and not any(other.iterdir()):
            [ledger] = lab.state.glob("*.sqlite")
            LedgerCopy(str(lab.copies), other / ledger.name).take_over()

    lab.wire.plan = claim
    report = run(lab)

    assert "another process has taken over" in str(report.error)
    sent = lab.wire.accepted.total()
    assert sent < len(PEOPLE)
    lab.wire.plan = lambda _request: None
    lab.state = other

    assert counted(run(lab)) == {"added": len(PEOPLE)}
    assert lab.wire.accepted == Counter(EVERYBODY)


def test_a_local_ledger_that_knows_more_than_the_copy_is_kept(lab: Lab) -> None:
    lab.write(PEOPLE)
    run(lab)
    lab.write([*PEOPLE, ("new@example.com", "New", "")])
    lab.run()  # without the copy

    assert counted(run(lab)) == {"unchanged": len(PEOPLE) + 1}
    lose_disk(lab)
    before = lab.writes
    assert counted(run(lab)) == {"unchanged": len(PEOPLE) + 1}
    assert lab.writes == before


def test_a_ledger_of_another_disk_that_knows_less_is_replaced(lab: Lab, tmp_path: Path) -> None:
    lab.write(PEOPLE)
    run(lab)
    shutil.copytree(lab.state, tmp_path / "old")
    lab.write([("person0@example.com", "Changed", "vip"), *PEOPLE[1:]])
    run(lab)
    lab.state = tmp_path / "old"
    before = lab.writes

    assert counted(run(lab)) == {"unchanged": len(PEOPLE)}
    assert lab.writes == before


def test_copies_are_for_their_owner_only(lab: Lab) -> None:
    lab.write(PEOPLE)
    run(lab)

    assert stat.S_IMODE(lab.copies.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in lab.copies.iterdir()} == {0o600}
    assert [
        path.name
        for path in lab.state.iterdir()
        if path.suffix not in (".sqlite", ".lock", ".key", ".json", ".generation")
    ] == []


def test_a_dry_run_without_a_disk_reads_the_copy_and_leaves_it_alone(lab: Lab) -> None:
    lab.write(PEOPLE)
    run(lab)
    lose_disk(lab)
    before = {path.name: path.read_bytes() for path in lab.copies.iterdir()}

    assert counted(run(lab, dry_run=True)) == {"unchanged": len(PEOPLE)}
    assert {path.name: path.read_bytes() for path in lab.copies.iterdir()} == before


def test_a_url_will_do(lab: Lab) -> None:
    lab.write(PEOPLE)
    url = f"memory://copies/{lab.campaign_id}"
    lab.wire.plan = on_send(5, Trouble.KILLED_AFTER)
    lab.run_until_killed(ledger_copy=url)
    lab.wire.plan = lambda _request: None
    lose_disk(lab)

    assert counted(lab.run(ledger_copy=url)) == {"added": len(PEOPLE)}
    assert lab.wire.accepted == Counter(EVERYBODY)


def test_a_copy_that_cannot_be_written_ends_the_import_before_anything_is_sent(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab.write(PEOPLE)

    def full(_self: LocalFolder, name: str, _content: Path) -> None:
        if name.endswith(".sqlite"):
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(LocalFolder, "put", full)
    with pytest.raises(CopyFailed, match="No space left"):
        run(lab)
    with pytest.raises(InvalidArguments, match="ledger copy"):
        lab.run(ledger_copy="nonsense://copies")
    assert lab.wire.accepted == {}


def test_whoever_held_the_ledger_before_can_write_nothing(tmp_path: Path) -> None:
    path = tmp_path / "list.sqlite"
    with Ledger(path) as ledger:
        first = ledger.holder().successor()
        ledger.set_holder(first)
    revenant = Ledger(path, first)
    run = revenant.begin("run", "job", "source", 0.0)
    with Ledger(path) as ledger:
        ledger.set_holder(first.successor())

    with pytest.raises(LedgerTaken), revenant:
        run.end(run.phase, 1.0)
    with pytest.raises(LedgerTaken), Ledger(path, first) as again:
        again.begin("other", "job", "source", 0.0)
