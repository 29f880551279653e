"""The workers: client, slots and engine of the package, each in processes that may die."""

from __future__ import annotations

import asyncio
import itertools
import random
import shutil
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import httpx
from pydantic import SecretStr

from prefect_getresponse.client.auth import ApiKeyAuth
from prefect_getresponse.client.errors import GetResponseError, OutcomeUnknown
from prefect_getresponse.client.request import ApiRequest
from prefect_getresponse.client.send import AsyncClient
from prefect_getresponse.contact_import.engine import run_import
from prefect_getresponse.contact_import.ledger import LedgerBusy
from prefect_getresponse.contact_import.options import ImportOptions, import_options
from prefect_getresponse.contact_import.report import ImportReport
from prefect_getresponse.contact_import.tuning import Tuning
from prefect_getresponse.limits.budgets import CLOCKS_APART
from prefect_getresponse.limits.slots import SlotKeeper
from prefect_getresponse.sources import RowsSource
from prefect_getresponse.tasks.newsletters import create_newsletter
from prefect_getresponse.tasks.transactional_emails import create_transactional_email
from tests.client.virtual_pool import LeasePool
from tests.simulation.process import Process
from tests.simulation.scenario import (
    HEADER,
    Death,
    ForeignPlan,
    ImportPlan,
    Loss,
    MessagePlan,
    Night,
    Other,
    Source,
)
from tests.simulation.world import KEY, URL, Wire, World
from tests.support.virtual_time import START

T = TypeVar("T")


class Worker:
    """Somebody who works for the account, in one process after another.

    Args:
        world: The account.
        name: Who it is.

    Attributes:
        life: Name of its last process.
    """

    def __init__(self, world: World, name: str) -> None:
        self._world = world
        self._name = name
        self._chance = random.Random(f"{name} {world.scenario.seed}")
        self._lives = itertools.count(1)
        self.life = ""

    async def live(
        self,
        work: Callable[[AsyncClient, Process], Awaitable[T]],
        death: Death,
        ahead: float = 0.0,
        rate: float = 1.0,
        set_at: float = 0.0,
        set_by: float = 0.0,
        asleep: tuple[float, float] = (0.0, 0.0),
    ) -> T | None:
        """Do some work in a process of its own; None if it dies."""
        world, loop = self._world, asyncio.get_running_loop()
        process = Process(
            f"{self._name}/{next(self._lives)}",
            elapsed=lambda: world.time.elapsed,
            started=START + ahead,
            rate=rate,
            set_at=set_at,
            set_by=set_by,
            asleep=asleep,
            steps=death.steps,
            calls=death.calls,
            on_death=lambda step: world.note(process.name, f"DIES {step}"),
        )
        self.life = process.name
        if death.seconds is not None:
            loop.call_later(death.seconds, process.die, "all of a sudden")

        async def life() -> T:
            async with self._client(process) as client:
                return await work(client, process)

        return await process.run(life)

    @asynccontextmanager
    async def _client(self, process: Process) -> AsyncGenerator[AsyncClient]:
        loop = asyncio.get_running_loop()

        def step() -> None:
            if left := process.left_asleep():
                loop.call_later(left, step)
            elif not process.is_dead:
                delay = keeper.step()
                if delay < float("inf"):
                    loop.call_later(process.true_seconds(delay), step)

        def step_soon() -> None:
            loop.call_soon(step)

        apart = self._chance.uniform(-CLOCKS_APART / 2, CLOCKS_APART / 2)
        keeper = SlotKeeper(
            [LeasePool(self._world.server)],
            clock=process.monotonic,
            chance=self._chance,
            on_wanted=step_soon,
            epoch=lambda: START + self._world.time.elapsed + apart,
        )
        client = AsyncClient(
            URL,
            ApiKeyAuth(SecretStr(KEY), URL, {}),
            throttle=keeper.throttle,
            transport=Wire(self._world, process),
            sleep=process.sleep,
            chance=self._chance,
        )
        async with client:
            yield client
        if not process.is_dead:
            keeper.leave()


