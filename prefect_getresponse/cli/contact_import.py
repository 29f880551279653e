"""`prefect-getresponse import`."""

from __future__ import annotations

import asyncio
import getpass
import os
import socket
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Group, Parameter

from prefect_getresponse.cli.accounts import load_credentials
from prefect_getresponse.cli.asked_import import run_asking
from prefect_getresponse.cli.console import (
    Stopped,
    check_writable,
    err,
    show,
    show_markdown,
    write_json,
)
from prefect_getresponse.cli.dialogue import may_ask
from prefect_getresponse.cli.source_options import AS_USUAL, SourceOptions
from prefect_getresponse.client.errors import KnownError
from prefect_getresponse.contact_import.columns.source_mapping import (
    SourceMapping,
    columns_of,
    read_mapping,
)
from prefect_getresponse.contact_import.options import (
    ImportOptions,
    Mode,
    RejectRows,
    RouteChoice,
    among,
    explained_by,
    import_options,
)
from prefect_getresponse.contact_import.planning.stops import PlanStopped
from prefect_getresponse.contact_import.questions import UndecidedColumns
from prefect_getresponse.contact_import.report import ImportReport
from prefect_getresponse.contact_import.rows.tags import ALL_OTHERS, LEFT_OUT
from prefect_getresponse.reporting.progress import Progress
from prefect_getresponse.sources.reading import Reading

if TYPE_CHECKING:
    from prefect_getresponse.accounts.access import Access

Switch = Parameter(negative="")
Words = Parameter(consume_multiple=True, negative="")
_COLUMNS = Parameter(group=Group("What the columns are, and who agreed", sort_key=2))
_SENDING = Parameter(group=Group("How people are sent", sort_key=4))
_FILES = Parameter(group=Group("What is kept and shown", sort_key=5))


@explained_by(ImportOptions)
def import_(  # noqa: D417 - `explained_by` says the rest
    source: str,
    /,
    *,
    list_name: Annotated[str, Parameter(name="--list")],
    map_: Annotated[list[str] | None, Parameter(name="--map"), Words, _COLUMNS] = None,
    mapping_file: Annotated[str, Parameter(name="--mapping"), _COLUMNS] = "",
    mode: Mode = "add_and_update",
    vouched: Annotated[bool, Parameter(name="--vouch", negative=""), _COLUMNS] = False,
    ignore_others: Annotated[bool, Switch, _COLUMNS] = False,
    dry_run: Annotated[bool, Switch] = False,
    limit: int = 0,
    create_list: Annotated[bool, Switch] = False,
    create_fields: Annotated[bool, Switch, _COLUMNS] = False,
    tags: Annotated[list[str] | None, Words] = None,
    map_tag: Annotated[list[str] | None, Words, _COLUMNS] = None,
    drop_tags: Annotated[bool, Switch, _COLUMNS] = False,
    block: str | None = None,
    source_options: SourceOptions = AS_USUAL,
    route: Annotated[RouteChoice, _SENDING] = "auto",
    skip_confirmation: Annotated[bool, Switch, _SENDING] = False,
    max_reject_ratio: Annotated[float, _SENDING] = 0.05,
    max_removal_ratio: Annotated[float, _SENDING] = 0.1,
    resubscribe: Annotated[str, _COLUMNS] = "",
    verify: Annotated[bool, _SENDING] = True,
    reject_rows: Annotated[RejectRows, _FILES] = "keys",
    rejects_to: Annotated[str, _FILES] = "",
    vouched_by: Annotated[str, _COLUMNS] = "",
    show_addresses: Annotated[bool, Switch, _FILES] = False,
    state_dir: Annotated[str, _FILES] = "",
    ledger_copy: Annotated[str, _FILES] = "",
    new_run: Annotated[bool, Switch, _SENDING] = False,
    no_input: Annotated[bool, Switch] = False,
    json_: Annotated[Path | None, Parameter(name="--json"), _FILES] = None,
) -> int:
    """Import a contact export into a list and say what became of every row.

    Example: prefect-getresponse import customers.csv --list Newsletter --map "Mail 2=email"

    Args:
        map_: COLUMN=FIELD. Fields: email, name, first_name, last_name, tags, consent, opt_out,
            ip_address, day_of_cycle, scoring, custom:NAME, refusals for notes, and - to ignore
            the column.
            COLUMN=consent:YES|TAK lists the cells that mean yes.
        mapping_file: Mapping file (.toml) that says all of this, as `map` writes it.
        map_tag: TAG=NAME, for tags that GetResponse cannot hold as they are; - leaves a tag out.
        drop_tags: Leave out tags of which nothing would be left, such as signs alone.
        block: Name of a GetResponseCredentials block; PREFECT_INTEGRATIONS_GETRESPONSE_* otherwise.
        source_options: How the source is read.
        new_run: Settle an interrupted run whose source has changed, and begin a new one.
        no_input: Ask nothing at a terminal: stop with the questions, as everywhere else.
        json_: Write the report to this file, also if the import stops: then with the questions.
    """
    from prefect_getresponse.reporting.terminal import terminal_progress

    said = among(locals()) | {"vouched_by": vouched_by or operator()}
    check_writable(json_)
    sent = _Sent()
    with stopped_told_to(json_), _stopping_before_the_first_send(sent):
        reading = source_options.reading()
        renamed = columns_of(map_tag or []) | ({ALL_OTHERS: LEFT_OUT} if drop_tags else {})
        options = import_options(
            **said,
            mapping=said_mapping(mapping_file, map_, reading, renamed),
            is_attended=may_ask(no_input=no_input),
            reopen="settle" if new_run else "refuse",
        )
        credentials = load_credentials(block)

        def run(wanted: ImportOptions) -> ImportReport:
            with terminal_progress(err) as progress:
                sent.perhaps = not wanted.dry_run
                return asyncio.run(_imported(wanted, credentials, progress, sent))

        try:
            report = run(options)
        except UndecidedColumns as undecided:
            if not may_ask(no_input=no_input):
                raise
            report = run_asking(options, undecided, run)
    return show(report, json_)


