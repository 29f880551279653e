"""Releases, people and faults of one seed, in virtual time; what must be true in the end.

A seed decides how many runs there are and when, which text and clock each has, what becomes of its
calls, whether its plan is approved, and what other people edit, cancel or delete meanwhile.  In the
end every command is run again undisturbed, and the mail goes out.  Whether all is right is read off
GetResponse's side: the newsletters that people got.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from dataclasses import dataclass, field

import httpx

from prefect_getresponse.client.errors import GetResponseError
from prefect_getresponse.newsletters.engine import Approval, Releasing
from prefect_getresponse.newsletters.release_file import read_release
from tests.newsletters.lab import Killed, Lab, Wire
from tests.support.troubles import Trouble

HOUR = 3600.0
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
_SUBJECTS = ("News of spring", "News of spring, corrected")


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
        self.lab.time.run(self._everything())
        self.lab.time.advance(8 * HOUR)
        self._look()
        return self.outcome

    async def _everything(self) -> None:
        chance = self.chance
        runs = [self._attempt(chance.randrange(1 << 30)) for _ in range(chance.randint(1, 4))]
        others = [self._person() for _ in range(chance.randint(0, 3))]
        await asyncio.gather(*runs, *others)
        # The same commands again, as whoever finds a dead run does.
        for text in dict.fromkeys(self.texts):
            await self._release(text, Wire(self.lab.sandbox), 0.0, approves=False)

    async def _attempt(self, seed: int) -> None:
        chance = random.Random(seed)
        text = self.lab.text(chance.choices(_SUBJECTS, [4, 1])[0])
        self.texts.append(text)
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
        await self._release(text, wire, skew, approves=chance.random() < 0.8)

    async def _release(self, text: str, wire: Wire, skew: float, *, approves: bool) -> None:
        run = Releasing(read_release(text), "lab", lambda: self.lab.time() + skew)
        try:
            async with self.lab.client(wire, self.chance.randrange(1 << 30)) as client:
                plan = await run.plan(client)
                if approves:
                    await asyncio.sleep(self.chance.random() * 300)
                    self.approved[plan.hash] = text
                if plan.hash not in self.approved:
                    self.outcome.counts["not approved"] += 1
                    return
                report = await run.release(client, plan, Approval(plan.hash))
        except Killed:
            self.outcome.counts["killed"] += 1
        except GetResponseError as error:
            self.outcome.counts[type(error).__name__] += 1
        else:
            self.outcome.counts[report.status] += 1
            if not report.balanced and report.status not in ("unknown", "sent_twice"):
                self.outcome.failures.append(f"does not balance: {report.line()}")

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
                self.lab.edit(one["newsletterId"], f"Edited {chance.random()}")
            elif deed == "cancel" and one["type"] == "broadcast":
                self.lab.api("POST", f"{path}/cancel")
            elif deed == "delete" and one["type"] == "draft":
                self.lab.api("DELETE", path)
            else:
                continue
            self.outcome.counts[deed] += 1

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
            release = read_release(self.approved[plan_hash]).release
            said = (each["subject"], each["content"]["html"].rstrip())
            if said != (release.subject, release.html.rstrip()):
                failures.append(f"something else than what was approved was sent: {said}")
        self.outcome.counts["sent"] += len(sent)
