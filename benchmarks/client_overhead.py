"""What a call costs through this package, as a ratio to the same call with bare httpx.

Both keep a connection alive to a server of another process that answers at once, so that what is
left is the clients' own work. They take turns in one run. The throttle does its work, on a clock
that is always far enough: its pace is not counted.

    client      a ready request through `Client.send` or `AsyncClient.send`
    operation   a task's function, which checks its arguments and finds the account's client too
"""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from _timed_calls import (
    KEY,
    PERSON,
    Cost,
    credentials_for,
    medians,
    options,
    served,
    unpaced,
    write,
)

from prefect_getresponse.client.request import ApiRequest, RetryClass
from prefect_getresponse.tasks.contacts import create_contact
from prefect_getresponse.tasks.tags import list_tags

RESULTS = Path(__file__).parent / "results" / "client_overhead.json"
HEADERS = {"X-Auth-Token": f"api-key {KEY}"}
BARE = "bare httpx"
PAGE = (("page", "1"), ("perPage", "100"))
POST = ApiRequest("POST", "/contacts", "/contacts", RetryClass.KEYED, body=PERSON)
GET = ApiRequest("GET", "/tags", "/tags", RetryClass.READ, PAGE)

Call = Callable[[], Any]
AsyncCall = Callable[[], Awaitable[Any]]


@dataclass(frozen=True)
class Figures:
    """Medians of one way to call, in microseconds, and their ratios to bare httpx."""

    flavour: str
    method: str
    way: str
    wall_us: float
    cpu_us: float
    wall_ratio: float
    cpu_ratio: float


def sync_ways(url: str, http: httpx.Client) -> dict[str, dict[str, Call]]:
    """Return the ways to make each call, by method."""
    credentials = credentials_for(url)
    client = credentials.get_client()
    client.throttle = unpaced()

    def bare_get() -> Any:
        return http.get(f"{url}/tags", params=dict(PAGE)).raise_for_status().json()

    def bare_post() -> Any:
        return http.post(f"{url}/contacts", json=PERSON).raise_for_status().json()

    return {
        "GET": {
            BARE: bare_get,
            "client": lambda: client.send(GET),
            "operation": lambda: list_tags.fn(credentials, page=1, per_page=100),
        },
        "POST": {
            BARE: bare_post,
            "client": lambda: client.send(POST),
            "operation": lambda: create_contact.fn(
                credentials,
                email="jane.doe@example.com",
                name="Jane Doe",
                campaign={"campaignId": "abc"},
                tags=[{"tagId": "x1"}, {"tagId": "x2"}],
            ),
        },
    }


def async_ways(url: str, http: httpx.AsyncClient) -> dict[str, dict[str, AsyncCall]]:
    """Return the async ways to make each call, by method."""
    credentials = credentials_for(url)
    client = credentials.get_async_client()
    client.throttle = unpaced()

    async def bare_get() -> Any:
        return (await http.get(f"{url}/tags", params=dict(PAGE))).raise_for_status().json()

    async def bare_post() -> Any:
        return (await http.post(f"{url}/contacts", json=PERSON)).raise_for_status().json()

    return {
        "GET": {
            BARE: bare_get,
            "client": lambda: client.send(GET),
            "operation": lambda: list_tags.aio.fn(credentials, page=1, per_page=100),
        },
        "POST": {
            BARE: bare_post,
            "client": lambda: client.send(POST),
            "operation": lambda: create_contact.aio.fn(
                credentials,
                email="jane.doe@example.com",
                name="Jane Doe",
                campaign={"campaignId": "abc"},
                tags=[{"tagId": "x1"}, {"tagId": "x2"}],
            ),
        },
    }


def measure(rounds: int, calls: int) -> list[Figures]:
    """Measure every way to call, sync and async.

    Args:
        rounds: How often the ways take turns.
        calls: Calls of each way in a row.
    """
    with served() as url:
        found = _measure_sync(url, rounds, calls)
        return found + asyncio.run(_measure_async(url, rounds, calls))


def _measure_sync(url: str, rounds: int, calls: int) -> list[Figures]:
    found: list[Figures] = []
    with httpx.Client(headers=HEADERS) as http:
        for method, ways in sync_ways(url, http).items():
            costs = {way: Cost() for way in ways}
            for turn in range(rounds + 1):
                for way, call in ways.items():
                    cpu = time.process_time()
                    starts = [time.perf_counter()]
                    for _ in range(calls):
                        call()
                        starts.append(time.perf_counter())
                    if turn:  # the first one warms up
                        costs[way].add(_between(starts), time.process_time() - cpu)
            found += _compare("sync", method, costs)
    return found


async def _measure_async(url: str, rounds: int, calls: int) -> list[Figures]:
    found: list[Figures] = []
    async with httpx.AsyncClient(headers=HEADERS) as http:
        for method, ways in async_ways(url, http).items():
            costs = {way: Cost() for way in ways}
            for turn in range(rounds + 1):
                for way, call in ways.items():
                    cpu = time.process_time()
                    starts = [time.perf_counter()]
                    for _ in range(calls):
                        await call()
                        starts.append(time.perf_counter())
                    if turn:
                        costs[way].add(_between(starts), time.process_time() - cpu)
            found += _compare("async", method, costs)
    return found


def _between(moments: list[float]) -> list[float]:
    return [after - before for before, after in itertools.pairwise(moments)]


def _compare(flavour: str, method: str, costs: dict[str, Cost]) -> list[Figures]:
    found = medians(costs)
    wall, cpu = found[BARE]
    return [
        Figures(flavour, method, way, 1e6 * seen[0], 1e6 * seen[1], seen[0] / wall, seen[1] / cpu)
        for way, seen in found.items()
    ]


def main() -> None:
    """Measure, print a table and write the results."""
    given = options(__doc__, rounds=200, calls=20, output=RESULTS)
    figures = measure(given.rounds, given.calls)
    print(f"{'':5} {'':6} {'':10} {'wall':>8} {'CPU':>8} {'wall':>6} {'CPU':>6}")
    for each in figures:
        print(
            f"{each.flavour:5} {each.method:6} {each.way:10} {each.wall_us:5.0f} us"
            f" {each.cpu_us:5.0f} us {each.wall_ratio:6.2f} {each.cpu_ratio:6.2f}"
        )
    write(figures, given.output)


if __name__ == "__main__":
    main()
