"""Whom not to write to: read for the plan, and again before sending when the plan is old."""

from __future__ import annotations

from prefect_getresponse.contact_import.account import Account, Exclusions, moment
from prefect_getresponse.contact_import.ledger import Decision, Ledger, Person, Standing
from prefect_getresponse.contact_import.planning.decision import REFUSING_REMOVALS, refusal
from prefect_getresponse.contact_import.rows.addresses import compare_key
from prefect_getresponse.contact_import.verdicts import Verdict

FRESH = 300.0
"""Seconds for which what is known of opt-outs is good enough to send by."""
ROWS_AT_ONCE = 5_000
_FACT = "opt_outs_read"


async def read_opt_outs(
    account: Account, ledger: Ledger, run: int, campaign_id: str, now: float
) -> Exclusions:
    """Read who was removed from the list, and which addresses are blocked.

    Args:
        account: The account.
        ledger: Takes down the people.
        run: Number of the run.
        campaign_id: The list.
        now: Seconds since the epoch.
    """
    await read_removed(account, ledger, run, campaign_id)
    exclusions = await account.exclusions(campaign_id)
    ledger.add_facts(run, {_FACT: now})
    return exclusions


async def read_removed(account: Account, ledger: Ledger, run: int, campaign_id: str) -> None:
    """Read who was removed from the list and must not simply be subscribed again.

    Args:
        account: The account.
        ledger: Takes down the people.
        run: Number of the run.
        campaign_id: The list.
    """
    async for page in account.search(campaign_id, "removed"):
        removed = [
            (compare_key(p["email"]), p["contactId"], p["reason"], moment(p.get("deletedOn")))
            for p in page
            if p.get("reason") in REFUSING_REMOVALS
        ]
        with ledger.transaction():
            ledger.add_listed(run, Standing.REMOVED, removed)


async def refuse_who_left(
    account: Account, ledger: Ledger, run: int, campaign_id: str, now: float
) -> int:
    """Take people out of planned calls who have opted out since the plan, if that is old.

    Args:
        account: The account.
        ledger: The ledger.
        run: Number of the run.
        campaign_id: The list.
        now: Seconds since the epoch.

    Returns:
        Number of rows excluded.
    """
    read = ledger.fact(run, _FACT) or 0.0
    if now - read < FRESH:
        return 0
    exclusions = await read_opt_outs(account, ledger, run, campaign_id, now)
    excluded = last = 0
    while people := ledger.planned_people(run, last, ROWS_AT_ONCE):
        reasons = [
            (person.row, reason)
            for person in people
            if (reason := _reason(person, exclusions, read, now))
        ]
        ledger.withdraw(
            run, [Decision(row, verdict=Verdict.EXCLUDED, reason=reason) for row, reason in reasons]
        )
        excluded += len(reasons)
        last = people[-1].row
    return excluded


def _reason(person: Person, exclusions: Exclusions, read: float, now: float) -> str | None:
    left_at = person.removed_at
    if person.listed_id is not None and (left_at is None or left_at < read - FRESH):
        person = person._replace(removed_for=None)  # removed once, and back since
    return refusal(person, exclusions, now)
