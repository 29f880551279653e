"""Deployments of the ready-made flows: the package's definitions, fitted to a user, on a server.

`deployments/prefect.yaml` is part of the package, so that `prefect deploy` and
`prefect-getresponse deploy` apply the same definitions.
"""

from __future__ import annotations

import importlib
from collections.abc import Generator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, cast
from uuid import UUID

import httpx
import yaml
from prefect import Flow, get_client
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.actions import DeploymentScheduleCreate, WorkPoolCreate
from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyOptions
from prefect.client.schemas.schedules import CronSchedule
from prefect.deployments.runner import RunnerDeployment
from prefect.events.actions import SendNotification
from prefect.events.schemas.automations import AutomationCore, EventTrigger, Posture
from prefect.events.schemas.deployment_triggers import DeploymentEventTrigger
from prefect.events.schemas.events import ResourceSpecification
from prefect.exceptions import ObjectAlreadyExists, ObjectNotFound
from prefect.settings import PREFECT_API_URL
from prefect.types.entrypoint import EntrypointType
from prefect.utilities.callables import ParameterSchema, parameter_schema
from prefect.utilities.schema_tools import ValidationError as DoesNotFit
from prefect.utilities.schema_tools import validate
from pydantic import BaseModel, ConfigDict, ValidationError

from prefect_getresponse import __version__
from prefect_getresponse.client.errors import InvalidArguments, InvalidConfiguration
from prefect_getresponse.client.faults import requirement
from prefect_getresponse.credentials import GetResponseCredentials

CREDENTIALS = "credentials"
_POOL_TYPE = "process"


class Schedule(BaseModel):
    """When runs are due.

    Attributes:
        slug: Name of the schedule within its deployment.
        cron: Five fields: minute, hour, day of month, month, day of week.
        timezone: Time zone of the fields.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    slug: str
    cron: str
    timezone: str

    def on_server(self) -> DeploymentScheduleCreate:
        """The schedule as Prefect takes it.

        Raises:
            InvalidArguments: The fields or the time zone cannot be read.
        """
        try:
            times = CronSchedule(cron=self.cron, timezone=self.timezone)
        except ValidationError as error:
            raise InvalidArguments(
                f"schedule {self.cron!r} in {self.timezone!r}: {requirement(error.errors()[0])}",
                advice="--cron takes five fields such as '0 4 * * *', --time-zone Europe/Warsaw.",
            ) from None
        return DeploymentScheduleCreate(slug=self.slug, schedule=times)


class WorkPool(BaseModel):
    """Where runs go.

    Attributes:
        name: Name of the work pool.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str


