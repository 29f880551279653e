"""What a call that must not be repeated costs over TLS, as a ratio to one by a kept connection.

Both go through the client, to a server of another process on this machine that speaks TLS 1.3 and
answers at once. A call that must not be repeated has a connection of its own, which is opened ahead
while the one before works. They take turns in one run; the throttle's pace is not counted.

    in a row   calls without a pause: opening the next one takes the processor from this one
    paced      with the pause that GetResponse's limits leave between calls, 50 a second
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from client_overhead import PERSON, credentials_for, unpaced

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


@dataclass
class Cost:
    """What calls cost: seconds of each, and seconds of the processor, by block."""

    wall: list[float] = field(default_factory=list[float])
    cpu: list[float] = field(default_factory=list[float])


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


@contextmanager
def served(certificate: Path) -> Generator[str]:
    """Serve in a process of its own while the block runs; yields the base URL."""
    program = Path(__file__).with_name("_minimal_server.py")
    words = [sys.executable, str(program), str(certificate)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


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
                cost.wall += wall
                cost.cpu.append((time.process_time() - begun) / calls)
    return costs


def figures(flavour: str, costs: dict[tuple[str, str], Cost]) -> list[Figures]:
    """Medians, and their ratios."""
    medians = {
        key: (statistics.median(cost.wall), statistics.median(cost.cpu))
        for key, cost in costs.items()
    }
    return [
        Figures(
            flavour, pace, way, 1e6 * seen[0], 1e6 * seen[1], seen[0] / kept[0], seen[1] / kept[1]
        )
        for (pace, way), seen in medians.items()
        for kept in [medians[pace, "kept"]]
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
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=20, help="how often the ways take turns")
    parser.add_argument("--calls", type=int, default=50, help="calls of each way in a row")
    parser.add_argument("--quick", action="store_true", help="3 rounds only")
    parser.add_argument("--output", type=Path, default=RESULTS, help="where the JSON goes")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        certificate = make_certificate(Path(folder) / "c.pem", "127.0.0.1")
        with served(certificate) as url:
            rounds = 3 if options.quick else options.rounds
            found = asyncio.run(run(url, certificate, rounds, options.calls))
    for each in found:
        print(
            f"{each.flavour:5} {each.pace:9} {each.way:5} {each.wall_us:6.0f} us wall"
            f" {each.cpu_us:6.0f} us cpu {each.wall_ratio:6.2f} {each.cpu_ratio:6.2f}"
        )
    options.output.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps([asdict(each) for each in found], indent=2)
    options.output.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
