"""Several imports at once: what is refused, what is kept when a run is repeated."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, cast
from uuid import uuid4

import pytest
from prefect import State, get_client
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterDeploymentId
from prefect.client.schemas.objects import FlowRun
from prefect.states import Completed, Failed

from prefect_getresponse import GetResponseCredentials, cli
from prefect_getresponse.client.errors import InvalidArguments
from prefect_getresponse.flows.many_contact_imports import (
    ImportsFailed,
    ListImport,
    many_contact_imports,
)
from tests.support.running_sandbox import KEY, RunningSandbox

pytestmark = pytest.mark.xdist_group("prefect")

run_flow: Callable[..., Any] = many_contact_imports
TWO = [ListImport(source="a.csv", list_name="a"), ListImport(source="b.csv", list_name="b")]


@pytest.fixture
def client(prefect_server: str) -> Iterator[SyncPrefectClient]:
    with get_client(sync_client=True) as client:
        yield client


@pytest.fixture(scope="module")
def stored(prefect_server: str) -> GetResponseCredentials:
    """Credentials as a worker loads them."""
    GetResponseCredentials(api_key=KEY).save("many", overwrite=True)
    return GetResponseCredentials.load("many")


@pytest.fixture(scope="module")
def idle(stored: GetResponseCredentials) -> str:
    """A deployment that nothing is ever started from."""
    return deployed()


@pytest.fixture
def deployment(stored: GetResponseCredentials) -> str:
    """A deployment of one import, with a pool that no worker looks at."""
    return deployed()


def deployed() -> str:
    name = f"one-{uuid4().hex[:8]}"
    assert cli.run(["deploy", "one-list", "--block", "many", "--pool", name, "--name", name]) == 0
    return f"nightly-contact-import/{name}"


def started(client: SyncPrefectClient, deployment: str) -> list[FlowRun]:
    """The runs of a deployment, oldest first."""
    found = client.read_deployment_by_name(deployment)
    only = FlowRunFilter(deployment_id=FlowRunFilterDeploymentId(any_=[found.id]))
    return sorted(client.read_flow_runs(flow_run_filter=only), key=lambda run: str(run.created))


def error_of(state: State[Any]) -> Exception:
    assert state.is_failed()
    return cast(Exception, cast(Any, state).result(raise_on_failure=False))


@pytest.mark.parametrize(
    ("imports", "says"),
    [
        ([], "holds 0 imports"),
        ([*TWO, ListImport(source="c.csv", list_name=" A")], "more than once: a. "),
        ([ListImport(source="a", list_name="a", options={"modus": 1})], "no option modus"),
        ([ListImport(source="a", list_name="a", options={"source": "b"})], "no option source"),
    ],
)
def test_what_cannot_work_starts_nothing(
    imports: list[ListImport],
    says: str,
    stored: GetResponseCredentials,
    idle: str,
    client: SyncPrefectClient,
) -> None:
    error = error_of(run_flow(stored, imports, idle, return_state=True))

    assert isinstance(error, InvalidArguments)
    assert says in str(error)
    assert started(client, idle) == []


@pytest.mark.usefixtures("prefect_server")
def test_credentials_without_a_name_are_refused(sandbox: RunningSandbox) -> None:
    error = error_of(run_flow(sandbox.credentials(), TWO, return_state=True))
    assert "Save them" in str(error)


def test_a_missing_deployment_is_named(stored: GetResponseCredentials) -> None:
    error = error_of(run_flow(stored, TWO, "nightly-contact-import/none", return_state=True))
    assert "`prefect-getresponse deploy one-list`" in str(error)


def test_runs_get_the_block_by_its_name_only(
    stored: GetResponseCredentials, deployment: str, client: SyncPrefectClient
) -> None:
    error = error_of(run_flow(stored, TWO, deployment, wait_seconds=0, return_state=True))

    assert isinstance(error, ImportsFailed)
    assert "2 of 2 imports did not succeed: a (Scheduled), b (Scheduled)" in str(error)
    runs = started(client, deployment)
    assert [run.parameters["list_name"] for run in runs] == ["a", "b"]
    reference = {"$ref": {"block_document_slug": "getresponse-credentials/many"}}
    assert [run.parameters["credentials"] for run in runs] == [reference] * 2
    assert KEY not in "".join(run.model_dump_json() for run in runs)


def test_a_retry_keeps_what_succeeded_and_starts_what_failed(
    stored: GetResponseCredentials, deployment: str, client: SyncPrefectClient
) -> None:
    imports = [ListImport(source=f"{name}.csv", list_name=name) for name in "abc"]

    def while_nobody_looks(flow: object, flow_run: object, state: object) -> None:
        for run, state in zip(started(client, deployment), [Completed(), Failed()], strict=False):
            client.set_flow_run_state(run.id, state, force=True)

    twice: Any = many_contact_imports.with_options(
        retries=1, retry_delay_seconds=0, on_running=[while_nobody_looks]
    )
    state: State[Any] = twice(stored, imports, deployment, wait_seconds=0, return_state=True)

    assert "2 of 3 imports did not succeed: b (Scheduled), c (Scheduled)" in str(error_of(state))
    assert [run.parameters["list_name"] for run in started(client, deployment)] == list("abcb")
