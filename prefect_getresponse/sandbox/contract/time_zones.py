"""Time zones by the numbers that bodies name them by.

GetResponse's own numbers are not published; these are the sandbox's. The API's examples use 1, 282
and 285.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class TimeZone:
    """A zone of the tz database, and the country it is listed under."""

    name: str
    country: str


TIME_ZONES: Mapping[int, TimeZone] = {
    1: TimeZone("Europe/Warsaw", "Poland"),
    2: TimeZone("UTC", ""),
    3: TimeZone("Europe/London", "United Kingdom"),
    4: TimeZone("Europe/Lisbon", "Portugal"),
    5: TimeZone("Europe/Paris", "France"),
    6: TimeZone("Europe/Madrid", "Spain"),
    7: TimeZone("Europe/Rome", "Italy"),
    8: TimeZone("Europe/Athens", "Greece"),
    9: TimeZone("America/Los_Angeles", "United States"),
    10: TimeZone("America/Denver", "United States"),
    11: TimeZone("America/Chicago", "United States"),
    12: TimeZone("America/Toronto", "Canada"),
    13: TimeZone("America/Mexico_City", "Mexico"),
    14: TimeZone("America/Sao_Paulo", "Brazil"),
    15: TimeZone("Africa/Johannesburg", "South Africa"),
    16: TimeZone("Asia/Dubai", "United Arab Emirates"),
    17: TimeZone("Asia/Kolkata", "India"),
    18: TimeZone("Asia/Singapore", "Singapore"),
    19: TimeZone("Asia/Tokyo", "Japan"),
    20: TimeZone("Australia/Sydney", "Australia"),
    282: TimeZone("Europe/Berlin", "Germany"),
    285: TimeZone("America/New_York", "United States"),
}


def offset(zone_id: int, now: float) -> str:
    """Print how far a zone is from UTC at a moment, `+01:00`.

    Args:
        zone_id: Number of a known zone.
        now: Unix seconds.
    """
    moment = datetime.fromtimestamp(now, _zone(zone_id))
    return moment.isoformat()[-len("+01:00") :]


def moment_in(zone_id: int, text: str) -> float:
    """Read a date-time of a zone; an offset of its own wins.

    Args:
        zone_id: Number of a known zone.
        text: `2024-07-14T07:00:00`.

    Returns:
        Unix seconds.

    Raises:
        ValueError: If `text` is no date-time.
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=_zone(zone_id))
    return moment.astimezone(UTC).timestamp()


@cache
def _zone(zone_id: int) -> ZoneInfo:
    return ZoneInfo(TIME_ZONES[zone_id].name)  # its own cache holds eight
