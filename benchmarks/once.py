"""What a call that must not be repeated costs over TLS, as a ratio to one by a kept connection.

Both go through the client, to a server of another process on this machine that speaks TLS 1.3 and
answers at once. A call that must not be repeated has a connection of its own, which is opened ahead
while the one before works. They take turns in one run; the throttle's pace is not counted.

    in a row   calls without a pause: opening the next one takes the processor from this one
    paced      with the pause that GetResponse's limits leave between calls, 50 a second
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from _timed_calls import PERSON, Cost, credentials_for, medians, options, served, unpaced, write

from prefect_getresponse.client.auth import ApiKeyAuth
from prefect_getresponse.client.connection import Connection
from prefect_getresponse.client.request import ApiRequest, RetryClass
from prefect_getresponse.client.send import AsyncClient, Client

sys.path.insert(0, str(Path(__file__).parent.parent))
from tests.client.certificates import make_certificate

RESULTS = Path(__file__).parent / "results" / "once.json"
KEPT = ApiRequest("POST", "/contacts", "/contacts", RetryClass.KEYED, body=PERSON)
ONCE = ApiRequest("POST", "/contacts", "/contacts", RetryClass.ONCE, body=PERSON)
PAUSES = {"in a row": 0.0, "paced": 0.02}


@dataclass(frozen=True)
class Figures:
    """Medians of one way to call, in microseconds, and their ratios to a kept connection."""

    flavour: str
    pace: str
    way: str
    wall_us: float
    cpu_us: float
    wall_ratio: float
    cpu_ratio: float


async def measure(send: Callable[[ApiRequest], Awaitable[Any]], rounds: int, calls: int) -> Any:
    """Measure both ways at each pace.

    Args:
        send: Sends a call.
        rounds: How often the ways take turns.
        calls: Calls of each way in a row.
    """
    costs = {(pace, way): Cost() for pace in PAUSES for way in ("kept", "once")}
    for turn in range(rounds + 1):
        for (pace, way), cost in costs.items():
            request = KEPT if way == "kept" else ONCE
            await send(request)  # the first of each opens what the others find
            await asyncio.sleep(0.01)
            begun, wall = time.process_time(), list[float]()
            for _ in range(calls):
                start = time.perf_counter()
                await send(request)
                wall.append(time.perf_counter() - start)
                if PAUSES[pace]:
                    await asyncio.sleep(PAUSES[pace])
            if turn:  # the first one warms up
                cost.add(wall, time.process_time() - begun)
    return costs


def figures(flavour: str, costs: dict[tuple[str, str], Cost]) -> list[Figures]:
    """Medians, and their ratios."""
    found = medians(costs)
    return [
        Figures(
            flavour, pace, way, 1e6 * seen[0], 1e6 * seen[1], seen[0] / kept[0], seen[1] / kept[1]
        )
        for (pace, way), seen in found.items()
        for kept in [found[pace, "kept"]]
    ]


async def run(url: str, certificate: Path, rounds: int, calls: int) -> list[Figures]:
    """Measure the sync and the async client.

    Args:
        url: The server.
        certificate: Its certificate.
        rounds: How often the ways take turns.
        calls: Calls of each way in a row.
    """
    key = credentials_for(url).api_key
    assert key is not None
    auth, connection = ApiKeyAuth(key, url, {}), Connection(str(certificate))
    with Client(url, auth, throttle=unpaced(), connection=connection) as client:

        async def blocking(request: ApiRequest) -> Any:
            return client.send(request)

        found = figures("sync", await measure(blocking, rounds, calls))
    async with AsyncClient(url, auth, throttle=unpaced(), connection=connection) as aclient:
        return found + figures("async", await measure(aclient.send, rounds, calls))


def main() -> None:
    """Measure, print a table and write the results."""
    given = options(__doc__, rounds=20, calls=50, output=RESULTS)
    with tempfile.TemporaryDirectory() as folder:
        certificate = make_certificate(Path(folder) / "c.pem", "127.0.0.1")
        with served(str(certificate)) as url:
            found = asyncio.run(run(url, certificate, given.rounds, given.calls))
    for each in found:
        print(
            f"{each.flavour:5} {each.pace:9} {each.way:5} {each.wall_us:6.0f} us wall"
            f" {each.cpu_us:6.0f} us cpu {each.wall_ratio:6.2f} {each.cpu_ratio:6.2f}"
        )
    write(found, given.output)


if __name__ == "__main__":
    main()
