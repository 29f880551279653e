"""The ledger: one SQLite file per list that knows every row, every call and every answer.

Rules that make a crash harmless: the intent to send is durable before the first byte, the answer
is durable before the next step, what was sent without a durable answer is in doubt, and a verdict
never changes.  One process writes, held by a lock of the operating system that ends with it; where
such locks cannot be trusted, its epoch tells the last holder from the ones before.
"""

from __future__ import annotations

from prefect_getresponse.contact_import.ledger.ledger import Ledger, anything_sent, ledger_path
from prefect_getresponse.contact_import.ledger.lock import LedgerBusy, LedgerTaken, writer_lock
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
    Standing,
)
from prefect_getresponse.contact_import.ledger.run import Run
from prefect_getresponse.contact_import.ledger.trouble import LedgerFailed, MachineFailed

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
