"""The inbox: what is done with entries, each act a transaction of its own."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, insert, or_, select
from sqlalchemy import and_ as all_of
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError, SQLAlchemyError
from sqlalchemy.schema import CreateSchema

from prefect_getresponse.events.inbox.database import (
    InboxTooNew,
    explained,
    inbox_url,
    open_database,
    shown,
)
from prefect_getresponse.events.inbox.entries import REPLAYABLE, Entry, State
from prefect_getresponse.events.inbox.insertion import insertion, slices
from prefect_getresponse.events.inbox.known import Known, entry_of
from prefect_getresponse.events.inbox.tables import VERSION, Tables

LEASE_SECONDS = 300.0
MEMORY_DAYS = 30.0
"""For so long the inbox knows what came; reading looks back no further."""
PURGED = "{}"
"""What a purged entry says."""


class Lease:
    """Entries that one drain works on.

    Attributes:
        name: Tells it from all others.
        entries: The entries, oldest first.
    """

    def __init__(self, name: str, entries: Sequence[Entry]) -> None:
        self.name = name
        self.entries = entries


class LeaseLost(Exception):
    """A lease ran out, and another drain has taken its entries."""


class Inbox:
    """A database of entries; made when it is first used.

    Args:
        url: SQLAlchemy's URL or a path; a file in the state folder if empty.
        state_dir: The state folder.
        clock: Seconds since the epoch.
        lease_seconds: After so long the entries of a drain that died are another's to take.

    Raises:
        InboxError: It cannot be opened.
    """

    def __init__(
        self,
        url: str = "",
        state_dir: str = "",
        clock: Callable[[], float] = time.time,
        lease_seconds: float = LEASE_SECONDS,
    ) -> None:
        self.url = inbox_url(url, Path(state_dir).expanduser())
        self.name = shown(self.url)
        self.engine = open_database(self.url)
        self._clock = clock
        self._lease_seconds = lease_seconds
        self._tables = Tables(self.engine.dialect)
        self._insert = insertion(self._tables.entries, self.engine.dialect)
        try:
            with self._explained():
                self._prepare()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Give connections back."""
        self.engine.dispose()

    def add(self, entries: Sequence[Entry]) -> None:
        """Keep entries durably; those whose keys are known change nothing.

        Raises:
            InboxError: They could not be kept; none of them was.
        """
        with self._explained(), self.engine.begin() as connection:
            self.add_in(connection, entries)

    def add_in(self, connection: Connection, entries: Sequence[Entry]) -> None:
        """Keep entries within a transaction that is open already."""
        fresh = {entry.key: entry for entry in reversed(entries)}
        if fresh:
            self._insert(connection, list(reversed(fresh.values())))

    def check_writable(self) -> None:
        """Find out whether entries could be kept now.

        Raises:
            InboxError: They could not.
        """
        table = self._tables.version
        with self._explained(), self.engine.begin() as connection:
            connection.execute(table.update().values(version=table.c.version))

    def take(self, account_ids: Sequence[str], most: int) -> Lease:
        """Lease the oldest entries that wait, or whose lease has run out.

        Args:
            account_ids: Accounts whose entries are wanted.
            most: How many at once.
        """
        table, now = self._tables.entries, self._clock()
        lease = uuid.uuid4().hex
        free = or_(table.c.lease_until.is_(None), table.c.lease_until <= now)
        wanted = all_of(
            table.c.state.in_(("waiting", "leased")), free, table.c.account_id.in_(account_ids)
        )
        with self._explained(), self.engine.begin() as connection:
            keys = connection.scalars(
                select(table.c.key)
                .where(wanted)
                .order_by(table.c.received_at, table.c.key)
                .limit(most)
                .with_for_update(skip_locked=True)
            ).all()
            values = {"state": "leased", "lease": lease, "lease_until": now + self._lease_seconds}
            for some in slices(keys):
                connection.execute(table.update().where(table.c.key.in_(some)).values(values))
            rows = connection.execute(
                select(table)
                .where(table.c.lease == lease)
                .order_by(table.c.received_at, table.c.key)
            ).mappings()
            return Lease(lease, [entry_of(row) for row in rows])

    def release(self, lease: Lease) -> int:
        """Give leased entries back as they were.

        Returns:
            How many of them were still leased.
        """
        table = self._tables.entries
        statement = table.update().where(table.c.lease == lease.name)
        values = {"state": "waiting", "lease": None, "lease_until": None}
        with self._explained(), self.engine.begin() as connection:
            return _count(connection, statement.values(values))

    def settle(
        self,
        connection: Connection,
        lease: Lease,
        done: Mapping[str, str],
        failed: Mapping[str, tuple[str, float | None]],
    ) -> None:
        """Note what became of leased entries, within a transaction that is open already.

        Args:
            connection: The transaction.
            lease: The lease.
            done: Keys of entries that are done, and how they were found.
            failed: Keys of entries that are not, why, and when to try again: None for never.

        Raises:
            LeaseLost: Another drain has them now; the transaction must not be kept.
        """
        table = self._tables.entries
        mine = all_of(table.c.lease == lease.name, table.c.state == "leased")
        changed = 0
        for found_by in sorted(set(done.values())):
            keys = [key for key, found in done.items() if found == found_by]
            values = {"state": "done", "lease": None, "lease_until": None, "error": ""}
            for some in slices(keys):
                statement = table.update().where(mine, table.c.key.in_(some))
                changed += _count(connection, statement.values(**values, found_by=found_by))
        for key, (error, again) in failed.items():
            values = {"state": "dead" if again is None else "waiting", "error": error}
            statement = table.update().where(mine, table.c.key == key)
            changed += _count(
                connection,
                statement.values(**values, lease=None, lease_until=again, tries=table.c.tries + 1),
            )
        if changed != len(done) + len(failed):
            raise LeaseLost

    @contextmanager
    def transaction(self) -> Generator[Connection]:
        """Begin a transaction.

        Raises:
            InboxError: The database does not take it.
        """
        with self._explained(), self.engine.begin() as connection:
            yield connection

    def known(self, connection: Connection) -> Known:
        """What came already, within a transaction."""
        return Known(connection, self._tables.entries)

    def counts(self) -> dict[str, int]:
        """How many entries there are in each state."""
        table = self._tables.entries
        with self._explained(), self.engine.connect() as connection:
            counted = connection.execute(
                select(table.c.state, func.count()).group_by(table.c.state)
            )
            return {row[0]: row[1] for row in counted}

    def show(self, *, state: str = "", type_: str = "", most: int = 1000) -> list[Entry]:
        """Entries, newest first.

        Args:
            state: Only those in this state.
            type_: Only those of this type.
            most: How many.
        """
        table = self._tables.entries
        statement = select(table).order_by(table.c.received_at.desc(), table.c.key).limit(most)
        if state:
            statement = statement.where(table.c.state == state)
        if type_:
            statement = statement.where(table.c.type == type_)
        with self._explained(), self.engine.connect() as connection:
            return [entry_of(row) for row in connection.execute(statement).mappings()]

    def replay(self, keys: Sequence[str] = (), *, state: State = "dead", type_: str = "") -> int:
        """Let entries be drained once more.

        Args:
            keys: Which ones; all in the state if empty.
            state: The state they are in: `dead` or `done`.
            type_: Only those of this type.

        Returns:
            How many there are.
        """
        assert state in REPLAYABLE
        table = self._tables.entries
        statement = table.update().where(table.c.state == state, table.c.payload != PURGED)
        if type_:
            statement = statement.where(table.c.type == type_)
        values = {"state": "waiting", "tries": 0, "lease": None, "lease_until": None}
        with self._explained(), self.engine.begin() as connection:
            if not keys:
                return _count(connection, statement.values(values))
            return sum(
                _count(connection, statement.where(table.c.key.in_(some)).values(values))
                for some in slices(list(keys))
            )

    def purge(self, older_than_days: float, states: Sequence[State] = ("done",)) -> int:
        """Forget what entries say that came longer ago.

        Their keys are kept for `MEMORY_DAYS`: without them, reading would find their events anew.

        Args:
            older_than_days: How long ago.
            states: States they are in.

        Returns:
            How many entries lost what they said, or are gone.
        """
        table, now = self._tables.entries, self._clock()
        in_state = table.c.state.in_(states)
        gone = table.c.received_at < now - max(older_than_days, MEMORY_DAYS) * 86_400
        old = table.c.received_at < now - older_than_days * 86_400
        blank = table.update().where(in_state, old, table.c.payload != PURGED)
        with self._explained(), self.engine.begin() as connection:
            deleted = _count(connection, table.delete().where(in_state, gone))
            return deleted + _count(connection, blank.values(payload=PURGED, error=""))

    def _prepare(self) -> None:
        for attempt in (1, 2):
            try:
                with self.engine.begin() as connection:
                    if self._tables.schema:
                        connection.execute(CreateSchema(self._tables.schema, if_not_exists=True))
                    self._tables.metadata.create_all(connection)
                    self._check_version(connection)
                return
            except (IntegrityError, ProgrammingError, OperationalError):
                # Another receiver makes the same tables at this moment.
                if attempt == 2:
                    raise

    def _check_version(self, connection: Connection) -> None:
        table = self._tables.version
        found = connection.scalar(select(func.max(table.c.version)))
        if found is None:
            connection.execute(insert(table).values(version=VERSION))
        elif found > VERSION:
            raise InboxTooNew(
                f"the inbox {self.name} has version {found}, and this package knows {VERSION}"
            )

    @contextmanager
    def _explained(self) -> Generator[None]:
        try:
            yield
        except (SQLAlchemyError, OSError) as error:
            raise explained(self.url, error) from None


def as_row(entry: Entry) -> dict[str, Any]:
    """An entry by the names of its columns."""
    return asdict(entry)


def _count(connection: Connection, statement: Any) -> int:
    return connection.execute(statement).rowcount
