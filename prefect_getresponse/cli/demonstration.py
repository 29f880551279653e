"""The demo: a nightly import as a Prefect flow, against the sandbox, on a Prefect of its own.

The flow runs in a child process whose Prefect home is a temporary folder, so that the user's own
Prefect database, profile and server stay untouched.
"""

from __future__ import annotations

import csv
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
from pydantic import SecretStr

if TYPE_CHECKING:
    from prefect_getresponse.contact_import.report import ImportReport
    from prefect_getresponse.sandbox import Sandbox
    from prefect_getresponse.sandbox.past import MovableClock

EXAMPLE = "customers.csv"
CAMPAIGN = "newsletter_demo"
PAST_DAYS = 28
"""How long the account has lived when the demo begins."""
_GROWTH = """
SELECT d.day, d.total_subscribers FROM getresponse_list_days AS d
JOIN getresponse_lists AS l ON l.account_id = d.account_id AND l.list_id = d.list_id
WHERE l.name = 'shop_customers' AND strftime('%w', d.day) = '1' ORDER BY d.day
"""
SPEED = 100.0
"""The sandbox's queue takes 3 seconds at most instead of 5 minutes."""
SETTLE_SECONDS = 8.0
_KEY = "demo-key"
_ON_THE_LIST = "elodie.marchand@example.com"
_UNSUBSCRIBED = "carmen.ibanez@example.org"
_SERVER_START_SECONDS = "120"


def start_demo(rows: int | None, json_file: Path | None) -> int:
    """Run the demo in a child process.

    Args:
        rows: Number of customers; the example file as it is if None.
        json_file: Where to write the report.

    Returns:
        Exit code: 0 if the import balances.
    """
    with tempfile.TemporaryDirectory(prefix="getresponse-demo-") as home:
        words = ["--home", home]
        words += ["--rows", str(rows)] if rows else []
        words += ["--json", str(json_file.absolute())] if json_file else []
        command = [sys.executable, "-m", "prefect_getresponse.cli.demonstration", *words]
        environment = isolated(os.environ, home) | {
            "PREFECT_INTEGRATIONS_GETRESPONSE_SETTLE_SECONDS": str(SETTLE_SECONDS)
        }
        return subprocess.run(command, env=environment, check=False).returncode  # noqa: S603 - our own module


def isolated(environment: Mapping[str, str], home: str) -> dict[str, str]:
    """Environment for a Prefect that shares nothing with the user's own.

    Args:
        environment: The user's environment.
        home: Folder for everything that Prefect writes.
    """
    kept = {name: value for name, value in environment.items() if not name.startswith("PREFECT_")}
    return kept | {
        "PREFECT_HOME": home,
        "PREFECT_PROFILES_PATH": str(Path(home) / "profiles.toml"),
        "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "true",
        "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": _SERVER_START_SECONDS,
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_LOGGING_LEVEL": "INFO",
        "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
    }


def write_customers(path: Path, rows: int | None) -> None:
    """Write the customers to import: the example file, or its people again and again.

    Args:
        path: Where to write.
        rows: Number of customers; the example as it is if None.
    """
    with as_file(files("prefect_getresponse") / "examples" / EXAMPLE) as example:
        if rows is None:
            path.write_bytes(example.read_bytes())
            return
        with example.open(encoding="utf-8", newline="") as file:
            header, *people = list(csv.reader(file))
    email = header.index("Email")
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        for number in range(rows):
            person = list(people[number % len(people)])
            lap = number // len(people)
            if lap and "@" in person[email]:
                person[email] = person[email].replace("@", f"+{lap}@", 1)
            writer.writerow(person)


def main(arguments: list[str]) -> int:
    """Run the demo in this process, whose environment `start_demo` has prepared."""
    import argparse

    parser = argparse.ArgumentParser()
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--rows", type=int)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args(arguments)
    source = given.home / EXAMPLE
    write_customers(source, given.rows)
    report = _watch_nights(source, given.home / "warehouse.db")
    if given.json:
        given.json.write_text(json.dumps(report.as_dict(), indent=2, ensure_ascii=False) + "\n")
    return 1 if report.problem else 0


