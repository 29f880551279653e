"""Deployments and process workers together: what people start, and what comes of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from prefect import get_client
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.filters import (
    ArtifactFilter,
    ArtifactFilterFlowRunId,
)

from prefect_getresponse import GetResponseCredentials, cli
from prefect_getresponse.flows.many_contact_imports import ListImport, many_contact_imports
from tests.deployments.workers import Worker, environment, workers, write_source
from tests.support.fast_sandbox import KEY, FastSandbox, fast_sandbox

pytestmark = [
    pytest.mark.deployments,
    pytest.mark.xdist_group("prefect"),
]

PEOPLE = 60


@pytest.fixture(scope="module")
def account() -> Iterator[FastSandbox]:
    with fast_sandbox() as running:
        yield running


@pytest.fixture(scope="module")
def pool(prefect_server: str, account: FastSandbox) -> str:
    """A work pool with two deployments, made by the command, and the name of their block."""
    name = f"workers-{uuid4().hex[:8]}"
    values: dict[str, Any] = {"api_key": KEY, "base_url": account.url, "allow_custom_host": True}
    GetResponseCredentials(account_name=name, **values).save(name)
    return name


@pytest.fixture(scope="module")
def two(
    prefect_server: str, pool: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[Worker]]:
    """Two workers with a home each, as on two machines; each takes one run at a time."""
    settle = {"PREFECT_INTEGRATIONS_GETRESPONSE_SETTLE_SECONDS": "30"}
    assert cli.run(["deploy", "one-list", "--block", pool, "--pool", pool, "--name", pool]) == 0
    with ExitStack() as stack:
        homes = [tmp_path_factory.mktemp("machine") for _ in range(2)]
        yield [
            stack.enter_context(
                workers([home.name], pool, environment(prefect_server, home, **settle))
            )[0]
            for home in homes
        ]


@pytest.fixture
def client(prefect_server: str) -> Iterator[SyncPrefectClient]:
    with get_client(sync_client=True) as client:
        yield client


def test_two_workers_share_an_account_and_each_does_its_part(
    client: SyncPrefectClient,
    account: FastSandbox,
    pool: str,
    two: list[Worker],
    tmp_path: Path,
) -> None:
    options = {"create_list": True, "route": "contacts", "vouched": True}
    imports = [
        ListImport(
            source=write_source(tmp_path, name, PEOPLE), list_name=f"{pool}-{name}", options=options
        )
        for name in ("north", "south")
    ]
    credentials = GetResponseCredentials.load(pool)

    outcomes = many_contact_imports(credentials, imports, f"nightly-contact-import/{pool}")

    assert [outcome.succeeded for outcome in outcomes] == [True, True]
    assert all("60 added" in outcome.summary for outcome in outcomes)
    for each in imports:
        assert len(account.people(account.campaign(each.list_name))) == PEOPLE
    # Both may reach for one run, of which one lets go; each has done one of its own.
    assert all(worker.runs for worker in two)
    assert [call for call in account.log if call["status"] == 429] == []
    for outcome in outcomes:
        only = ArtifactFilter(flow_run_id=ArtifactFilterFlowRunId(any_=[outcome.flow_run_id]))
        kinds = {
            str(each.key).split("-")[2] for each in client.read_artifacts(artifact_filter=only)
        }
        assert {"progress", "plan", "report", "rejects"} <= kinds
