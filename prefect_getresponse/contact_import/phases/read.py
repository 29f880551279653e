"""Read: every record of the source becomes a row of the ledger, and duplicates are found."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice

from prefect_getresponse.contact_import.active_run import JobRun
from prefect_getresponse.contact_import.asking.answers import Judged, settle
from prefect_getresponse.contact_import.columns.mapping import find_column
from prefect_getresponse.contact_import.job import Job
from prefect_getresponse.contact_import.ledger import Ledger, NewRow, Phase, Run
from prefect_getresponse.contact_import.ledger.blocks import Block
from prefect_getresponse.contact_import.ledger.retention import forget_in_time
from prefect_getresponse.contact_import.planning.opt_outs import OPT_OUTS_READ
from prefect_getresponse.contact_import.rows.contacts import pack
from prefect_getresponse.contact_import.rows.notes import CellNotes
from prefect_getresponse.contact_import.rows.validation import (
    MOST_ANSWERS,
    Part,
    PreparedRow,
    RowReader,
    compile_reader,
)
from prefect_getresponse.limits.budgets import DAY
from prefect_getresponse.sources import Source
from prefect_getresponse.sources.source import NotedSource

PARTS_AT_ONCE = 50
WAITS = "waits"
"""Fact of a run: how long it waits, for whoever has to settle it."""
RESUMED = "resumed"
"""Fact of a run: another process began it."""


def read(job: Job) -> JobRun:
    """Read the source into a new run, or go on with the run that a crash interrupted.

    An interrupted run of another state of the source must have been settled before.

    Args:
        job: The job.

    Returns:
        The run.

    Raises:
        UndecidedColumns: Something about the source has to be decided first.
        ImportInputError: The source cannot be read to its end.
    """
    source, now = job.open_source(), job.time.now
    if not job.options.dry_run:
        forget_in_time(job.ledger, now() - job.options.retention_days * DAY)
    with job.open_ledger() as ledger:
        run = ledger.unfinished(job.key)
        if run is not None and run.phase is Phase.SENDING and not job.options.dry_run:
            job.progress.note(f"resuming the interrupted run {run.run_id}")
            run.add_calls(job.calls)
            # Opt-outs are looked at again, however fresh the last look is.
            run.add_facts({RESUMED: True, OPT_OUTS_READ: None})
            return JobRun(job, run.run_id)
        if run is not None:
            run.end(Phase.INTERRUPTED, now())
        begun = now()
        run = ledger.begin(_run_id(begun), job.key, job.source_name, begun)
        run.add_calls(job.calls)
        _read_rows(job, source, ledger, run)
        run.enter(Phase.PLANNING)
        return JobRun(job, run.run_id)


def _read_rows(job: Job, source: Source, ledger: Ledger, run: Run) -> None:
    mapping = job.order.map_source()
    again = job.options.resubscribe
    reader = compile_reader(
        mapping,
        extra_tags=job.options.tags,
        custom_fields=job.custom_fields,
        consented=find_column(source.columns(), again) if again else None,
        said=job.options.mapping,
    )
    warnings: Counter[str] = Counter()
    _, size = source.progress()
    job.progress.start("reading", size or None, "bytes" if size else "rows")
    rows = 0
    parts = reader.parts(source)
    while some := _read_some(run, reader, islice(parts, PARTS_AT_ONCE), warnings):
        rows += some
        job.progress.advance(source.progress()[0])
    notes = [*(source.notes if isinstance(source, NotedSource) else ()), *reader.all_notes()]
    said = settle(job.options, Judged.of(source, mapping, reader), job.said, run.started)
    with ledger.transaction():
        ledger.say(job.location, said.facts())
        run.blocks.end()
        run.set_read(rows, source.fingerprint())
        run.add_facts(
            {
                "renamed_tags": reader.renamed_tags,
                "dropped_tags": sorted(reader.dropped_tags),
                "notes": notes,
                "unclear_answers": {
                    column: sorted(words)
                    for column, words in reader.unclear_answers.items()
                    if 0 < len(words) <= MOST_ANSWERS
                },
                "warnings": warnings,
                "said": said.facts(),
                WAITS: job.options.model_dump(include={"settle_seconds", "import_seconds"}),
            },
        )


def _read_some(run: Run, reader: RowReader, parts: Iterable[Part], warnings: Counter[str]) -> int:
    """Read some parts of the source, and return the number of their rows."""
    rows = 0
    with run.transaction():
        for part in parts:
            _read_part(run, reader, part, warnings)
            rows += len(part.rows)
    return rows


def _read_part(run: Run, reader: RowReader, part: Part, warnings: Counter[str]) -> None:
    """Let rows stay as they are if they mean what they did, or write them."""
    row, last, mark = part.rows[0], part.rows[-1], reader.mark(part)
    left_out = run.blocks.stays(row, last, mark)
    if left_out is not None:
        reader.seen_again(part, left_out)
        return
    seen = _Seen(reader.notes, warnings)
    strange = reader.wonders
    # Rows go by one at a time: a list of them would wake Python's collector of cyclic garbage.
    run.blocks.write(row, last, seen.new_rows(reader.judged(part)))
    is_plain = reader.wonders == strange and not seen.warned
    run.blocks.note(Block(row, last, mark if is_plain else b"", bytes(seen.left_out)))


@dataclass
class _Seen:
    """What was seen in some records, beside what they mean."""

    notes: CellNotes
    warnings: Counter[str]
    warned: bool = False
    left_out: bytearray = field(default_factory=bytearray)

    def new_rows(self, prepared: Iterable[PreparedRow]) -> Iterator[NewRow]:
        for place, (row, key, contact, verdict, reason, warnings, consented) in enumerate(prepared):
            if warnings:
                self.warned = True
                self.notes.seen_in(row, warnings)
                self.warnings.update(f"{column}: {code}" for column, code in warnings)
            if contact is None:
                self.left_out.append(place)
            text, digest = pack(contact) if contact else (None, None)
            yield NewRow(row, key, text, digest, verdict, reason, consented or None)


def _run_id(now: float) -> str:
    """Readable and unique: the time in UTC and a few random digits."""
    return f"{datetime.fromtimestamp(now, UTC):%Y%m%d-%H%M%S}-{uuid.uuid4().hex[:6]}"
