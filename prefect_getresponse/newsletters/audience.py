"""Whom a release reaches: how many people now, and how many the last newsletters had."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from prefect_getresponse.newsletters.account_side import AccountSide, Named
from prefect_getresponse.newsletters.content.findings import Finding, Severity
from prefect_getresponse.tasks.contacts import list_contacts
from prefect_getresponse.tasks.newsletters import list_newsletters
from prefect_getresponse.tasks.search_contacts import list_contacts_by_search_contacts

MOST_READ = 20_000
"""People of a segment that are read to count those on the list: a call for every thousand."""
LAST_SENDS = 5
FAR = 3.0
"""An audience is far from the last ones when it is so many times larger or smaller."""


@dataclass(frozen=True)
class Audience:
    """How many people a release reaches, before exclusions.

    Attributes:
        people: People on the list and in the segments.
        is_exact: Whether they were counted; otherwise there are at most so many.
        on_list: People on the list.
        in_segments: People in each segment, on any list.
        last: People of the last newsletters to this list, latest first.
    """

    people: int
    is_exact: bool
    on_list: int
    in_segments: tuple[int, ...]
    last: tuple[int, ...]

    def sentence(self) -> str:
        """Say how many people there are."""
        return f"{'' if self.is_exact else 'at most '}{self.people:,} people"

    def findings(self, place: str) -> list[Finding]:
        """Say what is odd about the audience."""
        if not self.people:
            return [
                Finding(
                    Severity.ERROR,
                    "audience-empty",
                    "Nobody is on the list and in the segments.",
                    "Correct the audience.",
                    place,
                )
            ]
        usual = median(self.last) if self.last else 0
        if usual and not usual / FAR <= self.people <= usual * FAR:
            return [
                Finding(
                    Severity.WARNING,
                    "audience-unusual",
                    f"It goes to {self.sentence()}; the last {len(self.last)} newsletters to this"
                    f" list went to {usual:,.0f}.",
                    "Check list, segments and exclusions.",
                    place,
                )
            ]
        return []


async def count_audience(
    side: AccountSide, one_list: Named, segments: Sequence[Named], recent: list[dict[str, Any]]
) -> Audience:
    """Count whom a release reaches.

    Args:
        side: The account.
        one_list: The list.
        segments: The segments; people must be in all of them.
        recent: The last newsletters to the list, latest first, as a listing shows them.
    """
    on_list = await _total(side, list_contacts, campaign_id=one_list.id)
    sizes = [
        await _total(side, list_contacts_by_search_contacts, search_contact_id=each.id)
        for each in segments
    ]
    last = tuple(
        int(each["sendMetrics"]["total"])
        for each in recent
        if each.get("sendMetrics", {}).get("status") == "finished"
        and str(each["sendMetrics"].get("total", "")).isdigit()
    )[:LAST_SENDS]
    people, exact = on_list, True
    if segments and sum(sizes) <= MOST_READ:
        people = len(
            set[str].intersection(*[await _members(side, each, one_list) for each in segments])
        )
    elif segments:
        people, exact = min(on_list, *sizes), False
    return Audience(people, exact, on_list, tuple(sizes), last)


async def recent_newsletters(side: AccountSide, campaign_id: str) -> list[dict[str, Any]]:
    """Return the last newsletters to a list, latest first."""
    answer = await side.answer(
        list_newsletters,
        campaign_id=campaign_id,
        type="broadcast",
        sort_send_on="DESC",
        page=1,
        per_page=20,
    )
    rows: list[dict[str, Any]] = answer.data or []
    return rows


async def _total(side: AccountSide, task: Any, **arguments: object) -> int:
    answer = await side.answer(task, page=1, per_page=1, fields="contactId,email", **arguments)
    total = answer.paging.total_count
    return len(answer.data or []) if total is None else total


async def _members(side: AccountSide, segment: Named, one_list: Named) -> set[str]:
    rows = await side.account.items(
        list_contacts_by_search_contacts,
        "contactId",
        search_contact_id=segment.id,
        sort_email="ASC",
        fields="contactId,email,campaign",
    )
    return {
        str(each["contactId"])
        for each in rows
        if each.get("campaign", {}).get("campaignId", one_list.id) == one_list.id
    }
