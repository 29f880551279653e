"""What drains and reconciliations leave in Prefect: an artifact and an event, and no person."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, Literal

from prefect.artifacts import create_markdown_artifact
from prefect.events import emit_event
from slugify import slugify

from prefect_getresponse.client.masking import mask_deep

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
