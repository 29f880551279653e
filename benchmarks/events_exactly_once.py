"""Every event once in the table, whatever is killed: the promise of webhooks, tried on sockets.

A sandbox lets people come, read, click and go, and sends webhooks of it: some twice, some never,
in another order. Receiver and drain are killed (SIGKILL) again and again meanwhile. In the end,
after a drain and a reconciliation, the table is compared with the sandbox's own log: every event of
it that can be found again is there exactly once, and nothing else is.

    python benchmarks/events_exactly_once.py --people 62000 --kills 50
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import signal
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
from pydantic import SecretStr

from prefect_getresponse.client.auth import ApiKeyAuth
from prefect_getresponse.client.send import AsyncClient
from prefect_getresponse.events.draining.destination import Destination
from prefect_getresponse.events.draining.drain import Drain, DrainOptions
from prefect_getresponse.events.inbox.inbox import Inbox
from prefect_getresponse.events.receiving.application import application
from prefect_getresponse.events.receiving.server import serve
from prefect_getresponse.events.reconciling.reconcile import ReconcileOptions, Reconciliation
from prefect_getresponse.limits.throttle import Throttle
from prefect_getresponse.sandbox import Sandbox

sys.path.insert(0, str(Path(__file__).parent.parent))
from tests.support.ports import free_port

RESULTS = Path(__file__).parent / "results" / "events_exactly_once.json"
KEY, SECRET = "sandbox-key", "s" * 43
SPEED = 1000.0
LEASE_SECONDS = 3.0
FINDABLE = (
    "contact_added",
    "contact_removed_link",
    "contact_removed_bounce",
    "contact_opened_message",
    "contact_clicked_message_link",
    "contacts_import_finished",
)
ROWS_OF_AN_IMPORT = 20_000


class Trial:
    """One trial: its processes, its databases, its sandbox.

    Args:
        folder: Where the databases are.
        inbox_url: Database of the inbox; a file beside the table if empty.
    """

    def __init__(self, folder: Path, inbox_url: str = "") -> None:
        self.table = folder / "tables.sqlite"
        self.to = f"sqlite:///{self.table}"
        self.inbox_url = inbox_url or self.to
        self.api_port, self.port = free_port(), free_port()
        self.api = f"http://127.0.0.1:{self.api_port}/v3"
        self.kills = 0
        self._children: dict[str, int] = {}

    def start(self, name: str, work: Callable[[], None]) -> None:
        """Start a process of its own; a fork, so that it works at once."""
        child = os.fork()
        if not child:
            try:
                signal.signal(signal.SIGINT, signal.SIG_DFL)
                work()
            finally:
                os._exit(0)
        self._children[name] = child

    def kill(self, name: str) -> None:
        """End a process by SIGKILL."""
        child = self._children.pop(name)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)

    def sandbox(self) -> None:
        """Be the sandbox."""
        Sandbox(api_key=KEY, speed=SPEED).serve_forever(port=self.api_port)

    def receiver(self) -> None:
        """Be the receiver."""
        inbox = Inbox(self.inbox_url)
        serve(
            application(inbox, [SecretStr(SECRET)], lambda _entries: None), "127.0.0.1", self.port
        )

    def drain(self) -> None:
        """Be a drain that begins again when it is done."""
        while True:
            self.drain_once()
            time.sleep(0.5)

    def drain_once(self) -> Any:
        """Empty the inbox."""
        return self._with_inbox(
            lambda client, inbox, to: Drain(client, inbox, to, None, DrainOptions()).run()
        )

    def reconcile(self) -> Any:
        """Find what is missing."""
        options = ReconcileOptions(types=FINDABLE)
        return self._with_inbox(
            lambda client, inbox, to: Reconciliation(client, inbox, to, options).run()
        )

    def _with_inbox(self, work: Callable[[AsyncClient, Inbox, Destination], Any]) -> Any:
        async def run() -> Any:
            inbox = Inbox(self.inbox_url, lease_seconds=LEASE_SECONDS)
            to = Destination(self.to, inbox)
            throttle = Throttle(clock=time.monotonic, chance=random.Random(1))
            auth = ApiKeyAuth(SecretStr(KEY), self.api, {})
            try:
                async with AsyncClient(self.api, auth, throttle=throttle) as client:
                    return await work(client, inbox, to)
            finally:
                to.close()
                inbox.close()

        return asyncio.run(run())

    def restart(self, name: str) -> None:
        """Kill receiver or drain, and start another one."""
        self.kill(name)
        self.kills += 1
        self.start(name, self.receiver if name == "receiver" else self.drain)

    def end(self) -> None:
        """Kill all processes."""
        for name in list(self._children):
            self.kill(name)


class Life:
    """What happens in the account.

    Args:
        trial: The trial.
        people: How many come.
    """

    def __init__(self, trial: Trial, people: int) -> None:
        self._trial = trial
        self.connect()
        self._emails = [f"p{number}@mail.example" for number in range(people)]
        self._wait_for_sandbox()
        made = self.call("POST", "/v3/campaigns", {"name": "customers"})
        self.campaign = made["campaignId"]

    def connect(self) -> None:
        """Open connections: those of a parent process are the parent's."""
        headers = {"X-Auth-Token": f"api-key {KEY}"}
        base = self._trial.api.removesuffix("/v3")
        self.http = httpx.Client(base_url=base, headers=headers, timeout=120, trust_env=False)

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """Call the API or the control."""
        answer = self.http.request(method, path, json=body)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def _wait_for_sandbox(self) -> None:
        for _ in range(600):
            try:
                self.http.get("/_sandbox/log")
                return
            except httpx.TransportError:
                time.sleep(0.1)
        raise SystemExit("the sandbox does not start")

    def listen(self) -> None:
        """Let the sandbox send webhooks, with all its faults."""
        url = f"http://127.0.0.1:{self._trial.port}/webhooks?secret={SECRET}"
        faults = {"loss": 0.1, "duplicates": 0.2, "shuffle": True, "batch": 10}
        self.call("POST", "/_sandbox/webhooks", {"url": url, **faults})

    def come(self) -> None:
        """Let all people come by imports."""
        for start in range(0, len(self._emails), ROWS_OF_AN_IMPORT):
            rows = [[email] for email in self._emails[start : start + ROWS_OF_AN_IMPORT]]
            body = {"campaignId": self.campaign, "fieldMapping": ["email"], "contacts": rows}
            made = self.call("POST", "/v3/imports", body)
            while self.call("GET", f"/v3/imports/{made['importId']}")["status"] != "finished":
                time.sleep(0.2)

    def read(self) -> None:
        """Send a newsletter: people open and click."""
        sender = self.call("GET", "/v3/from-fields")[0]["fromFieldId"]
        body = {
            "name": "May",
            "subject": "Spring offer",
            "campaign": {"campaignId": self.campaign},
            "fromField": {"fromFieldId": sender},
            "content": {"plain": "https://shop.example/"},
            "flags": ["clicktrack"],
            "sendSettings": {"selectedCampaigns": [self.campaign], "timeTravel": "false"},
        }
        self.call("POST", "/v3/newsletters", body)

    def go(self) -> None:
        """Let every twentieth person go."""
        for number, email in enumerate(self._emails[::20]):
            reason = "bounce" if number % 4 == 0 else "unsubscribe"
            person = {"list": self.campaign, "email": email, "reason": reason}
            self.call("POST", "/_sandbox/remove", person)

    def pending(self) -> int:
        """Requests that have not arrived yet."""
        count: int = self.call("GET", "/_sandbox/webhooks?limit=0")["pending"]
        return count

    def log(self) -> list[dict[str, Any]]:
        """The sandbox's own log of what it sent."""
        listed: list[dict[str, Any]] = self.call("GET", "/_sandbox/webhooks")["deliveries"]
        return listed