@dataclass
class ImportWorker(Worker):
    """Imports a source into a list of its own, night after night.

    Attributes:
        source: What the source holds now.
        reports: Reports of the undisturbed runs at the end.
        longest: Seconds that its longest run has lasted.
        silent: What runs said that had changed something, and gave no report.
        absent: How many people more were reported to be on the list than were on it.
    """

    world: World
    plan: ImportPlan
    folder: Path
    source: Source = ()
    reports: list[ImportReport] = field(default_factory=list[ImportReport])
    longest: float = 0.0
    silent: list[str] = field(default_factory=list[str])
    absent: int = 0

    def __post_init__(self) -> None:
        super().__init__(self.world, self.plan.name)
        self._options = import_options(
            source=self.plan.name,
            list_name=self.plan.name,
            state_dir=str(self.folder),
            route=self.plan.route,
            mode=self.plan.mode,
            verify=self.plan.verify,
            max_reject_ratio=1.0,
            max_removal_ratio=1.0,
        )
        others: dict[Other, dict[str, str]] = {
            "": {},
            "renamed": {},
            "add_only": {"mode": "add_only"},
            "by_id": {"list_name": self.world.lists[self.plan.name]},
        }
        self._others = {
            other: self._options.model_copy(update=changed) for other, changed in others.items()
        }

    async def nights(self) -> None:
        """Work while the wire is disturbed."""
        for night in self.plan.nights:
            await asyncio.sleep(night.pause)
            self.source = night.source
            self._lose(night.lost)
            # Without anything sent, there may be no ledger that knows the list.
            if night.replaced and any(
                deed.worker.startswith(f"{self._name}/") for deed in self._world.deeds
            ):
                self._world.replace_list(self._name)
                await self._night(night)
                self._world.restore_list(self._name)
            elif night.twin:
                await asyncio.gather(self._night(night), self._twin(night))
            else:
                await self._night(night)

    async def finish(self) -> None:
        """Run once, undisturbed."""
        report = await self.live(self._import(self._options), Death())
        assert report is not None
        self.reports.append(report)
        self._note(report)

    def _lose(self, how: Loss) -> None:
        """Let the ledger forget, and keep what it knows now for the next time."""
        for ledger in self.folder.glob(f"*-{self.world.lists[self.plan.name]}.sqlite"):
            older = ledger.with_suffix(".older")
            if how == "cut":
                ledger.write_bytes(b"")
            elif how == "older" and older.exists():
                shutil.copyfile(older, ledger)
            if how:
                self._world.note(self._name, f"its ledger is {how}")
            shutil.copyfile(ledger, older)

    @property
    def is_done(self) -> bool:
        """Whether the last run knows of everybody what became of them, or will never know."""
        left = [report.verdicts["not_visible_yet"] for report in self.reports[-2:]]
        return not left[-1] or (not self.plan.verify and len(set(left)) == 1)

    async def _night(self, night: Night) -> None:
        begun = self._world.time.elapsed
        try:
            report = await self.live(
                self._import(self._others[night.other], renamed=night.other == "renamed"),
                night.death,
                night.ahead,
                night.rate,
                night.set_at,
                night.set_by,
                night.asleep,
            )
        except GetResponseError as error:
            self._world.note(self._name, f"sent nothing: {error.args[0]}")
            people = ("/contacts", "/imports")
            deeds = [each.path for each in self._world.deeds if each.worker == self.life]
            if not night.twin and any(path.startswith(people) for path in deeds):
                self.silent.append(str(error.args[0]))
        else:
            if report is not None:
                self._note(report)
                here = {*self._world.people(self._name, "subscribed", "unconfirmed")}
                left = self._world.removed.items()  # who left meanwhile was there when looked at
                here |= {key for (name, key), at in left if name == self._name and at >= begun}
                number = sum(key in here for key in {row.key for row in self.source})
                self.absent = max(self.absent, report.verdicts["already_present"] - number)
        finally:
            self.longest = max(self.longest, self._world.time.elapsed - begun)

    async def _twin(self, night: Night) -> None:
        """Start the same import a second time."""
        await asyncio.sleep(1)
        try:
            report = await self.live(self._import(self._options), Death(), night.ahead, night.rate)
        except LedgerBusy:
            self._world.note(self._name, "a second process finds the list busy")
        except GetResponseError as error:
            self._world.note(self._name, f"a second process sent nothing: {error.args[0]}")
        else:
            if report is not None:
                self._note(report)

    def _import(
        self, options: ImportOptions, *, renamed: bool = False
    ) -> Callable[[AsyncClient, Process], Awaitable[ImportReport]]:
        rows = [HEADER, *(row.cells for row in self.source)]
        about = frozenset(row.mentioned or row.key for row in self.source)

        scenario = self._world.scenario

        async def work(client: AsyncClient, process: Process) -> ImportReport:
            self._world.sources[process.name] = about
            source = RowsSource(rows, name=f"{self.plan.name}{' again' if renamed else ''}")
            return await run_import(
                options,
                "simulation",
                client,
                source=source,
                clock=process.monotonic,
                wall=process.now,
                tuning=Tuning(batch_rows=scenario.batch_size, import_bytes=scenario.import_bytes),
            )

        return work

    def _note(self, report: ImportReport) -> None:
        counted = ", ".join(f"{rows} {name}" for name, rows in report.verdicts.items() if rows)
        self._world.note(self._name, f"{counted}: {report.problem or 'done'}")


