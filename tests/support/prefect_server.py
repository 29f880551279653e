"""A Prefect server whose database is made once, and copied for every later one."""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path

import httpx
import prefect
import pytest
from prefect.context import refresh_global_settings_context
from prefect.events.worker import EventsWorker
from prefect.logging.handlers import APILogWorker
from prefect.settings import (
    PREFECT_API_URL,
    PREFECT_FLOWS_HEARTBEAT_FREQUENCY,
    PREFECT_SERVER_ANALYTICS_ENABLED,
    PREFECT_SERVER_DATABASE_CONNECTION_URL,
    PREFECT_SERVER_DATABASE_MIGRATE_ON_START,
    PREFECT_SERVER_REGISTER_BLOCKS_ON_START,
    PREFECT_SERVER_UI_ENABLED,
    get_current_settings,
    temporary_settings,
)

from tests.support.ports import free_port

RARE_GARBAGE = Path(__file__).with_name("rare_garbage")
PATIENCE = 120
"""Seconds until a server that does not answer is given up."""


@contextmanager
def a_prefect_server(kept: Path) -> Generator[str]:
    """Run a server with an empty database; settings of this process point to it.

    All migrations of a new database, and all blocks that it comes to know, take longer than
    everything else at its start. Prefect's `prefect_test_harness` would do both each time, and
    import a server into this process.

    Args:
        kept: Folder of empty databases, for all workers and for later sessions.
    """
    folder = Path(tempfile.mkdtemp())
    database, empty = folder / "prefect-test.db", kept / f"empty-{prefect.__version__}.db"
    with ExitStack() as running:
        running.callback(shutil.rmtree, folder)
        with (kept / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # whoever is second waits for the database
            is_there = empty.exists()
            if is_there:
                fcntl.flock(lock, fcntl.LOCK_UN)
                shutil.copyfile(empty, database)
            running.enter_context(
                temporary_settings(
                    {
                        PREFECT_SERVER_DATABASE_CONNECTION_URL: f"sqlite+aiosqlite:///{database}",
                        PREFECT_SERVER_DATABASE_MIGRATE_ON_START: not is_there,
                        PREFECT_SERVER_REGISTER_BLOCKS_ON_START: not is_there,
                        PREFECT_SERVER_ANALYTICS_ENABLED: False,
                        PREFECT_SERVER_UI_ENABLED: False,
                        # Each run would wait at its end until a thread has slept to its second.
                        PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None,
                    }
                )
            )
            url = running.enter_context(_listening())
            running.enter_context(temporary_settings({PREFECT_API_URL: url}))
            running.enter_context(_settings_of_all_threads())
            running.callback(_all_is_sent)
            if not is_there:
                _copy(database, empty)
        yield url


@contextmanager
def _settings_of_all_threads() -> Generator[None]:
    """Have threads that begin without a context find the settings of this one.

    They would start a server of their own otherwise.
    """
    with pytest.MonkeyPatch.context() as patch:
        for name, value in _as_environment().items():
            patch.setenv(name, value)
        refresh_global_settings_context()
    yield
    refresh_global_settings_context()


def _as_environment() -> dict[str, str]:
    return get_current_settings().to_environment_variables(exclude_unset=True)


@contextmanager
def _listening() -> Generator[str]:
    """Run a server by the settings of this process, and wait until it answers."""
    port = free_port()
    words = ["--factory", "prefect.server.api.server:create_app", "--host", "127.0.0.1"]
    words += ["--port", str(port), "--log-level", "error", "--lifespan", "on"]
    # As Prefect runs those that it starts for itself; the first leaves out services for several.
    alone = {"PREFECT__SERVER_EPHEMERAL": "1", "PREFECT__SERVER_FINAL": "1"}
    process = subprocess.Popen(
        [sys.executable, "-m", "uvicorn", *words],
        env=os.environ | _as_environment() | alone | {"PYTHONPATH": _with_rare_garbage()},
    )
    url = f"http://127.0.0.1:{port}/api"
    deadline = time.monotonic() + PATIENCE
    try:
        with httpx.Client(trust_env=False) as http:
            while not _answers(http, f"{url}/health"):
                assert process.poll() is None, "the server has ended"
                assert time.monotonic() < deadline, "the server does not answer"
                time.sleep(0.1)
        yield url
    finally:
        process.terminate()
        try:
            process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _with_rare_garbage() -> str:
    return os.pathsep.join(filter(None, [str(RARE_GARBAGE), os.environ.get("PYTHONPATH")]))


def _answers(http: httpx.Client, url: str) -> bool:
    with suppress(httpx.ConnectError):
        return http.get(url).is_success
    return False


def _all_is_sent() -> None:
    """Wait for the lines and the events that are on their way: nobody takes them afterwards."""
    APILogWorker.drain_all()
    EventsWorker.drain_all()


def _copy(database: Path, to: Path) -> None:
    """Copy a database that is in use."""
    unfinished = to.with_suffix(".part")
    with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(unfinished)) as copy:
        source.backup(copy)
    unfinished.replace(to)
