"""Whatever this machine does to a ledger is one sentence, with the exit code that fits."""

from __future__ import annotations

import errno
import os
import resource
import shutil
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable, Generator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from prefect_getresponse.client.errors import GetResponseError
from prefect_getresponse.contact_import.ledger import (
    Action,
    Decision,
    Ledger,
    LedgerBusy,
    LedgerFailed,
    MachineFailed,
    NewRow,
    anything_sent,
    writer_lock,
)
from prefect_getresponse.contact_import.ledger.copies.rehearsal import rehearsal_of, sweep
from prefect_getresponse.contact_import.ledger.trouble import told_in_a_sentence
from prefect_getresponse.contact_import.purging import purge


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    path = tmp_path / "list.sqlite"
    with Ledger(path):
        pass
    return path


def garbled(path: Path) -> None:
    path.write_bytes(b"\0" * path.stat().st_size)


def no_database(path: Path) -> None:
    path.write_bytes(b"hello, this is no database\n" * 500)


def garbage_inside(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[:4096] + os.urandom(len(content) - 4096))


def strange_tables(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute("DROP TABLE holder")
        db.execute("CREATE VIEW holder AS SELECT 1 AS only_one")


@pytest.mark.parametrize("harm", [garbled, no_database, garbage_inside, strange_tables])
def test_a_damaged_ledger_says_so(harm: Callable[[Path], None], ledger: Path) -> None:
    harm(ledger)
    with pytest.raises(LedgerFailed, match="damaged"):
        _look_through(ledger)


def _look_through(ledger: Path) -> None:
    with Ledger(ledger) as opened:
        opened.holder()
        opened.outcomes.outdated(0.0)


@pytest.mark.parametrize("work", ["BEGIN IMMEDIATE", "BEGIN EXCLUSIVE"])
def test_a_ledger_that_another_program_locks_is_not_damaged(
    work: str, ledger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(sqlite3.connect(ledger, isolation_level=None)) as other:
        other.execute(work)
        connect_with(monkeypatch, "busy_timeout = 10")
        with pytest.raises(LedgerFailed, match="locked by another program"):
            _write(ledger, "customers")


def connect_with(patch: pytest.MonkeyPatch, setting: str) -> None:
    """Give all connections from now on a setting of SQLite."""
    connect: Callable[..., sqlite3.Connection] = sqlite3.connect

    def connected(*arguments: Any, **options: Any) -> sqlite3.Connection:
        db = connect(*arguments, **options)
        db.execute(f"PRAGMA {setting}").fetchall()
        return db

    patch.setattr(sqlite3, "connect", connected)


def _write(ledger: Path, list_name: str) -> None:
    with Ledger(ledger) as mine, mine.transaction():
        mine.identity.introduce(list_name)


def test_a_full_disk_is_named_and_the_ledger_stays_whole(
    ledger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        connect_with(patch, "max_page_count = 40")
        with pytest.raises(LedgerFailed, match="its disk is full"):
            _write(ledger, "x" * 9_999_999)
    with Ledger(ledger) as opened:
        assert opened.holder().epoch == 0


def test_a_ledger_that_can_be_read_no_more_may_have_sent(ledger: Path) -> None:
    garbled(ledger)
    assert anything_sent(ledger, "a-run")


@pytest.mark.skipif(sys.platform != "linux", reason="limits of Linux")
@pytest.mark.parametrize("is_sent", [False, True])
def test_a_full_disk_still_tells_whether_anything_was_sent(is_sent: bool, tmp_path: Path) -> None:
    """What stands in the journal counts, and no file grows, not even that of its index."""
    left = tmp_path / "left" / "list.sqlite"
    left.parent.mkdir()
    with Ledger(tmp_path / "list.sqlite") as ledger:
        run = ledger.begin("a-run", "job", "people.csv", 0.0)
        run.rows.put_off_index()  # opening it would make the index
        run.rows.add([NewRow(2, "jane@example.com", "{}", "hash", None, None)])
        run.plan.decide([Decision(2, action=Action.ADD)])
        run.cutting.cut(Action.ADD, "batch", 10)
        if is_sent:
            run.chunks.intend(1, 1.0)
        for end in ("", "-wal"):
            shutil.copy(f"{ledger.path}{end}", left.parent)

    with files_that_do_not_grow():
        with pytest.raises((LedgerFailed, MachineFailed)), Ledger(left) as full:
            full.run("a-run")
        assert anything_sent(left, "a-run") is is_sent


@contextmanager
def files_that_do_not_grow() -> Generator[None]:
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (errno.ENOSPC, "disk is full"),
        (errno.EDQUOT, "disk is full"),
        (errno.EMFILE, "open no further files"),
        (errno.ENFILE, "open no further files"),
        (errno.EROFS, "no right to write"),
        (errno.ENOMEM, "memory is used up"),
        (errno.EIO, "the disk fails"),
    ],
)
def test_limits_of_the_machine_are_sentences(number: int, said: str) -> None:
    with pytest.raises(MachineFailed, match=said) as told, told_in_a_sentence():
        raise OSError(number, os.strerror(number), "/somewhere/else")
    assert told.value.advice


def test_memory_is_one_of_them() -> None:
    with pytest.raises(MachineFailed, match="memory"), told_in_a_sentence():
        raise MemoryError


def test_so_are_threads() -> None:
    with pytest.raises(MachineFailed, match="no further threads"), told_in_a_sentence():
        raise RuntimeError("can't start new thread")
    with pytest.raises(RuntimeError, match="another"), told_in_a_sentence():
        raise RuntimeError("another")


def test_errors_of_programs_stay_theirs() -> None:
    with pytest.raises(ConnectionResetError), told_in_a_sentence():
        raise ConnectionResetError(errno.ECONNRESET, "reset")


class TestLock:
    def test_junk_in_its_file_is_no_other_import(self, ledger: Path) -> None:
        ledger.with_suffix(".lock").write_bytes(b"hello\n" * 500)
        with writer_lock(ledger), pytest.raises(LedgerBusy), writer_lock(ledger):
            pass

    def test_a_folder_in_its_place_is_no_other_import(self, ledger: Path) -> None:
        ledger.with_suffix(".lock").unlink(missing_ok=True)
        ledger.with_suffix(".lock").mkdir()
        with pytest.raises(GetResponseError) as told, writer_lock(ledger):
            pass
        assert not isinstance(told.value, LedgerBusy)


class TestPrivacy:
    def test_a_ledger_for_all_is_made_its_owners(self, ledger: Path) -> None:
        ledger.chmod(0o644)
        with Ledger(ledger):
            assert stat.S_IMODE(ledger.stat().st_mode) == 0o600
            for journal in ledger.parent.glob("*.sqlite-*"):
                assert stat.S_IMODE(journal.stat().st_mode) == 0o600

    def test_a_dry_run_works_beside_its_ledger_for_its_owner_only(self, ledger: Path) -> None:
        copy = rehearsal_of(ledger, "")
        assert copy.parent.parent == ledger.parent
        assert stat.S_IMODE(copy.stat().st_mode) == 0o600
        assert stat.S_IMODE(copy.parent.stat().st_mode) == 0o700

    def test_what_a_killed_dry_run_left_goes_at_the_next_start(self, ledger: Path) -> None:
        left = _killed(ledger)
        running = rehearsal_of(ledger, "").parent
        assert not left.exists()
        assert running.exists()

    def test_purge_knows_it(self, ledger: Path) -> None:
        left = _killed(ledger)
        assert purge(str(ledger.parent), dry_run=True).rehearsals == 1
        done = purge(str(ledger.parent))
        assert done.rehearsals == 1
        assert "1 left by killed dry runs" in done.sentence()
        assert not left.exists()

    def test_one_of_another_machine_is_left_for_a_day(self, ledger: Path) -> None:
        other = ledger.parent / "dry-run-00000000-1-x"
        other.mkdir()
        assert sweep(ledger.parent) == 0
        os.utime(other, (0, 0))
        assert sweep(ledger.parent) == 1


def _killed(ledger: Path) -> Path:
    """What a dry run leaves whose process is gone."""
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    mine = rehearsal_of(ledger, "").parent
    left = mine.with_name(mine.name.replace(f"-{os.getpid()}-", f"-{child.pid}-"))
    mine.rename(left)
    return left
