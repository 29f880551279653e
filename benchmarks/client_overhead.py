"""What a call costs through this package, as a ratio to the same call with bare httpx.

Both keep a connection alive to a server of another process that answers at once, so that what is
left is the clients' own work. They take turns in one run. The throttle does its work, on a clock
that is always far enough: its pace is not counted.

    client      a ready request through `Client.send` or `AsyncClient.send`
    operation   a task's function, which checks its arguments and finds the account's client too
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import httpx
from pydantic import SecretStr

from prefect_getresponse import GetResponseCredentials
from prefect_getresponse.client.request import ApiRequest, RetryClass
from prefect_getresponse.limits.throttle import Throttle
from prefect_getresponse.tasks.contacts import create_contact
from prefect_getresponse.tasks.tags import list_tags

RESULTS = Path(__file__).parent / "results" / "client_overhead.json"
KEY = "benchmark-key"
HEADERS = {"X-Auth-Token": f"api-key {KEY}"}
BARE = "bare httpx"
PERSON = {
    "email": "jane.doe@example.com",
    "name": "Jane Doe",
    "campaign": {"campaignId": "abc"},
    "tags": [{"tagId": "x1"}, {"tagId": "x2"}],
}
PAGE = (("page", "1"), ("perPage", "100"))
POST = ApiRequest("POST", "/contacts", "/contacts", RetryClass.KEYED, body=PERSON)
GET = ApiRequest("GET", "/tags", "/tags", RetryClass.READ, PAGE)

Call = Callable[[], Any]
AsyncCall = Callable[[], Awaitable[Any]]


@dataclass
class Cost:
    """What calls cost.

    Attributes:
        wall: Seconds of each call.
        cpu: Seconds of this process that each block of calls used, by call.
    """

    wall: list[float] = field(default_factory=list[float])
    cpu: list[float] = field(default_factory=list[float])

    def add(self, starts: list[float], cpu: float) -> None:
        """Add a block of calls: the moments at which each started and the last one ended."""
        self.wall += [after - before for before, after in itertools.pairwise(starts)]
        self.cpu.append(cpu / (len(starts) - 1))


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


@contextmanager
def served() -> Generator[str]:
    """Serve in a process of its own while the block runs; yields the base URL."""
    program = Path(__file__).with_name("_minimal_server.py")
    words = [sys.executable, str(program)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


def credentials_for(url: str) -> GetResponseCredentials:
    """Return credentials of the server's account."""
    return GetResponseCredentials(
        account_name="benchmark", api_key=SecretStr(KEY), base_url=url, allow_custom_host=True
    )


def unpaced() -> Throttle:
    """Return a throttle for which a second passes whenever it looks at the clock."""
    seconds = itertools.count(1.0, 1.0)
    return Throttle(clock=lambda: next(seconds), chance=random.Random(1))


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
                        costs[way].add(starts, time.process_time() - cpu)
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
                        costs[way].add(starts, time.process_time() - cpu)
            found += _compare("async", method, costs)
    return found


def _compare(flavour: str, method: str, costs: dict[str, Cost]) -> list[Figures]:
    medians = {
        way: (statistics.median(cost.wall), statistics.median(cost.cpu))
        for way, cost in costs.items()
    }
    wall, cpu = medians[BARE]
    return [
        Figures(flavour, method, way, 1e6 * seen[0], 1e6 * seen[1], seen[0] / wall, seen[1] / cpu)
        for way, seen in medians.items()
    ]


def main() -> None:
    """Measure, print a table and write the results."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=200, help="how often the ways take turns")
    parser.add_argument("--calls", type=int, default=20, help="calls of each way in a row")
    parser.add_argument("--quick", action="store_true", help="3 rounds only")
    parser.add_argument("--output", type=Path, default=RESULTS, help="where the JSON goes")
    options = parser.parse_args()
    figures = measure(3 if options.quick else options.rounds, options.calls)
    print(f"{'':5} {'':6} {'':10} {'wall':>8} {'CPU':>8} {'wall':>6} {'CPU':>6}")
    for each in figures:
        print(
            f"{each.flavour:5} {each.method:6} {each.way:10} {each.wall_us:5.0f} us"
            f" {each.cpu_us:5.0f} us {each.wall_ratio:6.2f} {each.cpu_ratio:6.2f}"
        )
    options.output.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps([asdict(each) for each in figures], indent=2)
    options.output.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
