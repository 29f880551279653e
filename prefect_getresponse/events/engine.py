"""One drain or one reconciliation from beginning to end, for flows and for the command line."""

from __future__ import annotations

import time
from collections.abc import Callable

from prefect_getresponse.client.send import AsyncClient
from prefect_getresponse.events.draining.destination import Destination
from prefect_getresponse.events.draining.drain import Drain, DrainOptions
from prefect_getresponse.events.draining.handlers import load_handlers
from prefect_getresponse.events.draining.report import DrainReport
from prefect_getresponse.events.inbox.inbox import Inbox
from prefect_getresponse.events.reconciling.reconcile import ReconcileOptions, Reconciliation
from prefect_getresponse.events.reconciling.report import ReconcileReport

Clock = Callable[[], float]


async def drain(
    client: AsyncClient,
    account_name: str,
    inbox: Inbox,
    to: str,
    handlers: str,
    options: DrainOptions,
    clock: Clock = time.time,
) -> DrainReport:
    """Empty an inbox into a destination.

    Args:
        client: The account's client.
        account_name: Name of the account.
        inbox: Where entries come from.
        to: URL of the destination.
        handlers: Module of the user's own handlers; empty for none.
        options: How much is taken, and when to give up.
        clock: Seconds since the epoch.
    """
    functions = load_handlers(handlers)
    destination = Destination(to, inbox)
    try:
        work = Drain(client, inbox, destination, functions, options, clock)
        return await work.run(account_name)
    finally:
        destination.close()


async def reconcile(
    client: AsyncClient,
    account_name: str,
    inbox: Inbox,
    to: str,
    options: ReconcileOptions,
    clock: Clock = time.time,
) -> ReconcileReport:
    """Find what webhooks missed, and add it.

    Args:
        client: The account's client.
        account_name: Name of the account.
        inbox: What webhooks brought.
        to: URL of the destination.
        options: What is looked for.
        clock: Seconds since the epoch.
    """
    destination = Destination(to, inbox)
    try:
        return await Reconciliation(client, inbox, destination, options, clock).run(account_name)
    finally:
        destination.close()
