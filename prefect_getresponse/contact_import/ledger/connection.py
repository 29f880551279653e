"""A connection to the file of a ledger."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Self

from prefect_getresponse.contact_import.ledger.generation import Beside, Generation
from prefect_getresponse.contact_import.ledger.lock import taken
from prefect_getresponse.contact_import.ledger.migrations import bring_up_to_date
from prefect_getresponse.contact_import.ledger.records import Holder
from prefect_getresponse.contact_import.ledger.schema import FENCED, fence
from prefect_getresponse.contact_import.ledger.trouble import (
    LONGEST_WAIT,
    of_sqlite,
    told_in_a_sentence,
)


class Connection:
    """A connection to the ledger of one list.

    Args:
        path: Path of the file; created for its owner only.
        holder: Who holds the right to write to it; once it has another holder, changes raise
            `LedgerTaken`. None for reading.

    Raises:
        LedgerTooNew: A newer version of this package has written to it.
        LedgerFailed: It is damaged, or its disk is full.
        MachineFailed: There is no room for it.
    """

    def __init__(self, path: Path, holder: Holder | None = None) -> None:
        self.path = path
        self._beside = Beside(path)
        with told_in_a_sentence(path):
            _make_private(path)
            self._db = sqlite3.connect(path, timeout=LONGEST_WAIT, isolation_level=None)
            try:
                self._db.execute("PRAGMA journal_mode = WAL")
                self._db.execute("PRAGMA synchronous = FULL")
                bring_up_to_date(self._db)
                if holder:
                    self._db.executescript(fence(holder.token))
            except BaseException:
                self._db.close()
                raise

    def close(self) -> None:
        """Close the file."""
        self._db.close()
        self._beside.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        self.close()
        if isinstance(error, sqlite3.IntegrityError) and FENCED in str(error):
            raise taken() from None
        if isinstance(error, sqlite3.Error):
            raise of_sqlite(error, self.path) from None

    def holder(self) -> Holder:
        """Who holds the right to write."""
        return Holder(*self._db.execute("SELECT epoch, token, saves FROM holder").fetchone())

    def set_holder(self, holder: Holder) -> None:
        """Give the right to write to somebody: all others are kept out from now on."""
        self._db.execute("UPDATE holder SET epoch = ?, token = ?, saves = ?", holder)

    # What it remembers, and whether that is all ----------------------------------------------

    def generation(self) -> Generation:
        """Which ledger this is, and how far it has come."""
        found = self._db.execute("SELECT ledger_id, generation FROM identity").fetchone()
        return Generation(*found)

    def has_forgotten(self) -> bool:
        """Whether it knows less than what was noted beside it: calls were made since."""
        return self.generation().forgot(self._beside.read())

    def distrust(self) -> None:
        """Take it for one that has forgotten calls, until `catch_up`."""
        self._beside.write(Generation("older", self.generation().number))

    def introduce(self, list_name: str) -> None:
        """Take down how the list is called now; a new ledger gets its id."""
        self._db.execute(
            "UPDATE identity SET list_name = ?,"
            " ledger_id = CASE ledger_id WHEN '' THEN ? ELSE ledger_id END"
            " WHERE list_name <> ? OR ledger_id = ''",
            (list_name, uuid.uuid4().hex, list_name),
        )

    def list_name(self) -> str:
        """How the list was called when it was imported into last; empty if that is not known."""
        return str(self._db.execute("SELECT list_name FROM identity").fetchone()[0])

    def next_generation(self) -> None:
        """Count a call that is about to begin."""
        self._db.execute("UPDATE identity SET generation = generation + 1")

    def secure(self) -> None:
        """Let what was committed last survive the loss of the journal, and note how far it goes."""
        self._db.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        self._beside.write(self.generation())

    def catch_up(self) -> None:
        """Go on from here although calls were forgotten: whatever they did has been looked at."""
        noted = self._beside.read()
        if noted is not None:
            self._db.execute(
                "UPDATE identity SET generation = max(generation, ?) + 1", (noted.number,)
            )
        self.secure()

    @contextmanager
    def transaction(self) -> Generator[None]:
        """Make everything inside durable at once, or not at all; within another one, with that."""
        if self._db.in_transaction:
            yield
            return
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            with suppress(sqlite3.Error):  # a full disk has rolled it back itself
                self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")


def _make_private(path: Path) -> None:
    """Have a file that its owner alone can read, also where it was once made for all."""
    if not path.exists():
        path.touch(mode=0o600)
    for each in (path, *(path.with_name(f"{path.name}{end}") for end in ("-wal", "-shm"))):
        with suppress(OSError):  # it is not there, or somebody else's
            if each.stat().st_mode & 0o077:
                each.chmod(0o600)
