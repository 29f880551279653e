"""Reads what happened, and adds to inbox and table what no webhook brought."""

from __future__ import annotations

import time
import uuid
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection

from prefect_getresponse.client.errors import InvalidArguments
from prefect_getresponse.client.send import THROTTLED, AsyncClient
from prefect_getresponse.contact_import.account import Account
from prefect_getresponse.events.draining.destination import Destination
from prefect_getresponse.events.draining.drain import account_id_of
from prefect_getresponse.events.draining.pairing import by_identity, covered
from prefect_getresponse.events.draining.rows import Told, row_of
from prefect_getresponse.events.identities import moment_of
from prefect_getresponse.events.inbox.entries import Entry
from prefect_getresponse.events.inbox.inbox import MEMORY_DAYS, Inbox
from prefect_getresponse.events.reconciling.listings import DAY, Listings
from prefect_getresponse.events.reconciling.polled import CHANGES, DIFFERS, FINDABLE, Polled
from prefect_getresponse.events.reconciling.report import ReconcileReport
from prefect_getresponse.events.reconciling.statistics import unexplained
from prefect_getresponse.tasks.campaigns import list_campaigns

GRACE_SECONDS = 3600.0
"""GetResponse retries a webhook for about so long: what is younger may still come."""
STREAM = "events"
_FIRST_DAYS = 7.0
_OVERLAP = DAY
_APART = 2.0
"""Seconds by which a webhook's moment of a change may differ from the contact's own."""
_AT_ONCE = 1000


@dataclass(frozen=True)
class ReconcileOptions:
    """What is looked for.

    Attributes:
        lists: Names or ids of lists; all if empty.
        since: From when on, ISO 8601; where the last run ended, and a day more, if empty.
        types: Types of events; all that can be found if empty.
    """

    lists: Sequence[str] = ()
    since: str = ""
    types: Sequence[str] = ()

    def __post_init__(self) -> None:
        known = (*FINDABLE, DIFFERS)
        if strange := [each for each in self.types if each not in known]:
            raise InvalidArguments(
                f"reading cannot find {strange[0]!r}", advice=f"Types are {', '.join(known)}."
            )
        if self.since and moment_of(self.since) is None:
            raise InvalidArguments(
                f"since {self.since!r} is no date", advice="Write it as 2026-05-04."
            )


