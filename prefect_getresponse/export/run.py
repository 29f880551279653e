"""One export at work: what every stream needs to read, to write and to report."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from types import TracebackType
from typing import Any, Self

import httpx

from prefect_getresponse.export.options import ExportOptions
from prefect_getresponse.export.reader import Reader
from prefect_getresponse.export.report import ExportReport
from prefect_getresponse.export.schema.catalogue import Shaped
from prefect_getresponse.reporting.progress import Progress
from prefect_getresponse.sinks.sink import Sink, Transaction
from prefect_getresponse.sinks.tables import SYNCED_AT, Where


@dataclass
class ExportRun:
    """An export, and what its work is done with.

    Attributes:
        options: What it is about.
        account_id: GetResponse's id of the account.
        lists: Names of the lists by id: those asked for, or all.
        sink: The destination.
        reader: The account.
        shaped: The tables by name.
        report: What becomes of it.
        progress: Shows how far it is.
        clock: Seconds since the epoch at GetResponse: the worker's own clock may be wrong.
        web: Carries requests to other hosts than GetResponse's API; the network if None.
        shops: Ids of the shops, once they were read.
        activities_since: First day of which activities were read; None if they were not.
    """

    options: ExportOptions
    account_id: str
    lists: dict[str, str]
    sink: Sink
    reader: Reader
    shaped: dict[str, Shaped]
    report: ExportReport
    progress: Progress
    clock: Callable[[], float]
    web: httpx.BaseTransport | None = None
    shops: list[str] | None = None
    activities_since: date | None = None

    @property
    def now(self) -> datetime:
        """The present moment at GetResponse, in UTC."""
        return datetime.fromtimestamp(self.clock(), UTC)

    @property
    def today(self) -> date:
        """The present day, in UTC."""
        return self.now.date()

    @property
    def first_day(self) -> date:
        """The first day whose statistics are read again."""
        return self.today - timedelta(days=self.options.look_back_days)

    @property
    def mine(self) -> Where:
        """Condition for the account's own rows."""
        return Where("account_id", "=", self.account_id)

    def state(self, stream: str) -> dict[str, Any]:
        """What earlier runs kept of a stream."""
        return self.sink.state(self.account_id, stream)

    def save_state(self, transaction: Transaction, stream: str, state: dict[str, Any]) -> None:
        """Keep something of a stream, with the rows of the same transaction."""
        transaction.save_state(self.account_id, stream, state)

    def write(
        self,
        transaction: Transaction,
        name: str,
        answers: Sequence[dict[str, Any]],
        lead: Sequence[object] = (),
    ) -> int:
        """Write answers into a table."""
        rows = self.shaped[name].rows(self.account_id, answers, lead)
        return self.write_rows(transaction, name, rows)

    def write_rows(
        self,
        transaction: Transaction,
        name: str,
        rows: Iterable[Sequence[object]],
        columns: Sequence[str] | None = None,
    ) -> int:
        """Write rows into a table."""
        listed = rows if isinstance(rows, list) else list(rows)
        if not listed:
            return 0
        written = transaction.upsert(self.shaped[name].table, listed, columns)
        self.report.table(name).written += written
        return written

    def writing(self) -> Writing:
        """Begin to write rows, in transactions of the size that the destination likes."""
        return Writing(self)

    def begin(self, stream: str, **changes: Any) -> datetime:
        """Note that a stream is about to be read; rows that it writes are younger than this."""
        with self.sink.transaction() as transaction:
            state = self.state(stream) | changes
            self.save_state(transaction, stream, state)
        return transaction.at

    def gone(self, transaction: Transaction) -> dict[str, object]:
        """What is set in the row of a thing that is not found any more."""
        return {"_deleted_at": self.now, SYNCED_AT: transaction.at}

    def mark_gone(
        self, transaction: Transaction, name: str, begun: datetime, *where: Where
    ) -> None:
        """Mark the rows whose thing was not found since a stream began to be read."""
        unseen = (
            self.mine,
            *where,
            Where(SYNCED_AT, "<", begun),
            Where("_deleted_at", "null"),
        )
        table = self.shaped[name].table
        gone = transaction.count(table, *unseen)
        if gone:  # most nights nobody is, and the table need not be looked through again
            self.report.table(name).gone += gone
            transaction.update(table, self.gone(transaction), *unseen)


class Writing:
    """Rows that are written as they come, and kept a portion at a time.

    Args:
        run: The export.

    Attributes:
        transaction: The changes of the portion that is being written.
    """

    transaction: Transaction

    def __init__(self, run: ExportRun) -> None:
        self._run = run
        self._stack = ExitStack()
        self._rows = 0

    def __enter__(self) -> Self:
        """Begin the first portion."""
        self._begin()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Keep the last portion, or drop it after an error."""
        self._stack.__exit__(kind, error, trace)

    def write(
        self, name: str, answers: Sequence[dict[str, Any]], lead: Sequence[object] = ()
    ) -> None:
        """Write answers into a table."""
        self._rows += self._run.write(self.transaction, name, answers, lead)

    def write_rows(
        self, name: str, rows: Iterable[Sequence[object]], columns: Sequence[str] | None = None
    ) -> None:
        """Write rows into a table."""
        self._rows += self._run.write_rows(self.transaction, name, rows, columns)

    def keep(self) -> None:
        """Keep what was written, if it is a portion: call it where nothing is half done."""
        if self._rows >= self._run.sink.portion:
            self._stack.close()
            self._begin()

    def _begin(self) -> None:
        self._rows = 0
        self.transaction = self._stack.enter_context(self._run.sink.transaction())
