"""One cell: an import dies at a step, the same import runs again, and the account is looked at."""

from __future__ import annotations

import json
import random
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from prefect_getresponse.sandbox import Sandbox
from prefect_getresponse.sandbox.contact_book import Contact
from prefect_getresponse.sandbox.import_jobs import ImportJob, ImportJobs
from prefect_getresponse.sandbox.world import World
from tests.contact_import.lab import DOUBLE, SINGLE
from tests.crash_matrix.zygote import KEY, Order, now

SPEED = 20.0
SCENARIOS = ("contacts", "batch", "import", "double", "copy", "messages")
PEOPLE = tuple(f"p{number}@example.com" for number in range(7))
REJECTED = ("dropped@rejected.example", "dropped2@rejected.example")
ROWS = (*PEOPLE, *REJECTED, "broken@", PEOPLE[0])
MESSAGES = tuple(f"Message {number}" for number in range(4))
RUNS = 6
"""Runs after the death within which all must be well."""
_FAULTS: tuple[dict[str, Any], ...] = (
    {"kind": "status", "status": 429, "seconds": 5},
    {"kind": "status", "status": 500},
    {"kind": "commit_then_fail", "status": 500},
    {"kind": "commit_then_fail", "status": 0},
    {"kind": "truncate"},
    {"kind": "reset"},
    {"kind": "html"},
    {"kind": "delay", "seconds": 0.05},
)


def schedule(number: int) -> list[dict[str, Any]]:
    """Faults of a schedule; those of 0 are none."""
    chance = random.Random(f"faults {number}")
    paths = ("/v3/contacts", "/v3/contacts/batch", "/v3/imports", "/v3/newsletters")
    faults: list[dict[str, Any]] = []
    for path in paths * 2 if number else ():
        after, times = chance.randrange(4), chance.choice((1, 1, 2))
        fault = chance.choice(_FAULTS)
        faults.append({**fault, "method": "POST", "path": path, "after": after, "times": times})
    if number:
        fault = chance.choice(_FAULTS)
        faults.append({**fault, "method": "GET", "after": chance.randrange(12)})
    return faults


@dataclass
class Cell:
    """What became of one cell.

    Attributes:
        died: Name of the step; empty if the process came to its end before.
        failures: What is not as it must be.
    """

    died: str
    failures: list[str] = field(default_factory=list[str])


