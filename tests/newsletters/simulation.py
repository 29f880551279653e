"""Releases, people and faults of one seed, in virtual time; what must be true in the end.

A seed decides how many runs there are and when, which text, clock and time zone each has, what
becomes of its calls, whether and how late its plan is approved, whether its file changes before the
answer, and what other people edit, cancel or delete meanwhile.  In the end every command is run
again undisturbed, and the mail goes out.  Whether all is right is read off GetResponse's side: the
newsletters that people got.
"""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import httpx

from prefect_getresponse.client.errors import GetResponseError
from prefect_getresponse.newsletters.engine import Approval, Releasing
from prefect_getresponse.newsletters.release_file import Release, read_release
from tests.newsletters.lab import AT, Killed, Lab, Wire
from tests.support.troubles import Trouble

HOUR = 3600.0
LOOKED_AT_AGAIN = 2 * HOUR
"""When dead runs are found: after all edits, and before the newsletter goes out.  Edits that no run
sees any more are not promised to be found.
"""
_TROUBLES = [
    Trouble.REFUSED,
    Trouble.LOST_BEFORE,
    Trouble.LOST_AFTER,
    Trouble.TRUNCATED,
    Trouble.HTML,
    Trouble.FAILED_BEFORE,
    Trouble.FAILED_AFTER,
    Trouble.THROTTLED,
    Trouble.KILLED_BEFORE,
    Trouble.KILLED_AFTER,
]
_read = cache(read_release)
_SUBJECTS = ("News of spring", "News of spring, corrected")
_ZONES = ("UTC", "Europe/Warsaw", "America/New_York", "Asia/Kolkata")


@dataclass
class Outcome:
    """What a seed came to.

    Attributes:
        failures: What is not as it must be.
        counts: How often things happened, so that a test sees that they do.
    """

    failures: list[str] = field(default_factory=list[str])
    counts: Counter[str] = field(default_factory=Counter[str])


