"""An export from beginning to end, without Prefect: what the flow and the command line run."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any

import httpx

from prefect_getresponse.client.errors import GetResponseError, InvalidArguments
from prefect_getresponse.client.send import THROTTLED, AsyncClient
from prefect_getresponse.export.options import ExportOptions
from prefect_getresponse.export.planning import plan
from prefect_getresponse.export.proof import prove
from prefect_getresponse.export.reader import Reader
from prefect_getresponse.export.report import ExportReport
from prefect_getresponse.export.run import ExportRun
from prefect_getresponse.export.schema.catalogue import (
    ENTITIES,
    RUNS,
    STREAMS,
    Shaped,
    shaped_tables,
)
from prefect_getresponse.export.streams.activities import export_activities
from prefect_getresponse.export.streams.activity_reports import NAME
from prefect_getresponse.export.streams.details import DetailsReading
from prefect_getresponse.export.streams.entities import (
    export_blocklists,
    export_entity,
    export_suppressions,
)
from prefect_getresponse.export.streams.people import PeopleReading, export_removals
from prefect_getresponse.export.streams.shops import export_of_shops
from prefect_getresponse.export.streams.statistics import export_list_days, export_message_days
from prefect_getresponse.reporting.progress import Progress, Silent
from prefect_getresponse.runtime.garbage import kept_meanwhile
from prefect_getresponse.sinks.sink import Sink
from prefect_getresponse.sinks.tables import Table
from prefect_getresponse.tasks.accounts import get_account
from prefect_getresponse.tasks.campaigns import list_campaigns

Stream = Callable[[ExportRun], Awaitable[None]]


async def run_export(
    options: ExportOptions,
    account_name: str,
    client: AsyncClient,
    sink: Sink,
    *,
    progress: Progress | None = None,
    web: httpx.BaseTransport | None = None,
) -> ExportReport:
    """Export an account, or go on with an export that was interrupted.

    Args:
        options: What is to be exported, where to and how.
        account_name: Name of the account.
        client: The account's client.
        sink: The destination, open.
        progress: Shows where the export is.
        web: Carries requests to other hosts than GetResponse's API; the network if None.

    Returns:
        What came of every table, also when the export broke off after it had begun to write.

    Raises:
        GetResponseError: It could not begin: nothing was written.
    """
    began = time.monotonic()
    client.statistics.take()
    run = await _start(options, account_name, client, sink, progress or Silent())
    run.web = web
    report = run.report
    await plan(run)
    if not options.dry_run:
        report.made = sink.prepare([*chosen_tables(options, run.shaped), RUNS])
        with sink.claim(run.account_id, report.run_id), kept_meanwhile():
            try:
                await _read_streams(run)
            except (GetResponseError, asyncio.CancelledError) as error:
                report.error = str(error) or "interrupted; the same command goes on from there"
            _count(report, client, began)
            report.balanced = report.problem is None
            if report.error is None:
                _write_down(run)
                sink.publish()
    _count(report, client, began)
    report.balanced = report.problem is None
    return report


def chosen_tables(options: ExportOptions, shaped: Mapping[str, Shaped]) -> list[Table]:
    """Tables that an export writes to."""
    return [shaped[name].table for stream in options.chosen for name in STREAMS[stream]]


async def _start(
    options: ExportOptions,
    account_name: str,
    client: AsyncClient,
    sink: Sink,
    progress: Progress,
) -> ExportRun:
    reader = Reader(client)
    account = await reader.call(get_account)
    pages = reader.whole(list_campaigns, "campaignId", sort_name="ASC").pages()
    listed = {each["campaignId"]: str(each["name"]) async for page in pages for each in page}
    report = ExportReport(
        run_id=uuid.uuid4().hex,
        account_id=account["accountId"],
        account_name=account_name,
        to=sink.name,
        dry_run=options.dry_run,
        strict_proof=options.strict_proof,
    )
    lists = _wanted_lists(options, listed)
    return ExportRun(
        options,
        account["accountId"],
        lists,
        sink,
        reader,
        shaped_tables(),
        report,
        progress,
        clock=client.time.now,
    )


def _wanted_lists(options: ExportOptions, listed: Mapping[str, str]) -> dict[str, str]:
    """Lists by id: those that the options name, or all.

    Raises:
        InvalidArguments: A name fits none, or several.
    """
    if not options.lists:
        return dict(listed)
    wanted: dict[str, str] = {}
    for given in options.lists:
        named = [key for key, name in listed.items() if name.casefold() == given.casefold()]
        found = named or [key for key in listed if key == given]
        if len(found) != 1:
            what = f"{len(found)} lists are" if found else "no list is"
            raise InvalidArguments(
                f"{what} named {given!r}", advice="Give the exact name, or the id."
            )
        wanted[found[0]] = listed[found[0]]
    return wanted


def _streams() -> dict[str, Stream]:
    return {
        **{each.name: partial(export_entity, name=each.name) for each in ENTITIES},
        "suppressions": export_suppressions,
        "blocklists": export_blocklists,
        "removals": export_removals,
        "contacts": _contacts,
        "list_days": export_list_days,
        **{
            name: partial(export_message_days, name=name)
            for name in ("newsletter_days", "autoresponder_days", "rss_newsletter_days")
        },
        NAME: export_activities,
        **{name: partial(export_of_shops, name=name) for name in ("orders", "carts")},
    }


async def _contacts(run: ExportRun) -> None:
    await PeopleReading(run).read()
    await DetailsReading(run).read()


async def _read_streams(run: ExportRun) -> None:
    chosen = run.options.chosen
    streams = _streams()
    for name in chosen:
        for table in STREAMS[name]:
            run.report.table(table)
        await streams[name](run)
        _note_strange(run, name)
    prove(run)


def _note_strange(run: ExportRun, name: str) -> None:
    for table in STREAMS[name]:
        strange: Mapping[str, int] = run.shaped[table].shape.strange
        if strange:
            run.report.new_members[table] = dict(strange)
            run.report.warnings.append(
                f"{table}: no column has {', '.join(sorted(strange))}; see `_more`"
            )


def _count(report: ExportReport, client: AsyncClient, began: float) -> None:
    """Add the calls that were made since the last time."""
    calls = client.statistics.take()
    report.throttled += calls.pop(THROTTLED, 0)
    for endpoint, made in calls.items():
        report.calls[endpoint] = report.calls.get(endpoint, 0) + made
    report.seconds = round(time.monotonic() - began, 3)


def _write_down(run: ExportRun) -> None:
    """Keep the run in the destination, beside what it wrote."""
    report = run.report
    tables: dict[str, Any] = {
        name: each.model_dump(exclude_defaults=True) for name, each in report.tables.items()
    }
    warnings = [*report.warnings, *report.differences]
    calls = sum(report.calls.values())
    with run.sink.transaction() as transaction:
        began = run.now.timestamp() - report.seconds
        row = (
            run.account_id,
            report.run_id,
            run.now.fromtimestamp(began, run.now.tzinfo),
            run.now,
            report.balanced,
            calls,
            tables,
            warnings,
        )
        transaction.upsert(RUNS, [row])