class Matrix:
    """A sandbox on a port, and lives that use it."""

    def __init__(self, folder: Path, http: httpx.Client, url: str, accepted: Counter[str]) -> None:
        self._folder = folder
        self._http = http
        self._url = url
        self._accepted = accepted
        words = [sys.executable, "-W", "ignore", "-m", "tests.crash_matrix.zygote"]
        self._zygote = subprocess.Popen(
            words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._hear()

    def close(self) -> None:
        """End the process that lives are forked from."""
        self._zygote.communicate()

    def cell(self, scenario: str, seed: int, step: int | str, *, broken: bool = False) -> Cell:
        """Let a process die at a step, and go on.

        Args:
            scenario: One of `SCENARIOS`.
            seed: Number of the schedule of faults.
            step: Number or name of the step at which it dies.
            broken: Whether it takes calls in doubt for calls that were never made.
        """
        order = self._begin(scenario)
        order |= {"deadly": step, "broken": broken}
        self._control("POST", "/faults", {"faults": schedule(seed)})
        ended = self._live(order)
        told = self._folder / "died.txt"
        cell = Cell(told.read_text() if ended == -signal.SIGKILL and told.exists() else "")
        if scenario == "copy":
            shutil.rmtree(self._folder / "state", ignore_errors=True)
        order["deadly"] = 0
        result: Any = {}
        for run in range(RUNS):
            if run == 1:
                self._control("POST", "/faults", {"faults": []})
            if self._live(order):
                cell.failures.append("a process that nobody killed has died")
            result = json.loads((self._folder / "result.json").read_text())
            if run and (scenario == "messages" or _is_done(result)):
                break
        look = self._messages if scenario == "messages" else self._import
        cell.failures += look(result)
        return cell

    # The account ---------------------------------------------------------------------------

    def _begin(self, scenario: str) -> Order:
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir()
        self._control("POST", "/reset")
        self._accepted.clear()
        order: Order = {"url": self._url, "folder": str(self._folder)}
        if scenario == "messages":
            campaign_id = self._api("GET", "/campaigns")[0]["campaignId"]
            sender = self._api("GET", "/from-fields")[0]["fromFieldId"]
            arguments = {
                "from_field": {"fromFieldId": sender},
                "campaign": {"campaignId": campaign_id},
                "content": {"plain": "News."},
                "send_settings": {"selectedCampaigns": [campaign_id]},
            }
            return {**order, "messages": MESSAGES, "arguments": arguments}
        optin = DOUBLE if scenario == "double" else SINGLE
        self._api("POST", "/campaigns", {"name": "customers", "optinTypes": optin})
        source = self._folder / "people.csv"
        source.write_text("\n".join(["Email", *ROWS]))
        copies = str(self._folder / "copies") if scenario == "copy" else ""
        options = {
            "source": str(source),
            "campaign": "customers",
            "route": {"double": "contacts", "copy": "batch"}.get(scenario, scenario),
            "state_dir": str(self._folder / "state"),
            "ledger_copy": copies,
            "settle_seconds": 25.0,
            "max_reject_ratio": 1.0,
        }
        return {**order, "options": options}

    def _import(self, result: Any) -> list[str]:
        lists = self._control("GET", "/state")["lists"]
        [found] = [each for each in lists if each["name"] == "customers"]
        here = {person["email"] for person in found["contacts"] if person["status"] != "removed"}
        failures = [f"LOST {email}" for email in PEOPLE if email not in here]
        failures += [f"{email} should not be there" for email in here.difference(PEOPLE)]
        failures += [
            f"DOUBLED {email}, taken {times} times"
            for email, times in self._accepted.items()
            if times > 1 and email in PEOPLE
        ]
        verdicts = Counter[str](result["verdicts"])
        if result["problem"] or verdicts.total() != len(ROWS) or result["rows"] != len(ROWS):
            failures.append(f"the report is not balanced: {result}")
        expected = {"rejected": 3, "duplicate": 1, "refused": 0, "unknown": 0, "not_visible_yet": 0}
        for name, rows in expected.items():
            if verdicts[name] != rows:
                failures.append(f"{verdicts[name]} rows are {name}, not {rows}: {result}")
        return failures

    def _messages(self, told: dict[str, str]) -> list[str]:
        sent = Counter(each["subject"] for each in self._api("GET", "/newsletters"))
        failures = [f"DOUBLED {name}" for name in MESSAGES if sent[name] > 1]
        for name in MESSAGES:
            what = told.get(name, "nothing")
            fitting = {"sent": (1,), "unknown": (0, 1), "OutcomeUnknown": (0, 1)}.get(what, ())
            if min(sent[name], 1) not in fitting:
                failures.append(f"{name} was sent {sent[name]} times, and told as {what}")
        return failures

    def _api(self, method: str, path: str, body: Any = None) -> Any:
        headers = {"X-Auth-Token": f"api-key {KEY}"}
        answer = self._http.request(method, f"{self._url}{path}", headers=headers, json=body)
        assert answer.is_success, answer.text
        return answer.json()

    def _control(self, method: str, path: str, body: Any = None) -> Any:
        url = f"{self._url.removesuffix('/v3')}/_sandbox{path}"
        answer = self._http.request(method, url, json=body)
        assert answer.is_success, answer.text
        return answer.json()

    # Lives ---------------------------------------------------------------------------------

    def _live(self, order: Order) -> int:
        assert self._zygote.stdin is not None
        self._zygote.stdin.write(json.dumps(order) + "\n")
        self._zygote.stdin.flush()
        ended = int(self._hear())
        self._control("GET", "/log")  # what the dead have sent has arrived by now
        return ended

    def _hear(self) -> str:
        assert self._zygote.stdout is not None
        return self._zygote.stdout.readline()


def _is_done(result: Any) -> bool:
    return not result["problem"] and not result["verdicts"].get("not_visible_yet")


@contextmanager
def matrix(folder: Path) -> Generator[Matrix]:
    """Run a sandbox that counts how often it takes each address, and the lives that use it."""
    accepted: Counter[str] = Counter()
    accept, add = World.accept, ImportJobs.add

    def accepts(world: World, contact: Contact, at: float, *, reject: bool = False) -> None:
        accepted[contact.email] += 1
        accept(world, contact, at, reject=reject)

    def adds(jobs: ImportJobs, job: ImportJob) -> None:
        accepted.update(row[job.columns.email] for row in job.rows)
        add(jobs, job)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(World, "accept", accepts)
        patch.setattr(ImportJobs, "add", adds)
        with (
            Sandbox(api_key=KEY, speed=SPEED, clock=now).serve() as server,
            httpx.Client(trust_env=False) as http,
        ):
            made = Matrix(folder, http, server.url, accepted)
            try:
                yield made
            finally:
                made.close()
