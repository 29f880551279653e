"""Report: add up the ledger and write down which rows need attention."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

from prefect_getresponse.client.errors import GetResponseError
from prefect_getresponse.client.masking import mask
from prefect_getresponse.client.send import THROTTLED
from prefect_getresponse.contact_import.asking.said import Said
from prefect_getresponse.contact_import.job import Job, private_dir
from prefect_getresponse.contact_import.keyed_hash import KeyedHash
from prefect_getresponse.contact_import.ledger import Ledger, Phase, Run
from prefect_getresponse.contact_import.ledger.copy_folder import copy_folder
from prefect_getresponse.contact_import.ledger.import_book import ImportChunk, ImportState
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


def report(
    job: Job,
    run_id: str,
    clock: Callable[[], float],
    error: GetResponseError | None = None,
    *,
    planned: bool = False,
) -> ImportReport:
    """Account for every row of a run.

    Args:
        job: The job.
        run_id: The run.
        clock: Seconds since the epoch.
        error: Why the run ended early, if it did.
        planned: Report the plan: what is still to be sent counts as planned.
    """
    with Ledger(job.ledger) as ledger:
        run = ledger.run(run_id)
        planned = planned or job.options.dry_run
        verdicts, reasons = tally_up(ledger.tally(run.number, _undecided(planned)))
        calls = ledger.calls(run.number)
        imports = [
            _import(chunk, state, job.options.verify)
            for chunk, state in ledger.imports(run.number).states()
        ]
        to_remove, removed = ledger.removals(run.number).count()
        rejects_file, rejected_at = (
            ("", "")
            if planned and error is None
            else _rejects(job, run, ledger, _undecided(planned))
        )
        ended = run.phase is Phase.FINISHED or (planned and error is None)
        made = ImportReport(
            run_id=run_id,
            source=job.source_name,
            list_name=job.campaign_name,
            dry_run=planned,
            rows_read=run.rows_read,
            verdicts=verdicts,
            reasons=reasons,
            renamed_tags=run.facts.get("renamed_tags", {}),
            unclear_answers=run.facts.get("unclear_answers", {}),
            warnings=run.facts.get("warnings", {}),
            notes=run.facts.get("notes", []),
            columns=list(job.columns),
            **_said(run),
            removed=to_remove if planned else removed,
            imports=imports,
            estimate=run.facts.get("estimate"),
            throttled=calls.pop(THROTTLED, 0),
            calls=calls,
            seconds=round(clock() - job.started, 3),
            balanced=ended
            and sum(verdicts.values()) == run.rows_read
            and not any(each["contradiction"] for each in imports),
            reject_ratio=round(reject_ratio(verdicts, run.rows_read), 6),
            max_reject_ratio=job.options.max_reject_ratio,
            rejects_file=rejects_file,
            rejected_at=rejected_at,
            resumed=run.facts.get(RESUMED, False),
            preview=_preview(job, run, ledger) if planned else [],
            plan_hash=ledger.plan_hash(run.number) if planned else "",
            would_stop=run.facts.get("would_stop", ""),
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


def _said(run: Run) -> dict[str, Any]:
    """What was said about the source, for the report."""
    said = Said.of(run.facts.get("said", {}))
    vouch = {"by": said.vouch.by, "at": said.vouch.at} if said.vouch else None
    return {"vouched": vouch, "ignored_columns": list(said.ignored)}


def _preview(job: Job, run: Run, ledger: Ledger) -> list[dict[str, Any]]:
    rows = ledger.first_to_send(run.number, ROWS)
    return preview([(row.row, row.contact) for row in rows], whole=job.options.show_addresses)


def _import(chunk: ImportChunk, state: ImportState, verified: bool) -> dict[str, Any]:
    """An import for the report, and whether its counters contradict the verdicts of its rows."""
    contradiction = ""
    if verified and state.accounts_for(chunk.rows) and not chunk.fits(state):
        contradiction = (
            f"import {state.import_id} counts {state.arrived:,} people added or updated,"
            f" and {chunk.seen:,} were seen"
        )
    return {
        "import_id": state.import_id,
        "status": state.status,
        "rows": chunk.rows,
        "counters": state.counters,
        "contradiction": contradiction,
    }


def attention_rows(
    job: Job, run_id: str, limit: int, *, planned: bool = False
) -> list[AttentionRow]:
    """Rows that need attention, at most `limit` of them, addresses masked."""
    with Ledger(job.ledger) as ledger:
        undecided = _undecided(planned or job.options.dry_run)
        return list(_attention(job, ledger, ledger.run(run_id).number, undecided, limit))


def _undecided(planned: bool) -> Verdict:
    """What rows count as that have no verdict yet."""
    return Verdict.PLANNED if planned else Verdict.UNKNOWN


def _attention(
    job: Job, ledger: Ledger, run: int, undecided: Verdict, limit: int
) -> Iterator[AttentionRow]:
    hashed = KeyedHash(private_dir(job.options.state_dir))
    found = ledger.attention(run, NEEDS_ATTENTION, undecided, limit)
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


def _rejects(job: Job, run: Run, ledger: Ledger, undecided: Verdict) -> tuple[str, str]:
    """Write the files of rows that need attention; return where they are, for us and for others."""
    rows = list(_attention(job, ledger, run.number, undecided, _NO_LIMIT))
    rejected = [row for row in rows if row.verdict == Verdict.REJECTED]
    path = job.ledger.with_name(f"{run.run_id}-rejects.csv")
    written, left = _write_rejects(job, run, path, rows), ""
    if rejected and job.options.rejects_to:
        alone = path.with_name(f"{run.run_id}-rejected.csv")
        if _write_rejects(job, run, alone, rejected):
            left = _leave(alone, job.options.rejects_to)
    return written, left


def _write_rejects(job: Job, run: Run, path: Path, rows: Sequence[AttentionRow]) -> str:
    if not rows:
        return ""
    try:
        path.unlink(missing_ok=True)  # written by the same run before it was interrupted
        if job.options.reject_rows == "full":
            write_rejects(path, rows, *_whole_rows(job, run, {row.row for row in rows}))
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
    job: Job, run: Run, wanted: Collection[int]
) -> tuple[Sequence[str], dict[int, Sequence[str]]]:
    """Columns of the source, and rows of it; nothing if it has changed since it was read."""
    source = job.open_source()
    columns = source.columns()
    cells = {row: cells for row, cells in source.records() if row in wanted}
    return (columns, cells) if source.fingerprint() == run.fingerprint else ((), {})
