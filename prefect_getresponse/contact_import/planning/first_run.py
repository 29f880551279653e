"""A list of which nothing is known here: what an import that nobody remembers may still bring.

A new state folder and a lost one look the same. So the plan says that this is the first run, and
imports that GetResponse is working on are waited for: they may be those of a run that is forgotten.
"""

from __future__ import annotations

from prefect_getresponse.client.send import AsyncClient
from prefect_getresponse.contact_import.account import Account, Campaign
from prefect_getresponse.contact_import.active_run import ActiveRun
from prefect_getresponse.contact_import.job import Job
from prefect_getresponse.contact_import.ledger.books.imports import ACTIVE, OLDEST
from prefect_getresponse.contact_import.polling import CHEAP, looks


async def wait_for_imports(job: Job, client: AsyncClient) -> None:
    """Wait for imports of the list that are at work, as long as a run waits for its own.

    One that takes longer, as in a review, is left aside: whom it brings then is on the list.
    """
    if job.campaign is None or job.options.dry_run:
        return
    now = client.time.now
    if not await _is_at_work(job.campaign, client):
        return
    job.progress.note("an import of the list is at work: waiting for it")
    deadline = now() + job.options.import_seconds
    async for last in looks(client, now, deadline, CHEAP):
        if last or not await _is_at_work(job.campaign, client):
            return


async def _is_at_work(campaign: Campaign, client: AsyncClient) -> bool:
    since = client.time.now() - OLDEST
    listed = await Account(client).imports(since, campaign.campaign_id)
    return any(each.get("status") in ACTIVE for each in listed)


def note_first_run(run: ActiveRun) -> None:
    """Say that nothing is remembered of the people who are on the list."""
    if not run.kept.is_first():
        return
    people = run.people.count_listed()
    if not people:
        return
    note = (
        f"first run here: {people:,} people are on {run.job.campaign_name!r} already, and the state"
        " folder remembers none of them. If it was imported into before, use the folder of then."
    )
    run.progress.note(note)
    run.kept.add_note(note)
