"""Read: every record of the source becomes a row of the ledger, and duplicates are found.

The people of the list are taken down meanwhile.
"""

from __future__ import annotations

import asyncio
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from itertools import chain, islice

from prefect_getresponse.client.send import AsyncClient
from prefect_getresponse.contact_import.active_run import ActiveRun, JobRun
from prefect_getresponse.contact_import.asking.answers import Judged, settle
from prefect_getresponse.contact_import.asking.said import Said
from prefect_getresponse.contact_import.columns.mapping import find_column
from prefect_getresponse.contact_import.job import Job
from prefect_getresponse.contact_import.ledger import Ledger, NewRow, Phase
from prefect_getresponse.contact_import.ledger.blocks import Block
from prefect_getresponse.contact_import.ledger.retention import forget_in_time
from prefect_getresponse.contact_import.phases.listing import Listing
from prefect_getresponse.contact_import.planning.opt_outs import OPT_OUTS_READ
from prefect_getresponse.contact_import.rows.contacts import pack
from prefect_getresponse.contact_import.rows.notes import CellNotes
from prefect_getresponse.contact_import.rows.validation import (
    MOST_ANSWERS,
    Part,
    PreparedRow,
    compile_reader,
)
from prefect_getresponse.limits.budgets import DAY
from prefect_getresponse.runtime.event_loops import apart, left_apart, meanwhile
from prefect_getresponse.sources.source import NotedSource

PARTS_AT_ONCE = 2
"""Parts of the source that are read before the event loop has its turn: some milliseconds."""
TURNS_AT_ONCE = 25
"""Turns whose rows become durable together."""
WAITS = "waits"
"""Fact of a run: how long it waits, for whoever has to settle it."""
RESUMED = "resumed"
"""Fact of a run: another process began it."""


async def read(job: Job, client: AsyncClient) -> JobRun:
    """Read source and list into a new run, or go on with the run that a crash interrupted.

    An interrupted run of another state of the source must have been settled before.

    Args:
        job: The job.
        client: The account's client.

    Returns:
        The run.

    Raises:
        UndecidedColumns: Something about the source has to be decided first.
        ImportInputError: The source cannot be read to its end.
        GetResponseError: The list cannot be read.
    """
    now = job.time.now
    if not job.options.dry_run:
        outdated = now() - job.options.retention_days * DAY
        await apart(partial(forget_in_time, job.ledger, outdated))
    async with left_apart(job.open_ledger()) as ledger:
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
        run = await apart(partial(ledger.begin, _run_id(begun), job.key, job.source_name, begun))
        run.add_calls(job.calls)
        active = ActiveRun(job, run, client)
        try:
            await _read_both(active, ledger)
        finally:
            active.note_calls()
        run.enter(Phase.PLANNING)
        return JobRun(job, run.run_id)


async def _read_both(run: ActiveRun, ledger: Ledger) -> None:
    reading, listing = _Reading(run, ledger), Listing(run)
    reading.begin()
    async with meanwhile(listing.read()) as listed:
        await reading.read_all(listed)
        if run.job.campaign is not None:
            listing.show()
        await listing.has_begun.wait()
        async with run.transaction_apart():  # it is read again if this breaks off
            await listed


class _Reading:
    """The reading of a source into the ledger."""

    def __init__(self, run: ActiveRun, ledger: Ledger) -> None:
        job = self._job = run.job
        self._run, self._ledger = run, ledger
        self._source = job.open_source()
        self._mapping = job.order.map_source()
        again = job.options.resubscribe
        self._reader = compile_reader(
            self._mapping,
            extra_tags=job.options.tags,
            custom_fields=job.custom_fields,
            consented=find_column(self._source.columns(), again) if again else None,
            said=job.options.mapping,
        )
        self._parts: Iterator[Part] = iter(())
        self._warnings: Counter[str] = Counter()
        self._rows = 0

    def begin(self) -> None:
        """Wait for the first records: a query may take minutes, in which no call must be under way.

        Others have no turn meanwhile, as a database may want one thread.
        """
        _, size = self._source.progress()
        self._job.progress.start("reading", size or None, "bytes" if size else "rows")
        parts = self._reader.parts(self._source)
        self._parts = chain(list(islice(parts, 1)), parts)

    async def read_all(self, listed: asyncio.Task[None]) -> None:
        """Read the source to its end.

        Args:
            listed: Reads the list meanwhile; what fails there ends this, too.
        """
        while await self._read_some(listed):
            self._job.progress.advance(self._source.progress()[0])
        said = settle(
            self._job.options,
            Judged.of(self._source, self._mapping, self._reader),
            self._job.said,
            self._run.kept.started,
        )
        fingerprint = self._source.fingerprint()  # on this thread, too
        await self._run.in_turn(partial(self._end, said, fingerprint))

    async def _read_some(self, listed: asyncio.Task[None]) -> bool:
        """Read some parts, which become durable together; False at the end of the source."""
        async with self._run.transaction_apart():
            for _ in range(TURNS_AT_ONCE):
                before = self._rows
                async with self._run.turn:
                    for part in islice(self._parts, PARTS_AT_ONCE):
                        self._read_part(part)
                if self._rows == before:
                    return False
                await asyncio.sleep(0)
                if listed.done():
                    await listed
        return True

    def _read_part(self, part: Part) -> None:
        """Let rows stay as they are if they mean what they did, or write them."""
        reader, blocks = self._reader, self._run.kept.blocks
        row, last, mark = part.rows[0], part.rows[-1], reader.mark(part)
        self._rows += len(part.rows)
        left_out = blocks.stays(row, last, mark)
        if left_out is not None:
            reader.seen_again(part, left_out)
            return
        seen = _Seen(reader.notes, self._warnings)
        strange = reader.wonders
        # Rows go by one at a time: a list would wake Python's collector of cyclic garbage.
        blocks.write(row, last, seen.new_rows(reader.judged(part)))
        is_plain = reader.wonders == strange and not seen.warned
        blocks.note(Block(row, last, mark if is_plain else b"", bytes(seen.left_out)))

    def _end(self, said: Said, fingerprint: str) -> None:
        """Find duplicates, and note what the source and its columns say."""
        run, reader, source = self._run.kept, self._reader, self._source
        notes = [*(source.notes if isinstance(source, NotedSource) else ()), *reader.all_notes()]
        waits = self._job.options.model_dump(include={"settle_seconds", "import_seconds"})
        with self._ledger.transaction():
            self._ledger.say(self._job.location, said.facts())
            run.blocks.end()
            run.set_read(self._rows, fingerprint)
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
                    "warnings": self._warnings,
                    "said": said.facts(),
                    WAITS: waits,
                },
            )


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
