"""The ledger: one SQLite file per list that knows every row, every call and every answer.

Rules that make a crash harmless: the intent to send is durable before the first byte, the answer
is durable before the next step, what was sent without a durable answer is in doubt, and a verdict
never changes.  One process writes, held by a lock of the operating system that ends with it; where
such locks cannot be trusted, its epoch tells the last holder from the ones before.
"""

from __future__ import annotations

from pathlib import Path

from prefect_getresponse.contact_import.ledger import import_book
from prefect_getresponse.contact_import.ledger.awaited import Awaited
from prefect_getresponse.contact_import.ledger.chunks import Chunks
from prefect_getresponse.contact_import.ledger.lock import LedgerBusy, LedgerTaken, writer_lock
from prefect_getresponse.contact_import.ledger.people import People
from prefect_getresponse.contact_import.ledger.records import (
    FINAL_STATES,
    Action,
    Chunk,
    ChunkState,
    Decision,
    Holder,
    Listed,
    NewRow,
    Person,
    Phase,
    RowToSend,
    Run,
    Standing,
)
from prefect_getresponse.contact_import.ledger.removals import Removals
from prefect_getresponse.contact_import.ledger.runs import Runs
from prefect_getresponse.contact_import.ledger.trouble import LedgerFailed, MachineFailed


class Ledger(Runs, Chunks, People, Awaited):
    """A connection to the ledger of one list.

    Args:
        path: Path of the file; created for its owner only.
        holder: Who holds the right to write to it, as `job.holding` gives it; None for reading.
    """

    def imports(self, run: int) -> import_book.ImportBook:
        """What is known of the run's imports."""
        return import_book.ImportBook(self._db, run)

    def removals(self, run: int) -> Removals:
        """Who is to be removed from the list by the run."""
        return Removals(self._db, run)


def anything_sent(path: Path, run_id: str) -> bool:
    """Whether a run has begun to send; a ledger that cannot be read any more leaves that open.

    Args:
        path: Path of the ledger.
        run_id: The run.
    """
    try:
        with Ledger(path) as ledger:
            number = ledger.run(run_id).number
            _, removed = ledger.removals(number).count()
            return removed > 0 or ledger.last_sent(number) > 0
    except (LedgerFailed, MachineFailed):
        return True


def ledger_path(folder: Path, account: str, endpoint: str, campaign: str) -> Path:
    """Path of the ledger of one list of one account.

    Args:
        folder: State folder.
        account: Name of the account.
        endpoint: Host and port of the API.
        campaign: Id of the list.
    """
    host = "".join(char if char.isalnum() else "-" for char in endpoint)
    return folder / f"{account}-{host}-{campaign}.sqlite"


__all__ = [
    "FINAL_STATES",
    "Action",
    "Chunk",
    "ChunkState",
    "Decision",
    "Holder",
    "Ledger",
    "LedgerBusy",
    "LedgerFailed",
    "LedgerTaken",
    "Listed",
    "MachineFailed",
    "NewRow",
    "Person",
    "Phase",
    "RowToSend",
    "Run",
    "Standing",
    "anything_sent",
    "ledger_path",
    "writer_lock",
]
