"""What came already: looked up within a transaction, by whoever adds what is missing."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, RowMapping, Table, func, select

from prefect_getresponse.events.inbox.entries import Entry
from prefect_getresponse.events.inbox.insertion import COLUMNS, slices


class Known:
    """Entries of an inbox, within a transaction.

    Args:
        connection: A connection in the transaction.
        entries: The table of entries.
    """

    def __init__(self, connection: Connection, entries: Table) -> None:
        self._connection = connection
        self._entries = entries

    def of_identities(self, identities: Iterable[str]) -> list[Entry]:
        """Entries of some identities, webhooks in the order they came."""
        table, found = self._entries, list[Entry]()
        for some in slices(sorted(set(identities) - {""})):
            rows = self._connection.execute(
                select(table)
                .where(table.c.identity.in_(some))
                .order_by(table.c.received_at, table.c.key)
            )
            found += (entry_of(row) for row in rows.mappings())
        return found

    def mark_found_by_both(self, keys: Iterable[str]) -> None:
        """Note that entries were found by a webhook and by reading."""
        table = self._entries
        for some in slices(list(keys)):
            self._connection.execute(
                table.update().where(table.c.key.in_(some)).values(found_by="both")
            )

    def callbacks_between(self, start: float, end: float) -> list[tuple[str, float, str]]:
        """Keys of callbacks, when they came, and what they said, in the order they came."""
        table = self._entries
        found = self._connection.execute(
            select(table.c.key, table.c.received_at, table.c.payload)
            .where(table.c.kind == "callback", table.c.received_at.between(start, end))
            .order_by(table.c.received_at, table.c.key)
        )
        return [(row[0], row[1], row[2]) for row in found]

    def types_brought(self, since: float) -> dict[str, int]:
        """How many webhooks of each type came since a moment."""
        table = self._entries
        counted = self._connection.execute(
            select(table.c.type, func.count())
            .where(table.c.kind == "webhook", table.c.received_at >= since)
            .group_by(table.c.type)
        )
        return {row[0]: row[1] for row in counted}

    def last_told(self, contact_ids: Iterable[str], types: Iterable[str]) -> dict[str, float]:
        """When webhooks of some types last told of contacts, by contact."""
        table, found = self._entries, dict[str, float]()
        wanted = sorted(types)
        for some in slices(sorted(set(contact_ids))):
            rows = self._connection.execute(
                select(table.c.contact_id, func.max(table.c.occurred_at))
                .where(
                    table.c.contact_id.in_(some),
                    table.c.kind == "webhook",
                    table.c.type.in_(wanted),
                    table.c.occurred_at.is_not(None),
                )
                .group_by(table.c.contact_id)
            )
            found |= {row[0]: row[1] for row in rows}
        return found


def entry_of(row: RowMapping) -> Entry:
    """Read an entry from its row."""
    return Entry(**{name: row[name] for name in COLUMNS})