class Definition(BaseModel):
    """One entry of the file.

    Attributes:
        name: Name of the deployment.
        entrypoint: Module path of the flow.
        description: What it does.
        tags: Its tags.
        parameters: Parameters of its runs.
        schedules: When runs are due.
        concurrency_limit: How many runs may go on at once, and what happens to more.
        triggers: Events that start a run.
        work_pool: Where runs go.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    entrypoint: str
    description: str
    tags: list[str] = []
    parameters: dict[str, Any] = {}
    schedules: list[Schedule] = []
    concurrency_limit: ConcurrencyLimitConfig | None = None
    triggers: list[DeploymentEventTrigger] = []
    work_pool: WorkPool

    @property
    def flow(self) -> Flow[..., Any]:
        """The flow itself."""
        module, _, name = self.entrypoint.rpartition(".")
        return cast("Flow[..., Any]", getattr(importlib.import_module(module), name))

    @property
    def full_name(self) -> str:
        """Name of flow and deployment, as Prefect writes them."""
        return f"{self.flow.name}/{self.name}"

    @property
    def schema_of_parameters(self) -> dict[str, Any]:
        """What the flow takes, as JSON schema."""
        return _schema(self.flow).model_dump_for_openapi()

    @property
    def _required(self) -> set[str]:
        return set(self.schema_of_parameters.get("required", []))

    @property
    def examples(self) -> set[str]:
        """Parameters whose values in the file are examples: the flow has no default for them."""
        return self.parameters.keys() & self._required

    @property
    def runs_as_it_is(self) -> bool:
        """Whether its parameters are all that the flow needs."""
        return self._required <= self.parameters.keys()


@cache
def _schema(flow: Flow[..., Any]) -> ParameterSchema:
    """What a flow takes; to find that out makes models of all types in its signature."""
    return parameter_schema(flow)


@dataclass(frozen=True)
class Choices:
    """What a user wants instead of what the file says; None keeps that.

    Attributes:
        block: Name of the credentials block.
        pool: Name of the work pool.
        parameters: Parameters of the runs; a flow gets those that it takes.
        cron: When runs are due.
        time_zone: Time zone of `cron`.
        name: Name of the deployment.
        paused: Whether schedules are paused.
    """

    block: str
    pool: str | None = None
    parameters: dict[str, Any] = field(default_factory=dict[str, Any])
    cron: str | None = None
    time_zone: str | None = None
    name: str | None = None
    paused: bool = False


def definitions() -> list[Definition]:
    """Read what the package can deploy."""
    text = (files("prefect_getresponse") / "deployments" / "prefect.yaml").read_text("utf-8")
    return [Definition.model_validate(entry) for entry in yaml.safe_load(text)["deployments"]]


def fitted(names: Sequence[str], choices: Choices) -> list[Definition]:
    """Definitions as a user wants them, checked as far as that goes without a server.

    Args:
        names: Which ones, by their names in the file.
        choices: What the user wants.

    Raises:
        InvalidArguments: One is unknown or lacks something, or a choice cannot be used.
    """
    known = {definition.name: definition for definition in definitions()}
    unknown = [name for name in names if name not in known]
    if unknown or not names:
        what = (
            f"no deployment is called {', '.join(unknown)}"
            if unknown
            else "name at least one deployment"
        )
        raise InvalidArguments(what, advice=f"Choose from: {', '.join(known)}.")
    found = [known[name] for name in dict.fromkeys(names)]
    taken = {name for each in found for name in each.schema_of_parameters["properties"]}
    if strange := choices.parameters.keys() - taken:
        raise InvalidArguments(
            f"{', '.join(names)} cannot take {', '.join(sorted(strange))}",
            advice=f"Parameters are: {', '.join(sorted(taken - {CREDENTIALS}))}.",
        )
    if choices.time_zone and not choices.cron and not any(each.schedules for each in found):
        raise InvalidArguments(
            f"{', '.join(names)}: there is no schedule for --time-zone", advice="Give --cron too."
        )
    return [_fit(definition, choices) for definition in found]


def _fit(definition: Definition, choices: Choices) -> Definition:
    slug = f"{GetResponseCredentials.get_block_type_slug()}/{choices.block}"
    schema = definition.schema_of_parameters
    given = {
        **{
            name: value
            for name, value in choices.parameters.items()
            if name in schema["properties"]
        },
        **(
            {CREDENTIALS: {"$ref": {"block_document_slug": slug}}}
            if CREDENTIALS in schema["properties"]
            else {}
        ),
    }
    if missing := definition.examples - given.keys():
        raise InvalidArguments(
            f"{definition.name} needs {', '.join(sorted(missing))}",
            advice="Give --source, --list or --param NAME=VALUE.",
        )
    parameters = definition.parameters | given
    try:
        validate(parameters, schema, raise_on_error=True, ignore_required=True)
    except DoesNotFit as error:
        raise InvalidArguments(f"{definition.name}: {error}") from None
    schedules = _schedules(definition, choices)
    for schedule in schedules:
        schedule.on_server()
    pool = WorkPool(name=choices.pool) if choices.pool else definition.work_pool
    name = choices.name or definition.name
    changes = {"name": name, "parameters": parameters, "schedules": schedules, "work_pool": pool}
    return definition.model_copy(update=changes)


def _schedules(definition: Definition, choices: Choices) -> list[Schedule]:
    usual = definition.schedules
    if choices.cron and not usual:
        usual = [Schedule(slug=definition.name, cron=choices.cron, timezone="UTC")]
    changes = {"cron": choices.cron, "timezone": choices.time_zone}
    given = {name: text for name, text in changes.items() if text}
    return [schedule.model_copy(update=given) for schedule in usual]


class Deployer:
    """Puts definitions on a Prefect server.

    Attributes:
        client: The server.
    """

    def __init__(self, client: SyncPrefectClient) -> None:
        self.client = client

    def missing_pools(self, wanted: Sequence[Definition]) -> list[str]:
        """Work pools that are not there yet."""
        names = dict.fromkeys(definition.work_pool.name for definition in wanted)
        return [name for name in names if not self._has_pool(name)]

    def _has_pool(self, name: str) -> bool:
        try:
            self.client.read_work_pool(name)
        except ObjectNotFound:
            return False
        return True

    def make_pool(self, name: str) -> None:
        """Make a work pool whose workers start a process for each run."""
        with suppress(ObjectAlreadyExists):
            self.client.create_work_pool(WorkPoolCreate(name=name, type=_POOL_TYPE))

    def apply(self, definition: Definition, *, paused: bool, notify: UUID | None = None) -> None:
        """Create a deployment, or make it what the definition says.

        Args:
            definition: What it is to be.
            paused: Whether its schedules are paused.
            notify: Notification block that tells of runs that fail; None for none.
        """
        flow = definition.flow
        limit = definition.concurrency_limit
        strategy = (
            ConcurrencyOptions(collision_strategy=limit.collision_strategy) if limit else None
        )
        deployment_id = self.client.create_deployment(
            self.client.create_flow(flow),
            definition.name,
            version=__version__,
            description=definition.description,
            tags=definition.tags,
            entrypoint=definition.entrypoint,
            pull_steps=[],
            parameters=definition.parameters,
            parameter_openapi_schema=definition.schema_of_parameters,
            enforce_parameter_schema=True,
            schedules=[schedule.on_server() for schedule in definition.schedules],
            concurrency_limit=limit.limit if limit else None,
            concurrency_options=strategy,
            work_pool_name=definition.work_pool.name,
            paused=paused,
        )
        # They have no names of their own: those of the last time go, as with `prefect deploy`.
        self.client.delete_resource_owned_automations(f"prefect.deployment.{deployment_id}")
        for trigger in definition.triggers:
            rings = trigger.model_copy()
            rings.set_deployment_id(deployment_id)
            self.client.create_automation(rings.as_automation())
        if notify:
            self.client.create_automation(_alert(definition, deployment_id, notify))


def _alert(definition: Definition, deployment_id: UUID, block_id: UUID) -> AutomationCore:
    """An automation that tells of failed runs; it goes when the deployment is applied anew."""
    owner = f"prefect.deployment.{deployment_id}"
    return AutomationCore(
        name=f"{definition.full_name}: a run failed",
        description="Made by `prefect-getresponse deploy --notify`.",
        trigger=EventTrigger(
            expect={"prefect.flow-run.Failed", "prefect.flow-run.Crashed"},
            match=ResourceSpecification({"prefect.resource.id": "prefect.flow-run.*"}),
            match_related=ResourceSpecification(
                {"prefect.resource.role": "deployment", "prefect.resource.id": owner}
            ),
            posture=Posture.Reactive,
            threshold=1,
        ),
        actions=[
            SendNotification(
                block_document_id=block_id,
                subject="{{ flow_run.name }}: {{ flow_run.state.name }}",
                body="{{ flow_run.state.message }}\n{{ flow_run|ui_url }}",
            )
        ],
        owner_resource=owner,
    )


@contextmanager
def server() -> Generator[Deployer]:
    """The Prefect server that `PREFECT_API_URL` names.

    Raises:
        InvalidConfiguration: None is named, or it does not answer, or it refuses.
    """
    if not PREFECT_API_URL.value():
        raise InvalidConfiguration(
            "deployments live in a Prefect server, and PREFECT_API_URL is not set",
            advice="Start one (`prefect server start`) and set its address.",
        )
    try:
        with get_client(sync_client=True) as client:
            yield Deployer(client)
    except httpx.HTTPError as error:
        raise InvalidConfiguration(
            f"the Prefect server did not do it: {error}",
            advice="Check PREFECT_API_URL and the key; `prefect server status` tells more.",
        ) from None


def served(definition: Definition, *, paused: bool) -> RunnerDeployment:
    """A deployment whose runs are started by the process that serves it, without a work pool."""
    return RunnerDeployment.from_flow(
        definition.flow,
        definition.name,
        version=__version__,
        description=definition.description,
        tags=definition.tags,
        parameters=definition.parameters,
        schedules=[schedule.on_server() for schedule in definition.schedules],
        concurrency_limit=definition.concurrency_limit,
        paused=paused,
        entrypoint_type=EntrypointType.MODULE_PATH,
    )
