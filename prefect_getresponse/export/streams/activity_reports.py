"""Activities from the files of reports, which succeed the listing that GetResponse will end.

A report is one that the account has and that was made since the days that are wanted, or one that
is made for them where that is allowed. One that takes long is left to the next export. What columns
the files have is not documented: they are found by their names, and what has none of them is kept
in `_more` and reported.
"""

from __future__ import annotations

import asyncio
import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date
from itertools import islice
from typing import Any, NamedTuple

from prefect_getresponse.client.errors import GetResponseError, OutcomeUnknown
from prefect_getresponse.export.run import ExportRun
from prefect_getresponse.export.schema.rows import moment_of
from prefect_getresponse.sources.errors import ImportInputError
from prefect_getresponse.sources.storage.web import WebPlace
from prefect_getresponse.tasks.custom_reports import (
    CustomReportDetails,
    create_custom_report,
    get_custom_report,
    list_custom_reports,
)

NAME = "newsletter_activities"
KIND = "message_activity_report"
_POLLS = (5, 10, 15, 30, *(60 for _ in range(9)))
"""Seconds between two looks at a report that is being made."""
_LINKS = 3
"""How many links to a file are tried: each is valid for five minutes."""
_ROWS_AT_ONCE = 5_000
_COLUMNS = {
    "message": ("messageid", "newsletterid"),
    "contact": ("contactid", "subscriberid"),
    "activity": ("activitytype", "activity", "action"),
    "created": ("activitydate", "createdon", "date", "datetime", "time"),
    "email": ("email", "emailaddress", "contactemail"),
}
"""What columns may be called, in small letters without anything between them."""


class NoReport(GetResponseError):
    """There is no report to read activities from, or none that can be understood."""


@dataclass(frozen=True)
class ReadyFile:
    """The file of a report.

    Attributes:
        report_id: Id of the report.
        file_id: Its own.
        first: First day that it tells of; None if that is not known, as of recurring reports.
        until: Last day that it tells of, at most the day on which it was made.
    """

    report_id: str
    file_id: str
    first: date | None
    until: date


async def export_reports(run: ExportRun, since: date, newsletters: Sequence[str]) -> None:
    """Read activities from reports that were not read before.

    Args:
        run: The export.
        since: The first day that is wanted.
        newsletters: Ids of the newsletters to which something has happened since then.

    Raises:
        NoReport: There is none.
        AccessDenied: The account has no reports.
    """
    state = run.state(NAME)
    known: list[str] = state.get("files") or []
    run.progress.start("reading reports of activities", None)
    found = await _files(run, since)
    is_enough = not newsletters or any(_tells_all(run, since, each) for each in found)
    if run.options.create_reports and not is_enough:
        found += await _make(run, since, newsletters)
    if not found:
        raise NoReport(
            "no report of activities is ready", advice="--create-reports has one made each night."
        )
    new = sorted((each for each in found if each.file_id not in known), key=lambda each: each.until)
    for file in new:
        _write(run, await _fetched(run, file))
    _warn_of_gaps(run, since, found)
    if all(each.until < run.today for each in found):
        run.activities_since = None  # the last day of a report is no whole day
    until = max([*(each.until.isoformat() for each in new), state.get("until") or ""])
    kept = [each.file_id for each in found]
    with run.sink.transaction() as transaction:
        run.save_state(transaction, NAME, {"until": until, "files": kept})


def _tells_all(run: ExportRun, since: date, file: ReadyFile) -> bool:
    return file.first is not None and file.first <= since and file.until >= run.today


async def _files(run: ExportRun, since: date) -> list[ReadyFile]:
    """Files of reports of activities that were made since a day."""
    found: list[ReadyFile] = []
    async for page in run.reader.pages(list_custom_reports, sort_generated_at="ASC"):
        for row in page:
            made = moment_of(row.get("generatedAt"))
            if made is not None and made.astimezone(UTC).date() >= since:
                details = await _details(run, row["customReportId"])
                found += _ready(details)
    return found


async def _details(run: ExportRun, report_id: str) -> CustomReportDetails:
    details: CustomReportDetails = await run.reader.call(
        get_custom_report, custom_report_id=report_id
    )
    return details


def _ready(details: CustomReportDetails) -> Iterator[ReadyFile]:
    """The newest file of a report, if it is one of activities."""
    files = [each for each in details.get("files") or [] if each.get("status") == "ready"]
    made = moment_of(details.get("generatedAt"))
    if details.get("type") != KIND or not files or made is None:
        return
    period = (details.get("scheduling") or {}).get("oneTime") or {}
    first, last = moment_of(period.get("startDate")), moment_of(period.get("endDate"))
    newest = max(files, key=lambda each: str(each.get("expiresAt")))
    yield ReadyFile(
        details["customReportId"],
        newest["customReportFileId"],
        first.date() if first else None,
        min(made.astimezone(UTC).date(), last.date() if last else date.max),
    )


