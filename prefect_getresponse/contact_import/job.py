"""What is to be imported, where to, and how: the options of an import, checked once."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any, Literal

from prefect.settings import get_current_settings
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from prefect_getresponse.client.errors import InvalidArguments
from prefect_getresponse.contact_import.account import Campaign
from prefect_getresponse.contact_import.ledger import Holder, Ledger, writer_lock
from prefect_getresponse.contact_import.ledger.copy import LedgerCopy
from prefect_getresponse.contact_import.rows.custom_fields import CustomField
from prefect_getresponse.settings import GetResponseSettings
from prefect_getresponse.sources import Reading, Source, open_source

Mode = Literal["add_and_update", "add_only", "mirror"]
RouteChoice = Literal["auto", "contacts", "batch", "import"]


class ImportOptions(BaseModel):
    """Options of one import.

    Attributes:
        source: Location of the source: path or pattern of files, URL of a file or a database.
        query: What to read from a database.
        campaign: Name of the list (campaign), or its id.
        mapping: Field by column name, for columns that are not recognised by themselves.
        mode: `add_and_update` changes people who are on the list; `add_only` leaves them; `mirror`
            also removes those who are gone from the source.
        tags: Tags for every person, besides those of the source.
        dry_run: Stop after the plan; nothing is sent.
        route: How people are sent: `contacts` (a call each), `batch` (1000 a call), `import` (some
            hundred thousand a call, people of the list too), or `auto`.
        verify: Read the list back and give every sent row its verdict.
        max_reject_ratio: Share of rejected rows above which the run fails.
        state_dir: Folder of the ledger.
        ledger_copy: Folder, as path or URL, of copies of the ledger; empty for none.
        create_campaign: Create the list if it is missing, all opt-in types `single`.
        encoding: Encoding of a text source, if it is not UTF-8 or UTF-16.
        skip_confirmation: Let `route="import"` add people to a double opt-in list unconfirmed.
        max_removal_ratio: Share of the list that `mirror` may remove, and by which the source may
            have shrunk since the last run.
        retention_days: Days for which ended runs and people of no source are remembered.
        resubscribe: Column that says when somebody agreed: who was removed from the list before
            that is imported again. Empty for never.
        reject_rows: Whether the file of rejects holds `keys` of rows, or the rows in `full`.
        settle_seconds: Longest wait for queued contacts, in seconds.
        import_seconds: Longest wait for GetResponse to do an import, in seconds.
        reopen: What to do about an interrupted run of a source that has changed since: `settle`
            it and start anew, or `refuse`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    source: str = Field(min_length=1, repr=False)  # a URL may hold a password
    query: str = Field(default="", repr=False)
    campaign: str = Field(min_length=1)
    mapping: dict[str, str] = Field(default_factory=dict)
    mode: Mode = "add_and_update"
    tags: tuple[Annotated[str, Field(min_length=1)], ...] = ()
    dry_run: bool = False
    route: RouteChoice = "auto"
    verify: bool = True
    max_reject_ratio: float = Field(default=0.05, ge=0, le=1)
    state_dir: str = ""
    ledger_copy: str = Field(default="", repr=False)
    create_campaign: bool = False
    encoding: str | None = None
    skip_confirmation: bool = False
    max_removal_ratio: float = Field(default=0.1, ge=0, le=1)
    retention_days: float = Field(default=30.0, gt=0)
    resubscribe: str = ""
    reject_rows: Literal["keys", "full"] = "keys"
    settle_seconds: float = Field(default=600.0, ge=0)
    import_seconds: float = Field(default=3600.0, ge=0)
    reopen: Literal["settle", "refuse"] = "settle"

    @property
    def reading(self) -> Reading:
        """What is said about how the source is to be read."""
        return Reading(encoding=self.encoding or "", query=self.query)

    def job_key(self, location: str) -> str:
        """Identity of the job: the same source, list and options give the same key.

        Args:
            location: Canonical location of the source.
        """
        parts = [
            location,
            self.campaign,
            sorted(self.mapping.items()),
            self.mode,
            sorted(self.tags),
            self.encoding,
            *([self.resubscribe] if self.resubscribe else []),
        ]
        return hashlib.blake2b(json.dumps(parts).encode(), digest_size=16).hexdigest()


def import_options(**values: Any) -> ImportOptions:
    """Check options and fill in what the settings say.

    Raises:
        InvalidArguments: An option cannot be used; all faults are named.
    """
    settings = GetResponseSettings()
    known: dict[str, Any] = {
        "settle_seconds": settings.settle_seconds,
        "import_seconds": settings.import_seconds,
        "retention_days": settings.retention_days,
        **values,
    }
    known["ledger_copy"] = known.get("ledger_copy") or settings.ledger_copy
    known["state_dir"] = state_folder(known.get("state_dir") or "")
    try:
        return ImportOptions.model_validate(known)
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors()
        )
        raise InvalidArguments(f"the import's options: {faults}") from None


def opened(options: ImportOptions) -> Source:
    """Open the source that the options name.

    Raises:
        ImportInputError: It cannot be used.
    """
    return open_source(options.source, options.reading)


def state_folder(given: str) -> str:
    """Where ledgers live: as given, as the settings say, or `<PREFECT_HOME>/getresponse`."""
    default = get_current_settings().home / "getresponse"
    return given or GetResponseSettings().state_dir or str(default)


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


@dataclass(frozen=True)
class Job:
    """A checked import: its source can be read, its list exists, and nothing was sent yet.

    Attributes:
        options: What was asked for.
        key: Identity of the job over its runs.
        location: Canonical location of the source, without secrets.
        source_name: Short name of the source.
        columns: What each column means, for the report.
        account_name: Name of the account.
        campaign: The list; None in a dry run for a list that is still to be created.
        custom_fields: Each custom field that the mapping names.
        given: Source that a program has handed over; None if it is opened by its location.
        ledger: Path of the ledger.
        started: Start of the check, in seconds since the epoch.
        calls: Calls made so far, by endpoint.
        import_obstacle: Why an import cannot carry the rows; None if it can.
        copy: Copies of the ledger; None if there are none.
        holder: The right to write to the ledger; None until `holding` gives it.
    """

    options: ImportOptions
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
    given: Source | None = None
    import_obstacle: str | None = None
    copy: LedgerCopy | None = None
    holder: Holder | None = None

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
        return self.given or opened(self.options)

    @property
    def field_ids(self) -> dict[str, str]:
        """Id of each custom field by name."""
        return {name: field.custom_field_id for name, field in self.custom_fields.items()}

    @property
    def campaign_name(self) -> str:
        """Name of the list."""
        return self.campaign.name if self.campaign else self.options.campaign


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
        with writer_lock(job.ledger):
            if job.copy is not None:
                job.copy.take_over()
            with Ledger(job.ledger) as ledger:
                holder = ledger.holder()
                if job.copy is None:
                    holder = holder.successor()
                    ledger.set_holder(holder)
            yield replace(job, holder=holder)
    finally:
        if job.options.dry_run:
            shutil.rmtree(job.ledger.parent, ignore_errors=True)
