"""A whole installation: a Prefect server of its own, on PostgreSQL if there is one, and workers."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Generator, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from prefect import get_client
from prefect.client.schemas.filters import (
    ArtifactFilter,
    ArtifactFilterFlowRunId,
)
from prefect.client.schemas.objects import State, StateType
from prefect.settings import PREFECT_API_URL, temporary_settings

from prefect_getresponse import GetResponseCredentials
from tests.deployments.workers import (
    PREFECT,
    environment,
    start_import,
    states,
    wait_until,
    workers,
    write_source,
)
from tests.support.fast_sandbox import KEY, FastSandbox, fast_sandbox
from tests.support.ports import free_port
from tests.support.postgresql import PROGRAMS, postgresql

pytestmark = pytest.mark.deployments

OURS = str(Path(sys.executable).with_name("prefect-getresponse"))
POOL = "getresponse"
ROWS = 4000
SETTINGS = "PREFECT_INTEGRATIONS_GETRESPONSE_"


class Installation:
    """A server, an account, and the machines of the workers.

    Attributes:
        url: Address of the server.
        account: The sandbox.
        folder: Where everything is kept.
    """

    def __init__(self, url: str, account: FastSandbox, folder: Path) -> None:
        self.url = url
        self.account = account
        self.folder = folder

    def machine(self, name: str) -> dict[str, str]:
        """Environment of a machine, with a home of its own."""
        settle = {f"{SETTINGS}SETTLE_SECONDS": "20"}
        return environment(self.url, self.folder / name, **settle)

    def command(self, *words: str) -> str:
        """Run our command; what it printed."""
        done = subprocess.run(
            [OURS, *words],
            env=self.machine("desk"),
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def start(self, name: str, rows: int) -> UUID:
        """Start the import of a list with so many people; the id of its run."""
        return start_import(write_source(self.folder, name, rows), name)

    def told(self, run: UUID) -> dict[str, str]:
        """Descriptions of a run's artifacts, by what they are."""
        with get_client(sync_client=True) as client:
            only = ArtifactFilter(flow_run_id=ArtifactFilterFlowRunId(any_=[run]))
            found = client.read_artifacts(artifact_filter=only)
        return {str(each.key).split("-")[2]: str(each.description) for each in found}

    def accepted(self) -> int:
        """People that the account has taken so far."""
        return sum(
            call["path"] == "/v3/contacts" and call["status"] == 202 for call in self.account.log
        )

    def both_at_work(self, *runs: UUID) -> bool:
        """Whether runs go on side by side, and some of their people are there."""
        return self.accepted() > ROWS / 4 and states(runs) == [StateType.RUNNING] * len(runs)

    def refusals(self) -> int:
        """Calls that were refused for their number."""
        return sum(call["status"] == 429 for call in self.account.log)


@contextmanager
def prefect_server_on(database: str | None, folder: Path) -> Generator[str]:
    """Start a Prefect server as people do, with leases on disk; its address."""
    port = free_port()
    url = f"http://127.0.0.1:{port}/api"
    variables = environment(url, folder) | {
        "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": (
            "prefect.server.concurrency.lease_storage.filesystem"
        ),
        "PREFECT_SERVER_SERVICES_SCHEDULER_LOOP_SECONDS": "5",
        "PREFECT_SERVER_UI_ENABLED": "false",
    }
    if database is not None:
        asyncpg = database.replace("postgresql://", "postgresql+asyncpg://")
        variables["PREFECT_SERVER_DATABASE_CONNECTION_URL"] = asyncpg
    with (folder / "server.log").open("wb") as log:
        server = subprocess.Popen(
            [PREFECT, "server", "start", "--port", str(port)],
            env=variables,
            stdout=log,
            stderr=subprocess.STDOUT,
        )

    def healthy() -> bool:
        assert server.poll() is None, (folder / "server.log").read_text()
        try:
            return httpx.get(f"{url}/health", timeout=5, trust_env=False).is_success
        except httpx.HTTPError:
            return False

    try:
        wait_until(healthy)
        yield url
    finally:
        server.terminate()
        server.wait(60)


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """An installation with deployments, and no workers yet."""
    folder = tmp_path_factory.mktemp("installation")
    with (
        fast_sandbox() as account,
        postgresql() if PROGRAMS else nullcontext(None) as database,
        prefect_server_on(database, folder) as url,
        temporary_settings({PREFECT_API_URL: url}),
    ):
        values: dict[str, Any] = {"api_key": KEY, "base_url": account.url}
        GetResponseCredentials(allow_custom_host=True, **values).save("main")
        found = Installation(url, account, folder)
        assert f"work pool {POOL}: made" in found.command("deploy", "one-list")
        yield found