async def _make(run: ExportRun, since: date, newsletters: Sequence[str]) -> list[ReadyFile]:
    """Have a report made, and wait for it as long as that is worth it."""
    period = {
        "frequency": "one_time",
        "startDate": since.isoformat(),
        "endDate": run.today.isoformat(),
    }
    filters = {"activityType": ["send", "open", "click"], "messageId": list(newsletters)}
    name = f"Activities {since} to {run.today}, {run.report.run_id[:8]}"
    try:
        made = await run.reader.call(
            create_custom_report, name=name, type=KIND, scheduling=period, filters=filters
        )
    except OutcomeUnknown:  # if it was made, the next export finds it
        made = None
    report_id: str = made["customReportId"] if made else ""
    for seconds in _POLLS if report_id else ():
        await asyncio.sleep(seconds)
        if found := list(_ready(await _details(run, report_id))):
            return found
    run.report.warnings.append(f"the report {name!r} is not ready yet: the next export reads it")
    return []


async def _fetched(run: ExportRun, file: ReadyFile) -> WebPlace:
    """Fetch a file, by a link that is made for it, without the account's key."""
    reason = "it has gone"
    for _ in range(_LINKS):
        details = await _details(run, file.report_id)
        links = [
            link
            for each in details.get("files") or []
            if each["customReportFileId"] == file.file_id and (link := each.get("downloadUrl"))
        ]
        if not links:
            break
        try:
            place = await asyncio.to_thread(WebPlace, links[0], run.web)
        except ImportInputError as error:
            reason = str(error)
        else:
            return place
    raise NoReport(f"the file of a report of activities cannot be fetched: {reason}")


def _write(run: ExportRun, file: WebPlace) -> None:
    """Write the rows of a file; those that are there already have the same keys."""
    seen: Counter[tuple[object, ...]] = Counter()
    shaped = run.shaped[NAME]
    with (
        closing(io.TextIOWrapper(file.open(), "utf-8-sig", newline="")) as text,
        run.writing() as writing,
    ):
        lines = _lines(text)
        while part := list(islice(lines, _ROWS_AT_ONCE)):
            rows = shaped.rows(run.account_id, [_activity(line) for line in part], ("", None, 0))
            placed: list[tuple[Any, ...]] = []
            for line, row in zip(part, rows, strict=True):
                same = line[:4]
                placed.append((row[0], line.message, _day(line.created), seen[same], *row[4:]))
                seen[same] += 1
            writing.write_rows(NAME, placed)
            writing.keep()


class _Line(NamedTuple):
    message: str
    contact: str
    activity: str
    created: str
    email: str = ""
    others: tuple[tuple[str, str], ...] = ()


def _lines(text: io.TextIOWrapper) -> Iterator[_Line]:
    """Lines of a file.

    Raises:
        NoReport: A column that is needed is not among its columns.
    """
    reader = csv.reader(text)
    header = next(reader, list[str]())
    names = ["".join(filter(str.isalnum, cell)).lower() for cell in header]
    places = {
        what: next((names.index(each) for each in known if each in names), None)
        for what, known in _COLUMNS.items()
    }
    missing = [what for what, place in places.items() if place is None and what != "email"]
    if missing:
        raise NoReport(
            f"a report of activities has no column for {', '.join(missing)}, only"
            f" {', '.join(header)}"
        )
    wanted = [place for place in places.values() if place is not None]
    others = [place for place in range(len(header)) if place not in wanted]
    for cells in reader:
        if cells:
            cells += [""] * (len(header) - len(cells))
            known = [cells[place] for place in wanted]
            message, contact, activity, created, email = (*known, "")[:5]
            # Names as members, so that they are in `_more` and in the report as any other is.
            more = tuple((header[place], cells[place]) for place in others if cells[place])
            yield _Line(message, contact, activity.lower(), _iso(created), email, more)


def _activity(line: _Line) -> dict[str, Any]:
    """An activity as the API's listing shows it."""
    contact = {"contactId": line.contact, "email": line.email or None}
    known = {"activity": line.activity, "createdOn": line.created, "contact": contact}
    return dict(line.others) | known


def _iso(text: str) -> str:
    moment = moment_of(text)
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+0000") if moment else text


def _day(text: str) -> date | None:
    moment = moment_of(text)
    return moment.date() if moment else None


def _warn_of_gaps(run: ExportRun, since: date, found: Sequence[ReadyFile]) -> None:
    firsts = [each.first for each in found]
    known = [each for each in firsts if each is not None]
    if len(known) == len(firsts) and min(known) > since:
        run.report.warnings.append(
            f"no report tells of the activities from {since} until {min(known)}"
        )