class Simulation:
    """One seed."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.lab = Lab()
        self.outcome = Outcome()
        self.approved: dict[str, str] = {}
        self.texts: list[str] = []

    def run(self) -> Outcome:
        """Let everything happen, then look."""
        with time_zone_restored():
            self.lab.time.run(self._everything())
        self.lab.time.advance(8 * HOUR)
        self._look()
        return self.outcome

    def _text(self, subject: str) -> str:
        """Return a release's text, whose time is written in one of several ways."""
        zone = self.chance.choice(["", "", *_ZONES])
        if not zone:
            return self.lab.text(subject)
        wall = AT.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        return f"{self.lab.text(subject, wall)}time_zone: {zone}\n"

    async def _everything(self) -> None:
        chance = self.chance
        runs = [self._attempt(chance.randrange(1 << 30)) for _ in range(chance.randint(1, 4))]
        others = [self._person() for _ in range(chance.randint(0, 3))]
        await asyncio.gather(*runs, *others, self._again(after=LOOKED_AT_AGAIN))
        await self._again(after=0.0)

    async def _again(self, after: float) -> None:
        """Run the same commands again, as whoever finds a dead run does, before the mail goes.

        All that were approved, and one that was not: the others end after the same plan.
        """
        await asyncio.sleep(after)
        approved = list(self.approved.values())
        for text in dict.fromkeys([*approved, *[x for x in self.texts if x not in approved][:1]]):
            await self._release(text, text, Wire(self.lab.sandbox), 0.0, answer=None)

    async def _attempt(self, seed: int) -> None:
        chance = random.Random(seed)
        text, later = [self._text(chance.choices(_SUBJECTS, [4, 1])[0]) for _ in range(2)]
        later = chance.choice([text, text, text, later])
        self.texts += [text, later]
        rate = chance.choice([0.0, 0.02, 0.1])
        wire = Wire(self.lab.sandbox)
        wire.delay = lambda: chance.random() * chance.choice([0.1, 2.0])

        def plan(request: httpx.Request) -> Trouble | None:
            risky = request.method == "POST"
            return (
                chance.choice(_TROUBLES) if chance.random() < rate * (4 if risky else 1) else None
            )

        wire.plan = plan
        await asyncio.sleep(
            chance.choice([0.0, 1.0, chance.random() * 60, chance.random() * 1_800])
        )
        skew = chance.choice([0.0, 0.0, -HOUR * 30, HOUR * 30])
        waits = chance.choice([0.0, 300.0, 300.0, 3 * HOUR, 8 * HOUR, None])
        answer = None if waits is None else chance.random() * waits
        await self._release(text, later, wire, skew, answer=answer)

    async def _release(
        self, text: str, later: str, wire: Wire, skew: float, *, answer: float | None
    ) -> None:
        """Release a text as a flow does: plan it, wait for the answer, plan anew, send.

        Args:
            text: The release when it is planned.
            later: The release when the answer has come.
            wire: Its calls.
            skew: How wrong its clock is.
            answer: Seconds until somebody approves the plan; None if nobody does.
        """
        try:
            async with self.lab.client(wire, self.chance.randrange(1 << 30)) as client:
                run = Releasing(_read(text), "lab", lambda: self.lab.time() + skew)
                plan = await run.plan(client)
                approval = Approval(plan.hash if plan.hash in self.approved else "nobody's")
                if answer is not None:
                    await asyncio.sleep(answer)
                    self.approved[plan.hash] = text
                    approval = Approval(plan.hash)
                    self._move()
                    run = Releasing(_read(later), "lab", lambda: self.lab.time() - skew)
                    plan = await run.plan(client)
                self.outcome.counts["not approved"] += approval.hash != plan.hash
                report = await run.release(client, plan, approval)
        except Killed:
            self.outcome.counts["killed"] += 1
        except GetResponseError as error:
            self.outcome.counts[type(error).__name__] += 1
        else:
            self.outcome.counts[report.status] += 1
            if not report.balanced and report.status not in ("unknown", "sent_twice"):
                self.outcome.failures.append(f"does not balance: {report.line()}")

    def _move(self) -> None:
        """Let the worker that goes on be in another time zone."""
        os.environ["TZ"] = self.chance.choice(_ZONES)
        time.tzset()
        self.outcome.counts["moved"] += 1

    async def _person(self) -> None:
        """Edit, cancel or delete a newsletter of the release some time."""
        chance = self.chance
        for _ in range(chance.randint(1, 3)):
            await asyncio.sleep(chance.random() * chance.choice([20, 400]))
            listed = [each for each in self.lab.newsletters if each["name"].startswith("release ")]
            if not listed:
                continue
            one = chance.choice(listed)
            path = f"/newsletters/{one['newsletterId']}"
            deed = chance.choice(["edit", "edit", "edit", "cancel", "delete"])
            if deed == "edit":
                self._edit(one)
            elif deed == "cancel" and one["type"] == "broadcast":
                self.lab.api("POST", f"{path}/cancel")
            elif deed == "delete" and one["type"] == "draft":
                self.lab.api("DELETE", path)
            else:
                continue
            self.outcome.counts[deed] += 1

    def _edit(self, newsletter: dict[str, Any]) -> None:
        """Change one thing about a newsletter; its time never to an earlier one."""
        chance = self.chance
        words = f"Edited {chance.random()}"
        later = AT + timedelta(minutes=chance.randint(1, 100))
        settings: list[dict[str, Any]] = [
            {"timeTravel": "true"},
            {"perfectTiming": "true"},
            {"excludedCampaigns": [self.lab.campaign_id]},
            {"selectedCampaigns": []},
        ]
        changes: list[dict[str, Any]] = [
            {"subject": words},
            {"html": words},
            {"plain": words},
            {"sender": "other"},
            {"sendSettings": chance.choice(settings)},
            {"sendOn": later.isoformat()},
        ]
        change = chance.choice(changes)
        self.lab.edit(newsletter["newsletterId"], **change)
        self.outcome.counts[f"edit of {next(iter(change))}"] += 1

    def _look(self) -> None:
        sent = [each for each in self.lab.newsletters if each["type"] == "broadcast"]
        failures = self.outcome.failures
        if len(sent) > 1:
            failures.append(f"{len(sent)} newsletters were sent")
        for each in sent:
            plan_hash = each["name"].rpartition(" ")[2]
            if plan_hash not in self.approved:
                failures.append("what was sent was not approved")
                continue
            wanted = self._wanted(_read(self.approved[plan_hash]).release)
            went = {
                **{name: each[name] for name in ("subject", "sendOn")},
                **{part: each["content"][part].rstrip() for part in ("html", "plain")},
                "sender": each["fromField"]["fromFieldId"],
                **{name: value for name, value in each["sendSettings"].items() if name in wanted},
            }
            wrong = {name: value for name, value in went.items() if value != wanted[name]}
            if wrong:
                failures.append(f"it is not what was approved: {wrong}")
        self.outcome.counts["sent"] += len(sent)

    def _wanted(self, release: Release) -> dict[str, Any]:
        at = release.when()
        assert at
        return {
            "subject": release.subject,
            "sendOn": f"{at:%Y-%m-%dT%H:%M:%S+0000}",
            "html": release.html.rstrip(),
            "plain": release.plain.rstrip(),
            "sender": self.lab.sender["fromFieldId"],
            "selectedCampaigns": [self.lab.campaign_id],
            "excludedCampaigns": [],
            "timeTravel": "false",
            "perfectTiming": "false",
        }


@contextmanager
def time_zone_restored() -> Generator[None]:
    """Give this process its time zone back afterwards."""
    before = os.environ.get("TZ")
    try:
        yield
    finally:
        os.environ.pop("TZ", None)
        if before is not None:
            os.environ["TZ"] = before
        time.tzset()