class Reconciliation:
    """One comparison of the account with the inbox.

    Args:
        client: The account's client.
        inbox: What webhooks brought.
        destination: Where rows go.
        options: What is looked for.
        clock: Seconds since the epoch.
    """

    def __init__(
        self,
        client: AsyncClient,
        inbox: Inbox,
        destination: Destination,
        options: ReconcileOptions | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._client = client
        self._account = Account(client)
        self._inbox = inbox
        self._destination = destination
        self._options = options or ReconcileOptions()
        self._clock = clock
        self.report = ReconcileReport(
            run_id=uuid.uuid4().hex, inbox=inbox.name, to=destination.sink.name
        )

    async def run(self, account_name: str = "") -> ReconcileReport:
        """Find what is missing, and add it.

        Args:
            account_name: Name of the account, for the report.

        Raises:
            GetResponseError: Account, inbox or destination cannot be used.
            InvalidArguments: A list is unknown, or `since` is too long ago.
        """
        began, report = time.monotonic(), self.report
        report.account = account_name
        try:
            account_id = report.account_id = await account_id_of(self._client)
            with self._destination.prepared(account_id, report.run_id):
                await self._compare(account_id)
        finally:
            calls = self._client.statistics.take()
            report.throttled, report.calls = calls.pop(THROTTLED, 0), calls
            report.seconds = round(time.monotonic() - began, 3)
        return report

    async def _compare(self, account_id: str) -> None:
        report, now = self.report, self._clock()
        since = self._since(account_id, now)
        lists = await self._lists()
        report.since, report.until = _iso(since), _iso(now)
        report.lists = len(lists)
        listings = Listings(self._account, self._client, lists, since)
        found = [each async for each in self._found(listings)]
        self._complete(found, account_id, now)
        report.unexplained = await unexplained(
            self._account, lists, since, now, found, self._wanted
        )
        with self._inbox.transaction() as connection:
            report.brought = self._inbox.known(connection).types_brought(since)
        with self._destination.sink.transaction() as work:
            work.save_state(account_id, STREAM, {"until": now})
        self._destination.sink.publish()

    def _since(self, account_id: str, now: float) -> float:
        asked = moment_of(self._options.since)
        if asked is None:
            last = self._destination.sink.state(account_id, STREAM).get("until")
            asked = (last or now - _FIRST_DAYS * DAY + _OVERLAP) - _OVERLAP
            return max(float(asked), now - MEMORY_DAYS * DAY)
        if asked < now - MEMORY_DAYS * DAY:
            raise InvalidArguments(
                f"since {self._options.since!r} is more than {MEMORY_DAYS:.0f} days ago",
                advice="The inbox knows no longer what came then; export the removals instead.",
            )
        return asked

    async def _lists(self) -> Mapping[str, str]:
        if not self._options.lists:
            listed = await self._account.items(list_campaigns, "campaignId")
            return {each["campaignId"]: each["name"] for each in listed}
        found = [await self._account.find_campaign(name) for name in self._options.lists]
        return {each.campaign_id: each.name for each in found}

    @property
    def _wanted(self) -> frozenset[str]:
        """Types that are looked for."""
        return frozenset(self._options.types or (*FINDABLE, DIFFERS))

    async def _found(self, listings: Listings) -> AsyncIterator[Polled]:
        """What reading finds, each event once: who moves while lists are read is seen twice."""
        wanted = self._wanted
        seen: set[str] = set()
        ways = {
            listings.arrivals_and_changes: {"contact_added", DIFFERS},
            listings.removals: {
                "contact_added",
                "contact_removed_link",
                "contact_removed_bounce",
            },
            listings.activities: {"contact_opened_message", "contact_clicked_message_link"},
            listings.imports: {"contacts_import_finished"},
        }
        for way, types in ways.items():
            if not types & wanted:
                continue
            async for each in way():
                is_new = not each.contact_id or each.about or each.identity not in seen
                if each.type in wanted and is_new:
                    seen.add(each.identity)
                    yield each

    def _complete(self, found: Iterable[Polled], account_id: str, now: float) -> None:
        """Compare with the inbox, in parts: one transaction must not hold it for long."""
        listed = sorted(found, key=lambda each: each.identity)
        start = 0
        while start < len(listed):
            end = min(start + _AT_ONCE, len(listed))
            while end < len(listed) and listed[end].identity == listed[end - 1].identity:
                end += 1  # equal ones are counted together
            self._complete_part(listed[start:end], account_id, now)
            start = end

    def _complete_part(self, part: Sequence[Polled], account_id: str, now: float) -> None:
        missing: list[Polled] = []
        entries: list[Entry] = []
        both: list[Entry] = []
        with self._inbox.transaction() as connection:
            known = by_identity(
                self._inbox.known(connection).of_identities(each.identity for each in part)
            )
            explained = self._explained(connection, part)
            ordinals: dict[str, int] = {}
            for each in part:
                ordinal = ordinals[each.identity] = ordinals.get(each.identity, -1) + 1
                seen = covered(known.get(each.identity, ())).get(ordinal, [])
                self.report.found[each.type] += 1
                if seen or each.identity in explained:
                    self.report.known[each.type] += 1
                    both += [it for it in seen if it.kind == "webhook" and it.found_by != "both"]
                else:
                    missing.append(each)
                    entries.append(each.entry(ordinal, account_id, now))
            self._inbox.add_in(connection, entries)
        self._write(entries, both, account_id)
        for each in missing:
            self.report.added[each.type] += 1
            if each.type != DIFFERS and each.occurred_at < now - GRACE_SECONDS:
                self.report.missed[each.type] += 1

    def _explained(self, connection: Connection, part: Sequence[Polled]) -> frozenset[str]:
        """Identities of changes of contacts that a webhook has told of."""
        changed = [each for each in part if each.type == DIFFERS]
        told = self._inbox.known(connection).last_told(
            (each.contact_id for each in changed), CHANGES
        )
        return frozenset(
            each.identity
            for each in changed
            if told.get(each.contact_id, 0.0) >= each.occurred_at - _APART
        )

    def _write(self, entries: Sequence[Entry], both: Sequence[Entry], account_id: str) -> None:
        """Write rows at once; the entries still wait, for handlers."""
        if entries:
            rows = [row_of(Told(entry, entry.key, "poll"), account_id) for entry in entries]
            self._destination.save(rows, lambda _connection: None)
        if both:
            keys = [entry.key for entry in both]
            self._destination.found_by_both(
                account_id, keys, lambda it: self._inbox.known(it).mark_found_by_both(keys)
            )


def _iso(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="seconds")
