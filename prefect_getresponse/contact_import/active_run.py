"""A run at work: what sending, reading back and settling have in common."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from prefect_getresponse.client.send import AsyncClient
from prefect_getresponse.contact_import.account import Account
from prefect_getresponse.contact_import.job import Job
from prefect_getresponse.contact_import.ledger import Ledger
from prefect_getresponse.reporting.progress import Progress


@dataclass(frozen=True)
class ActiveRun:
    """A run, and what its work is done with.

    Attributes:
        job: The job.
        number: Number of the run in the ledger.
        ledger: The ledger, open for writing.
        client: The account's client.
        progress: Shows how far the work is.
        clock: Seconds since the epoch.
    """

    job: Job
    number: int
    ledger: Ledger
    client: AsyncClient
    progress: Progress
    clock: Callable[[], float]

    @cached_property
    def account(self) -> Account:
        """The account, by the run's client."""
        return Account(self.client)
