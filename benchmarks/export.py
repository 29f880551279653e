"""The people of an account read by this export, and by other programs, side by side.

All read the same sandbox while people come, change, move and leave: after every few calls one of
them does. Each program is a process of its own, and is measured by the system.

    csv loop     httpx and orjson, page by page, written as CSV: the least that a program can do
    ours         into SQLite, and into Parquet files
    dlt          its generic `rest_api` source with its page-number paginator, into DuckDB
    tap          `tap-getresponse` from PyPI, into a file of Singer's messages; led to the sandbox,
                 as its host cannot be set

    right        people who were there the whole time and are in the result
    missing      people who were there the whole time and are not
    calls        calls of the API
    cpu s, MB    of the process: user and system time, largest resident memory

dlt is among the dependencies of development. tap-getresponse is not: it needs an environment of its
own, whose Python is given.

    python -m venv /tmp/tap && /tmp/tap/bin/pip install tap-getresponse
    python benchmarks/export.py --people 100000 --tap /tmp/tap/bin/python
    python benchmarks/export.py --people 20000 --ours
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import httpx

sys.path.insert(0, str(Path(__file__).parent.parent))
from prefect_getresponse.sandbox import Sandbox
from prefect_getresponse.sinks.opening import open_sink
from tests.export.lab import tables

RESULTS = Path(__file__).parent / "results" / "export.json"
KEY = "benchmark-key"
SETTINGS = "PREFECT_INTEGRATIONS_GETRESPONSE_"

LOOP = """
import csv, sys, httpx, orjson
url, key, out = sys.argv[1:]
http = httpx.Client(headers={"X-Auth-Token": "api-key " + key}, trust_env=False)
page = 1
with open(out, "w", newline="") as file:
    writer = csv.writer(file)
    while True:
        answer = http.get(url + "/contacts", params={"perPage": 1000, "page": page})
        rows = orjson.loads(answer.content)
        for row in rows:
            writer.writerow([*(str(value) for value in row.values())])
        if page >= int(answer.headers["TotalPages"]):
            break
        page += 1
"""
_DLT = """
import sys, dlt
from dlt.sources.rest_api import rest_api_source
url, key, out = sys.argv[1:]
source = rest_api_source({
    "client": {
        "base_url": url, "headers": {"X-Auth-Token": "api-key " + key},
        "paginator": {"type": "page_number", "base_page": 1, "total_path": None},
    },
    "resources": [{"name": "contacts", "primary_key": "contactId",
                   "endpoint": {"path": "contacts", "params": {"perPage": 1000}}}],
})
pipeline = dlt.pipeline("bench", destination=dlt.destinations.duckdb(out), dataset_name="b",
                        pipelines_dir=out + ".work")
pipeline.run(source, loader_file_format="jsonl")
"""
_TAP = """
import sys
from tap_getresponse import client, streams, tap
url, key = sys.argv[1:]
client.GetResponseStream.url_base = url
class OnlyPeople(tap.TapGetResponse):
    def discover_streams(self):
        return [streams.ContactsStream(self)]
OnlyPeople(config={"auth_token": key}).sync_all()
"""


@dataclass(frozen=True)
class Outcome:
    """What became of one program.

    Attributes:
        right: People who were there the whole time and are in the result.
        missing: People who were there the whole time and are not.
        calls: Calls of the API.
        cpu: Seconds of processor time.
        megabytes: Largest resident memory.
    """

    right: int
    missing: int
    calls: int
    cpu: float
    megabytes: float


class Account:
    """The sandbox, and what happens in it.

    Args:
        url: Base URL of the API.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._control = f"{url.removesuffix('/v3')}/_sandbox"
        self._http = httpx.Client(
            headers={"X-Auth-Token": f"api-key {KEY}"}, trust_env=False, timeout=60
        )

    def people(self) -> set[str]:
        """Ids of everybody, read while nothing happens."""
        found: set[str] = set()
        page = 1
        while rows := self._page(page):
            found |= {row["contactId"] for row in rows}
            page += 1
        return found

    def _page(self, page: int) -> list[dict[str, Any]]:
        query: dict[str, str | int] = {"perPage": 1000, "page": page, "fields": "contactId"}
        answer = self._http.get(f"{self.url}/contacts", params=query)
        while answer.status_code == 429:
            time.sleep(1)
            answer = self._http.get(f"{self.url}/contacts", params=query)
        rows: list[dict[str, Any]] = answer.raise_for_status().json()
        return rows

    def churn(self, every: int) -> None:
        """Let something happen after every few calls; 0 stops it."""
        self._http.post(f"{self._control}/churn", json={"every": every}).raise_for_status()

    def calls(self) -> int:
        """Calls so far."""
        return len(self._http.get(f"{self._control}/log").json()["calls"])


