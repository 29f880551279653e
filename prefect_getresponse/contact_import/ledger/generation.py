"""Which ledger this is and how far it has come, written beside it: a lost memory is noticed.

A ledger may be cut to nothing, replaced by an older copy, or lose the journal in which its newest
commits stand. Each call that may change something makes it a generation older; the number stands in
the ledger and, before the first byte of the call, in a file beside it. A ledger that knows less
than that file has forgotten calls.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple


class Generation(NamedTuple):
    """A state of a ledger.

    Attributes:
        ledger_id: Tells ledgers apart.
        number: Calls that it has seen begin.
    """

    ledger_id: str
    number: int

    def forgot(self, noted: Generation | None) -> bool:
        """Whether a ledger of this generation knows less than was noted beside it."""
        if noted is None:
            return False
        return noted.ledger_id != self.ledger_id or noted.number > self.number


class Beside:
    """The file beside a ledger.

    Args:
        ledger: Path of the ledger.
    """

    def __init__(self, ledger: Path) -> None:
        self._path = ledger.with_suffix(".generation")
        self._handle: int | None = None

    def read(self) -> Generation | None:
        """What is noted; None if nothing is."""
        try:
            ledger_id, number = self._path.read_text("ascii").split()
            return Generation(ledger_id, int(number))
        except (FileNotFoundError, ValueError):
            return None

    def write(self, now: Generation) -> None:
        """Note how far the ledger has come; it is on the disk when this returns."""
        if self._handle is None:
            self._handle = os.open(self._path, os.O_WRONLY | os.O_CREAT, 0o600)
        os.pwrite(self._handle, f"{now.ledger_id} {now.number:020d}\n".encode(), 0)
        getattr(os, "fdatasync", os.fsync)(self._handle)

    def close(self) -> None:
        """Close the file."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None
