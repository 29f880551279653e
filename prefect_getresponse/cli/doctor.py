"""`prefect-getresponse doctor`."""

from __future__ import annotations

import asyncio
import json
from typing import Annotated

from cyclopts import Parameter
from rich.markdown import Markdown

from prefect_getresponse.cli import console
from prefect_getresponse.cli.accounts import load_credentials
from prefect_getresponse.cli.console import FAILED, NOT_STARTED, OK, print_line
from prefect_getresponse.cli.contact_import import Switch, said_mapping
from prefect_getresponse.doctor.findings import AccountReport, Outcome
from prefect_getresponse.doctor.report_markdown import report_markdown
from prefect_getresponse.sources.reading import Reading


def doctor(
    *,
    list_name: Annotated[str, Parameter(name="--list")] = "",
    source: str = "",
    query: str = "",
    require_read_only: Annotated[bool, Switch] = False,
    map_: Annotated[
        list[str] | None, Parameter(name="--map", consume_multiple=True, negative="")
    ] = None,
    mapping_file: Annotated[str, Parameter(name="--mapping")] = "",
    encoding: str = "",
    state_dir: str = "",
    webhooks: str = "",
    block: str | None = None,
    json_: Annotated[bool, Parameter(name="--json", negative="")] = False,
) -> int:
    """Find out whether imports will work, without writing anything.

    Exits with 0 if all is well, warnings allowed; 1 if there are problems; 2 if not all could be
    checked.

    Example: prefect-getresponse doctor --list Newsletter --source customers.csv

    Args:
        list_name: List that is to be imported into; all lists if not given.
        source: Source that is to be imported, as `import` takes it.
        query: What to read from a database: SELECT ... ORDER BY ...
        require_read_only: Refuse databases that have no read-only transactions.
        map_: COLUMN=FIELD, as `import` takes it.
        mapping_file: Mapping file (.toml), as `map` writes it.
        encoding: Encoding of the source, if it is not UTF-8 or UTF-16.
        state_dir: Folder of the ledgers; <PREFECT_HOME>/getresponse if not given.
        webhooks: Public address of the webhook receiver, without its secret, to check too.
        block: Name of a GetResponseCredentials block; PREFECT_INTEGRATIONS_GETRESPONSE_* otherwise.
        json_: Print the findings as JSON.
    """
    from prefect_getresponse.doctor import CheckOptions, check_account

    options = CheckOptions(
        list_name=list_name,
        source=source,
        mapping=said_mapping(
            mapping_file,
            map_,
            Reading(query=query, require_read_only=require_read_only, encoding=encoding),
        ),
        state_dir=state_dir,
        webhooks=webhooks,
    )
    credentials = load_credentials(block)

    async def work() -> AccountReport:
        client = credentials.get_async_client()
        return await check_account(options, credentials.account_name, client)

    report = asyncio.run(work())
    if json_:
        print_line(json.dumps(report.as_dict(), indent=2, ensure_ascii=False))
    elif console.out.is_terminal:
        console.out.print(Markdown(report_markdown(report)))
    else:
        show_lines(report)
    return {Outcome.PROBLEM: FAILED, Outcome.UNKNOWN: NOT_STARTED}.get(report.outcome, OK)


def show_lines(report: AccountReport) -> None:
    """Print findings as plain lines, a line each."""
    for each in report.findings:
        advice = f" -> {each.advice}" if each.advice else ""
        print_line(f"{each.outcome}: {each.check}: {each.found}{advice}")
