"""What this machine does to a ledger, in a sentence: full disks, locked and damaged files, limits.

SQLite's and the operating system's errors end here: whoever works on an import gets one of ours.
"""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from prefect_getresponse.client.errors import MORE_OPEN_FILES, GetResponseError

LONGEST_WAIT = 30.0
"""Seconds to wait while another program, such as a backup, keeps the ledger locked."""
_GOES_ON = "The same import then goes on where it stopped."
_DISK_FULL = f"Make room on the disk. {_GOES_ON}"
_NO_INODES = f"Delete files nobody needs on that disk. {_GOES_ON}"
_LIMIT = f"{MORE_OPEN_FILES}. {_GOES_ON}"
_MEMORY = f"Give the process more memory. {_GOES_ON}"
_NO_THREAD = "can't start new thread"
"""What Python says without a class of its own for it."""
_RIGHTS = f"Let this user read and write it. {_GOES_ON}"
_DAMAGED = (
    "Restore it from a backup or its copy (ledger_copy). Do not delete it: it is the only memory"
    " of who has been sent."
)


class LedgerFailed(GetResponseError):
    """The file that remembers what was sent cannot be read or written."""


class MachineFailed(GetResponseError):
    """This machine has no disk, memory or files left for the work."""


@contextmanager
def told_in_a_sentence(path: Path | None = None) -> Generator[None]:
    """Give what SQLite and the operating system raise a type and a sentence of ours.

    Args:
        path: The ledger that is worked on, if it is one.
    """
    try:
        yield
    except sqlite3.Error as error:
        raise of_sqlite(error, path) from None
    except OSError as error:
        found = of_system(error)
        if found is None:  # it says nothing about this machine
            raise
        raise found from None
    except MemoryError:
        raise MachineFailed("this machine's memory is used up", advice=_MEMORY) from None
    except RuntimeError as error:
        if str(error) != _NO_THREAD:
            raise
        raise MachineFailed("this process may begin no further threads", advice=_MEMORY) from None


@contextmanager
def failing_after_send() -> Generator[None]:
    """Mark what fails inside: calls were made, so the way it ends must not say that none was."""
    try:
        with told_in_a_sentence():
            yield
    except GetResponseError as error:
        error.after_send = True
        raise


def of_sqlite(error: sqlite3.Error, path: Path | None) -> GetResponseError:
    """The error of ours for one of SQLite.

    Args:
        error: What SQLite raised.
        path: The ledger, if it is known.
    """
    what = f"the ledger {path}" if path else "the ledger"
    name = getattr(error, "sqlite_errorname", "")
    if path is not None and name.startswith(("SQLITE_CANTOPEN", "SQLITE_IOERR", "SQLITE_FULL")):
        exhausted = _exhausted(path)
        if exhausted is not None:
            return exhausted
    for start, (said, advice) in _OF_SQLITE.items():
        if name.startswith(start):
            return LedgerFailed(f"{what} {said}", advice=advice)
    return LedgerFailed(f"{what} cannot be used ({name or type(error).__name__})", advice=_DAMAGED)


_OF_SQLITE: dict[str, tuple[str, str]] = {
    "SQLITE_FULL": ("cannot grow: its disk is full", _DISK_FULL),
    "SQLITE_BUSY": (
        f"is kept locked by another program for more than {LONGEST_WAIT:.0f} seconds",
        f"Let backups copy it without locking it. {_GOES_ON}",
    ),
    "SQLITE_LOCKED": ("is locked by this program itself", f"Start it again. {_GOES_ON}"),
    "SQLITE_READONLY": ("cannot be written to", _RIGHTS),
    "SQLITE_PERM": ("may not be used", _RIGHTS),
    "SQLITE_CANTOPEN": ("cannot be opened", _RIGHTS),
    "SQLITE_IOERR": ("cannot be read or written: its disk fails", f"Check the disk. {_GOES_ON}"),
    "SQLITE_CORRUPT": ("is damaged", _DAMAGED),
    "SQLITE_NOTADB": ("is damaged: it is no ledger", _DAMAGED),
    "SQLITE_ERROR": ("is damaged: tables of it are not as they were made", _DAMAGED),
    "SQLITE_NOMEM": ("cannot be read: this machine's memory is used up", _MEMORY),
}


def of_system(error: OSError) -> GetResponseError | None:
    """The error of ours for one of the operating system; None if nothing is used up."""
    where = f" ({error.filename})" if isinstance(error.filename, str) else ""
    match error.errno:
        case errno.ENOSPC if _has_room(error.filename):
            return MachineFailed(f"there is no room for another file{where}", advice=_NO_INODES)
        case errno.ENOSPC | errno.EDQUOT:
            return MachineFailed(f"the disk is full{where}", advice=_DISK_FULL)
        case errno.EMFILE | errno.ENFILE:
            return MachineFailed("this process may open no further files", advice=_LIMIT)
        case errno.EROFS | errno.EACCES | errno.EPERM:
            return MachineFailed(f"no right to write{where}", advice=_RIGHTS)
        case errno.EFBIG:
            return MachineFailed(f"a file may not grow further{where}", advice=_DISK_FULL)
        case errno.EISDIR | errno.ENOTDIR:
            return MachineFailed(f"this is no file{where}", advice=f"Move it away. {_GOES_ON}")
        case errno.ENOMEM:
            return MachineFailed("this machine's memory is used up", advice=_MEMORY)
        case errno.EIO | errno.ESTALE:
            return MachineFailed(f"the disk fails{where}", advice=f"Check it. {_GOES_ON}")
        case _:
            return None


def _exhausted(path: Path) -> GetResponseError | None:
    """What the disk or the process has none left of, behind an error of SQLite that is vague."""
    try:
        os.close(os.open(os.devnull, os.O_RDONLY))
        found = os.statvfs(path.parent)
    except OSError as error:
        return of_system(error)
    if found.f_files and not found.f_favail:
        return MachineFailed(f"there is no room for another file ({path})", advice=_NO_INODES)
    if not found.f_bavail:
        return LedgerFailed(f"the ledger {path} cannot grow: its disk is full", advice=_DISK_FULL)
    return None


def _has_room(name: object) -> bool:
    """Whether the disk of a file has room for bytes, so that it must be files it has none for."""
    if not isinstance(name, str):
        return False
    try:
        found = os.statvfs(Path(name).absolute().parent)
    except OSError:
        return False
    return found.f_bavail > 0 and bool(found.f_files) and not found.f_favail
