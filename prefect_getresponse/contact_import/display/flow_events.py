"""The one event by which an import tells Prefect's automations how it ended."""

from __future__ import annotations

from typing import Literal

from prefect.events import emit_event

from prefect_getresponse.client.privacy.masking import mask_deep
from prefect_getresponse.contact_import.job import Job
from prefect_getresponse.contact_import.report import ImportReport

Ending = Literal["completed", "failed", "cancelled"]


def emit_ending(job: Job, report: ImportReport, ending: Ending) -> None:
    """Tell that an import has ended: `getresponse.import.completed`, `.failed` or `.cancelled`.

    Args:
        job: The import.
        report: Its report, which becomes the payload.
        ending: How it ended.
    """
    list_id = job.campaign.campaign_id if job.campaign else "new"
    emit_event(
        f"getresponse.import.{ending}",
        resource={
            "prefect.resource.id": f"getresponse.campaign.{list_id}",
            "prefect.resource.name": job.campaign_name,
            # What automations can compare: they see no payload.
            "getresponse.rejects": _rejects(report),
            "getresponse.dry-run": "yes" if job.options.dry_run else "no",
        },
        related=[
            {
                "prefect.resource.id": f"getresponse.account.{job.account_name}",
                "prefect.resource.role": "getresponse-account",
                "prefect.resource.name": job.account_name,
            }
        ],
        payload=mask_deep(report.as_dict()),
    )


def _rejects(report: ImportReport) -> str:
    if report.reject_ratio > report.max_reject_ratio:
        return "over-limit"
    return "within-limit" if report.verdicts["rejected"] else "none"
