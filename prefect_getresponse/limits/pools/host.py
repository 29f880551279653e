"""Slots as locked files, and books of budgets in a file: the processes of a machine share them."""

from __future__ import annotations

import json
import math
import sqlite3
from collections.abc import Generator, Iterable
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

from prefect_getresponse.limits.budgets import Book
from prefect_getresponse.limits.pools.pool import MOST_WORKERS, Grant, PoolUnreachable, parsed
from prefect_getresponse.limits.throttle import SLOTS
from prefect_getresponse.runtime.file_lock import locked

_TABLE = """
CREATE TABLE IF NOT EXISTS book (
    budget TEXT PRIMARY KEY, edition INTEGER NOT NULL, entries TEXT NOT NULL
)"""
_WRITE = """
INSERT INTO book VALUES (:budget, :edition + 1, :entries) ON CONFLICT (budget) DO
UPDATE SET edition = excluded.edition, entries = excluded.entries WHERE edition = :edition"""


class HostPool:
    """Slots of an account as locked files: the processes of one machine share them.

    SQLite locks files on every platform, and the operating system frees what a crash leaves.

    Args:
        folder: Where the files are.
        begins_anew: Whether a worker who comes alone removes the books, see `shared_throttle`.
    """

    lifetime = math.inf

    def __init__(self, folder: Path, *, begins_anew: bool = False) -> None:
        self._folder = folder
        self._books = HostBooks(folder)
        self._begins_anew = begins_anew
        self._locks: set[sqlite3.Connection] = set()

    def join(self) -> Any:
        """Count as a worker."""
        place = self._lock("worker", 1, MOST_WORKERS)
        if self._begins_anew and self.workers() == 1:
            with self._asking():
                self._books.clear()
        return place

    def workers(self) -> int:
        """Workers that hold a place."""
        with self._asking():
            return sum(not self._is_free(path) for path in self._folder.glob("worker-*.lock"))

    def take(self, slots: int) -> Any | None:
        """Lock the files of that many slots, or none."""
        return self._lock("slot", slots, SLOTS)

    def renew(self, grant: Grant) -> bool:
        """Locks stay as long as the process."""
        return True

    def release(self, grant: Grant) -> None:
        """Unlock the files."""
        self._unlock(grant.key)

    def free_all(self) -> None:
        """The operating system has freed what nobody holds."""

    def read_book(self, budget: str) -> tuple[int, Book]:
        """Read it from a file."""
        with self._asking():
            return self._books.read(budget)

    def write_book(self, budget: str, edition: int, book: Book) -> bool:
        """Write it to a file."""
        with self._asking():
            return self._books.write(budget, edition, book)

    def close(self) -> None:
        """Unlock what is locked still, as by a worker whose files have come to fail."""
        self._unlock(list(self._locks))

    def begin_anew(self) -> None:
        """Close the parent's files, else SQLite takes its locks for ours.  They stay locked."""
        self.close()

    def _lock(self, kind: str, number: int, size: int) -> list[sqlite3.Connection] | None:
        locks: list[sqlite3.Connection] = []
        with self._asking(), ExitStack() as too_few:
            too_few.callback(self._unlock, locks)
            for folder in (self._folder.parent, self._folder):  # of the ledgers, and of the slots
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            for each in range(size):
                lock = self._try(self._folder / f"{kind}-{each}.lock")
                if lock is not None:
                    locks.append(lock)
                if len(locks) == number:
                    too_few.pop_all()
                    return locks
        return None

    def _try(self, path: Path) -> sqlite3.Connection | None:
        lock = locked(path, any_thread=True)
        if lock is not None:
            self._locks.add(lock)
        return lock

    def _is_free(self, path: Path) -> bool:
        lock = self._try(path)
        if lock is not None:
            self._unlock([lock])
        return lock is not None

    def _unlock(self, locks: Iterable[sqlite3.Connection]) -> None:
        for lock in locks:
            lock.close()
            self._locks.discard(lock)

    @contextmanager
    def _asking(self) -> Generator[None]:
        try:
            yield
        except (OSError, MemoryError, sqlite3.Error) as error:
            raise PoolUnreachable(f"{self._folder} cannot hold locks ({error})") from None


class HostBooks:
    """Books of an account in a SQLite file.

    Args:
        folder: Where the file is.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / "budgets.sqlite"

    def read(self, budget: str) -> tuple[int, Book]:
        """Read the last edition of a book; 0 if there is none."""
        with self._opened() as file:
            query = "SELECT edition, entries FROM book WHERE budget = ?"
            found = file.execute(query, (budget,)).fetchone()
        return (found[0], parsed(json.loads(found[1]))) if found else (0, [])

    def write(self, budget: str, edition: int, book: Book) -> bool:
        """Write the edition after that one; False if somebody else has done so."""
        values = {"budget": budget, "edition": edition, "entries": json.dumps(book)}
        with self._opened() as file:
            return file.execute(_WRITE, values).rowcount == 1

    def clear(self) -> None:
        """Remove all books."""
        with self._opened() as file:
            file.execute("DELETE FROM book")

    @contextmanager
    def _opened(self) -> Generator[sqlite3.Connection]:
        with closing(sqlite3.connect(self._path, isolation_level=None)) as file:
            file.execute(_TABLE)
            yield file
