"""A page of the sandbox's list before and after somebody on it has changed.

What is sorted once must survive changes that do not concern it: a listing is read while people come
and are updated. In milliseconds of processor time, in this process, without sockets.

    python benchmarks/sandbox_page.py --people 1000000
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path

import httpx

from prefect_getresponse.sandbox import Sandbox

RESULTS = Path(__file__).parent / "results" / "sandbox_page.json"
URL = "https://sandbox.test/v3"
HEADERS = {"X-Auth-Token": "api-key benchmark-key"}
PAGES = 20


def milliseconds(work: Callable[[int], object], number: int) -> float:
    """Processor time of a piece of work."""
    begun = time.process_time()
    work(number)
    return (time.process_time() - begun) * 1000


def measure(people: int) -> dict[str, float]:
    """Read pages, and change somebody before each of them.

    Args:
        people: People of the list.

    Returns:
        Median milliseconds of a page as it was, after somebody was updated, and after one came.
    """
    seconds = count(1_790_000_000)  # one for each call: no limit is met
    now = [next(seconds)]
    sandbox = Sandbox(api_key="benchmark-key", seed_contacts=people, clock=lambda: now[0])

    def call(method: str, path: str, body: object = None) -> httpx.Response:
        now[0] = next(seconds)
        request = httpx.Request(method, f"{URL}{path}", headers=HEADERS, json=body)
        return sandbox.handle(request).raise_for_status()

    def page(number: int) -> list[dict[str, object]]:
        asked = f"/contacts?perPage=1000&page={number}&sort[email]=ASC"
        found: list[dict[str, object]] = call("GET", asked).json()
        return found

    first = page(1)
    [campaign] = call("GET", "/campaigns").json()
    places = [1 + each * max(1, people // 1000) // PAGES for each in range(PAGES)]
    found: dict[str, list[float]] = {"as it was": [], "after an update": [], "after one came": []}
    for number, place in enumerate(places):
        person = first[number]
        found["as it was"].append(milliseconds(page, place))
        call("POST", f"/contacts/{person['contactId']}", {"name": f"Name {number}"})
        found["after an update"].append(milliseconds(page, place))
        new = {
            "email": f"new{number}@example.com",
            "campaign": {"campaignId": campaign["campaignId"]},
        }
        call("POST", "/contacts", new)
        found["after one came"].append(milliseconds(page, place))
    return {what: statistics.median(each) for what, each in found.items()}


def main() -> None:
    """Measure, print a table and write the results."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--quick", action="store_true", help="20,000 people")
    parser.add_argument("--output", type=Path, default=RESULTS, help="where the JSON goes")
    given = parser.parse_args()
    people = 20_000 if given.quick else given.people
    results = measure(people)
    for what, taken in results.items():
        print(f"{what:18}{taken:8.2f} ms")
    given.output.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"people": people, "milliseconds": results}, indent=2) + "\n"
    given.output.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
