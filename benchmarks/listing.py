"""A long listing read in one go: what it costs, and how long it takes.

    decode      a page of 1,000 contacts made of its bytes by `read_answer`, and by `orjson.loads`
    read        300 pages by `fetch_all.aio`, and by bare httpx: ten at a time, and orjson
    wall        the same by the pace that a fresh frame allows, against 80 calls a second, which is
                what GetResponse allows at most; and how many calls it refused

The readers are processes of their own, in turn, and what they import does not count. "Read" has no
pace, so that it is only their own work; "wall" is against the sandbox, which keeps GetResponse's
limits.

    python benchmarks/listing.py --rounds 5
    python benchmarks/listing.py --quick
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from functools import partial
from itertools import chain, count
from pathlib import Path
from typing import Any

import httpx
import orjson
from _made_account import MadeAccount, serving
from _spent import measured
from _timed_calls import KEY, credentials_for, unpaced

from prefect_getresponse.client.listings.paginate import PER_PAGE, SIDE_BY_SIDE
from prefect_getresponse.client.request import ApiRequest, RetryClass, read_answer
from prefect_getresponse.paging import fetch_all
from prefect_getresponse.sandbox import Sandbox
from prefect_getresponse.tasks.contacts import list_contacts

RESULTS = Path(__file__).parent / "results" / "listing.json"
PAGES = 300
CALLS_A_SECOND = 80
LIST = ApiRequest("GET", "/contacts", "/contacts", RetryClass.READ)


def contact(number: int) -> dict[str, Any]:
    """Somebody of the list, with all that a listing says."""
    return {
        "contactId": f"K{number:08}",
        "href": f"https://api.getresponse.com/v3/contacts/K{number:08}",
        "name": f"Anna Nowak {number}",
        "email": f"person.{number:08}@mail{number % 97}.example",
        "note": None,
        "origin": "import",
        "dayOfCycle": None,
        "changedOn": None,
        "timeZone": "",
        "ipAddress": "",
        "activities": f"https://api.getresponse.com/v3/contacts/K{number:08}/activities",
        "createdOn": "2026-09-21T10:00:00+0000",
        "campaign": {
            "campaignId": "C1",
            "href": "https://api.getresponse.com/v3/campaigns/C1",
            "name": "customers",
        },
        "scoring": None,
        "engagementScore": number % 6,
    }


class Account(MadeAccount):
    """An account whose list has the same people on each page."""

    people = tuple(map(contact, range(PER_PAGE)))
    pages = PAGES

    def do_GET(self) -> None:  # noqa: N802 - its base class calls it so
        """Answer a page."""
        _, query = self.asked()
        page, total = int(query["page"]), self.pages * PER_PAGE
        rows = list(self.people) if page <= self.pages else []
        self.answer(rows, total=total, size=PER_PAGE, page=page)


def decode(rounds: int) -> dict[str, float]:
    """Milliseconds of a page by ours and by orjson, in turn."""
    body = orjson.dumps(Account.people)
    headers = {"content-type": "application/json"}
    works: dict[str, Callable[[], object]] = {
        "ours": lambda: read_answer(LIST, 200, headers, body),
        "bare": lambda: orjson.loads(body),
    }
    spent: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(rounds * 20):
        for name, work in works.items():
            begun = time.process_time()
            work()
            spent[name].append(time.process_time() - begun)
    ours, bare = (statistics.median(each) * 1000 for each in spent.values())
    return {"ours": ours, "bare": bare, "ratio": ours / bare}


async def _read_by_httpx(url: str, pages: int) -> int:
    turns = asyncio.Semaphore(SIDE_BY_SIDE)

    async with httpx.AsyncClient(headers={"X-Auth-Token": f"api-key {KEY}"}) as http:

        async def read(page: int) -> list[Any]:
            async with turns:
                wanted = {"page": str(page), "perPage": str(PER_PAGE)}
                answer = await http.get(f"{url}/contacts", params=wanted)
                found: list[Any] = orjson.loads(answer.raise_for_status().content)
                return found

        every = await asyncio.gather(*map(read, range(1, pages + 1)))
        return len(list(chain.from_iterable(every)))


async def _read_by_ours(url: str, _pages: int, *, is_paced: bool = False) -> int:
    credentials = credentials_for(url)
    if not is_paced:
        credentials.get_async_client().throttle = unpaced()
    return len(await fetch_all.aio(list_contacts, credentials))


READERS: dict[str, Callable[[str, int], Awaitable[int]]] = {
    "ours": _read_by_ours,
    "bare": _read_by_httpx,
    "paced": partial(_read_by_ours, is_paced=True),
}


def reader(name: str, url: str, pages: int) -> None:
    """Read the listing in this process, and print what it cost."""

    async def reading() -> int:
        return await READERS[name](url, pages)

    print(json.dumps(measured(lambda: {"people": asyncio.run(reading())})))


def read(name: str, url: str, pages: int) -> dict[str, Any]:
    """Let a reader read the listing in a process of its own."""
    words = [sys.executable, __file__, "--reader", name, "--url", url, "--pages", str(pages)]
    found = json.loads(subprocess.run(words, check=True, stdout=subprocess.PIPE).stdout)
    assert found["people"] == pages * PER_PAGE, found
    return dict(found)


def compare(rounds: int, pages: int) -> dict[str, float]:
    """Processor time of reading by ours and by bare httpx, in turn."""
    Account.pages = pages
    spent: dict[str, list[float]] = {"ours": [], "bare": []}
    with serving(Account) as url:
        for _ in range(rounds):
            for name, seconds in spent.items():
                Account.frame = count(1)
                seconds.append(read(name, url, pages)["cpu"])
    ratio = statistics.median(a / b for a, b in zip(spent["ours"], spent["bare"], strict=True))
    ours, bare = map(statistics.median, spent.values())
    return {"ours": ours, "bare": bare, "ratio": ratio}


def paced(rounds: int, pages: int) -> dict[str, float]:
    """How long reading takes against what GetResponse allows at most, and what it refuses."""
    walls, refused = list[float](), 0
    for _ in range(rounds):
        sandbox = Sandbox(api_key=KEY, seed_contacts=pages * PER_PAGE)
        with sandbox.serve() as server:
            url = server.url
            # The first listing sorts all people, which GetResponse has done before anybody asks.
            httpx.get(f"{url}/contacts", headers={"X-Auth-Token": f"api-key {KEY}"})
            time.sleep(2)  # or that call would be another program's
            walls.append(read("paced", url, pages)["wall"])
            calls = httpx.get(f"{url[:-3]}/_sandbox/log").json()["calls"]
            refused += sum(call["status"] == 429 for call in calls)
    least = pages / CALLS_A_SECOND
    wall = statistics.median(walls)
    return {"ours": wall, "bare": least, "ratio": wall / least, "refused": refused}


def main() -> None:
    """Measure, print a table and write the results."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--pages", type=int, default=PAGES)
    parser.add_argument("--quick", action="store_true", help="30 pages, once")
    parser.add_argument("--output", type=Path, default=RESULTS, help="where the JSON goes")
    parser.add_argument("--reader", help=argparse.SUPPRESS)
    parser.add_argument("--url", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.reader:
        reader(given.reader, given.url, given.pages)
        return
    rounds, pages = (1, 30) if given.quick else (given.rounds, given.pages)
    results = {
        "decode": decode(rounds),
        "read": compare(rounds, pages),
        "wall": paced(rounds, pages),
    }
    units = {"decode": ("ms", "orjson"), "read": ("s cpu", "httpx"), "wall": ("s", "80 a second")}
    for name, found in results.items():
        unit, other = units[name]
        refused = f", {found['refused']} refused" if "refused" in found else ""
        print(
            f"{name:8}{found['ours']:8.2f} {unit:6} {other:>12}{found['bare']:8.2f} {unit:6}"
            f"{found['ratio']:6.2f}x{refused}"
        )
    given.output.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"pages": pages, "rounds": rounds, "results": results}, indent=2) + "\n"
    given.output.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
