"""Compares what was found with what GetResponse itself counts, day by day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from prefect_getresponse.contact_import.account import Account
from prefect_getresponse.events.reconciling.listings import DAY, day_of
from prefect_getresponse.events.reconciling.polled import Polled
from prefect_getresponse.tasks.campaigns import get_campaign_removal_statistics

_REASONS = {"unsubscribe": "contact_removed_link", "bounce": "contact_removed_bounce"}


async def unexplained(
    account: Account, lists: Iterable[str], since: float, now: float, found: Iterable[Polled]
) -> list[dict[str, Any]]:
    """Days and types of which GetResponse counts more than reading found.

    Only whole days are compared: the first and the present one are parts.

    Args:
        account: The account.
        lists: Ids of the lists.
        since: From which moment on was read, unix seconds.
        now: Unix seconds.
        found: What reading found.

    Returns:
        Rows of `day`, `type`, `expected` and `got`.
    """
    first, today = day_of(since + DAY), day_of(now)
    counted = await _counted(account, lists, first, today)
    got = Counter((day_of(each.occurred_at), each.type) for each in found)
    return [
        {"day": day, "type": type_, "expected": expected, "got": got[day, type_]}
        for (day, type_), expected in sorted(counted.items())
        if first <= day < today and expected > got[day, type_]
    ]


async def _counted(
    account: Account, lists: Iterable[str], first: str, last: str
) -> Mapping[tuple[str, str], int]:
    ids = ",".join(lists)
    if not ids or first >= last:
        return {}
    answer = await account.call(
        get_campaign_removal_statistics,
        campaign_id=ids,
        group_by="day",
        created_from=first,
        created_to=last,
    )
    counted: Counter[tuple[str, str]] = Counter()
    for periods in answer:
        for period, reasons in periods.items():
            for reason, type_ in _REASONS.items():
                counted[period[:10], type_] += int(reasons.get(reason, 0))
    return counted
