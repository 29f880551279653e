"""Export a GetResponse account into tables every night, and say whether anything is missing.

Deploy it with `deployments/prefect.yaml`, or call it from a flow of your own.
"""

from __future__ import annotations

import hashlib
from contextlib import closing
from typing import Annotated, Any

from prefect import flow, get_run_logger, task
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.events import emit_event
from prefect.runtime import flow_run
from pydantic import Field
from slugify import slugify

from prefect_getresponse.client.errors import GetResponseError
from prefect_getresponse.client.privacy.masking import mask, mask_deep
from prefect_getresponse.credentials import GetResponseCredentials
from prefect_getresponse.export.engine import run_export
from prefect_getresponse.export.options import (
    MOST_LOOK_BACK_DAYS,
    Activity,
    Details,
    ExportOptions,
    export_options,
)
from prefect_getresponse.export.report import ExportReport, failure
from prefect_getresponse.export.schema.catalogue import shaped_tables
from prefect_getresponse.reporting.flow_progress import FlowProgress
from prefect_getresponse.runtime.assets import Made, asset_key, getresponse_key, record_assets
from prefect_getresponse.runtime.ending_states import ends_in_a_sentence
from prefect_getresponse.runtime.event_loops import run_on_loop
from prefect_getresponse.sinks.opening import open_sink
from prefect_getresponse.sinks.sink import Sink
from prefect_getresponse.sources.storage.places import short_name

_PHASES = {"reading people": 30, "reading details": 40, "reading activities": 20}


def _flow_run_name() -> str:
    parameters = flow_run.parameters
    account = parameters["credentials"].account_name
    lists = ", ".join(map(str, parameters["lists"])) or "all lists"
    ending = " (dry run)" if parameters["dry_run"] else ""
    return mask(f"export of {account}, {lists}, to {short_name(str(parameters['to']))}{ending}")


@flow(name="nightly-export", flow_run_name=_flow_run_name)
@ends_in_a_sentence
def nightly_export(
    credentials: GetResponseCredentials,
    to: str,
    streams: list[str] = [],  # noqa: B006 - never changed; Prefect's form shows a list
    lists: list[str] = [],  # noqa: B006
    details: Details = "changed",
    activity: Activity = "api",
    look_back_days: Annotated[int, Field(ge=1, le=MOST_LOOK_BACK_DAYS)] = 30,
    full_every_days: Annotated[int, Field(ge=1)] = 7,
    details_budget: Annotated[int, Field(ge=0)] = 0,
    dry_run: bool = False,
    strict_proof: bool = False,
    create_reports: bool = False,
) -> ExportReport:
    """Export the account into tables, complete or said not to be.

    Args:
        credentials: Block of the GetResponse account; a deployment's own unless another is chosen.
        to: Where the tables go: SQLAlchemy's URL of a database, where a password is best ${NAME},
            or a folder or URL (s3://...) for Parquet files.
        streams: What to export, such as contacts or newsletters; everything if empty.
        lists: Names or ids of the lists whose people are exported; all if empty.
        details: Whose tags, custom fields and location are read, a call each. changed means people
            who changed, and everybody while they are few.
        activity: Where opens and clicks are from: the listings of the api, files of report(s), auto
            (listings, and reports once GetResponse has ended those), or none.
        look_back_days: Days whose statistics are read again, since they go on changing.
        full_every_days: After how many days people are read whole.
        details_budget: How many people a night have their details read besides.
        dry_run: Stop after the plan, which says how many calls and seconds it takes.
        strict_proof: Fail if tables differ from GetResponse's statistics.
        create_reports: Have GetResponse make a report of activities where none is there. An add-on;
            it stays in the account.

    Returns:
        What came of every table.

    Raises:
        ExportFailed: Something is missing that nothing explains, or the run broke off.
        GetResponseError: It could not begin.
    """
    options = export_options(
        to=to,
        streams=tuple(streams),
        lists=tuple(lists),
        details=details,
        activity=activity,
        look_back_days=look_back_days,
        full_every_days=full_every_days,
        details_budget=details_budget,
        dry_run=dry_run,
        strict_proof=strict_proof,
        create_reports=create_reports,
    )
    with closing(open_sink(to)) as sink, FlowProgress(_key("progress", sink), _PHASES) as progress:
        report = export_account(credentials, options, sink, progress)
        show_export(report, sink)
    if report.problem and not dry_run:
        raise failure(report)
    return report


@task(name="export", task_run_name="export", cache_policy=NO_CACHE)
def export_account(
    credentials: GetResponseCredentials, options: ExportOptions, sink: Sink, progress: FlowProgress
) -> ExportReport:
    """Read the account and write the tables."""
    try:
        return run_on_loop(
            lambda: run_export(
                options,
                credentials.account_name,
                credentials.get_async_client(),
                sink,
                progress=progress,
            )
        )
    except GetResponseError as error:
        raise error.with_traceback(None) from None  # it says all: Prefect logs its way from here


def show_export(report: ExportReport, sink: Sink) -> None:
    """Leave report, tables and event in Prefect, and say what was made."""
    create_markdown_artifact(
        report.markdown(),
        key=_key("plan" if report.dry_run else "report", sink),
        description=f"Export of {report.account_name} to {report.to}; run {report.run_id}",
    )
    if report.dry_run:
        return
    create_table_artifact(
        _needing_a_look(report),
        key=_key("tables", sink),
        description=f"Tables that need a look; run {report.run_id}",
    )
    ending = "failed" if report.problem else "completed"
    emit_event(
        f"getresponse.nightly_export.{ending}",
        resource={
            "prefect.resource.id": f"getresponse.account.{report.account_name}",
            "prefect.resource.name": report.account_name,
            "getresponse.destination": report.to,
        },
        payload=mask_deep(report.as_dict()),
    )
    get_run_logger().info("%s", report.line())
    if not report.problem:
        record_assets(_made(report, sink), [getresponse_key(report.account_id)])


def _needing_a_look(report: ExportReport) -> list[dict[str, Any]]:
    return [
        {"table": name, **each.model_dump(exclude={"written"})}
        for name, each in report.tables.items()
        if each.unexplained or each.late or each.note
    ]


def _made(report: ExportReport, sink: Sink) -> list[Made]:
    shaped = shaped_tables()
    return [
        Made(
            asset_key(sink.asset_key(shaped[name].table)),
            f"{name} of {report.account_name}",
            each.model_dump(exclude_none=True),
        )
        for name, each in report.tables.items()
        if each.written or each.got
    ]


def _key(what: str, sink: Sink) -> str:
    """Key under which Prefect keeps the history of an artifact: one for each destination."""
    digits = hashlib.blake2b(sink.name.encode(), digest_size=3).hexdigest()
    name = slugify(sink.name, max_length=40, word_boundary=True)
    return "-".join(filter(None, ["getresponse-export", what, name, digits]))
