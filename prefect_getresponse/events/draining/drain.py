"""Takes entries from the inbox, a lease at a time, until nothing waits that could be done now."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection

from prefect_getresponse.client.errors import GetResponseError, InvalidArguments
from prefect_getresponse.client.privacy.masking import mask
from prefect_getresponse.client.send import THROTTLED, AsyncClient
from prefect_getresponse.contact_import.account import Account
from prefect_getresponse.events.draining.destination import Destination
from prefect_getresponse.events.draining.details import Details
from prefect_getresponse.events.draining.handlers import Event, Handlers
from prefect_getresponse.events.draining.pairing import partners, possible_duplicates
from prefect_getresponse.events.draining.report import DrainReport
from prefect_getresponse.events.draining.rows import Told, payload_of, row_of
from prefect_getresponse.events.inbox.entries import Entry, FoundBy
from prefect_getresponse.events.inbox.inbox import Inbox, Lease, LeaseLost
from prefect_getresponse.tasks.accounts import get_account

MOST_AT_ONCE = 10_000
_SIDE_BY_SIDE = 10
_FIRST_PAUSE = 60.0
_LONGEST_PAUSE = 3600.0
_ERROR_SHOWN = 300


@dataclass(frozen=True)
class DrainOptions:
    """What a drain is asked for.

    Attributes:
        max_tries: After so many failures an entry is given up.
        batch: Entries taken at once.

    Raises:
        InvalidArguments: They make no sense.
    """

    max_tries: int = 10
    batch: int = 1000

    def __post_init__(self) -> None:
        if self.max_tries < 1:
            raise InvalidArguments(f"max_tries must be at least 1, not {self.max_tries}")
        if not 1 <= self.batch <= MOST_AT_ONCE:
            raise InvalidArguments(f"batch must be from 1 to {MOST_AT_ONCE}, not {self.batch}")


@dataclass
class _Batch:
    """Entries under one lease, and what was found out about them."""

    lease: Lease
    partners: Mapping[str, Entry]
    duplicates: frozenset[str]
    details: dict[str, Mapping[str, object] | None] = field(
        default_factory=dict[str, Mapping[str, object] | None]
    )
    faults: dict[str, str] = field(default_factory=dict[str, str])
    handled: int = 0


async def account_id_of(client: AsyncClient) -> str:
    """The id of the account that a client is for."""
    answer = await client.send(get_account.operation.request({"fields": "accountId"}))
    return str(answer.data["accountId"])


class Drain:
    """One emptying of the inbox.

    Args:
        client: The account's client.
        inbox: Where entries come from.
        destination: Where rows go.
        handlers: Who else wants to know.
        options: How much is taken, and when to give up.
        clock: Seconds since the epoch.
    """

    def __init__(
        self,
        client: AsyncClient,
        inbox: Inbox,
        destination: Destination,
        handlers: Handlers | None = None,
        options: DrainOptions | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._client = client
        self._inbox = inbox
        self._destination = destination
        self._handlers = handlers or Handlers()
        self._options = options or DrainOptions()
        self._clock = clock
        self._details = Details(Account(client))
        self.report = DrainReport(
            run_id=uuid.uuid4().hex, inbox=inbox.name, to=destination.sink.name
        )

    async def run(self, account_name: str = "") -> DrainReport:
        """Empty the inbox.

        Args:
            account_name: Name of the account, for the report.

        Raises:
            GetResponseError: Account, inbox or destination cannot be used; what was done is done.
        """
        began, report = time.monotonic(), self.report
        report.account = account_name
        try:
            account_id = report.account_id = await account_id_of(self._client)
            with self._destination.prepared(account_id, report.run_id):
                while (lease := self._take(account_id)).entries:
                    report.taken += len(lease.entries)
                    await self._do(lease, account_id)
            counts = self._inbox.counts()
            report.waiting = counts.get("waiting", 0) + counts.get("leased", 0)
            report.unreadable = counts.get("unreadable", 0)
        finally:
            calls = self._client.statistics.take()
            report.throttled, report.calls = calls.pop(THROTTLED, 0), calls
            report.seconds = round(time.monotonic() - began, 3)
        return report

    def _take(self, account_id: str) -> Lease:
        return self._inbox.take((account_id, ""), self._options.batch)

    async def _do(self, lease: Lease, account_id: str) -> None:
        try:
            batch = self._known_of(lease)
            await self._read_details(batch)
            await self._handle(batch)
            self._save(batch, account_id)
        except LeaseLost:
            self.report.taken_over += len(lease.entries)
        except BaseException:
            # Whatever stopped it, nobody has to wait until the lease has run out.
            self.report.taken -= self._inbox.release(lease)
            raise

    def _known_of(self, lease: Lease) -> _Batch:
        with self._inbox.transaction() as connection:
            return _Batch(
                lease,
                partners(connection, self._inbox, lease.entries),
                possible_duplicates(connection, self._inbox, lease.entries),
            )

    async def _read_details(self, batch: _Batch) -> None:
        places = asyncio.Semaphore(_SIDE_BY_SIDE)

        async def read(entry: Entry) -> None:
            async with places:
                try:
                    batch.details[entry.key] = await self._details.of(entry)
                except GetResponseError as error:
                    batch.faults[entry.key] = _worded("reading", error)

        async with asyncio.TaskGroup() as group:
            for entry in batch.lease.entries:
                if self._details.are_wanted(entry):
                    group.create_task(read(entry))

    async def _handle(self, batch: _Batch) -> None:
        given: set[str] = set()
        for entry in batch.lease.entries:
            event_id = _event_id(entry, batch.partners.get(entry.key))
            partner = batch.partners.get(entry.key)
            is_known = event_id in given or (partner is not None and partner.state == "done")
            if entry.key in batch.faults or is_known or not len(self._handlers):
                continue
            given.add(event_id)
            event = _event(entry, event_id, batch.details.get(entry.key))
            try:
                batch.handled += await self._handlers.handle(event)
            except Exception as error:
                batch.faults[entry.key] = _worded("handler", error)

    def _save(self, batch: _Batch, account_id: str) -> None:
        options, now = self._options, self._clock()
        rows: list[tuple[object, ...]] = []
        done: dict[str, str] = {}
        failed: dict[str, tuple[str, float | None]] = {}
        merged: list[str] = []
        # What a webhook says is more than what reading shows: it is written last, and stays.
        for entry in sorted(batch.lease.entries, key=lambda each: each.kind != "poll"):
            partner = batch.partners.get(entry.key)
            fault = batch.faults.get(entry.key)
            is_dead = fault is not None and entry.tries + 1 >= options.max_tries
            found_by: FoundBy = "both" if partner is not None else entry.found_by
            event_id = _event_id(entry, partner)
            told = Told(
                entry,
                event_id,
                found_by,
                batch.details.get(entry.key),
                entry.key in batch.duplicates,
            )
            if not (entry.kind == "poll" and partner is not None and partner.state == "done"):
                rows.append(row_of(told, entry.account_id or account_id))
            if partner is not None:
                merged.append(partner.key)
            if fault is None:
                done[entry.key] = found_by
            else:
                failed[entry.key] = fault, None if is_dead else now + _pause(entry.tries)

        def mark(connection: Connection) -> None:
            self._inbox.known(connection).mark_found_by_both(merged)
            self._inbox.settle(connection, batch.lease, done, failed)

        self._destination.save(rows, mark)
        self._count(batch, done, failed, len(merged))

    def _count(
        self,
        batch: _Batch,
        done: Mapping[str, str],
        failed: Mapping[str, tuple[str, float | None]],
        merged: int,
    ) -> None:
        report = self.report
        report.done += len(done)
        report.merged += merged
        report.handled += batch.handled
        dead = sum(again is None for _, again in failed.values())
        report.dead += dead
        report.retried += len(failed) - dead
        report.errors.update(error for error, _ in failed.values())
        report.types.update(entry.type for entry in batch.lease.entries if entry.key in done)


def _event_id(entry: Entry, partner: Entry | None) -> str:
    """Key of an event's row: what reading found first keeps its key when the webhook comes."""
    if partner is not None and partner.kind == "poll":
        return partner.key
    return entry.key


def _event(entry: Entry, event_id: str, details: Mapping[str, object] | None) -> Event:
    return Event(
        id=event_id,
        type=entry.type,
        kind=entry.kind,
        account_id=entry.account_id,
        contact_id=entry.contact_id,
        occurred_at=entry.occurred_at,
        payload=payload_of(entry),
        details=details,
    )


def _pause(tries: int) -> float:
    return min(_FIRST_PAUSE * 2.0**tries, _LONGEST_PAUSE)


def _worded(where: str, error: BaseException) -> str:
    """Why an entry is not done, without addresses."""
    said = error.args[0] if isinstance(error, GetResponseError) and error.args else error
    text = " ".join(f"{where}: {type(error).__name__}: {said}".split())
    return mask(text)[:_ERROR_SHOWN]