def _watch_nights(source: Path, warehouse: Path) -> ImportReport:
    from rich.console import Console
    from rich.markdown import Markdown

    from prefect_getresponse.credentials import GetResponseCredentials
    from prefect_getresponse.flows.nightly_contact_import import nightly_contact_import
    from prefect_getresponse.sandbox import Sandbox
    from prefect_getresponse.sandbox.past import MovableClock

    console = Console()

    def say(text: str) -> None:
        console.print(f"\n[bold]{text}[/bold]")

    def night() -> ImportReport:
        return nightly_contact_import(
            GetResponseCredentials.load("demo"),
            source=str(source),
            list_name=CAMPAIGN,
        )

    clock = MovableClock(time.time() - PAST_DAYS * 86_400)
    sandbox = Sandbox(api_key=_KEY, speed=SPEED, clock=clock)
    _live_through(sandbox, clock)
    with sandbox.serve() as server:
        say(f"1. A local GetResponse answers at {server.url}, its queue {SPEED:.0f} times faster.")
        _set_the_scene(server.url)
        say("2. Starting a Prefect of its own; the first start takes about half a minute ...")
        GetResponseCredentials(
            account_name="demo",
            api_key=SecretStr(_KEY),
            base_url=server.url,
            allow_custom_host=True,
        ).save("demo")
        say(f"3. First night: {source.name} goes into the list {CAMPAIGN}.")
        first = night()
        # The folder with the rejects file is gone when the demo ends.
        console.print(Markdown(first.model_copy(update={"rejects_file": ""}).markdown()))
        say("4. Second night, the same file: nothing is sent.")
        second = night()
        writes = {
            call: made
            for call, made in second.calls.items()
            if not call.startswith("GET ") and "search-contacts" not in call
        }
        say(
            f"   {second.verdicts['unchanged']} unchanged, {sum(writes.values())} calls that write,"
            f" {sum(second.calls.values())} calls that read."
        )
        say(f"5. What comes back: the account in tables of {warehouse.name}.")
        if not _export(warehouse, console.print):
            first.error = "the export is not complete"
        return first


def _live_through(sandbox: Sandbox, clock: MovableClock) -> None:
    """Give the account a past: weeks of people, newsletters and orders on a list of its own."""
    from prefect_getresponse.sandbox.past import Past

    with httpx.Client(
        transport=sandbox.transport(sleep=clock.advance),
        base_url="http://sandbox/v3",
        headers={"X-Auth-Token": f"api-key {_KEY}"},
    ) as http:
        Past(http, clock, PAST_DAYS, arrivals=2).live()
    clock.let_go()


def _export(warehouse: Path, show: Callable[[str], None]) -> bool:
    """Export the account, and draw how its list grew; whether nothing is missing."""
    from prefect_getresponse.credentials import GetResponseCredentials
    from prefect_getresponse.flows.nightly_export import nightly_export

    report = nightly_export(GetResponseCredentials.load("demo"), f"sqlite:///{warehouse}")
    show(f"   {report.line()}; nothing is missing.\n")
    with closing(sqlite3.connect(warehouse)) as database:
        weeks = database.execute(_GROWTH).fetchall()
    for day, people in weeks:
        show(f"   {day}  {'█' * (people // 2)} {people}")
    return report.balanced


def _set_the_scene(url: str) -> None:
    """Give the list a past: one person is on it under an old name, one has unsubscribed."""
    with httpx.Client(headers={"X-Auth-Token": f"api-key {_KEY}"}, trust_env=False) as http:
        single = {"email": "single", "api": "single", "import": "single", "webform": "single"}
        created = http.post(f"{url}/campaigns", json={"name": CAMPAIGN, "optinTypes": single})
        campaign = created.raise_for_status().json()["campaignId"]
        for email, name in ((_ON_THE_LIST, "E. Marchand"), (_UNSUBSCRIBED, "Carmen")):
            body = {"email": email, "name": name, "campaign": {"campaignId": campaign}}
            http.post(f"{url}/contacts", json=body).raise_for_status()
        _wait_for_people(http, url, campaign, 2)
        http.post(
            f"{url.removesuffix('/v3')}/_sandbox/remove",
            json={"list": campaign, "email": _UNSUBSCRIBED, "reason": "unsubscribe"},
        ).raise_for_status()


def _wait_for_people(http: httpx.Client, url: str, campaign: str, people: int) -> None:
    query = {"query[campaignId]": campaign}
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        listed: list[Any] = http.get(f"{url}/contacts", params=query).raise_for_status().json()
        if len(listed) >= people:
            return
        time.sleep(0.1)
    raise TimeoutError("the sandbox did not add the demo's people in time")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
