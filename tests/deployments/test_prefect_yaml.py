"""`deployments/prefect.yaml` says what a server takes, a worker finds and the flow accepts."""

from typing import Any
from zoneinfo import available_timezones

import pytest
from prefect import Flow
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import ConcurrencyLimitStrategy
from prefect.client.schemas.responses import DeploymentResponse
from prefect.client.schemas.schedules import CronSchedule
from prefect.utilities.callables import parameter_schema
from prefect.utilities.schema_tools import validate
from pydantic import SecretStr

from prefect_getresponse import GetResponseCredentials
from tests.deployments.definitions import CONTENT, DEPLOYMENTS, flow_of

each_deployment = pytest.mark.parametrize("deployment", DEPLOYMENTS, ids=lambda each: each["name"])


each_with_schedule = pytest.mark.parametrize(
    "deployment",
    [deployment for deployment in DEPLOYMENTS if "schedules" in deployment],
    ids=lambda each: each["name"],
)


def with_credentials(parameters: dict[str, Any]) -> dict[str, Any]:
    """What a worker makes of the parameters: a block in the place of its reference."""
    block = GetResponseCredentials(api_key=SecretStr("key"))
    return {name: block if name == "credentials" else value for name, value in parameters.items()}


def test_workers_pull_nothing() -> None:
    assert CONTENT["pull"] == []
    assert not any("pull" in deployment for deployment in DEPLOYMENTS)


def test_names_are_unique() -> None:
    names = [deployment["name"] for deployment in DEPLOYMENTS]
    assert len(set(names)) == len(names) > 0


@each_deployment
def test_the_flow_is_found_by_its_module_path(deployment: dict[str, Any]) -> None:
    assert deployment["entrypoint"].startswith("prefect_getresponse.flows.")
    assert ":" not in deployment["entrypoint"]  # a colon would make it the path of a file
    assert isinstance(flow_of(deployment), Flow)


@each_deployment
def test_the_flow_accepts_the_parameters(deployment: dict[str, Any]) -> None:
    parameters = deployment.get("parameters", {})
    flow = flow_of(deployment)
    schema = parameter_schema(flow).model_dump_for_openapi()
    validate(parameters, schema, raise_on_error=True, ignore_required=True)
    assert parameters.keys() <= schema["properties"].keys()


@each_with_schedule
def test_runs_of_the_schedule_have_all_that_the_flow_needs(deployment: dict[str, Any]) -> None:
    parameters = with_credentials(deployment["parameters"])
    assert flow_of(deployment).validate_parameters(parameters)


@each_deployment
def test_credentials_are_a_reference_by_name(deployment: dict[str, Any]) -> None:
    takes = "credentials" in parameter_schema(flow_of(deployment)).properties
    given = deployment.get("parameters", {})
    assert ("credentials" in given) == takes
    if not takes:
        return
    reference = given["credentials"]["$ref"]
    assert list(reference) == [
        "block_document_slug"
    ]  # an id is replaced by the secrets on deploying
    slug, _, name = reference["block_document_slug"].partition("/")
    assert slug == GetResponseCredentials.get_block_type_slug()
    assert name


@each_with_schedule
def test_schedules_have_a_slug_and_a_time_zone(deployment: dict[str, Any]) -> None:
    schedules = deployment["schedules"]
    assert len({schedule["slug"] for schedule in schedules}) == len(schedules) > 0
    for schedule in schedules:
        assert schedule["timezone"] in available_timezones()
        CronSchedule(cron=schedule["cron"], timezone=schedule["timezone"])


@each_with_schedule
def test_one_run_at_a_time(deployment: dict[str, Any]) -> None:
    assert deployment["concurrency_limit"] == {
        "limit": 1,
        "collision_strategy": ConcurrencyLimitStrategy.CANCEL_NEW.value,
    }


@pytest.mark.xdist_group("prefect")
@each_deployment
def test_a_server_registers_what_the_file_says(
    deployment: dict[str, Any], registered: dict[str, DeploymentResponse]
) -> None:
    on_server = registered[deployment["name"]]
    assert on_server.entrypoint == deployment["entrypoint"]
    assert on_server.pull_steps == []
    assert on_server.path is None
    assert on_server.parameters == deployment.get("parameters", {})
    assert on_server.work_pool_name == deployment["work_pool"]["name"]
    slugs = [schedule["slug"] for schedule in deployment.get("schedules", [])]
    assert [schedule.slug for schedule in on_server.schedules] == slugs
    limit = on_server.global_concurrency_limit
    assert (limit.limit if limit else None) == deployment.get("concurrency_limit", {}).get("limit")


@pytest.mark.xdist_group("prefect")
@each_with_schedule
def test_a_server_makes_runs_of_the_schedule(
    deployment: dict[str, Any], registered: dict[str, DeploymentResponse]
) -> None:
    """The scheduler's own step, called directly: SQLAlchemy 2.1 breaks it in Prefect 3.8."""
    identifier = registered[deployment["name"]].id
    with get_client(sync_client=True) as client:
        client.request(
            "POST",
            "/deployments/{id}/schedule",
            path_params={"id": identifier},
            json={"min_runs": 2, "max_runs": 2},
        )
        runs = client.get_scheduled_flow_runs_for_deployments([identifier])
    assert len(runs) >= 2
    assert all(run.auto_scheduled for run in runs)
