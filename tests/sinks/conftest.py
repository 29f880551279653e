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
    return _empty(request, tmp_path)


def _empty(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "parquet":
        return str(tmp_path / "out")
    if request.param == "postgresql":
        url: str = request.getfixturevalue("postgresql_url")
        return f"{url}?schema=s{uuid.uuid4().hex[:12]}"
    options = "?upsert=staging" if request.param == "staging" else ""
    return f"sqlite:///{tmp_path}/out.db{options}"


@pytest.fixture(params=["sqlite", "staging", "postgresql", "parquet"])
def sink_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty destination of any kind."""
    return _empty(request, tmp_path)


@pytest.fixture
def sink(sink_url: str) -> Generator[Sink]:
    with closing(open_sink(sink_url)) as opened:
        yield opened
