"""One cell: an import dies at a step, the same import runs again, and the account is looked at."""

from __future__ import annotations

import json
import os
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
from prefect_getresponse.sandbox.contract.messages import Answer
from prefect_getresponse.sandbox.people.import_jobs import ImportJob, ImportJobs
from prefect_getresponse.sandbox.resources import BEHAVIOURS
from prefect_getresponse.sandbox.resources.request import Request
from prefect_getresponse.sandbox.world.world import World
from tests.contact_import.lab import DOUBLE, SINGLE, addresses, is_write
from tests.crash_matrix.zygote import KEY, Order, shared_time
from tests.support.memory_disk import memory_folder

SPEED = 100.0
SCENARIOS = (
    "contacts",
    "batch",
    "import",
    "double",
    "copy",
    "mirror",
    "other",
    "forgotten",
    "messages",
)
"""`other` goes on with another job; of `forgotten` the ledger is cut off by a death."""
PEOPLE = tuple(f"p{number}@example.com" for number in range(7))
REJECTED = ("dropped@rejected.example", "dropped2@rejected.example")
ROWS = (*PEOPLE, *REJECTED, "broken@", PEOPLE[0])
EARLIER = (*PEOPLE[:2], "gone@example.com")
"""People of the list whom `mirror` finds: it changes two, and removes one."""
MESSAGES = tuple(f"Message {number}" for number in range(4))
RUNS = 8
"""Runs after the deaths within which all must be well, and the last must find nothing to do."""
PAUSES = (0, 0, 1, 9, 90_000)
"""Seconds from one life to the next."""
_STANDING = ("added", "updated", "unchanged", "already_present", "awaiting_confirmation")
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
_SENDING = ("/contacts", "/contacts/batch", "/imports", "/newsletters")
_CALLS = (
    *(("POST", path) for path in _SENDING * 2),
    ("POST", "/tags"),
    ("POST", "/contacts/*"),
    ("DELETE", "/contacts/*"),
)


def schedule(number: int) -> list[dict[str, Any]]:
    """Faults of a schedule; those of 0 are none."""
    chance = random.Random(f"faults {number}")
    faults: list[dict[str, Any]] = []
    for method, path in _CALLS if number else ():
        after, times = chance.randrange(4), chance.choice((1, 1, 2))
        place = {"method": method, "path": f"/v3{path}", "after": after, "times": times}
        faults.append(chance.choice(_FAULTS) | place)
    if number:
        place = {"method": "GET", "path": "*", "after": chance.randrange(12), "times": 1}
        faults.append(chance.choice(_FAULTS) | place)
    return faults


def _doubts(seed: int, path: str) -> int:
    """How many calls of a path a schedule leaves without a usable answer, at most."""
    return sum(
        fault["times"]
        for fault in schedule(seed)
        if fault["path"] == path
        and fault["kind"] not in ("delay", "truncate")
        and fault.get("status") != 429
    )


@dataclass
class Cell:
    """What became of one cell.

    Attributes:
        died: Names of the steps at which processes died.
        steps: Steps of the longest life that came to its end.
        failures: What is not as it must be.
    """

    died: list[str] = field(default_factory=list[str])
    steps: int = 0
    failures: list[str] = field(default_factory=list[str])


