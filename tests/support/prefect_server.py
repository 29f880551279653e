"""A Prefect server whose database is made once, and copied for every later one."""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Generator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import prefect
import pytest
from prefect.settings import (
    PREFECT_API_URL,
    PREFECT_FLOWS_HEARTBEAT_FREQUENCY,
    PREFECT_SERVER_ANALYTICS_ENABLED,
    PREFECT_SERVER_DATABASE_MIGRATE_ON_START,
    temporary_settings,
)

RARE_GARBAGE = Path(__file__).with_name("rare_garbage")


@contextmanager
def a_prefect_server(kept: Path) -> Generator[str]:
    """Run a server with an empty database; settings of this process point to it.

    All migrations of a new database take longer than everything else at its start.

    Args:
        kept: Folder of empty databases, for all workers and for later sessions.
    """
    from prefect.testing import utilities  # seconds, only where it is needed

    folder = Path(tempfile.mkdtemp())
    database, empty = folder / "prefect-test.db", kept / f"empty-{prefect.__version__}.db"
    with ExitStack() as running:
        with (kept / "lock").open("w") as lock, pytest.MonkeyPatch.context() as patch:
            fcntl.flock(lock, fcntl.LOCK_EX)  # whoever is second waits for the database
            is_there = empty.exists()
            if is_there:
                fcntl.flock(lock, fcntl.LOCK_UN)
                shutil.copyfile(empty, database)
            # Prefect has no other way to be given a database.
            patch.setattr(utilities, "mkdtemp", lambda: str(folder))
            patch.setenv("PYTHONPATH", str(RARE_GARBAGE), prepend=os.pathsep)
            running.enter_context(
                temporary_settings(
                    {
                        PREFECT_SERVER_DATABASE_MIGRATE_ON_START: not is_there,
                        PREFECT_SERVER_ANALYTICS_ENABLED: False,
                        # Each run would wait at its end until a thread has slept to its second.
                        PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None,
                    }
                )
            )
            running.enter_context(utilities.prefect_test_harness(server_startup_timeout=120))
            if not is_there:
                _copy(database, empty)
        yield PREFECT_API_URL.value()


def _copy(database: Path, to: Path) -> None:
    """Copy a database that is in use."""
    unfinished = to.with_suffix(".part")
    with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(unfinished)) as copy:
        source.backup(copy)
    unfinished.replace(to)
