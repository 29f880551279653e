"""`prefect-getresponse deploy`: what it refuses, what it shows, what it puts on a server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.objects import ConcurrencyLimitStrategy
from prefect.client.schemas.responses import DeploymentResponse
from prefect.exceptions import ObjectNotFound
from prefect.settings import PREFECT_API_URL, temporary_settings
from pydantic import SecretStr

from prefect_getresponse import GetResponseCredentials, cli
from prefect_getresponse.cli.deploy import ways_to_try
from prefect_getresponse.cli.deployments import Choices, definitions, fitted, served
from tests.deployments.definitions import DEPLOYMENTS

NIGHTLY = ["deploy", "nightly", "--source", "/data/people.csv", "--list", "Newsletter"]
KEY = "canary-key-0123456789"


def printed(capsys: pytest.CaptureFixture[str]) -> str:
    """What was printed, on one line: errors are wrapped nowhere."""
    found = capsys.readouterr()
    return found.out + found.err


def test_the_package_deploys_what_the_file_says() -> None:
    found = [each.model_dump(mode="json", exclude_unset=True) for each in definitions()]
    assert found == DEPLOYMENTS


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ([], "name at least one deployment. Choose from: nightly, many-lists, one-list"),
        (["weekly"], "no deployment is called weekly. Choose from: nightly"),
        (["nightly"], "nightly needs list_name, source. Give --source, --list or --param"),
        (["many-lists"], "many-lists needs imports"),
        (["one-list", "--param", "imports=[]"], "one-list cannot take imports"),
        (["one-list", "--param", "mode=replace"], "Validation failed for field 'mode'"),
        (["one-list", "--param", "mode"], "not of the form NAME=VALUE"),
        (["one-list", "--param", "credentials=x"], "it is given already"),
        (["one-list", "--source", "a", "--param", "source=b"], "it is given already"),
        (["one-list", "--cron", "99 4 * * *"], "schedule '99 4 * * *' in 'UTC'"),
        (["one-list", "--cron", "0 4 * * *", "--time-zone", "Warsaw"], "'Warsaw'"),
        (["one-list", "--time-zone", "Europe/Warsaw"], "there is no schedule for --time-zone"),
        (["one-list", "nightly", "--name", "x"], "one deployment at a time"),
    ],
)
def test_what_cannot_work_is_refused_without_a_server(
    words: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with temporary_settings(restore_defaults={PREFECT_API_URL}):
        assert cli.run(["deploy", *words]) == 2
    assert says in printed(capsys)


def test_without_a_server_it_says_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    with temporary_settings(restore_defaults={PREFECT_API_URL}):
        assert cli.run(NIGHTLY) == 2
    assert "PREFECT_API_URL is not set. Start one (`prefect server start`)" in printed(capsys)


def test_a_server_that_does_not_answer_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with temporary_settings({PREFECT_API_URL: "http://127.0.0.1:9/api"}):
        assert cli.run(NIGHTLY) == 2
    assert len(printed(capsys).splitlines()) == 1


def test_what_is_served_is_what_is_deployed() -> None:
    [definition] = fitted(
        ["nightly"], Choices("main", parameters={"source": "a", "list_name": "b"})
    )

    deployment = served(definition, paused=False)

    assert deployment.entrypoint == definition.entrypoint
    assert deployment.parameters == definition.parameters
    assert deployment.concurrency_limit == 1
    assert deployment.concurrency_options is not None
    assert deployment.concurrency_options.collision_strategy == ConcurrencyLimitStrategy.CANCEL_NEW
    assert [schedule.slug for schedule in deployment.schedules or []] == ["nightly"]
    assert deployment.work_pool_name is None


def test_a_run_is_offered_only_of_what_needs_no_more_parameters() -> None:
    values = {"source": "/data/people.csv", "list_name": "Newsletter"}
    choices = Choices(block="main", parameters=values)
    one_list, nightly = (fitted([name], choices)[0] for name in ("one-list", "nightly"))
    [alone] = fitted(["one-list"], Choices(block="main"))

    assert [command.split()[3] for command in ways_to_try([one_list, alone, nightly])] == [
        "nightly-contact-import/one-list",
        "nightly-contact-import/nightly",
    ]


pytest_prefect = pytest.mark.xdist_group("prefect")


@pytest.fixture
def client(prefect_server: str) -> Iterator[SyncPrefectClient]:
    with get_client(sync_client=True) as client:
        yield client


@pytest.fixture
def block(prefect_server: str) -> str:
    """Name of a stored block."""
    name = f"deploy-{uuid4().hex[:8]}"
    GetResponseCredentials(api_key=SecretStr(KEY)).save(name)
    return name


@pytest_prefect
def test_a_missing_block_is_refused_and_nothing_is_made(
    client: SyncPrefectClient, capsys: pytest.CaptureFixture[str]
) -> None:
    pool = f"pool-{uuid4().hex[:8]}"
    assert cli.run([*NIGHTLY, "--block", "missing", "--pool", pool]) == 2
    assert '.save("missing")' in printed(capsys)
    with pytest.raises(ObjectNotFound):
        client.read_work_pool(pool)


@pytest_prefect
def test_a_dry_run_shows_all_and_makes_nothing(
    client: SyncPrefectClient, block: str, capsys: pytest.CaptureFixture[str]
) -> None:
    pool = f"pool-{uuid4().hex[:8]}"
    words = [*NIGHTLY, "--block", block, "--pool", pool, "--name", "dry", "--dry-run"]

    assert cli.run([*words, "--param", "resubscribe=x", "--cron", "5 3 * * 1-5"]) == 0

    shown = printed(capsys)
    assert f"work pool {pool}: would be made" in shown
    assert "nightly-contact-import/dry" in shown
    assert "5 3 * * 1-5 UTC" in shown
    assert '"/data/people.csv"' in shown
    with pytest.raises(ObjectNotFound):
        client.read_work_pool(pool)
    with pytest.raises(ObjectNotFound):
        client.read_deployment_by_name("nightly-contact-import/dry")


@pytest_prefect
def test_the_same_command_twice_gives_one_deployment(
    client: SyncPrefectClient, block: str, capsys: pytest.CaptureFixture[str]
) -> None:
    pool = f"pool-{uuid4().hex[:8]}"
    words = [*NIGHTLY, "--block", block, "--pool", pool, "--name", pool]
    assert cli.run([*words, "--param", "dry_run=true", "--param", 'tags=["a"]']) == 0
    assert f"work pool {pool}: made, of type process" in printed(capsys)
    first = client.read_deployment_by_name(f"nightly-contact-import/{pool}")

    assert cli.run([*words, "--cron", "0 5 * * *", "--paused"]) == 0

    assert "made" not in printed(capsys)
    second = client.read_deployment_by_name(f"nightly-contact-import/{pool}")
    assert client.read_work_pool(pool).type == "process"
    assert second.id == first.id
    assert (first.parameters["dry_run"], first.parameters["tags"]) == (True, ["a"])
    assert second.parameters == {
        "credentials": {"$ref": {"block_document_slug": f"getresponse-credentials/{block}"}},
        "source": "/data/people.csv",
        "list_name": "Newsletter",
    }
    assert [schedule.slug for schedule in second.schedules] == ["nightly"]
    assert (first.paused, second.paused) == (False, True)
    assert KEY not in second.model_dump_json()


@pytest_prefect
def test_it_registers_what_prefect_deploy_registers(
    client: SyncPrefectClient, registered: dict[str, DeploymentResponse]
) -> None:
    GetResponseCredentials(api_key=SecretStr(KEY)).save("main", overwrite=True)
    for entry in DEPLOYMENTS:
        by_prefect = registered[entry["name"]]
        words = [
            f"{name}={json.dumps(value)}"
            for name, value in entry.get("parameters", {}).items()
            if name != "credentials"
        ]

        assert (
            cli.run(["deploy", entry["name"], *(w for word in words for w in ("--param", word))])
            == 0
        )

        by_us = client.read_deployment(by_prefect.id)
        assert comparable(by_us) == comparable(by_prefect)


def comparable(deployment: DeploymentResponse) -> dict[str, Any]:
    """A deployment without what is new each time it is applied."""
    new = {"updated", "version", "version_id", "version_info", "branch", "root", "base"}
    found = deployment.model_dump(mode="json", exclude=new)
    found["parameter_openapi_schema"].setdefault("definitions", {})  # Prefect drops an empty one
    for schedule in found["schedules"]:
        for name in ("id", "created", "updated"):
            del schedule[name]
    return found