def test_the_plug_is_pulled_on_one_of_two_workers(installation: Installation) -> None:
    account = installation.account
    account.control("POST", "/reset")
    first, second = installation.machine("first"), installation.machine("second")
    lists = ["north", "south"]
    runs = {name: installation.start(name, ROWS) for name in lists}
    with workers(["a"], POOL, first) as [doomed], workers(["b"], POOL, second) as [other]:
        wait_until(lambda: installation.both_at_work(*runs.values()))
        [killed] = doomed.runs
        [survivor] = other.runs
        assert states([UUID(killed)]) == [StateType.RUNNING]
        doomed.pull_the_plug()
        before = installation.accepted()
        wait_until(lambda: states([UUID(survivor)]) == [StateType.COMPLETED])
        assert installation.accepted() > before

    [name] = [name for name, run in runs.items() if run == UUID(killed)]
    assert states([runs[name]]) == [StateType.RUNNING]  # Prefect does not know
    with workers(["a-again"], POOL, first):  # the machine comes back, with its ledger
        again = installation.start(name, ROWS)
        wait_until(lambda: states([again]) == [StateType.COMPLETED])

    assert installation.refusals() == 0
    for name in lists:
        assert len(account.people(account.campaign(name))) == ROWS
    sent = Counter(call["path"] for call in account.log if call["status"] == 202)
    assert sent["/v3/contacts"] == ROWS * len(lists)  # nobody twice
    print_figures(installation)


def test_a_run_is_cancelled_on_its_worker_and_the_next_one_goes_on(
    installation: Installation,
) -> None:
    account = installation.account
    account.control("POST", "/reset")
    with (
        workers(["first"], POOL, installation.machine("first")),
        get_client(sync_client=True) as client,
    ):
        run = installation.start("west", ROWS)
        wait_until(lambda: installation.accepted() > ROWS / 4)
        client.set_flow_run_state(run, State(type=StateType.CANCELLING), force=True)
        wait_until(lambda: states([run]) == [StateType.CANCELLED])
        before = installation.accepted()
        assert before < ROWS
        told = installation.told(run)
        assert told["progress"].startswith("stopped: sending: ")
        assert "interrupted" in told["report"]

        again = installation.start("west", ROWS)
        wait_until(lambda: states([again]) == [StateType.COMPLETED])

    assert len(account.people(account.campaign("west"))) == ROWS
    assert installation.accepted() == ROWS  # nobody twice
    assert installation.told(again)["report"].startswith("Every row has its verdict")


def test_a_schedule_fires_by_itself(installation: Installation) -> None:
    account = installation.account
    account.control("POST", "/reset")
    created = account.api("POST", "/campaigns", {"name": "east", "optinTypes": {"api": "single"}})
    words = ["--source", write_source(installation.folder, "east", 30), "--list", "east"]
    words += ["--param", "vouched=true"]
    installation.command("deploy", "nightly", *words, "--cron", "* * * * *")

    with workers(["first"], POOL, installation.machine("first")):
        wait_until(lambda: len(account.people(created["campaignId"])) == 30)


def print_figures(installation: Installation) -> None:
    """Calls a second, for people who read the output."""
    seconds = Counter(int(float(call["at"])) for call in installation.account.log)
    line = f"calls {sum(seconds.values())}, most a second {max(seconds.values())}, 429s 0"
    os.write(2, f"\n{line}\n".encode())
