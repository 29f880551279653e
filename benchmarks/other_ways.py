"""The same nightly job as this package does it, and as other programs do it, in the same bad night.

20,000 people go onto a list that has 2,000 of them already; 200 of those have unsubscribed, and the
addresses of 200 others are rejected without a word. Three calls of a hundred break off, are
answered with 500 (executed or not), lose half their answer or are refused with 429; of batches it
is thirty, so that few calls are no luck. When half of the people are taken, the process dies and
is started again, as it is when it gave up. Time is virtual, a call takes 90 ms, and the sandbox
keeps GetResponse's limits.

    ours                 the nightly import; it chooses batches
    ours, one by one     the same with `--route contacts`: it meets as many faults as the next two
    one POST a row       ten at a time; what fails is repeated up to five times
    one task run a row   tasks of a flow, three retries, ten threads; the cost of a task run is
                         measured on some hundred real ones here, and counted for each of them all
    batches, no proof    the first page of the list is taken for all of it, what fails is repeated
                         up to five times, and 202 is taken for success

    runs      how often the program was started
    sent s    virtual seconds from the first call that sent people to the last
    whole s   virtual seconds of all runs; ours wait for GetResponse's queue and read the list back
    lost      people who should be on the list in the end and are not
    twice     people whom GetResponse took twice
    put back  people who had unsubscribed and are on the list again
    untold    people of whom the program says something else than what became of them, or nothing
    429s      refusals by the sandbox's limits, beside those that are faults
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import httpx
from _night import Night, Outcome, in_parts, name_of

sys.path.insert(0, str(Path(__file__).parent.parent))
from tests.contact_import.lab import KEY, URL

RESULTS = Path(__file__).parent / "results" / "other_ways.json"
HEADERS = {"X-Auth-Token": f"api-key {KEY}"}
AT_ONCE = 10
TASK_RUNS = 300
_TASK_RUNS = """
import sys, time
from prefect import flow, task
from prefect.task_runners import ThreadPoolTaskRunner

@task(retries=3, retry_delay_seconds=10)
def send(number: int) -> int:
    return number

@flow(task_runner=ThreadPoolTaskRunner(max_workers=10))
def send_all(numbers: int) -> float:
    begun = time.perf_counter()
    for future in [send.submit(number) for number in range(numbers)]:
        future.result()
    return time.perf_counter() - begun

send_all(10)
print(send_all(int(sys.argv[1])) / int(sys.argv[1]))
"""

Told = dict[str, bool]
"""Whether a program says that a person is on the list, by address."""
Way = Callable[[Night], Outcome]


def ours(night: Night, route: str) -> Outcome:
    """Run the nightly import; its file of rejects names every row that is not on the list."""
    report = night.until_done(lambda: night.run(route=route), lambda found: not found.error)
    told = dict.fromkeys(night.people, True)
    with Path(report.rejects_file).open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            email = night.people[int(row["row"]) - 2]  # the header is row 1
            if row["verdict"] in ("rejected", "excluded"):
                told[email] = False
            else:
                del told[email]
    return night.outcome(told)


def others(program: Callable[[Night, httpx.AsyncClient], Coroutine[Any, Any, Told]]) -> Way:
    """Make a way of a program that keeps nothing between its runs."""

    async def run(night: Night) -> Told:
        async with httpx.AsyncClient(transport=night.wire, headers=HEADERS, base_url=URL) as http:
            return await program(night, http)

    def way(night: Night) -> Outcome:
        told = night.until_done(lambda: night.time.run(run(night)), lambda _: True)
        return night.outcome(told)

    return way


async def one_post_a_row(
    night: Night, http: httpx.AsyncClient, *, tries: int = 5, wait: float = 0, overhead: float = 0
) -> Told:
    """Send one call a row.

    Args:
        night: The account.
        http: Client of it.
        tries: How often a call is tried.
        wait: Seconds between tries; 0 doubles them from one second on.
        overhead: Seconds that this machine is busy with each row.
    """
    told: Told = {}
    rows = iter(night.people)
    machine = asyncio.Lock()

    async def send_some() -> None:
        for email in rows:
            async with machine:
                await asyncio.sleep(overhead)
            body = {
                "email": email,
                "name": name_of(email),
                "campaign": {"campaignId": night.campaign_id},
            }
            send = partial(http.post, "/contacts", json=body)
            told[email] = await repeated(send, tries, wait)

    await asyncio.gather(*(send_some() for _ in range(AT_ONCE)))
    return told


async def batches(night: Night, http: httpx.AsyncClient) -> Told:
    """Send batches of those who are not on the first page of the list."""
    page = {"query[campaignId]": night.campaign_id, "perPage": "100"}
    answer = await http.get("/contacts", params=page)
    known = {each["email"] for each in answer.json()} if answer.is_success else set[str]()
    told = dict.fromkeys(known, True)
    new = [email for email in night.people if email not in known]
    for part in in_parts(new):
        contacts = [{"email": email, "name": name_of(email)} for email in part]
        body = {"campaignId": night.campaign_id, "contacts": contacts}
        send = partial(http.post, "/contacts/batch", json=body)
        told |= dict.fromkeys(part, await repeated(send, 5, 0))
    return told


async def repeated(send: Callable[[], Awaitable[httpx.Response]], tries: int, wait: float) -> bool:
    """Send a call until it succeeds or was refused for good; whether it succeeded."""
    for attempt in range(tries):
        try:
            response = await send()
        except httpx.HTTPError:
            pass
        else:
            if response.is_success or response.status_code in (400, 409):
                return response.status_code != 400  # 409: the person is there
        await asyncio.sleep(wait or 2.0**attempt)
    return False


def cost_of_a_task_run() -> float:
    """Measure how long a task run occupies this machine, in seconds, on a Prefect of its own."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        settings = {
            "PREFECT_HOME": home,
            "PREFECT_LOGGING_LEVEL": "ERROR",
            "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
        }
        done = subprocess.run(
            [sys.executable, "-c", _TASK_RUNS, str(TASK_RUNS)],
            env={name: text for name, text in os.environ.items() if name != "PREFECT_API_URL"}
            | settings,
            capture_output=True,
            text=True,
            check=True,
        )
    return float(done.stdout.split()[-1])


