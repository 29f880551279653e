"""Who was sent a newsletter, opened it or clicked in it.

The listing reaches back 30 days, has no ids, and goes on growing: the days since the last run, and
two more, are read again and replaced. Only newsletters are read to which something happened, as
statistics say. GetResponse has announced the end of the listing: `activity_reports` succeeds it.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, timedelta
from typing import Any

from prefect_getresponse.client.errors import AccessDenied, NotFound
from prefect_getresponse.export.options import ACTIVITY_DAYS
from prefect_getresponse.export.run import ExportRun
from prefect_getresponse.export.schema.rows import moment_of
from prefect_getresponse.export.streams.activity_reports import NAME, NoReport, export_reports
from prefect_getresponse.export.streams.entities import unavailable
from prefect_getresponse.sinks.tables import Where
from prefect_getresponse.tasks.newsletters import list_newsletter_activities

_OVERLAP_DAYS = 2


async def export_activities(run: ExportRun) -> None:
    """Read activities, by the API's listing of each newsletter or from reports."""
    state = run.state(NAME)
    since = run.activities_since = _first_day(run, state)
    due = _newsletters_with_activity(run, since)
    try:
        if run.options.activity == "report":
            await export_reports(run, since, due)
        else:
            await _read_listings(run, since, due)
    except (AccessDenied, NotFound, NoReport) as error:
        unavailable(run, NAME, error)


async def _read_listings(run: ExportRun, since: date, due: list[str]) -> None:
    run.progress.start("reading activities", len(due), "newsletters")
    try:
        for done, newsletter_id in enumerate(due, start=1):
            await _read_newsletter(run, newsletter_id, since)
            run.progress.advance(done)
    except (AccessDenied, NotFound):
        if run.options.activity != "auto":
            raise
        await export_reports(run, since, due)
        return
    state = run.state(NAME) | {"until": run.today.isoformat()}
    with run.sink.transaction() as transaction:
        run.save_state(transaction, NAME, state)


def _first_day(run: ExportRun, state: dict[str, Any]) -> date:
    """The first day that is read again; says so when days in between cannot be had any more."""
    oldest = run.today - timedelta(days=ACTIVITY_DAYS - 1)
    until = state.get("until")
    if until is None:
        return oldest
    wanted = date.fromisoformat(until) - timedelta(days=_OVERLAP_DAYS)
    if run.options.activity == "report":
        return wanted
    if wanted < oldest:
        run.report.warnings.append(
            f"activities from {wanted} to {oldest - timedelta(days=1)} cannot be read any more:"
            f" GetResponse shows {ACTIVITY_DAYS} days, and the last export was on {until}"
        )
    return max(wanted, oldest)


def _newsletters_with_activity(run: ExportRun, since: date) -> list[str]:
    """Newsletters to which something happened since a day, as statistics say."""
    days, all_of_them = run.shaped["newsletter_days"].table, run.shaped["newsletters"].table
    found = run.sink.select(days, ["newsletter_id"], run.mine, Where("day", ">=", since))
    there = run.sink.select(all_of_them, ["newsletter_id"], run.mine, Where("_deleted_at", "null"))
    return sorted({row[0] for row in found} & {row[0] for row in there})


async def _read_newsletter(run: ExportRun, newsletter_id: str, since: date) -> None:
    table = run.shaped[NAME].table
    wanted = {
        "newsletter_id": newsletter_id,
        "created_from": since.isoformat(),
        "sort_created_on": "ASC",
    }
    ordinals = Ordinals()
    with run.sink.transaction() as transaction:
        replaced = (Where("newsletter_id", "=", newsletter_id), Where("day", ">=", since))
        transaction.delete(table, run.mine, *replaced)
        async for page in run.reader.pages(list_newsletter_activities, **wanted):
            rows = run.shaped[NAME].rows(run.account_id, page, (newsletter_id, None, 0))
            placed = [
                (*row[:2], _day(each), ordinals.of(each), *row[4:])
                for row, each in zip(rows, page, strict=True)
            ]
            run.write_rows(transaction, NAME, placed)


class Ordinals:
    """Tells apart what one person did several times in one second."""

    def __init__(self) -> None:
        self._second = ""
        self._seen: Counter[tuple[str, str]] = Counter()

    def of(self, activity: dict[str, Any]) -> int:
        """Return how many equal ones there were before it; they come in the order of time."""
        if activity.get("createdOn") != self._second:
            self._second = activity.get("createdOn") or ""
            self._seen.clear()
        contact: dict[str, Any] = activity.get("contact") or {}
        what = str(activity.get("activity")), str(contact.get("contactId"))
        self._seen[what] += 1
        return self._seen[what] - 1


def _day(activity: dict[str, Any]) -> date | None:
    moment = moment_of(activity.get("createdOn"))
    return moment.astimezone(UTC).date() if moment else None
