"""One seed, from the drawing of its scenario to the verdict about it."""

from __future__ import annotations

import asyncio
import gc
import hashlib
import logging
import shutil
import traceback
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from prefect_getresponse.client.listings import whole_listing
from tests.simulation.invariants import violations
from tests.simulation.process import count_tasks, mortal_ledgers
from tests.simulation.scenario import Scenario, draw
from tests.simulation.shortcuts import shortcuts
from tests.simulation.workers import (
    ImportWorker,
    MessageWorker,
    foreign_program,
    people_leave,
    strangers_come,
)
from tests.simulation.world import World
from tests.support.memory_disk import memory_folder

DAY = 86_400.0
MANY_IMPORTS = 8
"""Imports tried, after which those of a day may not be enough: one in doubt counts as one made."""
FINAL_RUNS = 5
"""Undisturbed runs, at most: what waits for a queue takes some, and the last one does nothing."""
QUEUE = 301.0
"""Seconds after which GetResponse has added whom it took."""


@dataclass
class Outcome:
    """What a seed ended with.

    Attributes:
        seed: The seed.
        failures: What is not as it must be.
        history: What happened, a line each.
    """

    seed: int
    failures: list[str] = field(default_factory=list[str])
    history: list[str] = field(default_factory=list[str])

    @property
    def digest(self) -> str:
        """Tells histories apart."""
        return hashlib.sha256("\n".join(self.history).encode()).hexdigest()[:16]


def simulate(seed: int) -> Outcome:
    """Let the history of a seed happen."""
    scenario = draw(seed)
    folder = memory_folder()
    outcome = Outcome(seed)
    world = World(scenario)
    try:
        with _small_calls(scenario), mortal_ledgers(), _quiet(), shortcuts():
            world.time.run(_happen(world, folder, outcome))
    except Exception:
        outcome.failures.append(traceback.format_exc())
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    outcome.history = [f"{at:11.3f} {who:12} {what}" for at, who, what in world.history]
    return outcome


def failures_of(seed: int) -> Outcome:
    """What a seed ends with, without its history."""
    return Outcome(seed, simulate(seed).failures)


async def _happen(world: World, folder: Path, outcome: Outcome) -> None:
    scenario, loop = world.scenario, asyncio.get_running_loop()
    count_tasks(loop)
    loop.set_exception_handler(lambda _loop, _context: None)  # of the dead
    world.open()
    importers = [ImportWorker(world, plan, folder) for plan in scenario.imports]
    senders = [MessageWorker(world, plan) for plan in scenario.messages]
    others = [people_leave(world, plan) for plan in scenario.imports]
    others += [strangers_come(world, plan) for plan in scenario.imports]
    if scenario.foreign is not None:
        others.append(foreign_program(world, scenario.foreign))
    await asyncio.gather(
        *(worker.nights() for worker in importers),
        *(worker.nights() for worker in senders),
        *others,
    )
    world.is_calm = True
    world.note("world", "the wire is calm from here on")
    if sum("POST /imports" in what for _, _, what in world.history) > MANY_IMPORTS:
        await asyncio.sleep(DAY)
    for worker in importers:
        world.decide_imports(world.lists[worker.plan.name], "finished")
    before = 0
    for round_ in range(FINAL_RUNS):
        await asyncio.sleep(QUEUE)
        before = len(world.deeds)
        await asyncio.gather(*(worker.finish() for worker in importers))
        is_new = round_ > 0 or not any(each.reports[-1].resumed for each in importers)
        is_quiet = is_new and before == len(world.deeds)
        if is_quiet and all(each.is_done for each in importers):
            break
    outcome.failures += violations(world, importers, senders, before)


@contextmanager
def _small_calls(scenario: Scenario) -> Generator[None]:
    """Let a few people be many."""
    with pytest.MonkeyPatch.context() as patch:
        if scenario.page < 1_000:
            patch.setattr(whole_listing, "PER_PAGE", scenario.page)
            patch.setattr(whole_listing, "OVERLAPS", (2, 6, 11))
        yield


@contextmanager
def _quiet() -> Generator[None]:
    """Log nothing, and look for cyclic garbage later: both take longer than the simulation."""
    logging.disable()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        logging.disable(logging.NOTSET)