def ways(task_run: float) -> dict[str, Way]:
    """Return the ways to do the job."""
    task_runs = partial(one_post_a_row, tries=4, wait=10, overhead=task_run)
    return {
        "ours": partial(ours, route="auto"),
        "ours, one by one": partial(ours, route="contacts"),
        "one POST a row": others(one_post_a_row),
        "one task run a row": others(task_runs),
        "batches, no proof": others(batches),
    }


def measure(way: Way, rows: int, faults: float, seed: int) -> Outcome:
    """Let one night pass."""
    with tempfile.TemporaryDirectory() as folder:
        return way(Night(Path(folder), rows, faults, seed))


def main() -> None:
    """Measure, print a table and write the results."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=20_000, help="people in the source")
    parser.add_argument("--faults", type=float, default=0.03, help="share of calls disturbed")
    parser.add_argument("--seed", type=int, default=1, help="seed of the faults")
    parser.add_argument("--task-run", type=float, help="seconds a task run costs; else measured")
    parser.add_argument("--ways", nargs="+", help="some ways only, by their names")
    parser.add_argument("--quick", action="store_true", help="4,000 people")
    parser.add_argument("--output", type=Path, default=RESULTS, help="where the JSON goes")
    options = parser.parse_args()
    rows = 4_000 if options.quick else options.rows
    task_run = cost_of_a_task_run() if options.task_run is None else options.task_run
    print(f"{rows:,} people; a task run costs {1000 * task_run:.0f} ms here")
    print(HEADINGS)
    results: dict[str, Any] = {}
    for name, way in ways(task_run).items():
        if options.ways and name not in options.ways:
            continue
        found = measure(way, rows, options.faults, options.seed)
        print(show(name, found), flush=True)
        results[name] = asdict(found)
    options.output.parent.mkdir(parents=True, exist_ok=True)
    settings = {"rows": rows, "faults": options.faults, "seed": options.seed}
    text = json.dumps(settings | {"task_run_seconds": task_run, "results": results}, indent=2)
    options.output.write_text(text + "\n", encoding="utf-8")


HEADINGS = (
    f"{'':18} {'runs':>4} {'calls':>7} {'sent s':>8} {'whole s':>8} {'lost':>6} {'twice':>6}"
    f" {'put back':>8} {'untold':>6} {'429s':>6}"
)


def show(name: str, found: Outcome) -> str:
    """Return an outcome as a line of a table under `HEADINGS`."""
    return (
        f"{name:18} {found.runs:4} {found.calls:7,} {found.sending_seconds:8,.0f}"
        f" {found.whole_seconds:8,.0f} {found.lost:6,} {found.twice:6,} {found.put_back:8,}"
        f" {found.untold:6,} {found.refused:6,}"
    )


if __name__ == "__main__":
    main()
