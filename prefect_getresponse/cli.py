"""The command line: `prefect-getresponse demo | sandbox | import | operations | oauth | limits`.

Exit codes: 0 done and balanced; 1 unbalanced, unknown outcomes, too many rejects, or an error after
the first send; 2 anything wrong before the first send.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

from cyclopts import App, CycloptsError, Parameter
from rich.console import Console
from rich.markdown import Markdown
from rich.table import Table

from prefect_getresponse import __version__
from prefect_getresponse.client.errors import GetResponseError, InvalidArguments
from prefect_getresponse.contact_import.errors import ImportInputError
from prefect_getresponse.contact_import.job import Mode, RouteChoice
from prefect_getresponse.contact_import.report import ImportReport
from prefect_getresponse.credentials import GetResponseCredentials
from prefect_getresponse.settings import GetResponseSettings

if TYPE_CHECKING:
    from prefect_getresponse.declarations import OperationRow

OK, FAILED, NOT_STARTED = 0, 1, 2

app = App(
    name="prefect-getresponse",
    help="GetResponse for Prefect: import contacts, and try everything against a local sandbox.",
    version=__version__,
)
oauth = App(name="oauth", help="OAuth 2.0: let an application into an account.")
app.command(oauth)
limits = App(name="limits", help="Limits of an account that all workers share through Prefect.")
app.command(limits)
out = Console()
err = Console(stderr=True)


def main() -> None:
    """Run the command line and exit with its code."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run one command.

    Args:
        arguments: The words after the program's name.

    Returns:
        The exit code.
    """
    try:
        code = app(arguments, exit_on_error=False, print_error=False, result_action="return_value")
    except (CycloptsError, GetResponseError, ImportInputError) as error:
        complain(error)
        return NOT_STARTED
    except KeyboardInterrupt:
        err.print("interrupted; the same command goes on where it stopped")
        return FAILED
    return code if isinstance(code, int) else OK


def complain(error: Exception) -> None:
    """Print an error on one line."""
    err.print(f"error: {type(error).__name__}: {one_line(error)}", markup=False, soft_wrap=True)


def one_line(error: Exception) -> str:
    """Text of an error on one line."""
    return " ".join(str(error).split())


@app.command(name="import")
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
    new_run: Annotated[bool, Parameter(negative="")] = False,
    dry_run: Annotated[bool, Parameter(negative="")] = False,
    json_: Annotated[Path | None, Parameter(name="--json")] = None,
) -> int:
    """Import a contact export into a list and say what became of every row.

    Example: prefect-getresponse import customers.csv --list Newsletter --map "Mail 2=email"

    Args:
        source: CSV, TSV, JSONL (gzip allowed) or Parquet file, a quoted pattern of several, the
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
        new_run: Settle an interrupted run whose source has changed, and begin a new one.
        dry_run: Stop after the plan; nothing is sent.
        json_: Write the report to this file.
    """
    from prefect_getresponse.contact_import.engine import run_import
    from prefect_getresponse.contact_import.job import import_options
    from prefect_getresponse.contact_import.terminal import terminal_progress

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


@app.command
def sandbox(
    *,
    host: str = "127.0.0.1",
    port: int = 8088,
    api_key: str = "sandbox-key",
    speed: float = 1.0,
    seed_contacts: int = 0,
    client_id: str = "sandbox-client",
    client_secret: str = "sandbox-secret",  # noqa: S107 - a secret of the sandbox only
    redirect_url: str = "http://127.0.0.1:8750/",
    domain: str = "",
) -> int:
    """Serve a local GetResponse to try things against.

    Example: prefect-getresponse sandbox --port 8088 --speed 60

    Args:
        host: Address to listen on.
        port: Port to listen on, 0 for a free one.
        api_key: Key that callers must send.
        speed: How many times faster than life GetResponse's own work is done; call limits
            stay as they are.
        seed_contacts: Confirmed contacts on the default list from the start.
        client_id: Client id of the OAuth application that may ask for access tokens.
        client_secret: Its client secret.
        redirect_url: Where the authorize page sends people with a code.
        domain: Domain of a MAX account, which callers must send; a retail account without.
    """
    from prefect_getresponse.sandbox import Sandbox

    def ready(url: str) -> None:
        print_line(f"sandbox: {url}  key: {api_key}  (Ctrl-C ends it)")

    try:
        service = Sandbox(
            api_key=api_key,
            speed=speed,
            seed_contacts=seed_contacts,
            client_id=client_id,
            client_secret=client_secret,
            redirect_url=redirect_url,
            domain=domain,
        )
        service.serve_forever(host, port, on_ready=ready)
    except (ValueError, OSError, OverflowError) as error:
        raise InvalidArguments(
            f"the sandbox cannot start: {error}", advice="Correct the option, or use --port 0."
        ) from None
    except KeyboardInterrupt:
        pass
    return OK


@app.command
def demo(
    *, rows: int | None = None, json_: Annotated[Path | None, Parameter(name="--json")] = None
) -> int:
    """Watch a nightly contact import run as a Prefect flow against the sandbox.

    Example: prefect-getresponse demo --rows 5000

    Args:
        rows: Number of customers; the example file as it is if not given.
        json_: Write the report to this file.
    """
    from prefect_getresponse.demo import start_demo

    if rows is not None and rows < 1:
        raise InvalidArguments("--rows must be at least 1")
    return start_demo(rows, json_)


@app.command
def operations(*, json_: Annotated[bool, Parameter(name="--json", negative="")] = False) -> int:
    """List every operation of the API and the task that calls it.

    Example: prefect-getresponse operations --json

    Args:
        json_: Print JSON: a list of objects with task, module, method, path and deprecated.
    """
    from prefect_getresponse.declarations import operation_rows

    rows = operation_rows()
    if json_:
        print_line(json.dumps(rows, indent=2))
    elif out.is_terminal:
        out.print(operation_table(rows))
    else:
        for row in rows:
            words = [f"{row['module']}.{row['task']}", row["method"], row["path"]]
            print_line("  ".join([*words, "deprecated"] if row["deprecated"] else words))
    return OK


def operation_table(rows: list[OperationRow]) -> Table:
    """Operations as a table for a terminal, deprecated ones dimmed."""
    table = Table("module", "task", "method", "path", title=f"{len(rows)} operations")
    for row in rows:
        module = row["module"].rpartition(".")[2]
        style = "dim strike" if row["deprecated"] else ""
        table.add_row(module, row["task"], row["method"], row["path"], style=style)
    return table


@oauth.command
def login(
    *,
    block: str | None = None,
    port: int = 8750,
    paste: Annotated[bool, Parameter(negative="")] = False,
    show_secrets: Annotated[bool, Parameter(negative="")] = False,
) -> int:
    """Let an OAuth application into an account, and keep its refresh token.

    Prints a page to open. Whoever agrees there is sent back to this machine with a code, which
    becomes a refresh token. The application's redirect URL must be http://127.0.0.1:PORT/.

    Example: prefect-getresponse oauth login --block main

    Args:
        block: Block to keep the refresh token in. It gives the client id and secret too, if it
            exists; else PREFECT_INTEGRATIONS_GETRESPONSE_CLIENT_ID and _CLIENT_SECRET do.
        port: Port on this machine that the application's redirect URL names.
        paste: Ask for the address that the browser was sent to, on machines without a browser.
        show_secrets: Print the settings with the refresh token, instead of a block or as well.
    """
    from prefect_getresponse.oauth_login import applicant_of, get_code, keep

    if block is None and not show_secrets:
        raise InvalidArguments(
            "there is no place for the refresh token",
            advice="Name a block (--block NAME), or print it with --show-secrets.",
        )
    stored = find_block(block) if block else None
    applicant = applicant_of(stored or GetResponseCredentials.from_settings())
    code = get_code(applicant, None if paste else port, print_line)
    try:
        keep(applicant.exchange_code(code), block, print_line, show_secrets=show_secrets)
    except GetResponseError as error:
        complain(error)
        return FAILED
    return OK


@limits.command(name="ensure")
def ensure_(*, block: str | None = None) -> int:
    """Create the limits of an account in Prefect, or repair them.

    Workers create them by themselves; this repairs what was changed by hand.

    Example: prefect-getresponse limits ensure --block main

    Args:
        block: Block of the account; PREFECT_INTEGRATIONS_GETRESPONSE_ACCOUNT_NAME otherwise.
    """
    from prefect_getresponse.limits import ensure_limits

    account = account_of(block)
    ensure_limits(account)
    return show_limits(account)


@limits.command(name="show")
def show_(*, block: str | None = None) -> int:
    """Show how many slots of an account are taken, and by how many workers.

    Exits with 1 if the limits are not as workers need them.

    Example: prefect-getresponse limits show --block main

    Args:
        block: Block of the account; PREFECT_INTEGRATIONS_GETRESPONSE_ACCOUNT_NAME otherwise.
    """
    return show_limits(account_of(block))


@limits.command(name="reset")
def reset_(*, block: str | None = None) -> int:
    """Free all slots of an account, for what a restart of the Prefect server left behind.

    Use it when nothing works on the account: workers that run do not notice.

    Example: prefect-getresponse limits reset --block main

    Args:
        block: Block of the account; PREFECT_INTEGRATIONS_GETRESPONSE_ACCOUNT_NAME otherwise.
    """
    from prefect_getresponse.limits import reset_limits

    account = account_of(block)
    reset_limits(account)
    return show_limits(account)


def account_of(block: str | None) -> str:
    """Name of the account of a block, or of the settings."""
    return load_credentials(block).account_name if block else GetResponseSettings().account_name


def show_limits(account: str) -> int:
    """Print the limits of an account, and say whether they are right as an exit code."""
    from prefect_getresponse.limits import read_limits

    states = read_limits(account)
    for state in states:
        if state.size is None:
            print_line(f"{state.name}: missing; the first worker creates it")
        else:
            remark = "" if state.is_right else "; changed by hand, `limits ensure` repairs it"
            print_line(f"{state.name}: {state.taken} of {state.size} taken{remark}")
    return OK if all(state.is_right for state in states) else FAILED


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


def check_writable(file: Path | None) -> None:
    """Find out before anything is sent whether the report can be written.

    Raises:
        InvalidArguments: It cannot.
    """
    if file is None:
        return
    target = file if file.exists() else file.absolute().parent
    if file.is_dir() or not target.exists() or not os.access(target, os.W_OK):
        raise InvalidArguments(
            f"--json {file}: it cannot be written", advice="Name a file in an existing folder."
        )


def load_credentials(block: str | None) -> GetResponseCredentials:
    """Credentials of a block, or of the settings.

    Raises:
        InvalidConfiguration: They are missing or cannot work.
    """
    if block is None:
        return GetResponseCredentials.from_settings()
    found = find_block(block)
    if found is None:
        raise InvalidArguments(
            f"--block {block}: there is no GetResponseCredentials block of this name",
            advice="`prefect block ls` lists all blocks.",
        )
    return found


def find_block(name: str) -> GetResponseCredentials | None:
    """The block of a name; None if there is none.

    Raises:
        InvalidArguments: The Prefect server is not known, or the block cannot be used.
    """
    from prefect.exceptions import ObjectNotFound
    from prefect.settings import get_current_settings

    if get_current_settings().api.url is None:
        raise InvalidArguments(
            "--block needs a Prefect server, and PREFECT_API_URL is not set",
            advice="Set it, or use PREFECT_INTEGRATIONS_GETRESPONSE_API_KEY instead of a block.",
        )
    try:
        return cast(GetResponseCredentials, GetResponseCredentials.load(name))
    except ValueError as error:
        if isinstance(error.__cause__, ObjectNotFound):
            return None
        raise InvalidArguments(f"--block {name}: {one_line(error)}") from None


def show(report: ImportReport, file: Path | None) -> int:
    """Print a report, write it to a file if wanted, and say how it went as an exit code."""
    if file is not None:
        text = json.dumps(report.as_dict(), indent=2, ensure_ascii=False) + "\n"
        file.write_text(text, encoding="utf-8")
    if out.is_terminal:
        out.print(Markdown(report.markdown()))
    else:
        print_line(report.markdown())
    return FAILED if report.problem else OK


def print_line(text: str) -> None:
    """Print plain text at once."""
    sys.stdout.write(text + os.linesep)
    sys.stdout.flush()
