"""What an import leaves in Prefect for people to read: plan, report and the rows to look at."""

from __future__ import annotations

import hashlib

from prefect.artifacts import create_markdown_artifact, create_table_artifact
from slugify import slugify

from prefect_getresponse.client.privacy.masking import mask
from prefect_getresponse.contact_import.display.history import NIGHTS, history_markdown
from prefect_getresponse.contact_import.display.questions import questions_markdown
from prefect_getresponse.contact_import.job import Job
from prefect_getresponse.contact_import.ledger import Ledger
from prefect_getresponse.contact_import.options import ImportOptions
from prefect_getresponse.contact_import.questions import UndecidedColumns
from prefect_getresponse.contact_import.report import AttentionRow, ImportReport
from prefect_getresponse.contact_import.verdicts import EXPLANATIONS, NEEDS_ATTENTION
from prefect_getresponse.runtime.flow_words import in_flow_words
from prefect_getresponse.sources import short_name

ROWS_SHOWN = 1000
"""Most rows of a table; Prefect's UI copes well with that many."""
_NAME_LENGTH = 120
_SLUG_LENGTH = 40


def import_name(campaign: str, source: str, *, dry_run: bool) -> str:
    """Name of an import for people: its list and its source, without what may be secret.

    Args:
        campaign: Name or id of the list.
        source: Location of the source.
        dry_run: Whether only the plan is made.
    """
    words = " ".join(f"{campaign} from {mask(short_name(source))}".split())
    if len(words) > _NAME_LENGTH:
        words = words[: _NAME_LENGTH - 1] + "…"
    return f"{words} (dry run)" if dry_run else words


def artifact_key(what: str, job: Job) -> str:
    """Key of an artifact of an import, see `key_of`."""
    return key_of(what, job.account_name, job.campaign_name)


def key_of(what: str, account: str, list_name: str) -> str:
    """Key under which Prefect keeps the history of an artifact: one for each list of an account.

    Names that look alike without case, accents and punctuation are told apart by a few digits.

    Args:
        what: What the artifact is.
        account: Name of the account.
        list_name: Name of the list.
    """
    digits = hashlib.blake2b(f"{account}\n{list_name}".encode(), digest_size=3).hexdigest()
    slug = slugify(list_name, max_length=_SLUG_LENGTH, word_boundary=True)
    return "-".join(filter(None, ["getresponse-import", what, slug, digits]))


def show_plan(job: Job, planned: ImportReport) -> None:
    """Show what would happen to each row.

    Args:
        job: The import.
        planned: Its report before anything is sent.
    """
    create_markdown_artifact(
        _in_flow_words(planned.markdown(goes_on=not job.options.dry_run)),
        key=artifact_key("plan", job),
        description=f"What is to be done to {job.campaign_name}; {_run(planned)}",
    )


def show_questions(account: str, list_name: str, undecided: UndecidedColumns) -> None:
    """Show what has to be decided before anything is sent, in the place of the plan.

    Args:
        account: Name of the account.
        list_name: Name of the list.
        undecided: The questions.
    """
    create_markdown_artifact(
        questions_markdown(undecided),
        key=key_of("plan", account, list_name),
        description=f"Questions about {undecided.source}; nothing was sent",
    )


def show_report(job: Job, report: ImportReport, rows: list[AttentionRow]) -> None:
    """Show what became of the rows, and those that somebody should look at.

    Args:
        job: The import.
        report: Its report.
        rows: Rows to look at, at most `ROWS_SHOWN`.
    """
    create_markdown_artifact(
        _in_flow_words(report.markdown()),
        key=artifact_key("report", job),
        description=_in_flow_words(f"{_ending(report)}; {_run(report)}"),
    )
    create_table_artifact(
        [
            {
                "row": row.row,
                "verdict": row.verdict,
                "reason": row.reason,
                "address": row.address,
                "why": EXPLANATIONS.get(row.reason, ""),
                "detail": row.detail,
            }
            for row in rows
        ],
        key=artifact_key("rejects", job),
        description=f"{_shown(report, len(rows))}; {_run(report)}",
    )


def show_history(job: Job) -> None:
    """Show the last imports of the list, this one first.

    Args:
        job: The import.
    """
    with Ledger(job.ledger) as ledger:
        nights = ledger.nights(NIGHTS)
    if nights:
        create_markdown_artifact(
            history_markdown(job.campaign_name, nights),
            key=artifact_key("history", job),
            description=f"How {job.campaign_name} grows, and what was rejected",
        )


def _in_flow_words(text: str) -> str:
    return in_flow_words(text, ImportOptions.model_fields)


def _ending(report: ImportReport) -> str:
    return (report.problem or "Every row has its verdict").rstrip(".")


def _shown(report: ImportReport, shown: int) -> str:
    whole = sum(report.verdicts[verdict] for verdict in NEEDS_ATTENTION)
    if not whole:
        return "Rows to look at: none"
    amount = f"{shown:,} of {whole:,} shown" if shown < whole else f"{whole:,}"
    where = f". All of them are in {report.rejects_file}" if report.rejects_file else ""
    alone = f". Rejected ones alone are in {report.rejected_at}" if report.rejected_at else ""
    return f"Rows to look at: {amount}{where}{alone}"


def _run(report: ImportReport) -> str:
    return f"run {report.run_id}"
