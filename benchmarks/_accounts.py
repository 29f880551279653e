"""Accounts to import into: a sandbox in virtual time, and one in a process of its own."""

from __future__ import annotations

import asyncio
import random
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from pydantic import SecretStr

from prefect_getresponse import GetResponseCredentials
from prefect_getresponse.client.auth import ApiKeyAuth
from prefect_getresponse.client.send import AsyncClient
from prefect_getresponse.contact_import.engine import run_import
from prefect_getresponse.contact_import.options import import_options
from prefect_getresponse.contact_import.report import ImportReport
from prefect_getresponse.limits.throttle import Throttle
from prefect_getresponse.sandbox import Sandbox

sys.path.insert(0, str(Path(__file__).parent.parent))
from tests.support.virtual_time import VirtualTime

KEY = "sandbox-key"
CAMPAIGN = "benchmark"
MAPPING = {"City": "custom:city"}
_URL = "https://sandbox.test/v3"
_SINGLE = {"email": "single", "api": "single", "import": "single", "webform": "single"}
_CITY: dict[str, Any] = {
    "name": "city",
    "type": "string",
    "format": "text",
    "hidden": "false",
    "values": [],
}
_SERVE = "from prefect_getresponse.cli import main; main()"
HEADERS = {"X-Auth-Token": f"api-key {KEY}"}


@dataclass(frozen=True)
class Run:
    """An import that was run.

    Attributes:
        report: What became of the rows.
        seconds: How long it took by the account's clock.
        machine_seconds: How long it took by the clock on the wall.
        log: Every call that the account has seen.
        imports: The account's imports.
    """

    report: ImportReport
    seconds: float
    machine_seconds: float
    log: list[dict[str, Any]]
    imports: list[dict[str, Any]]


class _Latency(httpx.AsyncBaseTransport):
    """A wire that takes its time, half of it there and half of it back."""

    def __init__(self, inner: httpx.AsyncBaseTransport, seconds: float) -> None:
        self._inner = inner
        self._seconds = seconds

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(self._seconds / 2)
        response = await self._inner.handle_async_request(request)
        await asyncio.sleep(self._seconds / 2)
        return response


def run_in_virtual_time(source: Path, state: Path, route: str, latency: float) -> Run:
    """Import into a new account in virtual time: queues and limits are real, waits cost nothing.

    Args:
        source: What to import.
        state: Folder of the ledger.
        route: The route.
        latency: Seconds from a call to its answer.
    """
    clock = VirtualTime()
    sandbox = Sandbox(api_key=KEY, clock=clock)
    with httpx.Client(transport=sandbox.transport(), base_url=_URL, headers=HEADERS) as http:
        prepare(http, _URL)

        async def work() -> ImportReport:
            client = AsyncClient(
                _URL,
                ApiKeyAuth(SecretStr(KEY), _URL, {}),
                throttle=Throttle(clock=clock, chance=random.Random(1)),
                transport=_Latency(sandbox.async_transport(), latency),
                chance=random.Random(1),
            )
            async with client:
                return await _import(source, state, route, client, clock)

        return _timed(http, _URL, clock, lambda: clock.run(work()))


def run_in_real_time(source: Path, state: Path, route: str, speed: float) -> Run:
    """Import into a new account that a process of its own serves.

    Args:
        source: What to import.
        state: Folder of the ledger.
        route: The route.
        speed: How many times faster than life GetResponse's own work is done.
    """
    with served(speed) as url, httpx.Client(headers=HEADERS, trust_env=False) as http:
        prepare(http, url)
        credentials = GetResponseCredentials(
            account_name=CAMPAIGN, api_key=SecretStr(KEY), base_url=url, allow_custom_host=True
        )

        async def work() -> ImportReport:
            return await _import(source, state, route, credentials.get_async_client(), time.time)

        return _timed(http, url, time.time, lambda: asyncio.run(work()))


@contextmanager
def served(speed: float) -> Generator[str]:
    """Serve a sandbox in a process of its own while the block runs; yields the base URL."""
    command = [sys.executable, "-c", _SERVE, "sandbox", "--port", "0", "--api-key", KEY]
    words = [*command, "--speed", str(speed)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().split()[1]
        finally:
            process.terminate()


def prepare(http: httpx.Client, url: str) -> None:
    """Create the list `CAMPAIGN` and the custom field that `MAPPING` names.

    Args:
        http: Client with the account's key, see `HEADERS`.
        url: Base URL.
    """
    campaign = {"name": CAMPAIGN, "optinTypes": _SINGLE}
    http.post(f"{url}/campaigns", json=campaign).raise_for_status()
    http.post(f"{url}/custom-fields", json=_CITY).raise_for_status()


async def _import(
    source: Path, state: Path, route: str, client: AsyncClient, clock: Callable[[], float]
) -> ImportReport:
    options = import_options(
        source=str(source),
        list_name=CAMPAIGN,
        vouched=True,
        mapping=MAPPING,
        route=route,
        state_dir=str(state),
    )
    return await run_import(options, "benchmark", client, clock=clock)


def _timed(
    http: httpx.Client, url: str, clock: Callable[[], float], work: Callable[[], ImportReport]
) -> Run:
    begun, on_the_wall = clock(), time.perf_counter()
    report = work()
    if report.problem:
        raise SystemExit(f"the import is not balanced: {report.problem}")
    log = http.get(f"{url.removesuffix('/v3')}/_sandbox/log").raise_for_status().json()["calls"]
    imports = http.get(f"{url}/imports").raise_for_status().json()
    return Run(report, clock() - begun, time.perf_counter() - on_the_wall, log, imports)
