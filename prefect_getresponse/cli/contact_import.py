"""`prefect-getresponse import`."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from prefect_getresponse.cli.accounts import load_credentials
from prefect_getresponse.cli.console import check_writable, err, show
from prefect_getresponse.client.errors import InvalidArguments
from prefect_getresponse.contact_import.job import Mode, RouteChoice
from prefect_getresponse.contact_import.report import ImportReport


def import_(
    source: str,
    /,
    *,
    campaign: Annotated[str, Parameter(name="--list")],
    query: str = "",
    create_list: Annotated[bool, Parameter(negative="")] = False,
    block: str | None = None,
    map_: Annotated[
        list[str] | None, Parameter(name="--map", consume_multiple=True, negative="")
    ] = None,
    encoding: str | None = None,
    mode: Mode = "add_and_update",
    route: RouteChoice = "auto",
    skip_confirmation: Annotated[bool, Parameter(negative="")] = False,
    max_reject_ratio: float = 0.05,
    max_removal_ratio: float = 0.1,
    state_dir: str = "",
    ledger_copy: str = "",
    resubscribe: str = "",
    reject_rows: Literal["keys", "full"] = "keys",
    new_run: Annotated[bool, Parameter(negative="")] = False,
    dry_run: Annotated[bool, Parameter(negative="")] = False,
    json_: Annotated[Path | None, Parameter(name="--json")] = None,
) -> int:
    """Import a contact export into a list and say what became of every row.

    Example: prefect-getresponse import customers.csv --list Newsletter --map "Mail 2=email"

    Args:
        source: CSV, TSV, JSONL (gzip, zip) or Parquet file, a quoted pattern of several, the
            URL of one (s3://...), or SQLAlchemy's URL of a database.
        campaign: Name of the list, or its id.
        query: What to read from a database: SELECT ... ORDER BY ...
        create_list: Create the list if it is missing, all opt-in types single.
        block: Name of a GetResponseCredentials block; PREFECT_INTEGRATIONS_GETRESPONSE_* otherwise.
        map_: COLUMN=FIELD. Fields: email, name, first_name, last_name, tags, consent, opt_out,
            ip_address, day_of_cycle, scoring, custom:NAME, and - to ignore the column.
        encoding: Encoding of the file, if it is not UTF-8 or UTF-16.
        mode: add_and_update changes people who are on the list, add_only leaves them, mirror also
            removes those who are gone from the source.
        route: How people are sent: contacts (a call each), batch (1000 a call), import (20 MB a
            call, people of the list too), or auto.
        skip_confirmation: Let --route import add people to a double opt-in list unconfirmed.
        max_reject_ratio: Share of rejected rows above which the run fails, 0 to 1.
        max_removal_ratio: Share of the list that mirror may remove, 0 to 1.
        state_dir: Folder of the ledger; <PREFECT_HOME>/getresponse if not given.
        ledger_copy: Folder or URL (s3://...) to which the ledger is copied as it grows, for
            machines whose disk does not outlive them.
        resubscribe: Column that says when somebody agreed; who was removed from the list before
            that is imported again.
        reject_rows: Whether the file of rejects holds keyed hashes only, or whole rows too (full).
        new_run: Settle an interrupted run whose source has changed, and begin a new one.
        dry_run: Stop after the plan; nothing is sent.
        json_: Write the report to this file.
    """
    from prefect_getresponse.contact_import.engine import run_import
    from prefect_getresponse.contact_import.job import import_options
    from prefect_getresponse.reporting.terminal import terminal_progress

    check_writable(json_)
    options = import_options(
        source=source,
        query=query,
        campaign=campaign,
        mapping=read_mapping(map_ or []),
        mode=mode,
        dry_run=dry_run,
        route=route,
        skip_confirmation=skip_confirmation,
        max_reject_ratio=max_reject_ratio,
        max_removal_ratio=max_removal_ratio,
        state_dir=state_dir,
        ledger_copy=ledger_copy,
        resubscribe=resubscribe,
        reject_rows=reject_rows,
        create_campaign=create_list,
        encoding=encoding,
        reopen="settle" if new_run else "refuse",
    )
    credentials = load_credentials(block)

    async def work() -> ImportReport:
        client = credentials.get_async_client()
        return await run_import(options, credentials.account_name, client, progress=progress)

    with terminal_progress(err) as progress:
        report = asyncio.run(work())
    return show(report, json_)


def read_mapping(pairs: list[str]) -> dict[str, str]:
    """Field by column name, of words such as `COLUMN=FIELD`.

    Raises:
        InvalidArguments: A word has no `=`, or names a column twice.
    """
    mapping: dict[str, str] = {}
    for pair in pairs:
        column, separator, field = pair.rpartition("=")
        if not separator or not column:
            raise InvalidArguments(f"--map {pair!r}: not of the form COLUMN=FIELD")
        if column in mapping:
            raise InvalidArguments(f"--map names column {column!r} twice")
        mapping[column] = field
    return mapping
