"""Writes rows and marks entries: one act where inbox and destination are one database.

Elsewhere rows are written first, by key: if the mark is lost, they are written again, which changes
nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import contextmanager, nullcontext
from typing import Any

from sqlalchemy import Connection

from prefect_getresponse.events.draining.rows import EVENTS
from prefect_getresponse.events.inbox.database import same_database
from prefect_getresponse.events.inbox.inbox import Inbox
from prefect_getresponse.sinks.opening import open_sink
from prefect_getresponse.sinks.parquet import ParquetSink
from prefect_getresponse.sinks.sink import Sink, Transaction
from prefect_getresponse.sinks.sql import SqlTransaction
from prefect_getresponse.sinks.tables import Where

Mark = Callable[[Connection], None]


class Destination:
    """Where events are written to.

    Args:
        to: URL of a destination, as the export takes it.
        inbox: The inbox.

    Attributes:
        sink: The destination of tables.
        is_one_database: Whether the inbox lies in it.
    """

    def __init__(self, to: str, inbox: Inbox) -> None:
        self.sink: Sink = open_sink(to)
        self._inbox = inbox
        self.is_one_database = same_database(inbox.url, to)

    @contextmanager
    def prepared(self, account_id: str, run_id: str) -> Generator[None]:
        """Make what is missing of the table, and keep others out where only one can write.

        Databases are written to side by side, since a lease keeps entries apart. Files are not.

        Args:
            account_id: The account.
            run_id: Who writes.

        Raises:
            SinkBusy: Another process writes to the folder.
        """
        self.sink.prepare([EVENTS])
        is_shared = not isinstance(self.sink, ParquetSink)
        with nullcontext() if is_shared else self.sink.claim(account_id, run_id):
            yield

    def close(self) -> None:
        """Give connections back."""
        self.sink.close()

    def save(self, rows: Iterable[Sequence[object]], mark: Mark) -> None:
        """Write rows, then mark their entries.

        Args:
            rows: Rows of the table of events.
            mark: Marks entries in a transaction of the inbox.

        Raises:
            LeaseLost: `mark` raised it; where both are one database, no row was kept.
        """
        with self._one_act() as (work, connection):
            work.upsert(EVENTS, rows)
            if connection is not None:
                mark(connection)
        if connection is None:
            self._mark(mark)

    def found_by_both(self, account_id: str, event_ids: Sequence[str], mark: Mark) -> None:
        """Note that rows were found by a webhook and by reading."""
        with self._one_act() as (work, connection):
            where = Where("account_id", "=", account_id), Where("event_id", "in", list(event_ids))
            work.update(EVENTS, {"found_by": "both"}, *where)
            if connection is not None:
                mark(connection)
        if connection is None:
            self._mark(mark)

    def _mark(self, mark: Mark) -> None:
        self.sink.publish()
        with self._inbox.transaction() as connection:
            mark(connection)

    @contextmanager
    def _one_act(self) -> Generator[tuple[Transaction, Connection | None]]:
        with self.sink.transaction() as work:
            shared = self.is_one_database and isinstance(work, SqlTransaction)
            connection: Any = getattr(work, "connection", None)
            yield work, connection if shared else None
