"""Looking into a ledger before an import has the right to write to it."""

from __future__ import annotations

import shutil
from pathlib import Path

from prefect_getresponse.contact_import.asking.said import Said
from prefect_getresponse.contact_import.ledger import Ledger
from prefect_getresponse.contact_import.ledger.copies.rehearsal import rehearsal_of


def said_before(ledger: Path, copies: str, location: str) -> Said:
    """Find out what was said about a source when it was imported into this list before.

    Args:
        ledger: Path of the ledger, which may be missing.
        copies: Folder of its copies, if there are any.
        location: Canonical location of the source.
    """
    if ledger.exists():
        with Ledger(ledger, is_glance=True) as known:
            return Said.of(known.said(location))
    if not copies:
        return Said()
    copy = rehearsal_of(ledger, copies)
    try:
        with Ledger(copy) as known:
            return Said.of(known.said(location))
    finally:
        shutil.rmtree(copy.parent, ignore_errors=True)
