"""The right to write to a ledger: one process has it."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from prefect_getresponse.client.errors import GetResponseError
from prefect_getresponse.contact_import.ledger.trouble import told_in_a_sentence
from prefect_getresponse.runtime.file_lock import locked


class LedgerBusy(GetResponseError):
    """Another process is importing into the same list."""

    default_advice = "Wait until it has ended, then run again."


class LedgerTaken(GetResponseError):
    """Another process has taken the ledger over; this one may neither send nor write."""

    default_advice = "Let one worker at a time import into a list; the import goes on there."


def taken() -> LedgerTaken:
    """The error of a process whose ledger has another holder now."""
    return LedgerTaken("another process has taken over this import")


@contextmanager
def writer_lock(path: Path) -> Generator[None]:
    """Hold the right to write to a ledger; the operating system frees it when the process ends.

    Args:
        path: Path of the ledger.

    Raises:
        LedgerBusy: Another process or run holds it.
        MachineFailed: The disk has no room for the lock.
    """
    with told_in_a_sentence(path):
        lock = _locked(path.with_suffix(".lock"))
    try:
        yield
    finally:
        lock.close()


def _locked(beside: Path) -> sqlite3.Connection:
    """Lock a file beside the ledger."""
    if not beside.exists():
        beside.touch(mode=0o600)
    if beside.stat().st_size:  # something else was written there; nothing of ours ever is
        os.truncate(beside, 0)
    lock = locked(beside)
    if lock is None:
        raise LedgerBusy("another import into this list is running")
    return lock
