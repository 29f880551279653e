"""Report: add up the ledger and write down which rows need attention."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

from prefect_getresponse.client.errors import GetResponseError
from prefect_getresponse.client.privacy.masking import mask
from prefect_getresponse.client.send import THROTTLED
from prefect_getresponse.contact_import.active_run import JobRun
from prefect_getresponse.contact_import.asking.said import Said
from prefect_getresponse.contact_import.job import Job, private_dir
from prefect_getresponse.contact_import.ledger import Ledger, Phase, Run
from prefect_getresponse.contact_import.ledger.books.imports import (
    ImportChunk,
    Imports,
    ImportState,
)
from prefect_getresponse.contact_import.ledger.copies.copy_folder import copy_folder
from prefect_getresponse.contact_import.phases.keyed_hash import KeyedHash
from prefect_getresponse.contact_import.phases.read import RESUMED
from prefect_getresponse.contact_import.report import (
    AttentionRow,
    ImportReport,
    tally_up,
    write_rejects,
)
from prefect_getresponse.contact_import.rows.preview import ROWS, preview
from prefect_getresponse.contact_import.verdicts import (
    NEEDS_ATTENTION,
    REASON_FIELDS,
    Verdict,
    reject_ratio,
)
from prefect_getresponse.sources.storage.places import is_url, public_url

_NO_LIMIT = -1

logger = logging.getLogger("prefect_getresponse")


def report(run: JobRun, error: GetResponseError | None = None) -> ImportReport:
    """Account for every row of a run.

    Args:
        run: The run; of one that `is_plan`, what is still to be sent counts as planned.
        error: Why the run ended early, if it did.
    """
    job, planned = run.job, _is_planned(run)
    with Ledger(job.ledger) as ledger:
        kept = ledger.run(run.run_id)
        verdicts, reasons = tally_up(kept.rows.tally(_undecided(run)))
        calls = kept.calls()
        imports = [
            _import(kept.imports, chunk, state, job.options.verify)
            for chunk, state in kept.imports.states()
        ]
        to_remove, removed = kept.removals.count()
        rejects_file, rejected_at = ("", "") if planned and error is None else _rejects(run, kept)
        ended = kept.phase is Phase.FINISHED or (planned and error is None)
        made = ImportReport(
            run_id=run.run_id,
            source=job.source_name,
            list_name=job.campaign_name,
            dry_run=planned,
            rows_read=kept.rows_read,
            verdicts=verdicts,
            reasons=reasons,
            renamed_tags=kept.facts.get("renamed_tags", {}),
            unclear_answers=kept.facts.get("unclear_answers", {}),
            warnings=kept.facts.get("warnings", {}),
            notes=kept.facts.get("notes", []),
            columns=list(job.columns),
            **_said(kept),
            removed=to_remove if planned else removed,
            imports=imports,
            estimate=kept.facts.get("estimate"),
            throttled=calls.pop(THROTTLED, 0),
            calls=calls,
            seconds=round(job.time.now() - job.started, 3),
            balanced=ended
            and sum(verdicts.values()) == kept.rows_read
            and not any(each["contradiction"] for each in imports),
            reject_ratio=round(reject_ratio(verdicts, kept.rows_read), 6),
            max_reject_ratio=job.options.max_reject_ratio,
            rejects_file=rejects_file,
            rejected_at=rejected_at,
            resumed=kept.facts.get(RESUMED, False),
            preview=_preview(job, kept) if planned else [],
            plan_hash=kept.plan.hash() if planned else "",
            would_stop=kept.facts.get("would_stop", ""),
            error=str(error) if error else None,
        )
    if not planned:
        _keep(job, made)
    return made


def _keep(job: Job, made: ImportReport) -> None:
    """Leave the report in the state folder, whatever becomes of showing it."""
    path = job.ledger.with_name(f"{made.run_id}-report.json")
    half = path.with_suffix(".half")
    try:
        half.unlink(missing_ok=True)
        handle = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(made.as_dict(), file, indent=2, ensure_ascii=False)
        half.replace(path)
    except OSError as error:
        logger.warning("the report could not be kept in %s: %s", path, error.strerror)


def _said(kept: Run) -> dict[str, Any]:
    """What was said about the source, for the report."""
    said = Said.of(kept.facts.get("said", {}))
    vouch = {"by": said.vouch.by, "at": said.vouch.at} if said.vouch else None
    return {"vouched": vouch, "ignored_columns": list(said.ignored)}


def _preview(job: Job, kept: Run) -> list[dict[str, Any]]:
    rows = kept.plan.first_to_send(ROWS)
    return preview([(row.row, row.contact) for row in rows], whole=job.options.show_addresses)


def _import(
    book: Imports, chunk: ImportChunk, state: ImportState, verified: bool
) -> dict[str, Any]:
    """An import for the report, and whether its counters contradict the verdicts of its rows."""
    contradiction = ""
    if verified and state.accounts_for(chunk.rows):
        became = book.became(chunk.chunk)
        if not became.fits(state):
            contradiction = (
                f"import {state.import_id} counts {state.arrived:,} people added or updated,"
                f" and {became.seen:,} were seen"
            )
    return {
        "import_id": state.import_id,
        "status": state.status,
        "rows": chunk.rows,
        "counters": state.counters,
        "contradiction": contradiction,
    }


def attention_rows(run: JobRun, limit: int) -> list[AttentionRow]:
    """Rows that need attention, at most `limit` of them, addresses masked."""
    with Ledger(run.job.ledger) as ledger:
        return list(_attention(run, ledger.run(run.run_id), limit))


def _is_planned(run: JobRun) -> bool:
    return run.is_plan or run.job.options.dry_run


def _undecided(run: JobRun) -> Verdict:
    """What rows count as that have no verdict yet."""
    return Verdict.PLANNED if _is_planned(run) else Verdict.UNKNOWN


def _attention(run: JobRun, kept: Run, limit: int) -> Iterator[AttentionRow]:
    hashed = KeyedHash(private_dir(run.job.options.state_dir))
    found = kept.rows.attention(NEEDS_ATTENTION, _undecided(run), limit)
    for row, verdict, reason, key, detail in found:
        yield AttentionRow(
            row=row,
            verdict=verdict,
            reason=reason,
            address=mask(key),
            detail=mask(detail),
            key=hashed.of(key),
            field=REASON_FIELDS.get(reason, ""),
        )


def _rejects(run: JobRun, kept: Run) -> tuple[str, str]:
    """Write the files of rows that need attention; return where they are, for us and for others."""
    rows = list(_attention(run, kept, _NO_LIMIT))
    rejected = [row for row in rows if row.verdict == Verdict.REJECTED]
    path = run.job.ledger.with_name(f"{run.run_id}-rejects.csv")
    written, left = _write_rejects(run.job, kept, path, rows), ""
    if rejected and run.job.options.rejects_to:
        alone = path.with_name(f"{run.run_id}-rejected.csv")
        if _write_rejects(run.job, kept, alone, rejected):
            left = _leave(alone, run.job.options.rejects_to)
    return written, left


def _write_rejects(job: Job, kept: Run, path: Path, rows: Sequence[AttentionRow]) -> str:
    if not rows:
        return ""
    try:
        path.unlink(missing_ok=True)  # written by the same run before it was interrupted
        if job.options.reject_rows == "full":
            write_rejects(path, rows, *_whole_rows(job, kept, {row.row for row in rows}))
        else:
            write_rejects(path, rows)
    except OSError as error:  # what became of the rows is told all the same
        logger.warning("the rejects file %s could not be written: %s", path, error.strerror)
        return ""
    return str(path)


def _leave(path: Path, folder: str) -> str:
    """Move a file to where others can fetch it; return its address without secrets."""
    place = public_url(folder) if is_url(folder) else folder
    where = f"{place.rstrip('/')}/{path.name}"
    try:
        copy_folder(folder).put(path.name, path)
    except Exception as error:  # storages have errors of their own
        reason = type(error).__name__
        logger.warning("the rejected rows could not be left at %s (%s)", where, reason)
        return ""
    finally:
        path.unlink(missing_ok=True)
    return where


def _whole_rows(
    job: Job, kept: Run, wanted: Collection[int]
) -> tuple[Sequence[str], dict[int, Sequence[str]]]:
    """Columns of the source, and rows of it; nothing if it has changed since it was read."""
    source = job.open_source()
    columns = source.columns()
    cells = {row: cells for row, cells in source.records() if row in wanted}
    return (columns, cells) if source.fingerprint() == kept.fingerprint else ((), {})
