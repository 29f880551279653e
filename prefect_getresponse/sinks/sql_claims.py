"""Two exports of one account do not write to the same database at once.

A claim is held by the operating system or by the database, so that it ends with the process that
held it: in SQLite a lock on an empty file beside the database, elsewhere the lock of a row of
`_getresponse_state` in a transaction of its own. It is written down too, in another row, and every
transaction of a claimed destination looks there: whoever lost its claim (a connection that broke
overnight) finds out before it writes.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, and_, insert, select, update
from sqlalchemy import Table as SqlTable
from sqlalchemy.exc import DBAPIError, IntegrityError

from prefect_getresponse.runtime.file_lock import locked
from prefect_getresponse.sinks.sink import SinkBusy, SinkTaken

CLAIM = "_claim"
HOLDER = "_holder"


def ensure_row(engine: Engine, states: SqlTable, account_id: str, stream: str) -> None:
    """Make a row of the states' table, if it is missing."""
    row = {"account_id": account_id, "stream": stream, "state": "{}"}
    this = and_(states.c.account_id == account_id, states.c.stream == stream)
    with engine.begin() as connection:
        if connection.execute(select(states.c.stream).where(this)).first() is not None:
            return
    try:
        with engine.begin() as connection:
            connection.execute(insert(states), [row])
    except IntegrityError:
        pass  # another process was as quick


@contextmanager
def held(engine: Engine, states: SqlTable, account_id: str) -> Generator[None]:
    """Hold the claim on an account's tables; it ends with the process at the latest.

    Raises:
        SinkBusy: Another process holds it.
    """
    if engine.dialect.name == "sqlite":
        with _locked_beside(Path(engine.url.database or ""), account_id):
            yield
        return
    this = and_(states.c.account_id == account_id, states.c.stream == CLAIM)
    with engine.connect() as connection:
        try:
            connection.execute(select(states.c.stream).where(this).with_for_update(nowait=True))
        except DBAPIError:
            raise _busy() from None
        try:
            yield
        finally:
            connection.rollback()


@contextmanager
def _locked_beside(database: Path, account_id: str) -> Generator[None]:
    name = hashlib.blake2b(account_id.encode(), digest_size=4).hexdigest()
    try:
        lock = locked(database.with_name(f"{database.name}.{name}.lock"))
    except sqlite3.Error:
        lock = None
    if lock is None:
        raise _busy()
    try:
        yield
    finally:
        lock.close()


def write_down(connection: Connection, states: SqlTable, account_id: str, run_id: str) -> None:
    """Say in the database who holds the claim."""
    this = and_(states.c.account_id == account_id, states.c.stream == HOLDER)
    connection.execute(update(states).where(this).values(state=run_id))


def check_holder(connection: Connection, states: SqlTable, account_id: str, run_id: str) -> None:
    """Check that the claim was not lost, and keep it until the transaction ends.

    Raises:
        SinkTaken: Another process has it.
    """
    this = and_(states.c.account_id == account_id, states.c.stream == HOLDER)
    found = connection.execute(select(states.c.state).where(this).with_for_update()).scalar()
    if found != run_id:
        raise SinkTaken("another export has begun to write to the same tables")


def _busy() -> SinkBusy:
    return SinkBusy("another export is writing to the same tables")
