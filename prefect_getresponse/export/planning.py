"""What an export costs, before it is done: calls and seconds."""

from __future__ import annotations

from prefect_getresponse.export.options import DETAILS_AT_ONCE
from prefect_getresponse.export.report import PlannedStream
from prefect_getresponse.export.run import ExportRun
from prefect_getresponse.export.streams.details import due_details, to_read
from prefect_getresponse.export.streams.people import PeopleScope
from prefect_getresponse.segments import section
from prefect_getresponse.tasks.custom_reports import list_custom_reports
from prefect_getresponse.tasks.newsletters import list_newsletters
from prefect_getresponse.tasks.search_contacts import list_contacts_by_conditions
from prefect_getresponse.tasks.tags import list_tags

CALLS_A_SECOND = 50
CALLS_OF_A_NEW_REPORT = 10
_ROWS_A_PAGE = 980  # of 1000, as neighbouring pages share some


async def plan(run: ExportRun) -> None:
    """Say in the report what each stream costs; makes a few calls to count."""
    chosen = run.options.chosen
    planned = run.report.plan
    for name in chosen:
        planned[name] = PlannedStream(calls=1, how="read whole")
    lists = len(run.lists)
    if "blocklists" in chosen:
        planned["blocklists"] = PlannedStream(calls=lists + 1, how="of the account and each list")
    if "list_days" in chosen:
        planned["list_days"] = PlannedStream(calls=3 * lists, how="3 statistics of each list")
    if "contacts" in chosen:
        planned["contacts"] = await _people(run)
    if "removals" in chosen:
        left = await run.reader.count(
            list_contacts_by_conditions,
            subscribers_type=["removed"],
            section_logic_operator="and",
            section=[section(run.lists)],
        )
        planned["removals"] = PlannedStream(calls=_pages(left), how=f"{left:,} people who left")
    if "newsletter_days" in chosen:
        planned["newsletter_days"] = await _newsletters(run)
    if "newsletter_activities" in chosen:
        planned["newsletter_activities"] = await _activities(run, planned["newsletter_days"].calls)
    run.report.planned_seconds = round(
        sum(each.calls for each in planned.values()) / CALLS_A_SECOND, 1
    )


def _pages(things: int) -> int:
    return max(1, -(-things // _ROWS_A_PAGE))


async def _people(run: ExportRun) -> PlannedStream:
    scope = PeopleScope(run)
    people = await scope.count()
    is_new = not run.state(scope.state_name).get("whole_at")
    due = due_details(run)
    wanted = to_read(run, due)
    pages = _pages(people) if is_new else _pages(len(due.changed))
    if not is_new:
        words = f"who changed, details of {len(wanted):,} people or more"
        return PlannedStream(calls=pages + len(wanted) + 2, how=words)
    whole = f"{people:,} people"
    if run.options.details == "none":
        return PlannedStream(calls=pages, how=f"{whole}, no details")
    if run.options.details == "all" or people <= DETAILS_AT_ONCE:
        return PlannedStream(calls=pages + people, how=f"{whole} with details, a call each")
    tags = await run.reader.count(list_tags)
    left_out = f"details of all would be {people:,} calls more (--details all)"
    return PlannedStream(
        calls=pages + tags + run.options.details_budget,
        how=f"{whole}; tags by conditions, {tags:,} calls or more; {left_out}",
    )


async def _newsletters(run: ExportRun) -> PlannedStream:
    if run.state("newsletter_days").get("all_at"):
        recent = await run.reader.count(list_newsletters, send_from=run.first_day.isoformat())
        return PlannedStream(calls=recent, how=f"{recent:,} newsletters sent in the look-back")
    number = await run.reader.count(list_newsletters)
    return PlannedStream(calls=number, how=f"{number:,} newsletters, all of their days")


async def _activities(run: ExportRun, newsletters: int) -> PlannedStream:
    if run.options.activity != "report":
        return PlannedStream(calls=newsletters, how=f"of {newsletters:,} newsletters at most")
    reports = await run.reader.count(list_custom_reports)
    made = ", and one that is made" if run.options.create_reports else ""
    calls = 2 * reports + (CALLS_OF_A_NEW_REPORT if made else 0)
    return PlannedStream(calls=calls + 1, how=f"of {reports:,} reports at most{made}")