def told(log: list[dict[str, Any]]) -> Counter[tuple[str, str, str]]:
    """Every findable event of the log, once, however often it was sent."""
    once = {(row["id"], row["index"]): row for row in log}
    return Counter(
        (row["type"], row["contact_id"], row["occurred_at"][:19])
        for row in once.values()
        if row["type"] in FINDABLE
    )


def in_table(table: Path) -> Counter[tuple[str, str, str]]:
    """Every row of the table."""
    with sqlite3.connect(table) as database:
        rows = database.execute("SELECT type, contact_id, occurred_at FROM getresponse_events")
        found = Counter(
            (type_, contact_id or "", occurred[:19].replace(" ", "T"))
            for type_, contact_id, occurred in rows
        )
    database.close()
    return found


def measure(trial: Trial, people: int, kills: int, pause: float) -> dict[str, Any]:
    """Run one trial.

    Args:
        trial: The trial.
        people: How many people come.
        kills: How often receiver or drain are killed.
        pause: Seconds between two kills.
    """
    began = time.monotonic()
    trial.start("sandbox", trial.sandbox)
    trial.start("receiver", trial.receiver)
    life = Life(trial, people)
    life.listen()
    trial.start("drain", trial.drain)
    child = os.fork()
    if not child:
        try:
            life.connect()
            life.come()
            life.read()
            life.go()
        finally:
            os._exit(0)
    chance = random.Random(1)
    is_over = False
    while trial.kills < kills or not is_over or life.pending():
        time.sleep(pause * (0.5 + chance.random()))
        if not is_over:
            is_over = os.waitpid(child, os.WNOHANG)[0] == child
        if trial.kills < kills:
            trial.restart(chance.choice(("receiver", "drain")))
            print(f"  {trial.kills} kills, {life.pending():,} requests pending", flush=True)
    while life.pending():
        time.sleep(0.5)
    time.sleep(8.0)  # the slowest readers react
    while life.pending():
        time.sleep(0.5)
    trial.kill("drain")
    time.sleep(LEASE_SECONDS + 0.5)
    drained = trial.drain_once()
    before = in_table(trial.table)
    reconciled = trial.reconcile()
    last = trial.drain_once()
    log = life.log()
    expected, found = told(log), in_table(trial.table)
    ids = Counter((row["id"], row["index"]) for row in log if row["status"] == 200)
    return {
        "events": expected.total(),
        "attempts": len(log),
        "lost_on_purpose": sum(row["status"] is None for row in log),
        "refused_or_unanswered": sum(row["status"] not in (200, None) for row in log),
        "delivered_more_than_once": sum(count > 1 for count in ids.values()),
        "kills": trial.kills,
        "in_table_by_webhooks": before.total(),
        "added_by_reconciliation": reconciled.added.total(),
        "drained_last": drained.done + last.done,
        "rows": found.total(),
        "missing": (expected - found).total(),
        "too_many": (found - expected).total(),
        "seconds": round(time.monotonic() - began, 1),
    }


def main() -> None:
    """Try, print and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=6000)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--pause", type=float, default=1.0, help="seconds between two kills")
    parser.add_argument("--inbox", default="", help="URL of another database for the inbox")
    parser.add_argument("--output", type=Path, default=RESULTS)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        trial = Trial(Path(name), given.inbox)
        try:
            measured = measure(trial, given.people, given.kills, given.pause)
        finally:
            trial.end()
    print(json.dumps(measured, indent=2))
    given.output.parent.mkdir(exist_ok=True)
    given.output.write_text(json.dumps(measured, indent=2) + "\n", "utf-8")
    sys.exit(0 if not measured["missing"] and not measured["too_many"] else 1)


if __name__ == "__main__":
    main()
