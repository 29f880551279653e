"""What benchmarks of single calls have in common: a server, a client without pace, and figures."""

from __future__ import annotations

import argparse
import itertools
import json
import random
import statistics
import subprocess
import sys
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import SecretStr

from prefect_getresponse import GetResponseCredentials
from prefect_getresponse.limits.throttle import Throttle

KEY = "benchmark-key"
PERSON = {
    "email": "jane.doe@example.com",
    "name": "Jane Doe",
    "campaign": {"campaignId": "abc"},
    "tags": [{"tagId": "x1"}, {"tagId": "x2"}],
}
QUICK = 3
"""Rounds of a quick run."""

Way = TypeVar("Way")


@dataclass
class Cost:
    """What calls cost.

    Attributes:
        wall: Seconds of each call.
        cpu: Seconds of this process that each block of calls used, by call.
    """

    wall: list[float] = field(default_factory=list[float])
    cpu: list[float] = field(default_factory=list[float])

    def add(self, wall: list[float], cpu: float) -> None:
        """Add a block of calls: seconds of each, and of the processor for all."""
        self.wall += wall
        self.cpu.append(cpu / len(wall))


def medians(costs: Mapping[Way, Cost]) -> dict[Way, tuple[float, float]]:
    """Median seconds of a call and of the processor, by way to call."""
    return {
        way: (statistics.median(cost.wall), statistics.median(cost.cpu))
        for way, cost in costs.items()
    }


@contextmanager
def served(*words: str) -> Generator[str]:
    """Serve in a process of its own while the block runs; yields the base URL.

    Args:
        words: Words for the server.
    """
    program = Path(__file__).with_name("_minimal_server.py")
    command = [sys.executable, str(program), *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
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


def options(about: str | None, rounds: int, calls: int, output: Path) -> argparse.Namespace:
    """Read the words of the command line: `rounds`, `calls` and `output`.

    Args:
        about: What the benchmark is about.
        rounds: How often the ways take turns, if nothing is said.
        calls: Calls of each way in a row, if nothing is said.
        output: Where the results go, if nothing is said.
    """
    parser = argparse.ArgumentParser(
        description=about, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=rounds, help="how often the ways take turns")
    parser.add_argument("--calls", type=int, default=calls, help="calls of each way in a row")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK} rounds only")
    parser.add_argument("--output", type=Path, default=output, help="where the JSON goes")
    given = parser.parse_args()
    given.rounds = QUICK if given.quick else given.rounds
    return given


def write(figures: Iterable[Any], output: Path) -> None:
    """Write the results, each a dataclass."""
    output.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps([asdict(each) for each in figures], indent=2)
    output.write_text(text + "\n", encoding="utf-8")
