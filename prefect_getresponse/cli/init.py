"""`prefect-getresponse init`: from a key to a nightly import, step by step."""

from __future__ import annotations

import asyncio
import sys
from getpass import getpass
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from pydantic import SecretStr
from rich.markup import escape
from rich.prompt import Prompt

from prefect_getresponse.cli.accounts import find_block
from prefect_getresponse.cli.console import err, print_line
from prefect_getresponse.cli.contact_import import Words
from prefect_getresponse.cli.deploy import deploy
from prefect_getresponse.cli.dialogue import confirm, may_ask
from prefect_getresponse.cli.map_source import decided, write
from prefect_getresponse.client.errors import GetResponseError, InvalidArguments
from prefect_getresponse.contact_import.account import Account
from prefect_getresponse.contact_import.columns.source_mapping import columns_of, read_mapping
from prefect_getresponse.credentials import GetResponseCredentials
from prefect_getresponse.settings import GetResponseSettings
from prefect_getresponse.sources import short_name
from prefect_getresponse.sources.errors import ImportInputError
from prefect_getresponse.tasks.campaigns import list_campaigns

_TRIES = 3
_KEY = "PREFECT_INTEGRATIONS_GETRESPONSE_API_KEY"


def init(
    *,
    block: str = "main",
    account_name: str = "main",
    list_name: Annotated[str, Parameter(name="--list")] = "",
    source: str = "",
    map_: Annotated[list[str] | None, Parameter(name="--map"), Words] = None,
    mapping_file: Annotated[str, Parameter(name="--mapping")] = "",
    vouched: Annotated[bool, Parameter(name="--vouch", negative="")] = False,
    cron: str | None = None,
    time_zone: str | None = None,
    pool: str | None = None,
    notify: str = "",
    no_input: Annotated[bool, Parameter(negative="")] = False,
) -> int:
    """Set up a nightly import: key, list, source, columns, deployment.

    Each step is tested before the next one. It asks at a terminal for what no option says; the key
    is read from PREFECT_INTEGRATIONS_GETRESPONSE_API_KEY, or typed unseen. MAX accounts and OAuth
    set PREFECT_INTEGRATIONS_GETRESPONSE_* or have a block already. Nothing is imported.

    Example: prefect-getresponse init --list Newsletter --source /data/customers.csv

    Args:
        block: Name of the GetResponseCredentials block; used as it is if there is one.
        account_name: Name of the account in limits, state files and events, for a new block.
        list_name: Name of the list, or its id.
        source: What to import every night, as the worker sees it.
        map_: COLUMN=FIELD, as `import` takes it.
        mapping_file: Mapping file to write; the name of the source with .toml if not given.
        vouched: You vouch that everybody in the source has agreed to get e-mail from you; needed
            where no column says who agreed.
        cron: When runs are due: minute, hour, day of month, month, day of week.
        time_zone: Time zone of the schedule, such as Europe/Warsaw; UTC unless given.
        pool: Work pool; a process pool is made if there is none of the name.
        notify: Notification block that tells you when a run fails, such as slack-webhook/ops.
        no_input: Ask nothing: stop where something is missing.
    """
    asks = may_ask(no_input=no_input)
    credentials = _credentials(block, account_name, asks=asks)
    campaign = _list(credentials, list_name, asks=asks)
    source = source or _typed("Source (a file, a URL, or a database)", "--source", asks=asks)
    mapping = str(_mapping(source, map_, mapping_file, asks=asks))
    vouched = vouched or _vouches(source, mapping, asks=asks)
    if not credentials.document_name:
        credentials.save(block, overwrite=True)
        print_line(f"block {block}: saved")
    return deploy(
        "nightly",
        block=block,
        pool=pool,
        source=source,
        list_name=campaign,
        cron=cron,
        time_zone=time_zone,
        param=[f"mapping={mapping}", f"vouched={'true' if vouched else 'false'}"],
        notify=notify,
    )


def _credentials(block: str, account_name: str, *, asks: bool) -> GetResponseCredentials:
    """Return credentials that GetResponse accepts: of the block, of the settings, or typed."""
    if stored := find_block(block):
        print_line(f"block {block}: {stored.verify()}")
        return stored
    if any(_given()):
        found = GetResponseCredentials.from_settings()
        made = found.model_copy(update={"account_name": account_name})
        print_line(f"key: {made.verify()}")
        return made
    for left in reversed(range(_TRIES)):
        key = _typed("API key (GetResponse: Tools, API)", _KEY, asks=asks, hidden=True)
        settings = GetResponseSettings()
        values = {
            "api_key": SecretStr(key),
            "account_name": account_name,
            "base_url": settings.base_url,
            "allow_custom_host": settings.allow_custom_host,
        }
        try:
            made = GetResponseCredentials.model_validate(values)
            print_line(f"key: {made.verify()}")
        except GetResponseError as error:
            if not left:
                raise
            err.print(escape(str(error)))
        else:
            return made
    raise AssertionError  # the last try has raised


def _given() -> tuple[str, str]:
    settings = GetResponseSettings()
    return settings.api_key.get_secret_value(), settings.client_id


def _list(credentials: GetResponseCredentials, wanted: str, *, asks: bool) -> str:
    """Return the name of a list that is there."""

    async def listed() -> list[str]:
        account = Account(credentials.get_async_client())
        if wanted:
            return [(await account.find_campaign(wanted)).name]
        return sorted(
            str(each["name"]) for each in await account.items(list_campaigns, "campaignId")
        )

    names = asyncio.run(listed())
    if wanted:
        print_line(f"list: {names[0]}")
        return names[0]
    if not names:
        raise InvalidArguments(
            "the account has no list", advice="Create one in GetResponse, then begin again."
        )
    for number, name in enumerate(names, start=1):
        err.print(f"  {number}  {name}")
    while True:
        typed = _typed("List (number or name)", "--list", asks=asks)
        if typed in names:
            return typed
        if typed.isdecimal() and 1 <= int(typed) <= len(names):
            return names[int(typed) - 1]
        err.print(f"  There is no list {typed}.")


def _mapping(source: str, words: list[str] | None, file: str, *, asks: bool) -> Path:
    """Decide what the columns are, and keep the answers in a file; return it."""
    path = Path(file or f"{Path(short_name(source)).stem}.toml").absolute()
    said = read_mapping(str(path) if path.exists() else "")
    if words:
        said = said.and_also(columns_of(words))
    mapping, _ = decided(source, said, may_be_asked=asks)
    write(path, mapping, short_name(source))
    print_line(f"columns: {path} says what they are; workers have to see it there")
    return path


def _vouches(source: str, mapping: str, *, asks: bool) -> bool:
    """Ask who has agreed if no column says so."""
    _, found = decided(source, read_mapping(mapping), may_be_asked=False)
    if found.deciding:
        return False
    if asks and confirm("Do you vouch that everybody in the source has agreed to get e-mail?"):
        return True
    raise ImportInputError(
        "no column says who has agreed to get e-mail",
        "Name it (--map COLUMN=consent), or vouch for everybody (--vouch)",
        short_name(source),
    )


def _typed(what: str, option: str, *, asks: bool, hidden: bool = False) -> str:
    """Ask for something that no option says.

    Raises:
        InvalidArguments: There is nobody to ask.
    """
    if not asks:
        raise InvalidArguments(f"{what.partition(' (')[0]}: not given", advice=f"Give {option}.")
    while True:
        given = getpass(f"{what}: ", stream=sys.stderr) if hidden else Prompt.ask(what, console=err)
        if typed := given.strip():
            return typed
