"""Whatever the destination, and however often its writer is killed, the rows are the same."""

from __future__ import annotations

import os
import random
import signal
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.export.lab import Lab, everything
from tests.support.mariadb import IS_INSTALLED, mariadb
from tests.support.postgresql import PROGRAMS, postgresql

pytestmark = pytest.mark.skipif(
    "CRASH_MATRIX" not in os.environ, reason="takes minutes: `make crash-matrix` runs it"
)
STREAMS = ["contacts", "removals", "newsletter_activities", "list_days", "orders", "carts"]
KILLS = 3


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    if not PROGRAMS:
        pytest.skip("PostgreSQL's programs are not installed")
    with postgresql() as url:
        yield url


@pytest.fixture(scope="module")
def lab() -> Lab:
    return Lab(past=16)


@pytest.fixture(scope="module")
def other_database() -> Iterator[str]:
    if not IS_INSTALLED:
        pytest.skip("MariaDB's programs are not installed")
    with mariadb() as url:
        yield url


@pytest.fixture(params=["sqlite", "parquet", "postgresql", "mariadb"])
def to(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "mariadb":
        server: str = request.getfixturevalue("other_database")
        return server
    if request.param == "postgresql":
        url: str = request.getfixturevalue("database")
        return f"{url}?schema=s{uuid.uuid4().hex[:8]}"
    return f"sqlite:///{tmp_path}/out.db" if request.param == "sqlite" else str(tmp_path / "lake")


def killed_export(lab: Lab, to: str, seconds: float) -> bool:
    """Export in another process, which is killed meanwhile; whether it had ended before."""
    child = os.fork()
    if child == 0:
        try:
            lab.export(to, streams=STREAMS)
        finally:
            os._exit(0)
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if os.waitpid(child, os.WNOHANG)[0]:
            return True
        time.sleep(0.01)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return False


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_killed_by_the_system_at_random_moments_it_ends_as_if_undisturbed(
    lab: Lab, to: str, tmp_path: Path
) -> None:
    whole = f"sqlite:///{tmp_path}/whole.db"
    lab.export(whole, streams=STREAMS)
    chance = random.Random(to.partition(":")[0])
    for _ in range(KILLS):
        killed_export(lab, to, chance.uniform(0.1, 2.5))
    assert lab.export(to, streams=STREAMS).balanced
    assert everything(to) == everything(whole)
