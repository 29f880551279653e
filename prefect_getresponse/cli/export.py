"""`prefect-getresponse export`."""

from __future__ import annotations

import asyncio
from contextlib import closing
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from prefect_getresponse.cli.accounts import load_credentials
from prefect_getresponse.cli.console import OK, check_writable, err, print_line, show
from prefect_getresponse.cli.failures import failures_told_to
from prefect_getresponse.client.errors import InvalidArguments
from prefect_getresponse.export.options import Activity, Details, ExportOptions, export_options
from prefect_getresponse.export.report import ExportReport

export = App(
    name="export", help="Export the account into tables of a database or a folder of Parquet files."
)


@export.default
def export_(
    *,
    to: str,
    stream: Annotated[list[str] | None, Parameter(consume_multiple=True, negative="")] = None,
    list_: Annotated[
        list[str] | None, Parameter(name="--list", consume_multiple=True, negative="")
    ] = None,
    details: Details = "changed",
    details_budget: int = 0,
    activity: Activity = "api",
    create_reports: Annotated[bool, Parameter(negative="")] = False,
    look_back_days: int = 30,
    full_every_days: int = 7,
    strict_proof: Annotated[bool, Parameter(negative="")] = False,
    block: str | None = None,
    dry_run: Annotated[bool, Parameter(negative="")] = False,
    print_ddl: Annotated[bool, Parameter(negative="")] = False,
    json_: Annotated[Path | None, Parameter(name="--json")] = None,
) -> int:
    """Export the account into tables, and say whether anything is missing.

    Example: prefect-getresponse export --to postgresql://me:'${DB_PASSWORD}'@db/warehouse

    Args:
        to: SQLAlchemy's URL of a database, or a folder or URL (s3://...) for Parquet files.
        stream: What to export: contacts, removals, newsletters, orders, ...; everything otherwise.
        list_: Names or ids of the lists whose people are exported; all otherwise.
        details: Whose tags, custom fields and location are read, a call each: of people who
            changed (and of everybody while they are few), of all, or of none.
        details_budget: How many more people a night have their details read.
        activity: Where opens and clicks are from: the listings of the api, files of report(s), auto
            (listings, and reports once GetResponse has ended those), or none.
        create_reports: Have GetResponse make a report where none is there. An add-on; it stays in
            the account.
        look_back_days: Days whose statistics are read again, since they go on changing.
        full_every_days: After how many days people are read whole.
        strict_proof: Fail if tables differ from GetResponse's statistics, which is a warning
            otherwise.
        block: Name of a GetResponseCredentials block; PREFECT_INTEGRATIONS_GETRESPONSE_* otherwise.
        dry_run: Stop after the plan, which says how many calls and seconds it takes.
        print_ddl: Print the statements that make the tables, and stop.
        json_: Write the report to this file, or why it stopped.
    """
    check_writable(json_)
    with failures_told_to(json_):
        options = export_options(
            to=to,
            streams=tuple(stream or ()),
            lists=tuple(list_ or ()),
            details=details,
            details_budget=details_budget,
            activity=activity,
            create_reports=create_reports,
            look_back_days=look_back_days,
            full_every_days=full_every_days,
            strict_proof=strict_proof,
            dry_run=dry_run,
        )
        if print_ddl:
            return _print_ddl(options)
        report = _run(options, block)
    return show(report, json_)


def _run(options: ExportOptions, block: str | None) -> ExportReport:
    from prefect_getresponse.export.engine import run_export
    from prefect_getresponse.reporting.terminal import terminal_progress
    from prefect_getresponse.sinks.opening import open_sink

    credentials = load_credentials(block)

    async def work() -> ExportReport:
        client = credentials.get_async_client()
        return await run_export(options, credentials.account_name, client, sink, progress=progress)

    with closing(open_sink(options.to)) as sink, terminal_progress(err) as progress:
        return asyncio.run(work())


def _print_ddl(options: ExportOptions) -> int:
    from prefect_getresponse.export.engine import chosen_tables
    from prefect_getresponse.export.schema.catalogue import RUNS, shaped_tables
    from prefect_getresponse.sinks.opening import open_sink
    from prefect_getresponse.sinks.sql import SqlSink

    with closing(open_sink(options.to)) as sink:
        if not isinstance(sink, SqlSink):
            raise InvalidArguments("--print-ddl is for databases", advice="Files need no tables.")
        for statement in sink.ddl([*chosen_tables(options, shaped_tables()), RUNS]):
            print_line(statement)
    return OK


@export.command
def files(*, to: str) -> int:
    """List the Parquet files that make up the tables now.

    Example: prefect-getresponse export files --to s3://bucket/getresponse

    Args:
        to: The folder or URL of the files.
    """
    from prefect_getresponse.sinks.opening import open_sink
    from prefect_getresponse.sinks.parquet import ParquetSink

    with closing(open_sink(to)) as sink:
        if not isinstance(sink, ParquetSink):
            raise InvalidArguments("files are of Parquet folders", advice="Databases have tables.")
        for file in sink.files():
            print_line(file)
    return OK
