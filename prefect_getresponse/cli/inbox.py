"""`prefect-getresponse inbox`: look at what webhooks brought, and what became of it."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from cyclopts import App, Parameter
from rich.markdown import Markdown
from rich.table import Table

from prefect_getresponse.cli.accounts import load_credentials
from prefect_getresponse.cli.console import FAILED, OK, out, print_line
from prefect_getresponse.client.errors import InvalidArguments
from prefect_getresponse.events.inbox.entries import Entry

inbox = App(name="inbox", help="Look at received webhooks and callbacks; drain, replay, purge.")

State = Literal["waiting", "leased", "done", "dead", "unreadable"]
Flag = Annotated[bool, Parameter(negative="")]
_MOMENTS = ("received_at", "occurred_at", "lease_until")


@inbox.command
def show(
    *,
    state: State | None = None,
    type_: Annotated[str, Parameter(name="--type")] = "",
    limit: int = 1000,
    inbox: str = "",
    json_: Annotated[bool, Parameter(name="--json", negative="")] = False,
) -> int:
    """Show entries, newest first, and how many there are in each state.

    What people wrote and their addresses are in --json only, as `payload`.

    Example: prefect-getresponse inbox show --state dead

    Args:
        state: Only entries in this state.
        type_: Only entries of this type.
        limit: Most entries to show.
        inbox: Database of the inbox; the setting INBOX_URL otherwise.
        json_: Print a list of rows with the columns of the inbox.
    """
    from prefect_getresponse.events.opening import opened

    with opened(inbox) as place:
        entries = place.show(state=state or "", type_=type_, most=limit)
        counts = place.counts()
    if json_:
        print_line(json.dumps([_row(entry) for entry in entries], ensure_ascii=False))
        return OK
    table = Table("received", "state", "type", "contact", "tries", "key", "error")
    for entry in entries:
        row = _row(entry)
        shown = ("received_at", "state", "type", "contact_id", "tries", "key", "error")
        table.add_row(*(str(row[name]) for name in shown))
    if entries:
        out.print(table)
    print_line(", ".join(f"{count} {name}" for name, count in sorted(counts.items())) or "empty")
    return OK


@inbox.command
def replay(
    *keys: str,
    state: Literal["dead", "done"] = "dead",
    type_: Annotated[str, Parameter(name="--type")] = "",
    inbox: str = "",
) -> int:
    """Let entries be drained once more: rows stay one, handlers are called again.

    Example: prefect-getresponse inbox replay --type contact_removed_link

    Args:
        keys: Keys of the entries; all in the state if none is given.
        state: State they are in; `done` needs keys or --type.
        type_: Only entries of this type.
        inbox: Database of the inbox; the setting INBOX_URL otherwise.
    """
    from prefect_getresponse.events.opening import opened

    if state == "done" and not keys and not type_:
        raise InvalidArguments(
            "inbox replay --state done would handle everything again",
            advice="Name keys, or a --type.",
        )
    with opened(inbox) as place:
        count = place.replay(keys, state=state, type_=type_)
    print_line(f"to be drained again: {count}")
    return OK


@inbox.command
def purge(
    *,
    older_than: float = 30.0,
    dead: Flag = False,
    unreadable: Flag = False,
    inbox: str = "",
) -> int:
    """Forget what done entries say that came longer ago.

    Their keys are kept for 30 days, so that nothing is found a second time.

    Example: prefect-getresponse inbox purge --older-than 7 --dead

    Args:
        older_than: Days.
        dead: Also entries that were given up.
        unreadable: Also what could not be read.
        inbox: Database of the inbox; the setting INBOX_URL otherwise.
    """
    from prefect_getresponse.events.opening import opened

    if older_than < 0:
        raise InvalidArguments(f"--older-than {older_than:g}: days cannot be negative")
    states: list[State] = ["done"]
    if dead:
        states.append("dead")
    if unreadable:
        states.append("unreadable")
    with opened(inbox) as place:
        count = place.purge(older_than, states)
    print_line(f"purged: {count}")
    return OK


@inbox.command
def drain(
    *,
    to: str,
    inbox: str = "",
    handlers: str = "",
    max_tries: int = 10,
    batch: int = 1000,
    block: str | None = None,
) -> int:
    """Write what waits into a table and give it to your handlers, as the flow drain_events does.

    Exits with 1 if entries were given up.

    Example: prefect-getresponse inbox drain --to postgresql://me:${PASSWORD}@host/warehouse

    Args:
        to: Where rows go: URL of a database, as the export takes it.
        inbox: Database of the inbox; the setting INBOX_URL otherwise.
        handlers: Module, or Python file, with functions marked by @on_event.
        max_tries: After so many failures an entry is given up.
        batch: Entries taken at once.
        block: Name of a GetResponseCredentials block; PREFECT_INTEGRATIONS_GETRESPONSE_* otherwise.
    """
    from prefect_getresponse.events import engine
    from prefect_getresponse.events.draining.drain import DrainOptions
    from prefect_getresponse.events.opening import opened
    from prefect_getresponse.events.reports_markdown import drain_markdown

    credentials = load_credentials(block)
    options = DrainOptions(max_tries=max_tries, batch=batch)
    with opened(inbox) as place:
        work = engine.drain
        name = credentials.account_name

        async def run() -> Any:
            client = credentials.get_async_client()
            return await work(client, name, place, to, handlers, options)

        report = asyncio.run(run())
    _print(drain_markdown(report))
    return OK if report.balanced and not report.dead else FAILED


@inbox.command
def reconcile(
    *,
    to: str,
    inbox: str = "",
    lists: Annotated[
        list[str] | None, Parameter(name="--list", consume_multiple=True, negative="")
    ] = None,
    since: str = "",
    types: Annotated[
        list[str] | None, Parameter(name="--type", consume_multiple=True, negative="")
    ] = None,
    block: str | None = None,
) -> int:
    """Find by reading what webhooks missed, as the flow reconcile_events does.

    Example: prefect-getresponse inbox reconcile --to sqlite:///events.sqlite --since 2026-05-04

    Args:
        to: Where rows go: URL of a database, as the export takes it.
        inbox: Database of the inbox; the setting INBOX_URL otherwise.
        lists: Names or ids of lists; all if not given.
        since: From when on; where the last run ended, and a day more, if not given.
        types: Types of webhooks that the panel sends you; all that can be found if not given.
        block: Name of a GetResponseCredentials block; PREFECT_INTEGRATIONS_GETRESPONSE_* otherwise.
    """
    from prefect_getresponse.events import engine
    from prefect_getresponse.events.opening import opened
    from prefect_getresponse.events.reconciling.reconcile import ReconcileOptions
    from prefect_getresponse.events.reports_markdown import reconcile_markdown

    credentials = load_credentials(block)
    options = ReconcileOptions(lists=lists or (), since=since, types=types or ())
    with opened(inbox) as place:
        name = credentials.account_name

        async def run() -> Any:
            client = credentials.get_async_client()
            return await engine.reconcile(client, name, place, to, options)

        report = asyncio.run(run())
    _print(reconcile_markdown(report))
    return OK if report.balanced else FAILED


def _row(entry: Entry) -> dict[str, Any]:
    from prefect_getresponse.events.inbox.inbox import as_row

    row = as_row(entry)
    for name in _MOMENTS:
        row[name] = None if row[name] is None else _iso(row[name])
    return row


def _iso(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds")


def _print(markdown: str) -> None:
    if out.is_terminal:
        out.print(Markdown(markdown))
    else:
        print_line(markdown)
