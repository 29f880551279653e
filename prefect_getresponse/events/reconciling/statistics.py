"""Compares what was found with what GetResponse itself counts, day by day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from typing import Any

from prefect_getresponse.contact_import.account import Account
from prefect_getresponse.events.reconciling.listings import DAY, day_of
from prefect_getresponse.events.reconciling.polled import Polled
from prefect_getresponse.tasks.campaigns import (
    get_campaign_removal_statistics,
    get_campaign_subscription_statistics,
)

ARRIVAL = "contact_added"
_REASONS = {"unsubscribe": "contact_removed_link", "bounce": "contact_removed_bounce"}


async def unexplained(
    account: Account,
    lists: Iterable[str],
    since: float,
    now: float,
    found: Iterable[Polled],
    wanted: Collection[str],
) -> list[dict[str, Any]]:
    """Days and types of which GetResponse counts more than reading found.

    Only whole days are compared: the first and the present one are parts.

    Args:
        account: The account.
        lists: Ids of the lists.
        since: From which moment on was read, unix seconds.
        now: Unix seconds.
        found: What reading found.
        wanted: Types that were looked for.

    Returns:
        Rows of `day`, `type`, `expected` and `got`.
    """
    first, today = day_of(since + DAY), day_of(now)
    counted = await _counted(account, lists, first, today)
    got = Counter((day_of(each.occurred_at), each.type) for each in found)
    return [
        {"day": day, "type": type_, "expected": expected, "got": got[day, type_]}
        for (day, type_), expected in sorted(counted.items())
        if type_ in wanted and first <= day < today and expected > got[day, type_]
    ]


async def _counted(
    account: Account, lists: Iterable[str], first: str, last: str
) -> Counter[tuple[str, str]]:
    ids = ",".join(lists)
    counted: Counter[tuple[str, str]] = Counter()
    if not ids or first >= last:
        return counted
    wanted = {"campaign_id": ids, "group_by": "day", "created_from": first, "created_to": last}
    for periods in await account.call(get_campaign_removal_statistics, **wanted):
        for period, reasons in periods.items():
            for reason, type_ in _REASONS.items():
                counted[period[:10], type_] += int(reasons.get(reason, 0))
    for periods in await account.call(get_campaign_subscription_statistics, **wanted):
        for period, of_lists in periods.items():
            for counts in of_lists.values():
                # Who was copied is told of by another webhook, and cannot be found as an event.
                came = int(counts.get("summary", 0)) - int(counts.get("copy", 0))
                counted[period[:10], ARRIVAL] += came
    return counted
