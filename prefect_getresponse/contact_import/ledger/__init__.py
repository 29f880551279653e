"""The ledger: one SQLite file per list that knows every row, every call and every answer.

Rules that make a crash harmless: the intent to send is durable before the first byte, the answer
is durable before the next step, what was sent without a durable answer is in doubt unless it may be
made again, and a verdict never changes.  One process writes, held by a lock of the operating system
that ends with it; where such locks cannot be trusted, its epoch tells the last holder from the ones
before.

`ledger` is the file of one list, `run` one run in it, with its `books/`, of which the next run may
take over `blocks` of rows, and what it does with `many_rows` at once; `records` are the words it
speaks, `schema` and `migrations` its tables. `connection` opens it, `lock` and `generation` keep
two writers and a lost memory apart, `copies/` keep it elsewhere. `neighbours` are the ledgers of
the other lists, `retention` forgets people in time, `trouble` words what a machine does to it.
"""

from __future__ import annotations

from prefect_getresponse.contact_import.ledger.ledger import Ledger, anything_sent, ledger_path
from prefect_getresponse.contact_import.ledger.lock import LedgerBusy, LedgerTaken, writer_lock
from prefect_getresponse.contact_import.ledger.records import (
    CONTACTS_TOGETHER,
    FINAL_STATES,
    Action,
    Arrival,
    Chunk,
    ChunkState,
    Contacts,
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
    "CONTACTS_TOGETHER",
    "FINAL_STATES",
    "Action",
    "Arrival",
    "Chunk",
    "ChunkState",
    "Contacts",
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
