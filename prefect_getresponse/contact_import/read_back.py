"""Reading a list back: who of a run has appeared on it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from prefect_getresponse.contact_import.account import Account
from prefect_getresponse.contact_import.job import Job
from prefect_getresponse.contact_import.ledger import Ledger, Standing
from prefect_getresponse.contact_import.planning.opt_outs import read_removed
from prefect_getresponse.contact_import.rows.addresses import compare_key
from prefect_getresponse.contact_import.verdicts import Verdict


class ReadBack:
    """Looks at the list of a job.

    Args:
        job: The job.
        run: Number of the run.
        since: When its first person may have been sent, in seconds since the epoch.
        ledger: The ledger.
        account: The account.
    """

    def __init__(self, job: Job, run: int, since: float, ledger: Ledger, account: Account) -> None:
        self._job = job
        self._run = run
        self._ledger = ledger
        self._account = account
        # A day earlier: server and client need not agree about the time.
        self._created_from = f"{datetime.fromtimestamp(since, UTC) - timedelta(days=1):%Y-%m-%d}"

    async def look(self) -> None:
        """Give rows whose person is on the list now their verdicts."""
        if self._job.campaign is None:
            return
        campaign_id = self._job.campaign.campaign_id
        async for page in self._account.subscribers(campaign_id, self._created_from):
            self._add(Standing.SUBSCRIBED, page)
        if self._job.campaign.double_optin:
            async for page in self._account.search(campaign_id, "unconfirmed"):
                self._add(Standing.UNCONFIRMED, page)
        self._ledger.acknowledge_visible(self._run)
        self._ledger.settle_visible(self._run, Standing.SUBSCRIBED, Verdict.ADDED)
        self._ledger.settle_visible(self._run, Standing.UNCONFIRMED, Verdict.AWAITING_CONFIRMATION)

    async def look_for_departed(self) -> None:
        """Give rows whose person has left the list since the plan theirs: they had arrived."""
        if self._job.campaign is None:
            return
        campaign_id = self._job.campaign.campaign_id
        await read_removed(self._account, self._ledger, self._run, campaign_id)
        self._ledger.acknowledge_visible(self._run)
        self._ledger.settle_departed(self._run)

    def _add(self, standing: Standing, page: list[dict[str, str]]) -> None:
        people = [(compare_key(p["email"]), p["contactId"], p.get("name"), None) for p in page]
        with self._ledger.transaction():
            self._ledger.add_listed(self._run, standing, people)
