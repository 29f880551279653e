"""Destinations of every kind that this machine has."""

from __future__ import annotations

import uuid
from collections.abc import Generator, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from prefect_getresponse.sinks.opening import open_sink
from prefect_getresponse.sinks.sink import Sink
from tests.support.postgresql import PROGRAMS, postgresql


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    if not PROGRAMS:
        pytest.skip("PostgreSQL's programs are not installed")
    with postgresql() as url:
        yield url


@pytest.fixture(params=["sqlite", "staging", "postgresql"])
def sql_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database, or of an empty schema of one."""
    if request.param == "postgresql":
        url: str = request.getfixturevalue("postgresql_url")
        return f"{url}?schema=s{uuid.uuid4().hex[:12]}"
    options = "?upsert=staging" if request.param == "staging" else ""
    return f"sqlite:///{tmp_path}/out.db{options}"


@pytest.fixture
def sink(sql_url: str) -> Generator[Sink]:
    with closing(open_sink(sql_url)) as opened:
        yield opened
