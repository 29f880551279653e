"""Whether what came agrees with what GetResponse's statistics say came.

A listing is proved against its own count where it is read. Here tables are compared with numbers of
other parts of GetResponse, day by day: such differences are said, and fail a run only if asked to.
Today is left out, and so are days before the first export, of which not all can be read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time
from typing import Any

from prefect_getresponse.export.run import ExportRun
from prefect_getresponse.export.streams.activity_reports import NAME as ACTIVITIES
from prefect_getresponse.sinks.tables import Where

Counts = Mapping[tuple[str, date], int]
_SHOWN = 5


def prove(run: ExportRun) -> None:
    """Compare removals, arrivals and activities with statistics, and note the differences.

    Args:
        run: The export.
    """
    chosen = run.options.chosen
    if {"removals", "list_days"} <= set(chosen):
        stated = _list_days(run, "removals_")
        _note(run, "removals", stated, _left(run, run.first_day))
    if {"removals", "contacts", "list_days"} <= set(chosen):
        stated = _list_days(run, "subscriptions_summary")
        came = Counter(_came(run, run.first_day))
        _note(run, "contacts", stated, came)
    activities_since = run.activities_since
    if activities_since is not None and run.report.table(ACTIVITIES).available:
        for kind, column in (("open", "total_opened"), ("click", "total_clicked")):
            stated = _message_days(run, column, activities_since)
            _note(run, ACTIVITIES, stated, _done(run, kind, activities_since), kind)


def _note(run: ExportRun, name: str, stated: Counts, found: Counts, what: str = "") -> None:
    differing = {
        place: (stated.get(place, 0), found.get(place, 0))
        for place in {*stated, *found}
        if stated.get(place, 0) != found.get(place, 0) and place[1] < run.today
    }
    if not differing:
        return
    shown = ", ".join(
        f"{owner} on {day}: {said} and {came}"
        for (owner, day), (said, came) in sorted(differing.items())[:_SHOWN]
    )
    more = f" and {len(differing) - _SHOWN} more" if len(differing) > _SHOWN else ""
    kind = f" ({what})" if what else ""
    run.report.differences.append(
        f"{name}{kind}: statistics of GetResponse and the table differ, {shown}{more}"
    )


def _list_days(run: ExportRun, prefix: str) -> dict[tuple[str, date], int]:
    table = run.shaped["list_days"].table
    columns = [name for name in table.names if name.startswith(prefix)]
    where = (run.mine, Where("day", ">=", run.first_day), Where("list_id", "in", list(run.lists)))
    found: dict[tuple[str, date], int] = {}
    for list_id, day, *numbers in run.sink.select(table, ["list_id", "day", *columns], *where):
        found[list_id, day] = sum(number or 0 for number in numbers)
    return found


def _left(run: ExportRun, since: date) -> Counter[tuple[str, date]]:
    table = run.shaped["removals"].table
    where = (run.mine, Where("deleted_on", ">=", _start(since)))
    rows = run.sink.select(table, ["list_id", "deleted_on"], *where)
    return Counter((list_id, _day(left)) for list_id, left in rows if list_id in run.lists)


def _came(run: ExportRun, since: date) -> Iterator[tuple[str, date]]:
    """Who came since a day: those who are there, and those who have left again."""
    here = (run.mine, Where("created_on", ">=", _start(since)))
    for name in ("contacts", "removals"):
        present = [Where("_deleted_at", "null")] if name == "contacts" else []
        table = run.shaped[name].table
        for list_id, came in run.sink.select(table, ["list_id", "created_on"], *here, *present):
            if list_id in run.lists:
                yield list_id, _day(came)


def _message_days(run: ExportRun, column: str, since: date) -> dict[tuple[str, date], int]:
    table = run.shaped["newsletter_days"].table
    rows: Iterator[tuple[Any, ...]] = run.sink.select(
        table, ["newsletter_id", "day", column], run.mine, Where("day", ">=", since)
    )
    return {(newsletter_id, day): number or 0 for newsletter_id, day, number in rows}


def _done(run: ExportRun, kind: str, since: date) -> Counter[tuple[str, date]]:
    table = run.shaped[ACTIVITIES].table
    where = (run.mine, Where("day", ">=", since), Where("activity", "=", kind))
    return Counter(run.sink.select(table, ["newsletter_id", "day"], *where))


def _start(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _day(moment: datetime) -> date:
    return moment.astimezone(UTC).date()
