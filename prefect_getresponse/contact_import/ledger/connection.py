"""A connection to the file of a ledger."""

from __future__ import annotations

import sqlite3
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import Self

from prefect_getresponse.contact_import.ledger.books.book import transaction
from prefect_getresponse.contact_import.ledger.books.identity import Identity
from prefect_getresponse.contact_import.ledger.generation import Beside
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
        is_alone: Whether it is read as it is, while nobody else may use it: nothing is written or
            shared then, so that a full disk will do.
        is_glance: Whether little is asked of it, while others may be at work on it: what they have
            put off is not made, nor waited for.

    Attributes:
        path: Path of the file.
        identity: Which ledger it is, and how far it has come.

    Raises:
        LedgerTooNew: A newer version of this package has written to it.
        LedgerFailed: It is damaged, or its disk is full.
        MachineFailed: There is no room for it.
    """

    def __init__(
        self,
        path: Path,
        holder: Holder | None = None,
        *,
        is_alone: bool = False,
        is_glance: bool = False,
    ) -> None:
        self.path = path
        self._beside = Beside(path)
        with told_in_a_sentence(path):
            _make_private(path)
            self._db = sqlite3.connect(
                path,
                timeout=LONGEST_WAIT,
                isolation_level=None,
                check_same_thread=False,  # `apart` works with it, and nobody else meanwhile
            )
            try:
                if is_alone:  # the index of the journal is then kept in memory, not in a file
                    self._db.execute("PRAGMA locking_mode = EXCLUSIVE")
                # Of a new file; a night of many rows takes a tenth less than with half of it.
                self._db.execute("PRAGMA page_size = 8192")
                self._db.execute("PRAGMA journal_mode = WAL")
                self._db.execute("PRAGMA synchronous = FULL")
                # Some builds of SQLite fill what is deleted with zeros, page by page: the rows of
                # a night would be written once more. Whom a purge forgets, it overwrites itself.
                self._db.execute("PRAGMA secure_delete = FAST")
                if not is_alone:
                    bring_up_to_date(self._db, is_glance=is_glance)
                if holder:
                    self._db.executescript(fence(holder.token))
            except BaseException:
                self._db.close()
                raise
        self.identity = Identity(self._db, self._beside)

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

    def transaction(self) -> AbstractContextManager[None]:
        """Make everything inside durable at once, or not at all; within another one, with that."""
        return transaction(self._db)


def _make_private(path: Path) -> None:
    """Have a file that its owner alone can read, also where it was once made for all."""
    if not path.exists():
        path.touch(mode=0o600)
    for each in (path, *(path.with_name(f"{path.name}{end}") for end in ("-wal", "-shm"))):
        with suppress(OSError):  # it is not there, or somebody else's
            if each.stat().st_mode & 0o077:
                each.chmod(0o600)
