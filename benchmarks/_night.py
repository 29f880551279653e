"""A night that goes wrong, the same for every program: people, an account, faults and a crash."""

from __future__ import annotations

import asyncio
import itertools
import random
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import httpx

sys.path.insert(0, str(Path(__file__).parent.parent))
from tests.contact_import.lab import SENDING_PATHS, Killed, Lab, Trouble, Wire

T = TypeVar("T")

LATENCY = 0.09
SILENT = "rejected.example"
"""Domain whose people GetResponse takes and never adds."""
MOST_RUNS = 9
BATCHES = 10
"""How much oftener a batch is disturbed than other calls."""
TROUBLES = (
    Trouble.LOST_BEFORE,
    Trouble.LOST_AFTER,
    Trouble.TRUNCATED,
    Trouble.FAILED_BEFORE,
    Trouble.FAILED_AFTER,
    Trouble.THROTTLED,
)


@dataclass(frozen=True)
class Outcome:
    """What became of a night.

    Attributes:
        runs: How often the program was started until it came to its end.
        calls: Calls that left the program.
        refused: Calls that the sandbox refused because of its limits.
        sending_seconds: From the first call that sent people to the last.
        whole_seconds: Of all runs, from the first one's start to the last one's end.
        lost: People who should be on the list and are not.
        twice: People whom GetResponse took twice.
        put_back: People who unsubscribed and are on the list again.
        untold: People of whom the program says something else than what became of them, or nothing.
    """

    runs: int
    calls: int
    refused: int
    sending_seconds: float
    whole_seconds: float
    lost: int
    twice: int
    put_back: int
    untold: int


class _SlowWire(Wire):
    """Carries calls in the time that a call takes, and counts them."""

    calls = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.calls += 1
        await asyncio.sleep(LATENCY / 2)
        response = await super().handle_async_request(request)
        await asyncio.sleep(LATENCY / 2)
        return response


class Night(Lab):
    """An account whose list has some of the people, and a wire with faults.

    Attributes:
        people: Addresses in the source, in its order.
        wire: The way to the account.

    Args:
        folder: Holds source and state.
        rows: People in the source; a tenth is on the list, a hundredth of them has unsubscribed.
        faults: Share of calls that something happens to.
        seed: Seed of the faults.
    """

    wire: _SlowWire

    def __init__(self, folder: Path, rows: int, faults: float, seed: int) -> None:
        super().__init__(folder)
        self.people = [_address(number) for number in range(rows)]
        self._listed = self.people[1:rows:10]
        self._unsubscribed = set(self._listed[::10])
        self._prepare()
        self._chance = random.Random(seed)
        self._faults = faults
        self._crash_at = rows // 2
        self.wire = _SlowWire(self.sandbox)
        self.wire.plan = self._trouble
        self.wire.on_death = self.die
        self._runs = 0
        self._begun = self.time.elapsed
        self._calls_before = len(self.control("GET", "/log")["calls"])

    def _prepare(self) -> None:
        for part in in_parts(self._listed):
            self.time.advance(2)
            contacts = [{"email": email, "name": name_of(email)} for email in part]
            body = {"campaignId": self.campaign_id, "contacts": contacts}
            self.api("POST", "/contacts/batch", body)
        self.time.advance(301)
        for email in self._unsubscribed:
            self.remove(email, "unsubscribe")
        self.write(((email, name_of(email)) for email in self.people), "Email,Name")
        self.time.advance(600)

    def _trouble(self, request: httpx.Request) -> Trouble | None:
        if self.wire.accepted.total() >= self._crash_at:
            self._crash_at = sys.maxsize
            return Trouble.KILLED_AFTER
        share = self._faults * (BATCHES if request.url.path.endswith("/batch") else 1)
        if self._chance.random() < share:
            return self._chance.choice(TROUBLES)
        return None

    def die(self) -> None:
        """End the process; a program without a state folder loses nothing."""
        self.state.mkdir(exist_ok=True)
        super().die()

    def until_done(self, work: Callable[[], T], is_done: Callable[[T], bool]) -> T:
        """Do some work again and again, as an operator does, until it comes to its end.

        Args:
            work: A run of the program.
            is_done: Whether a run that ended has come to its end.
        """
        while self._runs < MOST_RUNS:
            self._runs += 1
            try:
                result = work()
            except Killed:
                self.wire.dead = False
                continue
            if is_done(result):
                return result
        raise AssertionError(f"not done after {MOST_RUNS} runs")

    def outcome(self, told: dict[str, bool]) -> Outcome:
        """Compare what became of the people with what the program told of them.

        Args:
            told: Whether a person was added or is there, by address; who is missing was not told.
        """
        whole = self.time.elapsed - self._begun
        log = self.control("GET", "/log")["calls"][self._calls_before :]
        sends = [each["at"] for each in log if each["path"] in SENDING_PATHS]
        present = self._present()
        wanted = {each for each in self.people if not each.endswith(SILENT)} - self._unsubscribed
        taken = self.wire.accepted + Counter(set(self._listed) - self._unsubscribed)
        return Outcome(
            runs=self._runs,
            calls=self.wire.calls,
            refused=sum(each["status"] == 429 for each in log),
            sending_seconds=max(sends) - min(sends),
            whole_seconds=whole,
            lost=len(wanted - present),
            twice=sum(times > 1 for times in taken.values()),
            put_back=len(self._unsubscribed & present),
            untold=sum(told.get(email) is not (email in present) for email in self.people),
        )

    def _present(self) -> set[str]:
        self.time.advance(301)
        found: set[str] = set()
        for page in itertools.count(1):
            self.time.advance(1)
            query = f"query[campaignId]={self.campaign_id}&perPage=1000&page={page}"
            contacts = self.api("GET", f"/contacts?{query}")
            found |= {each["email"].casefold() for each in contacts}
            if len(contacts) < 1000:
                return found
        raise AssertionError


def in_parts(items: Sequence[str], size: int = 1000) -> Iterator[Sequence[str]]:
    """Cut a sequence."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def name_of(email: str) -> str:
    """Name of a person."""
    return email.partition("@")[0].replace(".", " ").title()


def _address(number: int) -> str:
    domain = SILENT if number % 100 == 50 else f"example{number % 97}.com"
    return f"person.{number * 7_919 % 99_999_989}@{domain}"
