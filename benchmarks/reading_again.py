"""What it costs to know who has left a list: the whole listing, and the looks while a run sends.

A list from which 1e4, 1e5 or 1e6 people were removed. The plan reads them whole. While calls are
sent, a look every five minutes reads the end of the listing, with the number of all, and the
blocklists; every half an hour it reads the whole of the listing. The share is that of the 30,000
calls of a frame, and of the five minutes of this machine, that the looks take on average.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import random
import tempfile
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import httpx
from pydantic import SecretStr

from prefect_getresponse.client.auth import ApiKeyAuth
from prefect_getresponse.client.send import AsyncClient
from prefect_getresponse.contact_import.account import Campaign
from prefect_getresponse.contact_import.active_run import ActiveRun
from prefect_getresponse.contact_import.job import Job, Order
from prefect_getresponse.contact_import.ledger import Ledger
from prefect_getresponse.contact_import.options import import_options
from prefect_getresponse.contact_import.planning.opt_outs import (
    FRESH,
    WHOLE,
    OptOutWatch,
    read_opt_outs,
)
from prefect_getresponse.limits.throttle import Throttle

RESULTS = Path(__file__).parent / "results" / "reading_again.json"
URL = "https://sandbox.test/v3"
FRAME_SECONDS, FRAME_CALLS = 600.0, 30_000


@dataclass(frozen=True)
class Measure:
    """One list; seconds are those of this machine's processor.

    Attributes:
        removed: People who were removed from the list.
        whole_calls: Calls that read all of them, blocklists included.
        whole_cpu: Seconds for that.
        quiet_calls: Calls of a look when nobody has left.
        quiet_cpu: Seconds for that.
        left_calls: Calls of a look when ten people have left.
        left_cpu: Seconds for that.
        share_of_calls: Share of an account's calls that all looks take while somebody always left.
        share_of_cpu: Share of this machine's time that they take.
    """

    removed: int
    whole_calls: int
    whole_cpu: float
    quiet_calls: int
    quiet_cpu: float
    left_calls: int
    left_cpu: float
    share_of_calls: float
    share_of_cpu: float


class Removed(httpx.AsyncBaseTransport):
    """An account with one list from which many people were removed.

    Attributes:
        people: How many.
        calls: Calls so far.
    """

    def __init__(self, people: int) -> None:
        self.people = self._before = people
        self.calls = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer one call."""
        self.calls += 1
        path = request.url.path
        if path.endswith("/blocklists"):
            return httpx.Response(200, json={"masks": []})
        if path.endswith("/suppressions"):
            return _page([], 0)
        query = parse_qs(request.url.query.decode())
        size, page = int(query["perPage"][0]), int(query["page"][0])
        numbers = range(size * (page - 1), min(size * page, self.people))
        people = [_person(number, is_new=number >= self._before) for number in numbers]
        return _page(people, self.people)


def _person(number: int, *, is_new: bool) -> dict[str, Any]:
    left = datetime.now(UTC) if is_new else datetime(2026, 1, 1, number // 3_600 % 24, tzinfo=UTC)
    return {
        "contactId": f"c{number}",
        "email": f"person{number:07}@example.com",
        "name": "Jane Doe",
        "origin": "www",
        "createdOn": "2020-01-01T00:00:00+0000",
        "reason": "unsubscribe",
        "deletedOn": f"{left:%Y-%m-%dT%H:%M:%S%z}",
    }


def _page(people: list[dict[str, Any]], total: int) -> httpx.Response:
    headers = {"TotalCount": str(total), "TotalPages": str(math.ceil(total / 1_000))}
    return httpx.Response(200, json=people, headers=headers)


async def measure(removed: int) -> Measure:
    """Measure one list.

    Args:
        removed: People who were removed from it.
    """
    account = Removed(removed)
    with tempfile.TemporaryDirectory() as folder:
        auth = ApiKeyAuth(SecretStr("key"), URL, {})
        throttle = Throttle(clock=time.monotonic, chance=random.Random(1))
        async with AsyncClient(
            URL,
            auth,
            throttle=throttle,
            transport=account,
            sleep=_at_once,
        ) as client:
            with Ledger(Path(folder) / "list.sqlite") as ledger:
                run = ledger.begin("run", "job", "source", 0.0)
                active = ActiveRun(_job(Path(folder), client), run, client)
                reading = read_opt_outs(active)
                whole = await _cost(account, reading)
                watch = OptOutWatch(active)
                await watch.look()
                quiet = await _cost(account, watch.look())
                account.people += 10
                left = await _cost(account, watch.look())
    looks = WHOLE / FRESH - 1
    calls = (whole[0] + looks * left[0]) / (WHOLE / FRAME_SECONDS * FRAME_CALLS)
    return Measure(removed, *whole, *quiet, *left, calls, (whole[1] + looks * left[1]) / WHOLE)


async def _cost(account: Removed, work: Any) -> tuple[int, float]:
    """Calls and seconds of the processor, without the seconds for making the answers."""
    calls, begun = account.calls, time.process_time()
    await work
    return account.calls - calls, time.process_time() - begun


async def _at_once(_seconds: float) -> None: ...


def _job(folder: Path, client: AsyncClient) -> Job:
    options = import_options(source="people.csv", list_name="list", state_dir=str(folder))
    campaign = Campaign("list", "list", double_optin=False)
    return Job(
        order=Order(options),
        key="job",
        location="people.csv",
        source_name="people.csv",
        columns=(),
        account_name="account",
        campaign=campaign,
        custom_fields={},
        ledger=folder / "list.sqlite",
        started=client.time.now(),
        calls={},
        time=client.time,
    )


def main() -> None:
    """Measure, print a table and write the results."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--removed", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--quick", action="store_true", help="10,000 people only")
    parser.add_argument("--output", type=Path, default=RESULTS, help="where the JSON goes")
    options = parser.parse_args()
    print("  removed   whole: calls   CPU s   quiet look: calls   CPU s   ten left: calls   CPU s")
    results: list[dict[str, object]] = []
    for removed in [10_000] if options.quick else options.removed:
        found = asyncio.run(measure(removed))
        print(
            f"{found.removed:9,} {found.whole_calls:14,} {found.whole_cpu:7.2f}"
            f" {found.quiet_calls:19,} {found.quiet_cpu:7.3f} {found.left_calls:17,}"
            f" {found.left_cpu:7.3f}   {found.share_of_calls:.2%} of the calls,"
            f" {found.share_of_cpu:.2%} of the processor",
            flush=True,
        )
        results.append(asdict(found))
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
