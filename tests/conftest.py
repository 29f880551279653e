"""Fixtures that many tests share.

What they are made of is imported when they are: whoever hands tests out to workers needs none of
it, and no worker starts before its imports are done.
"""

from __future__ import annotations

import asyncio
import atexit
import gc
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import certifi
import pytest
from hypothesis import settings

from prefect_getresponse.runtime.garbage import keep_for_good
from tests.support.scheduler import module_scheduling, tell_of_results

if TYPE_CHECKING:
    from prefect_getresponse import GetResponseCredentials
    from prefect_getresponse.operation import OperationTask
    from tests.support.fast_sandbox import FastSandbox
    from tests.support.running_sandbox import RunningSandbox

P = ParamSpec("P")
R = TypeVar("R")

# Nothing here cuts the power, so what is durable may be in memory: half of the suite would wait
# for a disk otherwise. Programs that tests start inherit it.
MEMORY, ROOM = Path("/dev/shm"), 2_000_000_000
if "TMPDIR" not in os.environ and MEMORY.is_dir():
    memory = os.statvfs(MEMORY)
    if memory.f_bavail * memory.f_frsize > ROOM and not memory.f_flag & os.ST_NOEXEC:
        os.environ["TMPDIR"] = str(MEMORY)
        tempfile.tempdir = None

# No host of the internet is reached, so one certificate authority is enough: every client would
# read a hundred and more, which takes longer than most tests. Workers and programs inherit it.
if "PYTEST_XDIST_WORKER" not in os.environ:
    end = "-----END CERTIFICATE-----\n"
    authority = Path(tempfile.gettempdir()) / f"authority-{os.getpid()}.pem"
    authority.write_text(Path(certifi.where()).read_text("utf-8").partition(end)[0] + end, "utf-8")
    atexit.register(authority.unlink, missing_ok=True)
    os.environ["SSL_CERT_FILE"] = str(authority)
_AUTHORITY = os.environ["SSL_CERT_FILE"]
certifi.where = lambda: _AUTHORITY

# Tests of their own targets: `make test` is for each change, they are for what they try.
ON_DEMAND = {"benchmarks", "browser", "deployments", "mutations", "types"}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the tests of other targets, unless `-m` names them; let Prefect's sockets be.

    Workers begin with the tests of groups, which take longest.
    """
    for item in filter(_uses_prefects_server, items):
        item.add_marker(pytest.mark.filterwarnings(_SOCKETS))
    others = ON_DEMAND - set(config.option.markexpr.split())
    left_out = [item for item in items if others & {mark.name for mark in item.iter_markers()}]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in set(left_out)]

    if "PYTEST_XDIST_WORKER" in os.environ:
        items.sort(key=lambda item: item.get_closest_marker("xdist_group") is None)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> object:
    """Hand out modules, where `--dist loadgroup` is said."""
    return module_scheduling(config, log) if config.getoption("dist") == "loadgroup" else None


def pytest_sessionstart(session: pytest.Session) -> None:
    """Have workers tell no more than they are asked for."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        tell_of_results(session.config)


# Prefect leaves sockets of its own clients to the garbage collector.
_SOCKETS = "ignore:.*<socket.socket:pytest.PytestUnraisableExceptionWarning"


def _uses_prefects_server(item: pytest.Item) -> bool:
    assert isinstance(item, pytest.Function)
    return "prefect_server" in item.fixturenames or bool(item.get_closest_marker("deployments"))


def pytest_runtest_teardown(item: pytest.Item) -> None:
    """Have the sockets of a test collected in it, not in whichever comes later."""
    if _uses_prefects_server(item):
        gc.collect()


def pytest_collection_finish() -> None:
    """Look for garbage among what tests leave only.

    What is imported and collected stays: visiting it again and again was a tenth of the suite. See
    `tests/__init__.py`.
    """
    keep_for_good()
    gc.enable()


# A machine that is shared with others makes no deadline.
settings.register_profile("patient", deadline=None, max_examples=50)
# For `make fuzz`, which looks longer and elsewhere each time.
settings.register_profile("long", deadline=None, max_examples=20_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "patient"))


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name a test by the length of a long text: workers send names to and fro."""
    return f"{argname}-of-{len(val)}" if isinstance(val, str | bytes) and len(val) > 200 else None


@pytest.fixture
def garbage_as_usual() -> Iterator[None]:
    """Garbage collection as in a program that has just started."""
    gc.unfreeze()
    gc.set_threshold(700, 10, 10)
    yield
    keep_for_good()


@pytest.fixture(scope="session")
def prefect_server(
    pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """Address of a Prefect server with an empty database; settings of this process point to it.

    Tests that use it carry `pytest.mark.xdist_group("prefect")`, those of pages `("pages")`, so
    that two are started at most.
    """
    from tests.support.prefect_server import a_prefect_server

    cache: pytest.Cache | None = getattr(pytestconfig, "cache", None)  # it may be switched off
    kept = tmp_path_factory.mktemp("prefect") if cache is None else cache.mkdir("prefect")
    with a_prefect_server(kept) as url:
        keep_for_good()  # what was imported for it, or every test's `gc.collect` visits it again
        yield url


@pytest.fixture(scope="session")
def _sandbox() -> Iterator[RunningSandbox]:
    from prefect_getresponse.sandbox import Sandbox
    from tests.support.running_sandbox import KEY, MovableClock, RunningSandbox

    clock = MovableClock()
    with Sandbox(api_key=KEY, clock=clock).serve() as server:
        yield RunningSandbox(server.url, clock)


@pytest.fixture
def sandbox(_sandbox: RunningSandbox) -> RunningSandbox:
    """A sandbox as new, on a port."""
    _sandbox.control("POST", "reset")
    return _sandbox


@pytest.fixture
def credentials(sandbox: RunningSandbox) -> GetResponseCredentials:
    """Credentials of the sandbox."""
    return sandbox.credentials()


class Run:
    """Runs a task in one of its flavours, without Prefect's engine."""

    def __init__(self, flavour: str, runner: asyncio.Runner) -> None:
        self.flavour = flavour
        self.runner = runner

    def __call__(self, task: OperationTask[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        if self.flavour == "sync":
            return task.fn(*args, **kwargs)
        coroutine: Any = task.aio.fn(*args, **kwargs)
        result: R = self.runner.run(coroutine)
        return result


@pytest.fixture(params=["sync", "async"])
def run(request: pytest.FixtureRequest) -> Iterator[Run]:
    """Runs tasks, once in sync and once in async flavour."""
    with asyncio.Runner() as runner:
        yield Run(request.param, runner)


@pytest.fixture
def fast() -> Iterator[FastSandbox]:
    """A sandbox on a port whose queue takes a fraction of a second, with one empty list."""
    from tests.support.fast_sandbox import fast_sandbox

    with fast_sandbox() as running:
        yield running
