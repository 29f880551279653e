"""Who is on the list: read while the source is read, as nothing of one depends on the other."""

from __future__ import annotations

import asyncio
from functools import partial

from prefect_getresponse.contact_import.active_run import ActiveRun
from prefect_getresponse.contact_import.ledger import Standing
from prefect_getresponse.contact_import.ledger.books.imports import ImportState
from prefect_getresponse.contact_import.planning.first_run import wait_for_imports
from prefect_getresponse.contact_import.rows.addresses import listed_keys
from prefect_getresponse.contact_import.sending.read_back import note_listed


class Listing:
    """Takes down who is on the list, for the plan.

    Args:
        run: The run.

    Attributes:
        has_begun: Set once it reads people, or has ended before: until then it may wait for hours.
    """

    def __init__(self, run: ActiveRun) -> None:
        self.has_begun = asyncio.Event()
        self._run = run
        self._people = 0
        self._is_shown = False

    def show(self) -> None:
        """Show how far it is from now on: nothing else is done any more."""
        self._is_shown = True
        self._run.progress.start("reading the list", None, "people")
        self._run.progress.advance(self._people)

    async def read(self) -> None:
        """Read the list, and before it whatever may still come to it by earlier imports."""
        run, campaign = self._run, self._run.job.campaign
        try:
            await self._settle_earlier_imports()
        finally:
            self.has_begun.set()
        if campaign is None:
            return
        how = await run.in_turn(run.outcomes.awaits_anybody)
        async for page in run.account.subscribers(campaign.campaign_id, how=how):
            async with run.turn:  # some milliseconds: on a thread they would take longer
                self._note_subscribed(page)
            self._people += len(page)
            if self._is_shown:
                run.progress.advance(self._people)
        async for page in run.account.search(campaign.campaign_id, "unconfirmed"):
            async with run.turn:
                note_listed(run.people, Standing.UNCONFIRMED, page)

    async def _settle_earlier_imports(self) -> None:
        """Learn what became of imports that an earlier run could not await."""
        run = self._run
        if await run.in_turn(run.kept.is_first):
            await wait_for_imports(run.job, run.client)
        for import_id in await run.in_turn(run.imports.left_at_work):
            state = await run.account.read_import(import_id)
            if not state.is_active:
                await run.in_turn(partial(self._conclude, state))

    def _conclude(self, state: ImportState) -> None:
        with self._run.transaction():
            self._run.imports.renew(state)
            self._run.outcomes.conclude_importing(
                has_failed=state.has_failed or state.is_gone,
                all_arrived=state.arrived == state.counters.get("uploaded"),
                now=self._run.job.started,
            )

    def _note_subscribed(self, page: list[dict[str, str]]) -> None:
        """Remember a page of the list; most nights nobody asks how its people came in."""
        if any("createdOn" in person or "origin" in person for person in page):
            note_listed(self._run.people, Standing.SUBSCRIBED, page)
            return
        people = [person for person in page if person.get("email")]
        ids, names = ([person.get(what) for person in people] for what in ("contactId", "name"))
        keys = listed_keys([person["email"] for person in people])
        self._run.people.add_named(Standing.SUBSCRIBED, zip(keys, ids, names, strict=True))
