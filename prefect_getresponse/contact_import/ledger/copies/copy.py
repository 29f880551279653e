"""A copy of the ledger elsewhere, for workers whose disk does not outlive them.

A call that adds people is made only once the copy lists it as sent: whoever continues from the copy
finds it in doubt, looks for its people, and sends it again only if they never came.  So the copy
may list calls in advance, a hundred at a time, and need not be told each answer.

Two workers are kept apart by claims.  A worker that begins puts down a claim, greater than all that
are there, and only then reads the newest copy; after writing a copy, it looks for greater claims
before it sends.  Whichever was first, either the later worker has read what the earlier one sends,
or the earlier one sees the claim and stops.  That needs storage that shows a file as soon as it is
written, as disks, S3 and the like do; clocks need not agree.

Beside the copies stands which of them is the newest. If that one is missing, somebody has brought
older ones back, and calls were made of which they know nothing.
"""

from __future__ import annotations

import asyncio
import re
import sqlite3
import time
from collections.abc import Collection, Generator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from prefect_getresponse.client.errors import GetResponseError
from prefect_getresponse.contact_import.ledger import ChunkState, Holder, Ledger
from prefect_getresponse.contact_import.ledger.copies.copy_folder import (
    CopyFailed,
    CopyFolder,
    copy_folder,
)
from prefect_getresponse.contact_import.ledger.lock import taken
from prefect_getresponse.contact_import.ledger.trouble import of_sqlite
from prefect_getresponse.contact_import.tuning import AS_ALLOWED

_NEWEST = "newest"
_NAME = re.compile(r"(\d+)-([0-9a-f]{8})(?:-(\d+)\.sqlite|\.claim)")


class LedgerCopy:
    """The copies of one ledger.

    Args:
        location: Path or URL of the folder of copies.
        ledger: Path of the ledger.
        claim_seconds: For so long nobody looks again whether another worker has claimed it.

    Attributes:
        is_rolled_back: Whether a newer copy was written than there is now; `take_over` finds out.
    """

    def __init__(
        self, location: str, ledger: Path, claim_seconds: float = AS_ALLOWED.claim_seconds
    ) -> None:
        self.is_rolled_back = False
        self._ledger = ledger
        self._prefix = f"{ledger.stem}."
        self._mine = Holder(0, "")
        self._claim_seconds = claim_seconds
        self._looked = float("-inf")
        with _failing():
            self._folder: CopyFolder = copy_folder(location)

    def take_over(self) -> None:
        """Claim the ledger, and bring it up to the newest copy if that knows more.

        Raises:
            CopyFailed: The copies cannot be read or written.
            LedgerTaken: Another worker did so at the same moment.
        """
        with _failing():
            with Ledger(self._ledger) as ledger:
                own = ledger.holder()
            known, noted = [own, *self._saved()], self._noted()
            self.is_rolled_back = noted > max(known)
            self._mine = max([*known, noted, *self._claims()]).successor()
            with self._beside("claim") as empty:
                self._folder.put(self._name(self._mine, "claim"), empty)
            self.refresh()
            self.check()
        with Ledger(self._ledger) as ledger:
            ledger.set_holder(self._mine)

    def refresh(self) -> None:
        """Bring the ledger up to the newest copy if that knows more."""
        with _failing():
            newest = max(self._saved(), default=Holder(0, ""))
            with Ledger(self._ledger) as ledger:
                if newest <= ledger.holder():
                    return
            with self._beside("restoring") as file:
                self._folder.get(self._name(newest, f"{newest.saves}.sqlite"), file)
                for journal in ("-wal", "-shm"):
                    Path(f"{self._ledger}{journal}").unlink(missing_ok=True)
                with closing(sqlite3.connect(file, isolation_level=None)) as restored:
                    # Whoever wrote it may have sent until a moment ago.
                    restored.execute(
                        "UPDATE chunks SET sent = NULL WHERE state = ?", (ChunkState.SENT,)
                    )
                file.replace(self._ledger)

    def check(self) -> None:
        """Make sure that nobody else has claimed the ledger; asks at most every few seconds.

        Raises:
            LedgerTaken: Somebody has.
        """
        if time.monotonic() - self._looked > self._claim_seconds:
            looked = time.monotonic()
            with _failing():
                if max(self._claims(), default=self._mine)[:2] > self._mine[:2]:
                    raise taken()
            self._looked = looked

    def save(self, run_id: str = "", announced: Collection[int] = (), more: int = 0) -> set[int]:
        """Write a copy.

        Args:
            run_id: A run.
            announced: Planned calls of the run that the copy lists as sent.
            more: How many further ones it lists so in advance.

        Returns:
            All calls that it lists as sent.

        Raises:
            CopyFailed: It cannot be written.
            LedgerTaken: Another worker has claimed the ledger.
        """
        with _failing(), self._beside("copying") as file:
            self._mine = self._mine._replace(saves=self._mine.saves + 1)
            with Ledger(self._ledger) as ledger:
                if ledger.holder()[:2] != self._mine[:2]:
                    raise taken()
                ledger.set_holder(self._mine)
            with (
                closing(sqlite3.connect(self._ledger)) as original,
                closing(sqlite3.connect(file, isolation_level=None)) as copy,
            ):
                original.backup(copy)
                copy.execute("PRAGMA journal_mode = DELETE")
                sent = _announce(copy, run_id, announced, more)
            self._folder.put(self._name(self._mine, f"{self._mine.saves}.sqlite"), file)
            self._note_newest()
            self._looked = float("-inf")
            self.check()
            self._tidy()
        return sent

    def _note_newest(self) -> None:
        with self._beside("noting") as file:
            epoch, token, saves = self._mine
            file.write_text(f"{epoch}-{token}-{saves}.sqlite", "ascii")
            self._folder.put(self._prefix + _NEWEST, file)

    def _noted(self) -> Holder:
        """The newest copy that was ever written, as far as that is noted."""
        nothing = Holder(0, "")
        if _NEWEST not in self._names():
            return nothing
        with self._beside("noting") as file:
            self._folder.get(self._prefix + _NEWEST, file)
            return _holder(file.read_text("ascii", "replace")) or nothing

    def _tidy(self) -> None:
        """Delete what this worker's copy and claim have made useless."""
        for name in self._names():
            holder = _holder(name)
            if holder is not None and holder < (
                self._mine if name.endswith(".sqlite") else self._mine._replace(saves=0)
            ):
                self._folder.remove(self._prefix + name)

    def _name(self, holder: Holder, ending: str) -> str:
        separator = "." if ending == "claim" else "-"
        return f"{self._prefix}{holder.epoch}-{holder.token}{separator}{ending}"

    def _names(self) -> list[str]:
        names = self._folder.names()
        return [name[len(self._prefix) :] for name in names if name.startswith(self._prefix)]

    def _claims(self) -> list[Holder]:
        return self._holders(".claim")

    def _saved(self) -> list[Holder]:
        return self._holders(".sqlite")

    def _holders(self, ending: str) -> list[Holder]:
        found = map(_holder, (name for name in self._names() if name.endswith(ending)))
        return [holder for holder in found if holder is not None]

    @contextmanager
    def _beside(self, what: str) -> Generator[Path]:
        """A file beside the ledger that only its owner can read, while the block runs."""
        file = self._ledger.with_suffix(f".{what}")
        file.unlink(missing_ok=True)
        file.touch(mode=0o600)
        try:
            yield file
        finally:
            file.unlink(missing_ok=True)


