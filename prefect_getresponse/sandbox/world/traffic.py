"""How pages and forms are visited: by identifier and day alone, so that a run can be repeated.

How many people come is not the API's to say. Visitors use a computer or a telephone, and are in
Poland, the United States or Germany.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from prefect_getresponse.sandbox.contract.dates import DAY

_DEVICES = ("desktop", "mobile")
_COUNTRIES = ("PL", "US", "DE")
_MOST_VISITS = 5


@dataclass(frozen=True, slots=True)
class Traffic:
    """Counters of visits.

    Attributes:
        views: Times a page was shown, reloads included.
        visits: Browsing sessions.
        visitors: People.
        clicks: Times something was clicked.
        leads: People who left their address.
    """

    views: int = 0
    visits: int = 0
    visitors: int = 0
    clicks: int = 0
    leads: int = 0

    def __add__(self, other: Traffic) -> Traffic:
        """Return both together."""
        return Traffic(
            self.views + other.views,
            self.visits + other.visits,
            self.visitors + other.visitors,
            self.clicks + other.clicks,
            self.leads + other.leads,
        )


def traffic(
    identifier: str,
    start: float,
    end: float,
    *,
    pages: Sequence[str] = ("",),
    device: str = "",
    country: str = "",
) -> Traffic:
    """Count the visits of whole days.

    Args:
        identifier: What is visited.
        start: A moment of the first day, unix seconds.
        end: A moment of the last day, unix seconds.
        pages: Identifiers of its pages.
        device: `desktop` or `mobile`; both if empty.
        country: ISO 3166 code; all if empty.
    """
    found = Traffic()
    for day in range(int(start // DAY), int(end // DAY) + 1):
        for page in pages:
            for visited_by, visited_from, visits in _draws(f"{identifier} {page} {day}"):
                if device in ("", visited_by) and country.upper() in ("", visited_from):
                    found += _visited(visits)
    return found


def _draws(text: str) -> Iterator[tuple[str, str, int]]:
    for device in _DEVICES:
        number = zlib.crc32(f"{text} {device}".encode())
        country = _COUNTRIES[number % len(_COUNTRIES)]
        yield device, country, number // len(_COUNTRIES) % (_MOST_VISITS + 1)


def _visited(visits: int) -> Traffic:
    leads = visits // 2
    again = visits // 3
    return Traffic(visits + again, visits, visits - again, leads + again, leads)
