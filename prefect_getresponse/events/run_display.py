"""What drains and reconciliations leave in Prefect: artifact, event and asset, and no person."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from contextlib import closing
from typing import Any, Literal

from prefect.artifacts import create_markdown_artifact
from prefect.events import emit_event
from slugify import slugify

from prefect_getresponse.client.privacy.masking import mask_deep
from prefect_getresponse.events.draining.report import DrainReport
from prefect_getresponse.events.draining.rows import EVENTS
from prefect_getresponse.events.reconciling.report import ReconcileReport
from prefect_getresponse.runtime.assets import Made, asset_key, getresponse_key, record_assets
from prefect_getresponse.sinks.opening import open_sink

Ending = Literal["completed", "failed"]
SILENT = "getresponse.webhooks.silent"


def show(what: str, account_name: str, markdown: str, description: str) -> None:
    """Leave a report as an artifact, one history for each account.

    Args:
        what: Name of the flow.
        account_name: Name of the account.
        markdown: The report.
        description: The report in a sentence.
    """
    digits = hashlib.blake2b(account_name.encode(), digest_size=3).hexdigest()
    key = "-".join(filter(None, ["getresponse", what, slugify(account_name), digits]))
    create_markdown_artifact(markdown, key=key, description=description)


def record(to: str, report: DrainReport | ReconcileReport, rows: int) -> None:
    """Tell Prefect that the table of events has new rows.

    Args:
        to: URL of the destination.
        report: What was done.
        rows: How many rows are new.
    """
    if not rows:
        return
    with closing(open_sink(to)) as sink:
        key = asset_key(sink.asset_key(EVENTS))
    made = Made(key, f"events of {report.account}", {"new": rows})
    record_assets([made], [getresponse_key(report.account_id)])


def tell(name: str, account_name: str, payload: Mapping[str, Any], **labels: str) -> None:
    """Tell automations something about an account.

    Args:
        name: Name of the event.
        account_name: Name of the account.
        payload: What it carries.
        labels: What automations can compare.
    """
    emit_event(
        name,
        resource={
            "prefect.resource.id": f"getresponse.account.{account_name}",
            "prefect.resource.name": account_name,
            **{f"getresponse.{label}": value for label, value in labels.items()},
        },
        payload=mask_deep(dict(payload)),
    )


def tell_ending(what: str, account_name: str, ending: Ending, payload: Mapping[str, Any]) -> None:
    """Tell automations how a flow ended: `getresponse.<flow>.completed` or `.failed`."""
    tell(f"getresponse.{what}.{ending}", account_name, payload)