class Announcer:
    """Makes sure that the copy lists each call of a run before it is made.

    Args:
        copy: The copy; None if there is none.
        run_id: The run.
        ahead: Calls that the copy lists in advance.
    """

    def __init__(self, copy: LedgerCopy | None, run_id: str, ahead: int) -> None:
        self._copy = copy
        self._ahead = ahead
        self._run_id = run_id
        self._announced: set[int] = set()
        self._saving = asyncio.Lock()

    async def announce(self, chunk: int) -> None:
        """Wait until the copy lists a call as sent."""
        if self._copy is None:
            return
        async with self._saving:
            if chunk not in self._announced:
                wanted = {*self._announced, chunk}
                self._announced = await asyncio.get_running_loop().run_in_executor(
                    None, self._copy.save, self._run_id, wanted, self._ahead
                )

    def check(self) -> None:
        """Make sure that this worker still may send; right before the first byte."""
        if self._copy is not None:
            self._copy.check()

    def take_back(self, chunk: int) -> None:
        """The rows of a call have changed: it must be announced again."""
        self._announced.discard(chunk)


@contextmanager
def saved_at_the_end(copy: LedgerCopy | None) -> Generator[None]:
    """Save a copy when the block is over, also when an error has ended it."""
    if copy is None:
        yield
        return
    try:
        yield
    except GetResponseError:
        with suppress(GetResponseError):
            copy.save()
        raise
    copy.save()


def _announce(
    copy: sqlite3.Connection, run_id: str, announced: Collection[int], more: int
) -> set[int]:
    """Mark planned calls as sent in a copy of the ledger; harmless ones are left out."""
    marks = ", ".join("?" * len(announced))
    [run] = copy.execute("SELECT max(run) FROM runs WHERE run_id = ?", (run_id,)).fetchone()
    found = copy.execute(
        f"SELECT chunk FROM chunks WHERE run = ? AND state = ? AND chunk IN ({marks})"
        " UNION SELECT * FROM (SELECT chunk FROM chunks WHERE run = ? AND state = ?"
        " AND route NOT IN ('update', 'import') ORDER BY chunk LIMIT ?)",
        (run, ChunkState.PLANNED, *announced, run, ChunkState.PLANNED, more),
    )
    sent = {chunk for (chunk,) in found}
    copy.executemany(
        "UPDATE chunks SET state = ?, attempt = attempt + 1 WHERE run = ? AND chunk = ?",
        [(ChunkState.SENT, run, chunk) for chunk in sorted(sent)],
    )
    return sent | set(announced)


def _holder(name: str) -> Holder | None:
    found = _NAME.fullmatch(name)
    return found and Holder(int(found[1]), found[2], int(found[3] or 0))


@contextmanager
def _failing() -> Generator[None]:
    """Give errors of the storage, which may hold keys, a type of ours."""
    try:
        yield
    except GetResponseError:
        raise
    except sqlite3.Error as error:
        raise of_sqlite(error, None) from None
    except Exception as error:  # every storage has errors of its own
        reason = (isinstance(error, OSError) and error.strerror) or type(error).__name__
        raise CopyFailed(f"the copy of the ledger: {reason}") from None
