"""Import into several lists at once: a flow run a list, on whatever workers a pool has.

One list stays one run, because a list has one ledger and one writer.  Several files of one list
are one source: a pattern such as `/data/part-*.csv`.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from prefect import flow, get_client, get_run_logger
from prefect.artifacts import create_markdown_artifact
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterId,
    FlowRunFilterIdempotencyKey,
)
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.deployments import run_deployment
from prefect.exceptions import ObjectNotFound
from prefect.runtime import flow_run
from prefect.settings import PREFECT_UI_URL
from pydantic import BaseModel, ConfigDict, Field

from prefect_getresponse.client.errors import GetResponseError, InvalidArguments
from prefect_getresponse.credentials import GetResponseCredentials
from prefect_getresponse.flows.nightly_contact_import import nightly_contact_import
from prefect_getresponse.reporting.markdown import text
from prefect_getresponse.runtime.ending_states import ends_in_a_sentence
from prefect_getresponse.sources import short_name

LOOK_EVERY = 5.0
MOST = 200
"""Imports at once: as many flow runs as Prefect shows in one answer."""


class ListImport(BaseModel):
    """One of the imports.

    Attributes:
        source: What to import, as the worker sees it.
        list_name: Name of the list (campaign), or its id.
        options: Other parameters of `nightly_contact_import`, such as `{"mode": "mirror"}`.
    """

    model_config = ConfigDict(extra="forbid")

    # A database may keep fields in another order; forms go by `position`.
    source: str = Field(
        min_length=1,
        description="What to import, as the worker sees it.",
        json_schema_extra={"position": 0},
    )
    list_name: str = Field(
        min_length=1,
        title="List",
        description="Name of the list, or its id.",
        json_schema_extra={"position": 1},
    )
    options: dict[str, Any] = Field(
        default_factory=dict,
        description='Other parameters of the import, such as {"mode": "add_only"}.',
        json_schema_extra={"position": 2},
    )


class ListOutcome(BaseModel):
    """What became of one of the imports.

    Attributes:
        list_name: Name of the list, or its id, as it was given.
        source: Short name of the source.
        state: State of the flow run, such as `Completed`.
        summary: What the run says in one sentence: counts by verdict, or why it failed.
        flow_run_id: Id of the flow run.
        succeeded: Whether all is well.
    """

    list_name: str
    source: str
    state: str
    summary: str
    flow_run_id: UUID
    succeeded: bool


class ImportsFailed(GetResponseError):
    """Some of several imports did not succeed; the others did."""


def _flow_run_name() -> str:
    imports = flow_run.parameters["imports"]
    return "1 list" if len(imports) == 1 else f"{len(imports)} lists"


@flow(name="many-contact-imports", flow_run_name=_flow_run_name)
@ends_in_a_sentence
def many_contact_imports(
    credentials: GetResponseCredentials,
    imports: list[ListImport],
    deployment: str = "nightly-contact-import/one-list",
    wait_seconds: float = 6 * 3600.0,
) -> list[ListOutcome]:
    """Import into several lists at once, each by a flow run of its own, and wait for all of them.

    The runs share the account's limits.  Started again (*Retry*), it keeps the imports that
    succeeded, waits for those still running and starts the others again; each of these resumes
    where it stopped.

    Args:
        credentials: The GetResponse account; a stored block, which the runs load by its name.
        imports: Source and list of each; a list may be there once.
        deployment: Deployment that does one import, without a schedule and without parameters.
        wait_seconds: Longest wait for all of them; runs that are late go on by themselves.

    Returns:
        What became of each.

    Raises:
        InvalidArguments: Something about the imports cannot work; none was started.
        ImportsFailed: Some did not succeed.
    """
    reference = _reference(credentials)
    _check(imports)
    with get_client(sync_client=True) as client:
        _check_deployment(client, deployment)
        started = [_start(client, each, reference, deployment) for each in imports]
        get_run_logger().info("%d imports are on their way", len(started))
        runs = _wait(client, started, wait_seconds)
        outcomes = [
            _outcome(each, runs[identifier])
            for each, identifier in zip(imports, started, strict=True)
        ]
    create_markdown_artifact(
        _markdown(outcomes), key="getresponse-imports-summary", description="All imports"
    )
    if bad := [f"{each.list_name} ({each.state})" for each in outcomes if not each.succeeded]:
        raise ImportsFailed(
            f"{len(bad)} of {len(outcomes)} imports did not succeed: {', '.join(bad)}",
            advice="See their own runs; a retry of this one starts these again.",
        )
    return outcomes


def _reference(credentials: GetResponseCredentials) -> dict[str, Any]:
    """The block by its name: only this goes into the parameters of other runs."""
    name = credentials.document_name
    if not name:
        raise InvalidArguments(
            "the runs of the lists load the credentials by their name, and these have none",
            advice='Save them (`credentials.save("main")`) and load them again.',
        )
    slug = f"{credentials.get_block_type_slug()}/{name}"
    return {"$ref": {"block_document_slug": slug}}


def _check(imports: Sequence[ListImport]) -> None:
    """See before anything is started that the imports can work beside each other."""
    if not 1 <= len(imports) <= MOST:
        raise InvalidArguments(f"`imports` holds {len(imports)} imports, not 1 to {MOST}")
    times = Counter(each.list_name.strip().casefold() for each in imports)
    if twice := [name for name, number in times.items() if number > 1]:
        raise InvalidArguments(
            f"lists that are there more than once: {', '.join(twice)}",
            advice="A list takes one import at a time; several files are one source by a pattern.",
        )
    own = set(ListImport.model_fields) | {"credentials"}
    known = nightly_contact_import.parameters.properties.keys() - own
    for each in imports:
        if strange := each.options.keys() - known:
            raise InvalidArguments(
                f"{each.list_name}: an import has no option {', '.join(sorted(strange))}",
                advice=f"Options are: {', '.join(sorted(known))}.",
            )


def _check_deployment(client: SyncPrefectClient, name: str) -> None:
    try:
        client.read_deployment_by_name(name)
    except ObjectNotFound:
        raise InvalidArguments(
            f"there is no deployment {name}",
            advice="`prefect-getresponse deploy one-list` makes it.",
        ) from None


def _start(
    client: SyncPrefectClient, each: ListImport, reference: dict[str, Any], deployment: str
) -> UUID:
    """Start the run of a list, or find the one that an earlier attempt of this run started."""
    keys = [
        f"{flow_run.id}-{each.list_name}-{attempt}" for attempt in range(1, flow_run.run_count + 1)
    ]
    earlier = client.read_flow_runs(
        flow_run_filter=FlowRunFilter(idempotency_key=FlowRunFilterIdempotencyKey(any_=keys))
    )
    for run in earlier:
        if not _is_over(run) or run.state_type == StateType.COMPLETED:
            return run.id
    parameters = each.options | {
        "credentials": reference,
        "source": each.source,
        "list_name": each.list_name,
    }
    created: Any = run_deployment(
        deployment, parameters=parameters, timeout=0, idempotency_key=keys[-1]
    )
    return UUID(str(created.id))


def _is_over(run: FlowRun) -> bool:
    return run.state is not None and run.state.is_final()


def _wait(
    client: SyncPrefectClient, identifiers: list[UUID], seconds: float
) -> dict[UUID, FlowRun]:
    """Look at all runs together, until each is over or the time is."""
    deadline = time.monotonic() + seconds
    wanted = FlowRunFilter(id=FlowRunFilterId(any_=identifiers))
    while True:
        runs = {run.id: run for run in client.read_flow_runs(flow_run_filter=wanted)}
        left = deadline - time.monotonic()
        if all(map(_is_over, runs.values())) or left <= 0:
            return runs
        time.sleep(min(LOOK_EVERY, left))


def _outcome(each: ListImport, run: FlowRun) -> ListOutcome:
    return ListOutcome(
        list_name=each.list_name,
        source=short_name(each.source),
        state=run.state_name or "unknown",
        summary=(run.state and run.state.message) or "",
        flow_run_id=run.id,
        succeeded=run.state_type == StateType.COMPLETED,
    )


def _markdown(outcomes: Sequence[ListOutcome]) -> str:
    good = sum(each.succeeded for each in outcomes)
    address = PREFECT_UI_URL.value()
    lines = [
        f"# {good} of {len(outcomes)} imports succeeded",
        "",
        "| list | source | run | report |",
        "|---|---|---|---|",
    ]
    for each in outcomes:
        state = text(each.state)
        link = f"[{state}]({address}/runs/flow-run/{each.flow_run_id})" if address else state
        cells = (text(each.list_name), text(each.source), link, text(each.summary))
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)
