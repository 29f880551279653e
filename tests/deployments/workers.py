"""Process workers of a pool, as people start them."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterable
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any
from uuid import UUID

from prefect import get_client
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterId
from prefect.client.schemas.objects import StateType
from prefect.deployments import run_deployment

PREFECT = str(Path(sys.executable).with_name("prefect"))
PATIENCE = 240.0
"""Seconds until a test gives up; only a broken test waits so long."""


def environment(api_url: str, home: Path, **others: str) -> dict[str, str]:
    """Environment of a worker: a home of its own, and the server."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith("PREFECT_")}
    return kept | {
        "PREFECT_API_URL": api_url,
        "PREFECT_HOME": str(home),
        "PREFECT_WORKER_QUERY_SECONDS": "1",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        **others,
    }


class Worker:
    """A process worker.

    Attributes:
        name: Its name.
    """

    def __init__(self, name: str, pool: str, limit: int, variables: dict[str, str]) -> None:
        self.name = name
        self.log = Path(variables["PREFECT_HOME"]) / f"{name}.log"
        self.log.parent.mkdir(parents=True, exist_ok=True)
        words = ["worker", "start", "--pool", pool, "--name", name, "--limit", str(limit)]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [PREFECT, *words],
                env=variables,
                cwd=self.log.parent,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    @property
    def runs(self) -> set[str]:
        """Ids of the flow runs that it has started."""
        said = self.text
        taken, lost = (  # another worker may have been quicker
            set(re.findall(rf"{words} flow run '([0-9a-f-]{{36}})'", said))
            for words in ("submitting", "Aborted submission of")
        )
        return taken - lost

    @property
    def text(self) -> str:
        """What it has printed."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def pull_the_plug(self) -> None:
        """End it and its runs at once, as a power cut does."""
        for process in (self._process.pid, *descendants(self._process.pid)):
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        self._process.wait()

    def stop(self) -> None:
        """End it in an orderly way."""
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(30)
            except subprocess.TimeoutExpired:
                self.pull_the_plug()


def descendants(process: int) -> list[int]:
    """Processes that a process has started, and theirs; where there is no /proc, none."""
    children: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            parent = int(path.read_text().rpartition(")")[2].split()[1])
            children.setdefault(parent, []).append(int(path.parent.name))
    found: list[int] = []
    new = [process]
    while new:
        new = [child for parent in new for child in children.get(parent, [])]
        found += new
    return found


@contextmanager
def workers(
    names: Iterable[str], pool: str, variables: dict[str, str], limit: int = 1
) -> Generator[list[Worker]]:
    """Start workers of a pool, and end them."""
    with ExitStack() as stack:
        started: list[Worker] = []
        for name in names:
            worker = Worker(name, pool, limit, variables)
            stack.callback(worker.stop)
            started.append(worker)
        yield started


def write_source(folder: Path, name: str, people: int) -> str:
    """Write a source with so many people, all of a domain of their own; its path."""
    path = folder / f"{name}.csv"
    rows = (f"person{number}@{name}.example.com" for number in range(people))
    path.write_text("\n".join(["Email", *rows]), encoding="utf-8")
    return str(path)


def start_import(source: str, campaign: str) -> UUID:
    """Start an import by `one-list`, a call each person; the id of its run."""
    parameters = {
        "source": source,
        "list_name": campaign,
        "route": "contacts",
        "create_list": True,
        "vouched": True,
    }
    run: Any = run_deployment("nightly-contact-import/one-list", parameters=parameters, timeout=0)
    return UUID(str(run.id))


def states(runs: Iterable[UUID]) -> list[StateType | None]:
    """What has become of runs, in their order."""
    wanted = list(runs)
    with get_client(sync_client=True) as client:
        only = FlowRunFilter(id=FlowRunFilterId(any_=wanted))
        found = {run.id: run.state_type for run in client.read_flow_runs(flow_run_filter=only)}
    return [found[run] for run in wanted]


def wait_until(done: Callable[[], bool], seconds: float = PATIENCE) -> None:
    """Wait until something is the case.

    Raises:
        TimeoutError: It takes too long.
    """
    deadline = time.monotonic() + seconds
    while not done():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {seconds} seconds")
        time.sleep(0.2)
