"""`prefect-getresponse deploy`."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import httpx
from cyclopts import Parameter

from prefect_getresponse.cli.accounts import find_block
from prefect_getresponse.cli.console import FAILED, OK, complain, print_line
from prefect_getresponse.client.errors import InvalidArguments

if TYPE_CHECKING:
    from prefect_getresponse.cli.deployments import Choices, Definition, Deployer


def deploy(
    *names: str,
    block: str = "main",
    pool: str | None = None,
    source: str | None = None,
    list_name: Annotated[str | None, Parameter(name="--list")] = None,
    cron: str | None = None,
    time_zone: str | None = None,
    param: Annotated[list[str] | None, Parameter(consume_multiple=True, negative="")] = None,
    name: str | None = None,
    notify: str = "",
    paused: Annotated[bool, Parameter(negative="")] = False,
    serve: Annotated[bool, Parameter(negative="")] = False,
    dry_run: Annotated[bool, Parameter(negative="")] = False,
) -> int:
    """Create or update deployments of the ready-made flows.

    Exits with 2 if nothing was applied, with 1 if only a part was.

    Example: prefect-getresponse deploy nightly --source /data/customers.csv --list Newsletter

    Args:
        names: nightly (one import every night), many-lists (several lists at once), one-list (what
            many-lists starts), export (the account into tables), release (a newsletter),
            approval-expired and release-statistics (what follows it), account-check (every week),
            drain-events and reconcile-events (webhooks).
        block: Name of the GetResponseCredentials block that runs load.
        pool: Work pool; a process pool is made if there is none of the name.
        source: What to import, as the worker sees it.
        list_name: Name of the list, or its id.
        cron: When runs are due: minute, hour, day of month, month, day of week.
        time_zone: Time zone of the schedule, such as Europe/Warsaw; UTC unless given.
        param: NAME=VALUE: any other parameter of the flow; VALUE is JSON, or else a string.
        name: Name of the deployment, for a second one of the same flow.
        notify: Notification block that tells you when a run fails: its type and name, such as
            slack-webhook/ops.
        paused: Pause the schedule.
        serve: Start the runs from here, on this machine, until Ctrl-C; no pool and no worker.
        dry_run: Show what would be applied.
    """
    from prefect_getresponse.cli.automation_definitions import notification_block
    from prefect_getresponse.cli.deployments import Choices, fitted, server

    if notify and serve:
        raise InvalidArguments(
            "--notify and --serve do not go together",
            advice="Deploy to a pool, or install an automation (`automations install`).",
        )
    if len(names) > 1 and (cron or name):
        raise InvalidArguments("--cron and --name speak about one deployment at a time")
    choices = Choices(
        block=block,
        pool=pool,
        parameters=read_parameters(param or [], source=source, list_name=list_name),
        cron=cron,
        time_zone=time_zone,
        name=name,
        paused=paused,
    )
    wanted = fitted(names, choices)
    with server() as deployer:
        check_block(block)
        told = notification_block(deployer.client, notify) if notify else None
        if dry_run:
            return show(deployer, wanted, choices, serve=serve)
        if serve:
            return serve_here(wanted, choices)
        return apply(deployer, wanted, choices, told)


def show(deployer: Deployer, wanted: list[Definition], choices: Choices, *, serve: bool) -> int:
    """Say what would be applied."""
    for pool in [] if serve else deployer.missing_pools(wanted):
        print_line(f"work pool {pool}: would be made, of type process")
    for definition in wanted:
        print_line(description(definition, choices, serve=serve))
    print_line("Nothing was applied.")
    return OK


def apply(
    deployer: Deployer, wanted: list[Definition], choices: Choices, told: UUID | None = None
) -> int:
    """Put the deployments on the server, and the work pools that they need."""
    for pool in deployer.missing_pools(wanted):
        deployer.make_pool(pool)
        print_line(f"work pool {pool}: made, of type process")
    for number, definition in enumerate(wanted):
        try:
            deployer.apply(definition, paused=choices.paused, notify=told)
        except httpx.HTTPError as error:
            if number == 0:
                raise
            complain(error)
            return FAILED
        print_line(description(definition, choices, serve=False))
    print_line(f"Next: prefect worker start --pool {wanted[0].work_pool.name}")
    for line in ways_to_try(wanted):
        print_line(f"      {line}")
    return OK


def serve_here(wanted: list[Definition], choices: Choices) -> int:
    """Start due runs from this process until it is ended.

    Late runs are made up for at the next start: a schedule is not paused meanwhile.
    """
    from prefect import serve

    from prefect_getresponse.cli.deployments import served

    for definition in wanted:
        print_line(description(definition, choices, serve=True))
    for line in ways_to_try(wanted):
        print_line(f"Next: {line}")
    print_line("Ctrl-C ends this.")
    deployments = [served(definition, paused=choices.paused) for definition in wanted]
    serve(*deployments, pause_on_shutdown=False, print_starting_message=False)
    return OK


def ways_to_try(wanted: list[Definition]) -> list[str]:
    """Commands that run what was deployed at once; none for what lacks parameters."""
    return [
        f"prefect deployment run {definition.full_name} --watch"
        for definition in wanted
        if definition.runs_as_it_is
    ]


def check_block(name: str) -> None:
    """See that workers will be able to load the block.

    Raises:
        InvalidArguments: There is no such block, or it cannot be used.
    """
    if find_block(name) is None:
        raise InvalidArguments(
            f"--block {name}: there is no GetResponseCredentials block of this name",
            advice=f"Make it in the UI (Blocks, +, GetResponse Credentials), or in Python: "
            f'GetResponseCredentials(api_key="...").save("{name}").',
        )


def read_parameters(
    words: list[str], *, source: str | None, list_name: str | None
) -> dict[str, Any]:
    """Parameters of runs by their names.

    Args:
        words: Words such as `NAME=VALUE`.
        source: What `--source` says.
        list_name: What `--list` says.

    Raises:
        InvalidArguments: A word has no `=`, or a parameter is given twice.
    """
    named = {"source": source, "list_name": list_name}
    parameters: dict[str, Any] = {name: text for name, text in named.items() if text is not None}
    for word in words:
        name, separator, text = word.partition("=")
        if not separator or not name:
            raise InvalidArguments(f"--param {word!r}: not of the form NAME=VALUE")
        if name in parameters or name == "credentials":
            raise InvalidArguments(f"--param {name}: it is given already, by --block or otherwise")
        try:
            parameters[name] = json.loads(text)
        except ValueError:
            parameters[name] = text
    return parameters


def description(definition: Definition, choices: Choices, *, serve: bool) -> str:
    """What is deployed, in some lines."""
    schedules = [f"{each.cron} {each.timezone}" for each in definition.schedules]
    unscheduled = "when an event comes" if definition.triggers else "when somebody starts it"
    when = " and ".join(schedules) or unscheduled
    where = "by this process" if serve else f"pool {definition.work_pool.name}"
    has_credentials = "credentials" in definition.parameters
    others = [name for name in definition.parameters if name != "credentials"]
    return "\n".join(
        [
            definition.full_name,
            f"  runs: {when}{' (paused)' if choices.paused else ''}, {where}",
            *([f"  credentials: block {choices.block}"] if has_credentials else []),
            *(f"  {name}: {shown(definition.parameters[name])}" for name in others),
        ]
    )


def shown(value: Any) -> str:
    """A parameter's value without what a URL may hold before its host."""
    return re.sub(r"://[^/@\s\"']*@", "://***@", json.dumps(value, ensure_ascii=False))
