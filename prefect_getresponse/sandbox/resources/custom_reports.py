"""Reports (tag Custom Reports), whose files are made in the background.

A file is `pending` for half a minute and `in-progress` for one and a half, then it is `ready` for
30 days, all divided by the speed. The link to it is another one at each reading and leads to the
sandbox itself for five minutes, whatever the speed. Reports of activities hold them; the files of
other kinds are empty. GetResponse does not say what columns its files have: those here are a guess.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any, cast

from prefect_getresponse.sandbox.contract.dates import DAY, iso, parse_moment
from prefect_getresponse.sandbox.contract.errors import FieldError
from prefect_getresponse.sandbox.contract.formats import is_date
from prefect_getresponse.sandbox.contract.validation import Body
from prefect_getresponse.sandbox.people.contact_book import Happening
from prefect_getresponse.sandbox.resources.collection import Collection, member
from prefect_getresponse.sandbox.resources.request import Behaviours, Checks, Request
from prefect_getresponse.sandbox.world.records import Record
from prefect_getresponse.sandbox.world.world import World

FILTERED = "message_activity_report"
"""The only kind of report that has filters, and cannot be without."""
_PENDING_SECONDS = 30.0
_READY_SECONDS = 120.0
_DAYS_KEPT = 30
_LINK_SECONDS = 300.0
_COLUMNS = ("Message ID", "Contact ID", "Email", "Activity type", "Activity date")


def _complete(world: World, request: Request, record: Record) -> None:
    """Note the times of a new report as answers show them, and begin to make its file."""
    period = request.body["scheduling"]
    dates = {name: iso(parse_moment(period[name])) for name in ("startDate", "endDate")}
    record.members |= {
        "scheduling": {"frequency": "one_time", "oneTime": dates, "recurring": None},
        "filters": record.members.get("filters", []),
        "files": [],
    }
    _make_file(world, record, world.now)


def _make_file(world: World, record: Record, now: float) -> None:
    """Plan the states of one file."""
    file: Body = {"customReportFileId": world.ids.next(), "status": "pending"}
    ready = now + _READY_SECONDS / world.speed
    expires = ready + _DAYS_KEPT * DAY / world.speed
    file["expiresAt"] = iso(expires)
    record.members["files"].append(file)

    def tell(moment: float) -> None:
        details = {"report_id": record.record_id, "file": dict(file)}
        world.tell(Happening("reported", moment, details=details))

    def begin(moment: float) -> None:
        file["status"] = "in-progress"
        tell(moment)

    def finish(moment: float) -> None:
        file["status"] = "ready"
        record.members["generatedAt"] = iso(moment)
        tell(moment)

    def expire(_moment: float) -> None:
        record.members["files"].remove(file)

    world.agenda.at(now + _PENDING_SECONDS / world.speed, record.record_id, begin)
    world.agenda.at(ready, record.record_id, finish)
    world.agenda.at(expires, record.record_id, expire)


def _shown(world: World, record: Record, members: Body) -> Body:
    files = [_with_link(world, record, each) for each in members["files"]]
    return {**members, "files": files}


def _with_link(world: World, record: Record, file: Body) -> Body:
    if file["status"] != "ready":
        return file
    name = f"{file['customReportFileId']}-{world.ids.next()}.csv"
    world.report_links[name] = record.record_id, world.now + _LINK_SECONDS
    return {**file, "downloadUrl": f"http://{world.host}/_sandbox/reports/{name}"}


def report_file(world: World, name: str) -> bytes | None:
    """Return the file that a link leads to; None if the link is no longer valid.

    Args:
        world: The account.
        name: Last part of the link.
    """
    report_id, ends = world.report_links.get(name, ("", 0.0))
    record = world.records.find(REPORTS.name, report_id, {})
    if record is None or world.now > ends:
        return None
    members = record.members
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(_COLUMNS)
    writer.writerows(_activities(world, members) if members["type"] == FILTERED else ())
    return text.getvalue().encode()


def _activities(world: World, members: Body) -> Iterator[tuple[str, ...]]:
    """What recipients did in the days of a report, until it was made."""
    period = members["scheduling"]["oneTime"]
    first = parse_moment(period["startDate"])
    last = min(parse_moment(period["endDate"]) + DAY, parse_moment(members["generatedAt"]))
    kinds = members["filters"]["activityType"]
    for message_id in members["filters"]["messageId"]:
        mailing = world.mailings.get(message_id)
        for each in mailing.events(last) if mailing else ():
            if each.moment >= first and each.kind in kinds:
                yield message_id, each.contact_id, each.email, each.kind, iso(each.moment)


def _row(_world: World, record: Record, row: Body) -> Body:
    return {**row, "frequency": record.members["scheduling"]["frequency"]}


REPORTS = Collection(
    "custom_reports",
    "/custom-reports/{customReportId}",
    created="createdAt",
    updated="",
    details_only=frozenset({"type", "scheduling", "filters", "files"}),
    attributes={"frequency": member("scheduling.frequency")},
    on_create=_complete,
    render=_shown,
    render_row=_row,
)


def check_report(_world: World, body: Body) -> Iterator[FieldError]:
    """Check that filters are there exactly where they belong, and that time goes forward."""
    if body.get("type") == FILTERED and "filters" not in body:
        yield FieldError("filters", "required", "Member is required")
    if body.get("type") != FILTERED and "filters" in body:
        yield FieldError("filters", "unknown", "Not allowed member")
    scheduling: Any = body.get("scheduling")
    period = cast("Body", scheduling) if isinstance(scheduling, dict) else {}
    start, end = str(period.get("startDate")), str(period.get("endDate"))
    if is_date(start) and is_date(end) and end < start:
        yield FieldError("scheduling.endDate", "range", "Before startDate")


def seed(world: World, now: float) -> None:
    """Give a new account a weekly report, which the API can read and not create."""
    record = REPORTS.add(
        world,
        {
            "name": "Weekly message statistics",
            "type": "message_stats",
            "scheduling": {
                "frequency": "weekly",
                "oneTime": None,
                "recurring": {"dayOfMonth": None, "dayOfWeek": "monday", "hour": 6},
            },
            "filters": [],
            "files": [],
        },
        now - 8 * DAY,
    )
    _make_file(world, record, now - DAY)


SEED = seed
BEHAVIOURS: Behaviours = REPORTS.behaviours(
    listing="getCustomReportList", get="getCustomReportDetails", create="createCustomReport"
)
CHECKS: Checks = {"createCustomReport": check_report}