class Matrix:
    """A sandbox on a port, and lives that use it."""

    def __init__(
        self, folder: Path, http: httpx.Client, url: str, clock: Path, taken: Counter[str]
    ) -> None:
        self._folder = folder
        self._http = http
        self._url = url
        self._time = shared_time(clock)
        self._taken = taken
        words = [sys.executable, "-W", "ignore", "-m", "tests.crash_matrix.zygote", str(clock)]
        self._zygote = subprocess.Popen(
            words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._hear()
        for scenario in ("mirror", "import", "messages"):
            self._live(self._begin(scenario) | {"inside": True})

    def close(self) -> None:
        """End the process that lives are forked from."""
        self._zygote.communicate()

    def cell(self, scenario: str, seed: int, *deaths: int | str, broken: bool = False) -> Cell:
        """Let processes die at steps, one after the other, and go on.

        Args:
            scenario: One of `SCENARIOS`.
            seed: Number of the schedule of faults.
            deaths: Number or name of the step at which each of the first processes dies.
            broken: Whether they take calls in doubt for calls that were never made.
        """
        chance, cell = random.Random(f"{scenario} {seed} {deaths}"), Cell()
        order: Order = self._begin(scenario) | {"broken": broken}
        self._control("POST", "/faults", {"faults": schedule(seed)})
        for step in deaths:
            self._run(scenario, order | {"deadly": [step]}, cell)
            self._time.advance(chance.choice(PAUSES))
            if scenario == "other":
                options: dict[str, Any] = {**order["options"], "mode": "add_only"}
                order = {**order, "options": options}
        result: Any = None
        was_well = False
        for run in range(RUNS):
            if run == 1:
                self._control("POST", "/faults", {"faults": []})
            writes = self._writes()
            result = self._run(scenario, order, cell)
            is_well = _is_well(scenario, result)
            if was_well and self._writes() != writes:
                cell.failures.append("it had nothing to do, and wrote")
            if was_well and is_well:
                break
            was_well = is_well
            self._time.advance(chance.choice(PAUSES))
        else:
            cell.failures.append(f"it comes to no end: {result}")
        if scenario == "messages":
            cell.failures += self._messages(result, seed, len(cell.died))
        else:
            cell.failures += self._import(scenario, result)
        return cell

    # The account ---------------------------------------------------------------------------

    def _begin(self, scenario: str) -> Order:
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir()
        self._time.advance(-self._time.elapsed)  # what happens depends on nothing that was before
        self._control("POST", "/reset")
        order: Order = {"url": self._url, "folder": str(self._folder)}
        order |= {"deadly": [], "broken": False, "inside": False}
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
        made = self._api("POST", "/campaigns", {"name": "customers", "optinTypes": optin})
        source = self._folder / "people.csv"
        lines = ["Email", *ROWS]
        options: dict[str, Any] = {"route": scenario}
        if scenario == "double":
            options["route"] = "contacts"
        elif scenario == "copy":
            options = {"route": "batch", "ledger_copy": str(self._folder / "copies")}
        elif scenario in ("other", "forgotten"):
            options = {"route": "batch"}
        elif scenario == "mirror":
            options = {"mode": "mirror", "max_removal_ratio": 1.0}
            lines = ["Email,First Name,Tags", *(f"{email},New,vip" for email in ROWS)]
            for email in EARLIER:
                campaign = {"campaignId": made["campaignId"]}
                self._api("POST", "/contacts", {"email": email, "campaign": campaign})
            self._time.advance(301)
        source.write_text("\n".join(lines))
        options |= {
            "source": str(source),
            "list_name": "customers",
            "vouched": True,
            "state_dir": str(self._folder / "state"),
            "settle_seconds": 5.0,
            "max_reject_ratio": 1.0,
        }
        self._taken.clear()
        return {**order, "options": options}

    def _people(self) -> dict[str, dict[str, Any]]:
        lists = self._control("GET", "/state")["lists"]
        return {
            person["email"]: person
            for found in lists
            for person in found["contacts"]
            if found["name"] == "customers" and person["status"] != "removed"
        }

    def _writes(self) -> int:
        calls = self._control("GET", "/log")["calls"]
        return sum(is_write(call["method"], call["path"]) for call in calls)

    def _import(self, scenario: str, result: Any) -> list[str]:
        here = self._people()
        failures = [f"LOST {email}" for email in PEOPLE if email not in here]
        failures += [f"{email} should not be there" for email in here.keys() - set(PEOPLE)]
        failures += [
            f"DOUBLED {email}, sent {times} times"
            for email, times in self._taken.items()
            if times > 1 and email in PEOPLE
        ]
        if scenario == "mirror":
            wrong = [email for email, person in here.items() if not _is_as_said(person)]
            failures += [f"LOST what the source says of {email}" for email in wrong]
        expected = {
            "rejected": 3,
            "duplicate": 1,
            "excluded": 0,
            "unknown": 0,
            "not_visible_yet": 0,
        }
        for name, rows in expected.items():
            if result["verdicts"].get(name, 0) != rows:
                failures.append(f"not {rows} rows are {name}: {result}")
        return failures

    def _messages(self, told: dict[str, str], seed: int, deaths: int) -> list[str]:
        sent = Counter(each["subject"] for each in self._api("GET", "/newsletters"))
        failures = [f"DOUBLED {name}" for name in MESSAGES if sent[name] > 1]
        for name in MESSAGES:
            what = told.get(name, "nothing")
            fitting = {"sent": (1,), "unknown": (0, 1), "OutcomeUnknown": (0, 1)}.get(what, ())
            if min(sent[name], 1) not in fitting:
                failures.append(f"{name} was sent {sent[name]} times, and told as {what}")
        in_doubt = Counter(told.values())
        # One message is on its way at a time: a death leaves one in doubt, a fault one.
        allowed = {"unknown": deaths, "OutcomeUnknown": _doubts(seed, "/v3/newsletters")}
        for what, most in allowed.items():
            if in_doubt[what] > most:
                failures.append(f"{in_doubt[what]} messages are {what}, {most} may be")
        return failures

    def _api(self, method: str, path: str, body: Any = None) -> Any:
        headers = {"X-Auth-Token": f"api-key {KEY}"}
        answer = self._http.request(method, f"{self._url}{path}", headers=headers, json=body)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    def _control(self, method: str, path: str, body: Any = None) -> Any:
        url = f"{self._url.removesuffix('/v3')}/_sandbox{path}"
        answer = self._http.request(method, url, json=body)
        assert answer.is_success, answer.text
        return answer.json()

    # Lives ---------------------------------------------------------------------------------

    def _run(self, scenario: str, order: Order, cell: Cell) -> Any:
        """Run once; what it says if it lives must be true."""
        ended = self._live(order)
        if ended == -signal.SIGKILL and order["deadly"]:
            cell.died = (self._folder / "died.txt").read_text().splitlines()
            if scenario == "copy":
                shutil.rmtree(self._folder / "state", ignore_errors=True)
            if scenario == "forgotten":
                for file in (self._folder / "state").glob("*.sqlite*"):
                    os.truncate(file, 0)
            return None
        if ended:
            cell.failures.append("a process that nobody killed has died")
            return None
        said = json.loads((self._folder / "result.json").read_text())
        result, cell.steps = said["result"], max(cell.steps, said["steps"])
        cell.failures += said["crashes"]
        if scenario != "messages" and result is not None:
            rows, verdicts = result["rows"], Counter[str](result["verdicts"])
            if verdicts.total() != rows or rows not in (0, len(ROWS)):
                cell.failures.append(f"the report is not balanced: {result}")
            if sum(verdicts[name] for name in _STANDING) > len(self._people()):
                cell.failures.append(f"people are reported who are not there: {result}")
        return result

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


def _is_well(scenario: str, result: Any) -> bool:
    if result is None:
        return False
    if scenario == "messages":
        return all(result.get(name, "failed") != "failed" for name in MESSAGES)
    left = result["verdicts"].get("not_visible_yet", 0) + result["not_removed"]
    return result["problem"] is None and not left


def _is_as_said(person: dict[str, Any]) -> bool:
    return bool(person["name"] == "New" and person["tags"] == ["vip"])


@contextmanager
def matrix() -> Generator[Matrix]:
    """Run a sandbox that counts how often it is sent each address, and the lives that use it."""
    taken: Counter[str] = Counter()
    add = ImportJobs.add

    def adds(jobs: ImportJobs, job: ImportJob) -> None:
        taken.update(row[job.columns.email] for row in job.rows)
        add(jobs, job)

    folder = memory_folder()
    clock = folder / "clock"
    clock.write_bytes(bytes(8))
    # Each call on a connection of its own: it is read after whatever was sent before.
    limits = httpx.Limits(max_keepalive_connections=0)
    with (
        pytest.MonkeyPatch.context() as patch,
        Sandbox(api_key=KEY, speed=SPEED, clock=shared_time(clock)).serve() as server,
        httpx.Client(trust_env=False, limits=limits) as http,
    ):
        patch.setattr(ImportJobs, "add", adds)
        for operation in ("createContact", "createBatchContacts"):
            patch.setitem(BEHAVIOURS, operation, _counted(operation, taken))
        made = Matrix(folder / "cell", http, server.url, clock, taken)
        try:
            yield made
        finally:
            made.close()
            shutil.rmtree(folder)


def _counted(operation: str, taken: Counter[str]) -> Any:
    """A behaviour that counts addresses first, also those that it refuses as being there."""
    behaviour = BEHAVIOURS[operation]

    def counts(world: World, request: Request) -> Answer:
        taken.update(addresses(request.body))
        return behaviour(world, request)

    return counts
