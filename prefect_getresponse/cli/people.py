"""`prefect-getresponse lists` and `contacts find`: look into an account."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from cyclopts import App, Parameter
from rich.table import Table

from prefect_getresponse.cli import console
from prefect_getresponse.cli.accounts import load_credentials
from prefect_getresponse.cli.console import FAILED, OK, print_line
from prefect_getresponse.contact_import.account import Account
from prefect_getresponse.operation import Declared
from prefect_getresponse.tasks.campaigns import list_campaigns
from prefect_getresponse.tasks.contacts import list_contacts

contacts = App(name="contacts", help="Find a person on the lists of an account.")


def lists(
    *,
    block: str | None = None,
    json_: Annotated[bool, Parameter(name="--json", negative="")] = False,
) -> int:
    """Show the lists (campaigns) of an account.

    Example: prefect-getresponse lists

    Args:
        block: Name of a GetResponseCredentials block; PREFECT_INTEGRATIONS_GETRESPONSE_* otherwise.
        json_: Print JSON: what GetResponse says of each list.
    """
    found = sorted(
        _items(block, list_campaigns, "campaignId"), key=lambda each: str(each["name"]).casefold()
    )
    rows = [(each["name"], each["campaignId"], str(each.get("createdOn", ""))) for each in found]
    return _show(found, ("list", "id", "created"), rows, as_json=json_)


@contacts.command(name="find")
def find_(
    email: str,
    *,
    block: str | None = None,
    json_: Annotated[bool, Parameter(name="--json", negative="")] = False,
) -> int:
    """Show the lists that a person is subscribed to. Exits with 1 if there is none.

    Example: prefect-getresponse contacts find ann@example.com

    Args:
        email: The address.
        block: Name of a GetResponseCredentials block; PREFECT_INTEGRATIONS_GETRESPONSE_* otherwise.
        json_: Print JSON: what GetResponse says of the contact of each list.
    """
    found = _items(block, list_contacts, "contactId", email=email, additional_flags=["exactMatch"])
    rows = [
        (
            str(_campaign_of(each).get("name", "")),
            str(each.get("name") or ""),
            str(each["contactId"]),
            str(each.get("createdOn", "")),
            str(each.get("origin", "")),
        )
        for each in found
    ]
    _show(found, ("list", "name", "id", "since", "came by"), rows, as_json=json_)
    return OK if found else FAILED


def _campaign_of(contact: Mapping[str, Any]) -> Mapping[str, Any]:
    return contact.get("campaign") or {}


def _items(
    block: str | None, task: Declared, id_name: str, **arguments: object
) -> list[dict[str, Any]]:
    credentials = load_credentials(block)

    async def work() -> list[dict[str, Any]]:
        return await Account(credentials.get_async_client()).items(task, id_name, **arguments)

    return asyncio.run(work())


def _show(
    found: list[dict[str, Any]],
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    as_json: bool,
) -> int:
    """Print what was found: a table for people, words for scripts."""
    if as_json:
        print_line(json.dumps(found, indent=2, ensure_ascii=False))
    elif console.out.is_terminal:
        table = Table(*columns, title=f"{len(rows)} found")
        for row in rows:
            table.add_row(*row)
        console.out.print(table)
    else:
        for row in rows:
            print_line("  ".join(each for each in row if each))
        if not rows:
            print_line("nothing found")
    return OK
