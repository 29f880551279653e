"""Ledgers of dry runs: copies under the state folder that go with the process, or soon after."""

from __future__ import annotations

import hashlib
import os
import shutil
import socket
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

from prefect_getresponse.contact_import.ledger.copies.copy import LedgerCopy

PREFIX = "dry-run-"
_OLDEST = 86_400.0
"""Seconds after which one of another machine is taken for left behind."""


def rehearsal_of(path: Path, copies: str) -> Path:
    """Copy of a ledger for a dry run, which must leave no trace in the real one.

    What dry runs left behind that were killed is deleted.

    Args:
        path: The ledger, which need not exist.
        copies: Folder of copies of the ledger; empty if there are none.
    """
    sweep(path.parent)
    folder = tempfile.mkdtemp(prefix=f"{PREFIX}{_host()}-{os.getpid()}-", dir=path.parent)
    copy = Path(folder) / path.name
    copy.touch(mode=0o600)
    if path.exists():
        with closing(sqlite3.connect(path)) as ledger, closing(sqlite3.connect(copy)) as target:
            ledger.backup(target)
    if copies:
        LedgerCopy(copies, copy).refresh()
    return copy


def sweep(folder: Path, *, dry_run: bool = False) -> int:
    """Delete what dry runs left behind that are not running any more.

    Args:
        folder: The state folder.
        dry_run: Only count.

    Returns:
        How many there were.
    """
    left = list(_left_behind(folder))
    if not dry_run:
        for each in left:
            shutil.rmtree(each, ignore_errors=True)
    return len(left)


def _left_behind(folder: Path) -> Iterator[Path]:
    for each in folder.glob(f"{PREFIX}*"):
        host, _, rest = each.name.removeprefix(PREFIX).partition("-")
        process = rest.partition("-")[0]
        with suppress(OSError):
            is_old = time.time() - each.stat().st_mtime > _OLDEST
            if is_old or (host == _host() and process.isdigit() and not _runs(int(process))):
                yield each


def _host() -> str:
    return hashlib.blake2b(socket.gethostname().encode(), digest_size=4).hexdigest()


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:  # it is another user's
        return True
    return True