@dataclass
class _Sent:
    """Whether this command may have sent anything."""

    perhaps: bool = False


async def _imported(
    options: ImportOptions, credentials: Access, progress: Progress, sent: _Sent
) -> ImportReport:
    from prefect_getresponse.contact_import.engine import run_import

    client = credentials.get_async_client()
    try:
        return await run_import(options, credentials.account_name, client, progress=progress)
    except asyncio.CancelledError:  # after its first send an import ends with a report instead
        sent.perhaps = False
        raise


@contextmanager
def _stopping_before_the_first_send(sent: _Sent) -> Generator[None]:
    """Let Ctrl-C stop in order while nothing was sent, and break off after that."""
    try:
        yield
    except KeyboardInterrupt:
        if sent.perhaps:
            raise
        raise Stopped from None


@contextmanager
def stopped_told_to(file: Path | None) -> Generator[None]:
    """Let an import that stops before it sends anything tell why, also in its JSON.

    Args:
        file: Where `--json` wants it, if at all.
    """
    try:
        yield
    except Stopped:
        if file is not None:
            write_json(file, {"plan_hash": None, "error": "stopped by you", "questions": []})
        raise
    except KnownError as error:
        if isinstance(error, PlanStopped) and error.report is not None:
            show_markdown(error.report)
        if file is not None:
            write_json(file, stop_as_dict(error))
        raise


def stop_as_dict(error: Exception) -> dict[str, Any]:
    """What stopped an import before it sent anything, as JSON has it."""
    report = error.report if isinstance(error, PlanStopped) else None
    questions = error.questions if isinstance(error, UndecidedColumns) else ()
    return {
        **(report.as_dict() if report else {"plan_hash": None}),
        "error": str(error),
        "questions": [each.as_dict() for each in questions],
    }


def operator() -> str:
    """Name who sits at this machine: user and host."""
    try:
        user = getpass.getuser()
    except (OSError, KeyError):  # a container without a name for its user
        user = str(os.getuid()) if hasattr(os, "getuid") else "somebody"
    return f"{user}@{socket.gethostname()}"


def said_mapping(
    file: str,
    pairs: list[str] | None,
    reading: Reading,
    tags: Mapping[str, str] | None = None,
) -> SourceMapping:
    """What the words of a command say about its source; they win over the mapping file.

    Args:
        file: What `--mapping` names.
        pairs: What `--map` says.
        reading: How the source is to be read.
        tags: Names of tags.

    Raises:
        MappingError: Something of it cannot be understood.
    """
    return read_mapping(file).and_also(columns_of(pairs or []), reading, tags)
