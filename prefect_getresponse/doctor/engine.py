"""All checks in their order; one that fails itself keeps none of the others from being made."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from pydantic import SecretStr

from prefect_getresponse.client.errors import AuthenticationFailed, GetResponseError
from prefect_getresponse.client.send import AsyncClient
from prefect_getresponse.contact_import.account import Account
from prefect_getresponse.contact_import.columns.source_mapping import SourceMapping
from prefect_getresponse.contact_import.job import opened
from prefect_getresponse.contact_import.options import state_folder
from prefect_getresponse.doctor import (
    account_checks,
    machine_checks,
    source_checks,
    webhook_checks,
)
from prefect_getresponse.doctor.findings import AccountReport, Finding, ok, unknown
from prefect_getresponse.runtime.prefect_files import api_url
from prefect_getresponse.settings import GetResponseSettings
from prefect_getresponse.tasks.accounts import get_account


@dataclass(frozen=True)
class CheckOptions:
    """What is checked besides the account.

    Attributes:
        list_name: Name or id of the list that is to be imported into; all lists if empty.
        source: Source that is to be imported; none if empty.
        mapping: What is said about the source.
        webhooks: Public address of the webhook receiver, without its secret; none if empty.
        state_dir: Folder of the ledgers; the one that imports take by default if empty.
    """

    list_name: str = ""
    source: str = field(default="", repr=False)  # a URL may hold a password
    mapping: SourceMapping = field(default=SourceMapping(), repr=False)
    state_dir: str = ""
    webhooks: str = ""


async def check_account(
    options: CheckOptions,
    account_name: str,
    client: AsyncClient,
    clock: Callable[[], float] = time.time,
) -> AccountReport:
    """Look at everything that an import needs; writes nothing.

    Args:
        options: What is checked besides the account.
        account_name: Name of the account.
        client: The account's client.
        clock: Seconds since the epoch.
    """
    findings = [
        *await _of_account(options, client, clock),
        *_prefect(account_name),
        *machine_checks.state_folder(Path(state_folder(options.state_dir))),
        *machine_checks.versions(),
    ]
    return AccountReport(account=account_name, endpoint=client.base_url, findings=findings)


def _prefect(account_name: str) -> list[Finding]:
    """What the Prefect server says; a machine without one need not import Prefect."""
    if not api_url():
        text = "no Prefect server (PREFECT_API_URL): only processes of this machine share calls"
        return [ok("limits", text)]
    from prefect_getresponse.doctor import server_checks

    return [*server_checks.limits(account_name), *server_checks.server()]


async def _of_account(
    options: CheckOptions, client: AsyncClient, clock: Callable[[], float]
) -> list[Finding]:
    try:
        answer = await client.send(get_account.operation.request({}))
    except AuthenticationFailed as error:
        return account_checks.refused_key(error)
    except GetResponseError as error:
        return [unknown("key", error)]
    account = Account(client)
    findings = account_checks.key(answer, client.base_url)
    findings += account_checks.clock(answer, clock())
    today = datetime.fromtimestamp(clock(), UTC)
    checks: dict[str, Callable[[], Awaitable[list[Finding]]]] = {
        "plan": lambda: account_checks.plan(account, today),
        "lists": lambda: account_checks.lists(account, options.list_name),
        "senders": lambda: account_checks.senders(account),
        "sending limits": lambda: account_checks.sending_limits(account),
        "callbacks": lambda: account_checks.callbacks(account),
    }
    if options.source:
        checks["source"] = lambda: source_checks.source(
            account, _opener(options), options.mapping.columns
        )
    if options.webhooks:
        checks["webhook address"] = lambda: webhook_checks.address(options.webhooks, secrets())
        checks["callback address"] = lambda: webhook_checks.callbacks_elsewhere(
            client, options.webhooks
        )
    for name, check in checks.items():
        try:
            findings += await check()
        except GetResponseError as error:
            findings.append(unknown(name, error))
    return findings


def secrets() -> list[SecretStr]:
    """Secrets of webhooks, as the settings have them."""
    settings = GetResponseSettings()
    given = (settings.webhook_secret, settings.webhook_secret_previous)
    return [secret for secret in given if secret.get_secret_value()]


def _opener(options: CheckOptions) -> source_checks.Opener:
    return lambda: opened(options.source, options.mapping)
