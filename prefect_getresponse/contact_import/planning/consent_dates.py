"""May somebody who left be imported again?  Only if they have agreed since."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import NamedTuple

_MOMENT = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?) ?(Z|UTC|GMT|[+-]\d\d:?\d\d)?)?",
    re.ASCII,
)
_UTC_NAMES = ("", "Z", "UTC", "GMT")
_FARTHEST_EAST = 14 * 3_600.0
"""Seconds by which the earliest zone of the world is ahead of UTC."""
NEVER_BACK = frozenset({"blacklisted", "unknown"})
"""Reasons of removal that no consent outweighs."""


class Moment(NamedTuple):
    """When somebody agreed.

    Attributes:
        at: Seconds since the epoch; without a zone, as UTC.
        earliest: What at the earliest: without a zone, in the zone where days begin first.
    """

    at: float
    earliest: float


def read_moment(cell: str) -> Moment | None:
    """Read the moment of a consent: a date, or date and time, as exports write them.

    Year first, with dashes: `2026-01-31`, `2026-01-31 12:30`, `2026-01-31T12:30:00.5+01:00`,
    `2026-01-31 12:30:00 UTC`.  A date alone is its first moment.

    Returns:
        The moment; None for anything else.
    """
    found = _MOMENT.fullmatch(cell.strip())
    if found is None:
        return None
    day, time, zone = found[1], found[2] or "00:00", found[3] or ""
    try:
        offset = "+00:00" if zone in _UTC_NAMES else zone
        at = datetime.fromisoformat(f"{day}T{time}{offset}").astimezone(UTC).timestamp()
    except (ValueError, OverflowError):
        return None
    return Moment(at, at if zone else at - _FARTHEST_EAST)


def excluded_return(
    removed_for: str, removed_at: float | None, consented: str | None, now: float
) -> str | None:
    """Why somebody who was removed from the list must stay away; None if they may come back.

    GetResponse says of nobody who was removed in which zone they are, and a file may be written in
    that of a shop, a database or a customer.  So a moment without a zone must be later than the
    removal in every zone.  That it lies in the future keeps somebody away for some hours only, so
    UTC is enough there.

    Args:
        removed_for: Why the person was removed.
        removed_at: When, in seconds since the epoch; None if GetResponse does not say.
        consented: The cell of the column of consents, if one was named.
        now: Seconds since the epoch; a consent of the future is none.
    """
    if not (consented or "").strip() or removed_at is None or removed_for in NEVER_BACK:
        return f"removed_{removed_for}"
    moment = read_moment(consented or "")
    if moment is None:
        return "consent_date_unreadable"
    if moment.at > now:
        return "consent_date_in_future"
    return None if moment.earliest > removed_at else "consent_before_removal"