def measured(words: list[str], environment: dict[str, str], output: Path) -> tuple[float, float]:
    """Run a program; its processor time in seconds and its memory in megabytes."""
    with output.open("wb") as file:
        process = subprocess.Popen(words, env=environment, stdout=file)
        _, status, usage = os.wait4(process.pid, 0)
    if status:
        print(f"{words[0]} ended with {status}: what it wrote is counted", file=sys.stderr)
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def compare(
    account: Account,
    every: int,
    words: list[str],
    read: Callable[[], Iterator[str]],
    output: Path = Path(os.devnull),
) -> Outcome:
    """Let one program read the account while it changes."""
    before, calls = account.people(), account.calls()
    account.churn(every)
    cpu, megabytes = measured(words, environment_of(account.url), output)
    account.churn(0)
    made = account.calls() - calls
    stayed = before & account.people()
    found = set(read())
    return Outcome(len(stayed & found), len(stayed - found), made, round(cpu, 2), round(megabytes))


def environment_of(url: str) -> dict[str, str]:
    """Environment that leads programs to the sandbox, and sends nothing elsewhere."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith("PREFECT_")}
    own = {"API_KEY": KEY, "BASE_URL": url, "ALLOW_CUSTOM_HOST": "true"}
    return (
        kept
        | {f"{SETTINGS}{name}": text for name, text in own.items()}
        | {"RUNTIME__DLTHUB_TELEMETRY": "false"}
    )


def of_sink(to: str) -> Iterator[str]:
    """Ids of people whom a destination has."""
    with closing(open_sink(to)) as sink:
        table = tables()["contacts"]
        for identifier, gone in sink.select(table, ["contact_id", "_deleted_at"]):
            if gone is None:
                yield identifier


def _of_csv(path: Path) -> Iterator[str]:
    with path.open(newline="") as file:
        yield from (row[0] for row in csv.reader(file))


def _of_duckdb(path: Path) -> Iterator[str]:
    import duckdb

    with closing(duckdb.connect(str(path))) as database:
        yield from (
            row[0] for row in database.execute("SELECT contact_id FROM b.contacts").fetchall()
        )


def _of_tap(path: Path) -> Iterator[str]:
    with path.open() as file:
        for line in file:
            message = json.loads(line)
            if message["type"] == "RECORD":
                yield message["record"]["contactId"]


def run(people: int, every: int, folder: Path, tap: str, only_ours: bool) -> dict[str, Outcome]:
    """Let all programs that are there read the same account, one after another."""
    found: dict[str, Outcome] = {}
    with Sandbox(api_key=KEY, seed_contacts=people).serve() as server:
        account = Account(server.url)
        ours = [str(Path(sys.executable).with_name("prefect-getresponse")), "export"]
        only = ["--stream", "contacts", "--details", "none", "--to"]
        loop = [server.url, KEY, str(folder / "loop.csv")]
        found["csv loop"] = compare(
            account,
            every,
            [sys.executable, "-c", LOOP, *loop],
            lambda: _of_csv(folder / "loop.csv"),
        )
        for name, to in (
            ("ours, SQLite", f"sqlite:///{folder}/ours.db"),
            ("ours, Parquet", f"{folder}/lake"),
        ):
            found[name] = compare(account, every, [*ours, *only, to], lambda to=to: of_sink(to))  # type: ignore[misc]
        if only_ours:
            return found
        dlt = [server.url + "/", KEY, str(folder / "dlt.duckdb")]
        found["dlt rest_api"] = compare(
            account,
            every,
            [sys.executable, "-c", _DLT, *dlt],
            lambda: _of_duckdb(folder / "dlt.duckdb"),
        )
        if tap:
            messages = folder / "tap.jsonl"
            words = [tap, "-c", _TAP, server.url, KEY]
            found["tap-getresponse"] = compare(
                account, every, words, lambda: _of_tap(messages), messages
            )
    return found


def main() -> None:
    """Compare, print a table, and keep the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--every", type=int, default=5)
    parser.add_argument("--tap", default="", help="Python with tap-getresponse")
    parser.add_argument("--ours", action="store_true", help="leave other programs out")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = run(given.people, given.every, Path(folder), given.tap, given.ours)
    least = found["csv loop"].cpu
    print(f"{'':16}{'right':>9}{'missing':>9}{'calls':>7}{'cpu s':>8}{'x loop':>8}{'MB':>7}")
    for name, each in found.items():
        ratio = each.cpu / least
        print(
            f"{name:16}{each.right:>9,}{each.missing:>9,}{each.calls:>7,}{each.cpu:>8}"
            f"{ratio:>8.1f}{each.megabytes:>7,.0f}"
        )
    RESULTS.parent.mkdir(exist_ok=True)
    figures = {name: asdict(each) for name, each in found.items()}
    RESULTS.write_text(json.dumps({"people": given.people, "programs": figures}, indent=2) + "\n")


if __name__ == "__main__":
    main()
