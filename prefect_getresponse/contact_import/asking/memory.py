"""Looking into a ledger before an import has the right to write to it."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from prefect_getresponse.contact_import.asking.said import Said
from prefect_getresponse.contact_import.ledger import Ledger
from prefect_getresponse.contact_import.ledger.copy import LedgerCopy


def said_before(ledger: Path, copies: str, location: str) -> Said:
    """Find out what was said about a source when it was imported into this list before.

    Args:
        ledger: Path of the ledger, which may be missing.
        copies: Folder of its copies, if there are any.
        location: Canonical location of the source.
    """
    if ledger.exists():
        with Ledger(ledger) as known:
            return Said.of(known.said(location))
    if not copies:
        return Said()
    copy = rehearsal(ledger, copies)
    try:
        with Ledger(copy) as known:
            return Said.of(known.said(location))
    finally:
        shutil.rmtree(copy.parent, ignore_errors=True)


def rehearsal(path: Path, copies: str) -> Path:
    """Make a copy of a ledger for what must leave no trace in it, in a folder of its own.

    Args:
        path: Path of the ledger, which may be missing.
        copies: Folder of its copies, if there are any; the newest of all is taken.
    """
    copy = Path(tempfile.mkdtemp(prefix="getresponse-dry-run-")) / path.name
    if path.exists():
        with closing(sqlite3.connect(path)) as ledger, closing(sqlite3.connect(copy)) as target:
            ledger.backup(target)
    if copies:
        LedgerCopy(copies, copy).refresh()
    return copy
