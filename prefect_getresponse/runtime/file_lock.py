"""A file that one process holds: freed by the operating system when that process ends."""

from __future__ import annotations

import sqlite3
from pathlib import Path


def locked(path: Path, *, any_thread: bool = False) -> sqlite3.Connection | None:
    """Lock a file, which is made if it is missing; closing what is returned frees it.

    SQLite locks files on every platform; an empty database is only a lock.

    Args:
        path: The file.
        any_thread: Whether another thread may free it.

    Returns:
        The lock; None if another process, or this one, holds it.

    Raises:
        sqlite3.Error: The file cannot be locked at all.
    """
    lock = sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=not any_thread)
    try:
        lock.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        lock.close()
        if error.sqlite_errorname.startswith("SQLITE_BUSY"):
            return None
        raise
    except BaseException:  # the file is no database
        lock.close()
        raise
    return lock
