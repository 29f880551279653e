"""A checked import: what its phases work on, and the right to do so."""

from __future__ import annotations

import os
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from prefect_getresponse.client.errors import InvalidArguments
from prefect_getresponse.client.server_time import ServerTime
from prefect_getresponse.contact_import.account import Campaign
from prefect_getresponse.contact_import.asking.said import Said
from prefect_getresponse.contact_import.columns.mapping import ColumnMapping, map_source
from prefect_getresponse.contact_import.columns.source_mapping import SourceMapping
from prefect_getresponse.contact_import.ledger import Holder, Ledger, writer_lock
from prefect_getresponse.contact_import.ledger.copies.copy import LedgerCopy
from prefect_getresponse.contact_import.options import ImportOptions
from prefect_getresponse.contact_import.rows.custom_fields import CustomField
from prefect_getresponse.contact_import.tuning import AS_ALLOWED, Tuning
from prefect_getresponse.reporting.progress import Progress, Silent
from prefect_getresponse.runtime.garbage import kept_meanwhile
from prefect_getresponse.sources import Source, open_source
from prefect_getresponse.sources.source import WatchedSource


def opened(location: str, mapping: SourceMapping) -> Source:
    """Open a source.

    Args:
        location: Where it is.
        mapping: What is said about it.

    Raises:
        ImportInputError: It cannot be used.
    """
    return open_source(location, mapping.reading)


def private_dir(path: str) -> Path:
    """Make a folder that only its owner may read, or use it as it is.

    Raises:
        InvalidArguments: It cannot be made or written to.
    """
    folder = Path(path).expanduser()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise InvalidArguments(
            f"state folder {folder}: {error.strerror}",
            advice="Choose another (--state-dir, state_dir).",
        ) from None
    if not os.access(folder, os.W_OK):
        raise InvalidArguments(
            f"state folder {folder} is not writable",
            advice="Choose another (--state-dir, state_dir).",
        )
    return folder


@dataclass
class Order:
    """What is asked for.

    Attributes:
        options: The options.
        given: Source that a program has handed over; None if the options say where it is.
        tuning: Sizes and thresholds to go by.
    """

    options: ImportOptions
    given: Source | None = None
    tuning: Tuning = AS_ALLOWED
    _opened: Source | None = field(default=None, init=False, repr=False)
    _mapping: ColumnMapping | None = field(default=None, init=False, repr=False)

    def open_source(self) -> Source:
        """Open the source; one that is open already is opened again only if it has changed.

        Raises:
            ImportInputError: It cannot be used.
        """
        source = self.given or self._opened
        if source is None or not _is_as_opened(source, self.given):
            source = opened(self.options.source, self.options.mapping)
        if source is not self._opened:
            self._opened, self._mapping = source, None
        return source

    def map_source(self) -> ColumnMapping:
        """Give each column of the source its meaning.

        Raises:
            ImportInputError: That is not possible.
        """
        source = self.open_source()
        self._mapping = self._mapping or map_source(source, self.options.mapping.columns)
        return self._mapping


def _is_as_opened(source: Source, given: Source | None) -> bool:
    watched = isinstance(source, WatchedSource) and not source.has_changed()
    return source is given or watched


@dataclass(frozen=True)
class Job:
    """A checked import: its source can be read, its list exists, and nothing was sent yet.

    Attributes:
        order: What was asked for.
        key: Identity of the job over its runs.
        location: Canonical location of the source, without secrets.
        source_name: Short name of the source.
        columns: What each column means, for the report.
        account_name: Name of the account.
        campaign: The list; None in a dry run for a list that is still to be created.
        custom_fields: Each custom field that the mapping names.
        ledger: Path of the ledger.
        started: Start of the check, in seconds since the epoch.
        calls: Calls made so far, by endpoint.
        import_obstacle: Why an import cannot carry the rows; None if it can.
        copy: Copies of the ledger; None if there are none.
        said: What was said about the source.
        holder: The right to write to the ledger; None until `holding` gives it.
        time: What time it is at GetResponse.
        account_id: Id of the account.
        has_forgotten: Whether the ledger knows less than was sent; `holding` finds out.
        progress: Shows how far the work is.
    """

    order: Order
    key: str
    location: str
    source_name: str
    columns: tuple[dict[str, str], ...]
    account_name: str
    campaign: Campaign | None
    custom_fields: dict[str, CustomField]
    ledger: Path
    started: float
    calls: dict[str, int]
    import_obstacle: str | None = None
    copy: LedgerCopy | None = None
    said: Said = field(default_factory=Said)
    holder: Holder | None = None
    time: ServerTime = field(default_factory=ServerTime)
    account_id: str = ""
    has_forgotten: bool = False
    progress: Progress = field(default_factory=Silent)

    def shown_by(self, progress: Progress) -> Job:
        """The job, whose work is shown somewhere."""
        return replace(self, progress=progress)

    def open_ledger(self) -> Ledger:
        """Open the ledger to write to it.

        Raises:
            LedgerTaken: At the end of its block, if another process has taken it over.
        """
        return Ledger(self.ledger, self.holder)

    def open_source(self) -> Source:
        """Open the source.

        Raises:
            ImportInputError: It cannot be used.
        """
        return self.order.open_source()

    @property
    def options(self) -> ImportOptions:
        """What was asked for."""
        return self.order.options

    @property
    def tuning(self) -> Tuning:
        """Sizes and thresholds to go by."""
        return self.order.tuning

    @property
    def field_ids(self) -> dict[str, str]:
        """Id of each custom field by name."""
        return {name: field.custom_field_id for name, field in self.custom_fields.items()}

    @property
    def campaign_name(self) -> str:
        """Name of the list."""
        return self.campaign.name if self.campaign else self.options.list_name


@contextmanager
def holding(job: Job) -> Generator[Job]:
    """Hold the right to write to the job's ledger; a dry run's copy of it is deleted at the end.

    A lock may fail on a disk that is shared or lost.  So whoever takes the ledger over leaves a
    mark in it, and in its copies, that keeps all earlier holders from writing and sending.

    Returns:
        The job with that right.

    Raises:
        LedgerBusy: Another process or run holds it.
        CopyFailed: The copies of the ledger cannot be read or written.
    """
    try:
        with kept_meanwhile(), writer_lock(job.ledger):
            if job.copy is not None:
                job.copy.take_over()
            with Ledger(job.ledger) as ledger:
                holder = ledger.holder()
                if job.copy is None:
                    holder = holder.successor()
                    ledger.set_holder(holder)
                by_id = job.campaign and job.options.list_name == job.campaign.campaign_id
                ledger.identity.introduce(job.campaign_name, is_asked_for=not by_id)
                if job.copy is not None and job.copy.is_rolled_back:
                    ledger.identity.distrust()
                has_forgotten = ledger.identity.has_forgotten()
            yield replace(job, holder=holder, has_forgotten=has_forgotten)
    finally:
        if job.options.dry_run:
            shutil.rmtree(job.ledger.parent, ignore_errors=True)
