"""People on lists, and people who left.

On most nights only those are read who changed since the last one. Whole readings find who is gone:
after some days, and when the numbers do not fit. A whole reading goes by address, and an address
can change while it is read, so whoever changed since it began is read again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from prefect_getresponse.export.run import ExportRun, Writing
from prefect_getresponse.export.schema.rows import RowShape, moment_of
from prefect_getresponse.segments import section
from prefect_getresponse.sinks.tables import Where
from prefect_getresponse.tasks.contacts import Contact, list_contacts
from prefect_getresponse.tasks.search_contacts import list_contacts_by_conditions

OVERLAP = timedelta(days=1)
"""How far a reading of what changed goes back behind the last one."""
_SLACK = timedelta(seconds=2)
"""How far GetResponse's clocks may be apart, and more than the part of a second they leave out."""
_SETTLINGS = 3
"""How often whoever changed meanwhile is read again."""
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""`deleted_on` of somebody of whom GetResponse does not say when they left."""
_CONTACTS = "contacts"


@dataclass(frozen=True)
class PeopleScope:
    """Which people an export is about.

    Attributes:
        run: The export.
    """

    run: ExportRun

    @property
    def state_name(self) -> str:
        """Name of the state: lists that are exported alone have one of their own."""
        if not self.run.options.lists:
            return _CONTACTS
        lists = "\n".join(sorted(self.run.lists))
        return f"{_CONTACTS} {hashlib.blake2b(lists.encode(), digest_size=6).hexdigest()}"

    @property
    def where(self) -> list[Where]:
        """Conditions of their rows."""
        mine = [self.run.mine]
        if self.run.options.lists:
            mine.append(Where("list_id", "in", list(self.run.lists)))
        return mine

    def filters(self) -> Iterator[dict[str, str]]:
        """Arguments of the listings that show them all."""
        if not self.run.options.lists:
            yield {}
        for list_id in self.run.lists if self.run.options.lists else ():
            yield {"campaign_id": list_id}

    async def count(self) -> int:
        """How many people GetResponse counts."""
        counts = [await self.run.reader.count(list_contacts, **each) for each in self.filters()]
        return sum(counts)


class PeopleReading:
    """Reads people of the lists into `contacts`."""

    def __init__(self, run: ExportRun) -> None:
        self._run = run
        self._scope = PeopleScope(run)
        self._table = run.shaped[_CONTACTS]
        self._listed = RowShape(Contact)
        self._columns = (
            "account_id",
            *(column.name for column in self._listed.columns),
            "_deleted_at",
        )

    async def read(self) -> None:
        """Read who changed, or everybody; then see whether the numbers fit."""
        scope, run = self._scope, self._run
        state = run.state(scope.state_name)
        since = moment_of(state.get("until"))
        whole_at = moment_of(state.get("whole_at"))
        due = timedelta(days=run.options.full_every_days) - timedelta(hours=1)
        if since is None or whole_at is None or run.now - whole_at >= due:
            await self._read_everybody()
        else:
            await self._read_changed(since - OVERLAP)
            if not await self._is_complete(run.now):
                run.report.warnings.append(
                    "the number of people did not fit after reading who changed: all were read"
                )
                await self._read_everybody()
        run.shaped[_CONTACTS].shape.strange.update(self._listed.strange)

    async def _read_everybody(self) -> None:
        run, scope = self._run, self._scope
        moment = run.now
        begun = run.begin(scope.state_name)
        expected = await scope.count()
        run.progress.start("reading people", expected, "people")
        with run.writing() as writing:
            for each in scope.filters():
                await self._read_listing(writing, **each)
        await self._settle(moment - _SLACK)
        with run.sink.transaction() as transaction:
            run.mark_gone(transaction, _CONTACTS, begun, *scope.where[1:])
            ended = {"until": moment.isoformat(), "whole_at": moment.isoformat()}
            kept = {"first": moment.isoformat(), "tags_at": "", **run.state(scope.state_name)}
            run.save_state(transaction, scope.state_name, kept | ended)
        await self._is_complete(moment)

    async def _settle(self, moment: datetime) -> None:
        """Read again who changed since a moment, until nobody did meanwhile."""
        for _ in range(_SETTLINGS):
            again = self._run.now
            with self._run.writing() as writing:
                latest = [
                    await self._read_listing(writing, changed_from=_text(moment), **each)
                    for each in self._scope.filters()
                ]
            if max((each for each in latest if each), default=_NEVER) < again:
                return
            moment = again - _SLACK

    async def _read_changed(self, since: datetime) -> None:
        run, scope = self._run, self._scope
        moment = run.now
        run.progress.start("reading who changed", None, "people")
        with run.writing() as writing:
            for each in scope.filters():
                await self._read_listing(writing, changed_from=_text(since), **each)
        await self._settle(moment - _SLACK)
        with run.sink.transaction() as transaction:
            kept = run.state(scope.state_name) | {"until": moment.isoformat()}
            run.save_state(transaction, scope.state_name, kept)

    async def _read_listing(self, writing: Writing, **arguments: str) -> datetime | None:
        """Read people into the table.

        Returns:
            The latest moment at which one of them changed.
        """
        latest: str = ""
        listing = self._run.reader.whole(list_contacts, "contactId", sort_email="ASC", **arguments)
        async for page in listing.pages():
            rows = self._listed.rows(page, (self._run.account_id,), (None,))
            writing.write_rows(_CONTACTS, rows, self._columns)
            writing.keep()
            latest = max(latest, max(each.get("changedOn") or "" for each in page))
            self._run.progress.advance(self._run.report.table(_CONTACTS).written)
        return moment_of(latest)

    async def _is_complete(self, moment: datetime) -> bool:
        """Compare the table with what GetResponse counts now."""
        run, scope = self._run, self._scope
        report = run.report.table(_CONTACTS)
        report.expected = await scope.count()
        present = [*scope.where, Where("_deleted_at", "null")]
        table = self._table.table
        report.got = run.sink.count(table, *present)
        missing, extra = report.expected - report.got, report.got - report.expected
        if not missing:
            report.late = report.unexplained = 0
            return True
        recent = run.sink.count(table, *present, Where("created_on", ">=", _second(moment)))
        report.late = min(abs(missing), recent)
        report.unexplained = 0
        if missing > 0:  # whoever came since the reading began may have come behind it
            arrived = await self._arrived(moment) - recent
            report.late = min(missing, max(arrived, 0))
            report.unexplained = missing - report.late
        return (missing <= 0 and extra <= 0) or (missing > 0 and not report.unexplained)

    async def _arrived(self, moment: datetime) -> int:
        """How many people GetResponse counts that were added since a moment."""
        counts = [
            await self._run.reader.count(list_contacts, created_from=_text(moment), **each)
            for each in self._scope.filters()
        ]
        return sum(counts)


async def export_removals(run: ExportRun) -> None:
    """Read who left, with reason and time, and mark them in `contacts`."""
    moment = run.now
    since = moment_of(run.state("removals").get("until"))
    run.progress.start("reading who left", None, "people")
    listing = run.reader.whole(
        list_contacts_by_conditions,
        "contactId",
        subscribers_type=["removed"],
        section_logic_operator="and",
        section=[section(run.lists)],
        sort_email="ASC",
    )
    seen = 0
    recent: set[str] = set()
    with run.writing() as writing:
        async for page in listing.pages():
            rows = run.shaped["removals"].rows(run.account_id, [_dated(each) for each in page])
            writing.write_rows("removals", rows)
            seen += len(page)
            recent.update(_left_since(page, since))
            writing.keep()
            run.progress.advance(seen)
    _prove_removals(run, listing.total, moment)
    with run.sink.transaction() as transaction:
        if recent:
            gone = (run.mine, Where("contact_id", "in", list(recent)), Where("_deleted_at", "null"))
            contacts = run.shaped[_CONTACTS].table
            transaction.update(contacts, run.gone(transaction), *gone)
        run.save_state(transaction, "removals", {"until": moment.isoformat()})


def _left_since(page: list[dict[str, Any]], since: datetime | None) -> Iterator[str]:
    for each in page:
        left = moment_of(each.get("deletedOn"))
        if since is None or left is None or left >= since - OVERLAP:
            yield str(each["contactId"])


def _dated(removed: dict[str, Any]) -> dict[str, Any]:
    return removed if removed.get("deletedOn") else {**removed, "deletedOn": _text(_NEVER)}


def _prove_removals(run: ExportRun, total: int | None, moment: datetime) -> None:
    report = run.report.table("removals")
    table = run.shaped["removals"].table
    here = (run.mine, Where("list_id", "in", list(run.lists)))
    report.got = run.sink.count(table, *here)
    report.expected = total
    if total is not None and total > report.got:
        recent = run.sink.count(table, *here, Where("deleted_on", ">=", _second(moment)))
        report.late = min(total - report.got, recent)
        report.unexplained = total - report.got - report.late


def _second(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S+0000")
