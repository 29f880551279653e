"""A connection to the file of a ledger."""

from __future__ import annotations

import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from prefect_getresponse.contact_import.ledger.lock import taken
from prefect_getresponse.contact_import.ledger.migrations import bring_up_to_date
from prefect_getresponse.contact_import.ledger.records import Holder
from prefect_getresponse.contact_import.ledger.schema import FENCED, fence


class Connection:
    """A connection to the ledger of one list.

    Args:
        path: Path of the file; created for its owner only.
        holder: Who holds the right to write to it; once it has another holder, changes raise
            `LedgerTaken`. None for reading.

    Raises:
        LedgerTooNew: A newer version of this package has written to it.
    """

    def __init__(self, path: Path, holder: Holder | None = None) -> None:
        if not path.exists():
            path.touch(mode=0o600)
        self.path = path
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        try:
            bring_up_to_date(self._db)
        except BaseException:
            self._db.close()
            raise
        if holder:
            self._db.executescript(fence(holder.token))

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        self.close()
        if isinstance(error, sqlite3.IntegrityError) and FENCED in str(error):
            raise taken() from None

    def holder(self) -> Holder:
        """Who holds the right to write."""
        return Holder(*self._db.execute("SELECT epoch, token, saves FROM holder").fetchone())

    def set_holder(self, holder: Holder) -> None:
        """Give the right to write to somebody: all others are kept out from now on."""
        self._db.execute("UPDATE holder SET epoch = ?, token = ?, saves = ?", holder)

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
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")
