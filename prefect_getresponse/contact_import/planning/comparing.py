"""People of the list, compared with what the source says of them: only what differs is sent."""

from __future__ import annotations

import asyncio

from prefect_getresponse.client.errors import NotFound
from prefect_getresponse.contact_import.account import Account, is_on
from prefect_getresponse.contact_import.active_run import ActiveRun
from prefect_getresponse.contact_import.ledger import Action, Decision, RowToSend
from prefect_getresponse.contact_import.options import Mode
from prefect_getresponse.contact_import.planning.decision import decide_steps, steps_to
from prefect_getresponse.contact_import.rows.contacts import unpack
from prefect_getresponse.contact_import.verdicts import Verdict
from prefect_getresponse.reporting.progress import Progress

CONTACTS_AT_ONCE = 100


async def compare(run: ActiveRun, mode: Mode, progress: Progress) -> None:
    """Read every person who is to be compared, and decide what to send.

    Args:
        run: The run.
        mode: Whether people of the list may be changed at all.
        progress: Where it is shown as a phase; nowhere while another one is at work.
    """
    total = run.plan.count(Action.COMPARE)
    if not total:
        return
    progress.start("comparing contacts", total, "people")
    done = last = 0
    while rows := run.plan.with_action(Action.COMPARE, last, CONTACTS_AT_ONCE):
        if mode == "add_only":
            there = Verdict.ALREADY_PRESENT
            decisions = [Decision(row.row, verdict=there, reason="conflict") for row in rows]
        else:
            each = (compare_one(run.account, run.campaign_id, row) for row in rows)
            decisions = list(await asyncio.gather(*each))
        with run.transaction():
            run.plan.decide(decisions)
        last = rows[-1].row
        done += len(rows)
        progress.advance(done)


async def compare_one(account: Account, campaign_id: str, row: RowToSend) -> Decision:
    """Read one person, and decide what to send.

    Args:
        account: The account.
        campaign_id: The list; a contact may have been moved to another one by now.
        row: The row, with the person's contact id.
    """
    contact_id = row.contact_id or ""
    try:
        details = await account.contact(contact_id)
    except NotFound:
        details = None
    if details is None or not is_on(campaign_id, details):
        return Decision(row.row, verdict=Verdict.EXCLUDED, reason="left_meanwhile")
    return decide_steps(row.row, contact_id, steps_to(unpack(row.contact), details))