@dataclass
class MessageWorker(Worker):
    """Sends messages that must not be sent twice, and writes down what it knows of each.

    Attributes:
        told: What the client said of each message: `sent`, `failed` (it was not), `unknown`.
    """

    world: World
    plan: MessagePlan
    told: dict[int, str] = field(default_factory=dict[int, str])

    def __post_init__(self) -> None:
        super().__init__(self.world, self.plan.name)

    async def nights(self) -> None:
        """Send all messages, in as many processes as it takes."""
        for death in self.plan.deaths:
            await self.live(self._work, death)

    async def _work(self, client: AsyncClient, process: Process) -> None:
        for number, pause in enumerate(self.plan.pauses):
            if self.told.get(number) == "failed" or number not in self.told:
                await process.sleep(pause)
                await self._send(client, process, number)

    async def _send(self, client: AsyncClient, process: Process, number: int) -> None:
        before = self.told.get(number)

        def intend() -> None:
            process.live()
            self.told[number] = "unknown"  # until there is an answer

        try:
            await client.send(self._request(number), on_start=intend)
        except OutcomeUnknown:
            process.live()
        except GetResponseError:
            process.live()
            self.told[number] = "failed"
        else:
            process.live()
            self.told[number] = "sent"
        if before != self.told[number]:
            self._world.note(process.name, f"message {number}: {self.told[number]}")

    def _request(self, number: int) -> ApiRequest:
        subject = f"Message {number}"
        sender = {"fromFieldId": self._world.sender}
        if self.plan.kind == "mail":
            return create_transactional_email.operation.request(
                {
                    "from_field": sender,
                    "recipients": {"to": {"email": "jane@example.com"}},
                    "content_type": "direct",
                    "subject": subject,
                    "content": {"plain": "Thank you."},
                }
            )
        campaign_id = self._world.lists["messages"]
        return create_newsletter.operation.request(
            {
                "subject": subject,
                "from_field": sender,
                "campaign": {"campaignId": campaign_id},
                "content": {"plain": "News."},
                "send_settings": {"selectedCampaigns": [campaign_id]},
            }
        )


async def foreign_program(world: World, plan: ForeignPlan) -> None:
    """Call at random, whoever else calls; what is refused is dropped."""
    request = httpx.Request("GET", f"{URL}/accounts", headers={"X-Auth-Token": f"api-key {KEY}"})
    calls: list[asyncio.Task[httpx.Response]] = []
    for moment in plan.moments:
        await asyncio.sleep(max(0.0, moment - world.time.elapsed))
        calls.append(asyncio.create_task(world.serve("foreign", request)))
    await asyncio.gather(*calls)


async def people_leave(world: World, plan: ImportPlan) -> None:
    """Let people unsubscribe at their moments, or as soon after as they are on the list."""
    begun = world.time.elapsed
    for moment, email in sorted(plan.opt_outs):
        await asyncio.sleep(max(0.0, begun + moment - world.time.elapsed))
        world.leave(plan.name, email)


async def strangers_come(world: World, plan: ImportPlan) -> None:
    """Let people sign up by another way, and confirm, at their moments."""
    begun = world.time.elapsed
    deeds = [(moment, email, world.sign_up) for moment, email in plan.sign_ups]
    deeds += [(moment, email, world.confirm) for moment, email in plan.confirmations]
    for moment, email, deed in sorted(deeds, key=lambda each: each[:2]):
        await asyncio.sleep(max(0.0, begun + moment - world.time.elapsed))
        deed(plan.name, email)
