"""How long several lists take on several process workers that share an account.

A Prefect server, process workers with a home each, and a sandbox on a port, all on this machine.
The sandbox counts strictly: 10 calls in flight, 80 in any second, and 3,000 in a frame that is
shortened to a minute; answers take 90 ms. Every person is a call, so the account's frame is what
limits: 50 a second, whatever the number of workers. All lists are at work at once: a worker takes
as many runs as there are lists for each worker.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from uuid import UUID

from prefect.client.schemas.objects import TERMINAL_STATES, StateType
from prefect.settings import PREFECT_API_URL, temporary_settings
from workers import CALLS_A_SECOND, FRAME, KEY, Witness

sys.path.insert(0, str(Path(__file__).parent.parent))
from prefect_getresponse.sandbox import Sandbox
from scripts.prefect_ui import served
from tests.deployments.workers import (
    Worker,
    environment,
    start_import,
    states,
    wait_until,
    workers,
    write_source,
)

RESULTS = Path(__file__).parent / "results" / "scale_out.json"
POOL = "getresponse"
QUEUE_FASTER = 100.0
"""GetResponse's queue takes 3 seconds at most instead of 5 minutes."""
TAKEN = ("/v3/contacts", 202)
SETTINGS = "PREFECT_INTEGRATIONS_GETRESPONSE_"
OURS = str(Path(sys.executable).with_name("prefect-getresponse"))


class Site:
    """A Prefect server, an account, and a folder for everything else.

    Args:
        url: Address of the server's API.
        witness: The account.
        folder: The folder.
    """

    def __init__(self, url: str, witness: Witness, folder: Path) -> None:
        self.witness = witness
        self._url = url
        self._folder = folder
        desk = self.machine("desk") | {
            f"{SETTINGS}API_KEY": KEY,
            f"{SETTINGS}BASE_URL": witness.url,
            f"{SETTINGS}ALLOW_CUSTOM_HOST": "true",
        }
        save = (
            "from prefect_getresponse import GetResponseCredentials as Block;"
            f" Block(api_key={KEY!r}, base_url={witness.url!r}, allow_custom_host=True)"
            ".save('main', overwrite=True)"
        )
        subprocess.run([sys.executable, "-c", save], env=desk, check=True)
        subprocess.run([OURS, "deploy", "one-list"], env=desk, check=True, capture_output=True)

    def machine(self, name: str) -> dict[str, str]:
        """Environment of a machine, with a home of its own."""
        settle = {f"{SETTINGS}SETTLE_SECONDS": "30"}
        return environment(self._url, self._folder / name, **settle)

    def start(self, name: str, people: int) -> UUID:
        """Start the import of a list; the id of its run."""
        return start_import(write_source(self._folder, name, people), name)


def measure(site: Site, lists: int, machines: int, people: int) -> dict[str, Any]:
    """Import some lists at once on some workers.

    Args:
        site: Where.
        lists: Number of lists.
        machines: Number of workers, each with a home of its own.
        people: People of each list.
    """
    before = len(site.witness.calls())
    label = f"{lists} lists {machines} workers"
    started: list[Worker] = []
    with ExitStack() as stack:
        for number in range(machines):
            name = f"{label} {number}".replace(" ", "-")
            machine = site.machine(name)
            started += stack.enter_context(workers([name], POOL, machine, lists // machines))
        wait_until(lambda: all("started!" in worker.text for worker in started))
        begun = time.time()
        names = [f"{label} list {number}".replace(" ", "-") for number in range(lists)]
        runs = [site.start(name, people) for name in names]
        wait_until(lambda: TERMINAL_STATES.issuperset(states(runs)), 1200.0)
        seconds = time.time() - begun
        ended = states(runs)
    calls = site.witness.calls()[before:]
    sent = [call["at"] for call in calls if (call["path"], call["status"]) == TAKEN]
    return {
        "lists": lists,
        "workers": machines,
        "completed": ended.count(StateType.COMPLETED),
        "people": len(sent),
        "seconds": seconds,
        "sending_seconds": sent[-1] - sent[0],
        "people_a_second": (len(sent) - 1) / (sent[-1] - sent[0]),
        "429s": sum(call["status"] == 429 for call in calls),
    }


def main() -> None:
    """Measure, print and write the results; exit with 1 if a run failed or a call was refused."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lists", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--people", type=int, default=1000, help="of each list")
    parser.add_argument("--output", type=Path, default=RESULTS, help="where the JSON goes")
    options = parser.parse_args()
    results: list[dict[str, Any]] = []
    with (
        tempfile.TemporaryDirectory() as folder,
        served(Path(folder)) as server,
        temporary_settings({PREFECT_API_URL: f"{server}/api"}),
        Sandbox(api_key=KEY, frame_seconds=FRAME, speed=QUEUE_FASTER).serve() as sandbox,
    ):
        site = Site(f"{server}/api", Witness(sandbox.url), Path(folder))
        for lists in options.lists:
            for machines in options.workers:
                if machines <= lists:
                    results.append(measure(site, lists, machines, options.people))
                    print(json.dumps(results[-1]), flush=True)
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    good = all(each["completed"] == each["lists"] and not each["429s"] for each in results)
    print(f"calls a second that the account allows: {CALLS_A_SECOND}; {os.cpu_count()} cores")
    sys.exit(not good)


if __name__ == "__main__":
    main()
