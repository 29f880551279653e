"""What every destination of tables can do, and what can go wrong with one.

A destination is written to in transactions: rows and the state that says how far the writer has
come become visible together, or not at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, Protocol

from prefect_getresponse.client.errors import GetResponseError
from prefect_getresponse.sinks.tables import Row, Table, Where

State = Mapping[str, Any]
"""JSON-like data of a writer."""


class SinkError(GetResponseError):
    """The destination cannot be used."""


class SinkNotFound(SinkError):
    """The destination's URL cannot be understood, or a driver or package is missing."""


class NotOurTable(SinkError):
    """A table of that name exists, and was not made by this package."""

    default_advice = (
        "Give the export a schema of its own (?schema=NAME, or ?prefix=NAME_ in the URL), or rename"
        " that table."
    )


class SinkBusy(SinkError):
    """Another process is writing to the destination."""

    default_advice = "Wait until it has ended, then run again."


class SinkTaken(SinkError):
    """Another process has begun to write to the destination; this one may not any more."""

    default_advice = "Let one export at a time write to a destination; the other one goes on."


class Transaction(Protocol):
    """Changes that become visible together.

    Attributes:
        at: When it began, which is `_synced_at` of every row it writes.
    """

    at: datetime

    def upsert(
        self, table: Table, rows: Iterable[Row], columns: Sequence[str] | None = None
    ) -> int:
        """Write rows, each in the place of the one with the same key; the last of several wins.

        Args:
            table: Where to.
            rows: Values in the order of the columns.
            columns: Names of the columns that are given, the key among them; all if None. The other
                columns keep what they have.

        Returns:
            How many rows were given.
        """
        ...

    def delete(self, table: Table, *where: Where) -> None:
        """Delete the rows for which all conditions hold."""
        ...

    def count(self, table: Table, *where: Where) -> int:
        """How many rows there are for which all conditions hold, as they are in the transaction."""
        ...

    def update(self, table: Table, values: Mapping[str, object], *where: Where) -> None:
        """Set columns of the rows for which all conditions hold; leaves `_synced_at` as it is."""
        ...

    def save_state(self, account_id: str, stream: str, state: State) -> None:
        """Keep a writer's state, in the place of what it kept before."""
        ...


class Sink(Protocol):
    """A destination of tables.

    Attributes:
        name: What people may see of it: no password.
        portion: Rows that are worth a transaction of their own.
    """

    name: str
    portion: int

    def prepare(self, tables: Sequence[Table]) -> list[str]:
        """Make what is missing of tables and columns.

        Returns:
            What was made, for people.

        Raises:
            NotOurTable: A table was not made by this package.
            SinkError: It is refused.
        """
        ...

    def claim(self, account_id: str, run_id: str) -> AbstractContextManager[None]:
        """Keep others from exporting the same account to it meanwhile.

        Raises:
            SinkBusy: Another process has claimed it.
        """
        ...

    def transaction(self) -> AbstractContextManager[Transaction]:
        """Begin changes; they are kept if the block ends without an error.

        Raises:
            SinkTaken: Another process has claimed the destination since this one did.
        """
        ...

    def select(
        self, table: Table, columns: Sequence[str], *where: Where
    ) -> Iterator[tuple[Any, ...]]:
        """Read columns of the rows for which all conditions hold, as values of their kinds.

        A table that is not there has no rows.
        """
        ...

    def count(self, table: Table, *where: Where) -> int:
        """How many rows there are for which all conditions hold."""
        ...

    def state(self, account_id: str, stream: str) -> dict[str, Any]:
        """What a writer kept; empty if nothing."""
        ...

    def asset_key(self, table: Table) -> str:
        """Where a table is, as one word without secrets."""
        ...

    def publish(self) -> None:
        """Show readers everything that was written, where they do not see it already."""
        ...

    def close(self) -> None:
        """Give connections back."""
        ...
