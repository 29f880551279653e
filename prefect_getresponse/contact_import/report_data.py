"""What a report holds: what became of every row, as data."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel

from prefect_getresponse.contact_import.verdicts import Verdict


class AttentionRow(BaseModel):
    """A row that somebody should look at.

    Attributes:
        row: Its ordinal in the source, the header being 1.
        verdict: What became of it.
        reason: Why.
        address: Its address, masked.
        detail: What GetResponse said, if anything.
        key: Keyed hash of the address: the same person has the same in all reports of a deployment.
        field: What the reason is about, if it is one field.
    """

    row: int
    verdict: str
    reason: str
    address: str
    detail: str
    key: str = ""
    field: str = ""


class ReportData(BaseModel):
    """What became of an import.

    Attributes:
        run_id: Id of the run.
        source: Short name of the source.
        list_name: Name of the list.
        dry_run: Whether only the plan was made.
        rows_read: Records of the source.
        verdicts: Rows by verdict; every verdict is there, and their sum is `rows_read`.
        reasons: Rows by verdict and reason.
        renamed_tags: Tags as GetResponse holds them, by their name in the source.
        unclear_answers: Words in columns of consent that are neither a yes nor a no, by column:
            rows with such an answer are excluded.
        warnings: Cells that were left out, by column and kind.
        notes: What was strange about the source, a sentence each.
        columns: What each column was taken for.
        vouched: Who vouched for the people of the source, and when; None if a column says who has
            agreed.
        ignored_columns: Undecided columns that do not matter, as you said.
        removed: People removed from the list because they are gone from the source (`mirror`);
            those who would be, in a dry run.
        imports: Imports made, with GetResponse's own counters.
        estimate: Expected calls and seconds of the plan, if it was made.
        calls: Calls made, by endpoint.
        throttled: Answers with 429 seen.
        seconds: Duration.
        balanced: Whether the run came to its end and every row has its verdict.
        reject_ratio: Share of rejected rows among those that could have been imported.
        max_reject_ratio: Share above which the run counts as failed.
        rejects_file: File that names every row needing attention; empty if there is none.
        resumed: Whether an earlier process began the run: calls are those of all its parts, seconds
            those of the last one.
        rejected_at: Where the file of rejected rows was left for others; empty if it was not.
        preview: The first rows as they would be sent, in a plan.
        plan_hash: What the plan says about every row, as a hash; empty in a report.
        would_stop: Why a run would stop before it sends anything, in a plan.
        error: Why the run ended early; None if it did not.
    """

    run_id: str
    source: str
    list_name: str
    dry_run: bool
    rows_read: int
    verdicts: dict[str, int]
    reasons: dict[str, dict[str, int]]
    renamed_tags: dict[str, str]
    unclear_answers: dict[str, list[str]] = {}
    warnings: dict[str, int]
    notes: list[str] = []
    columns: list[dict[str, str]]
    vouched: dict[str, str] | None = None
    ignored_columns: list[str] = []
    removed: int = 0
    imports: list[dict[str, Any]] = []
    estimate: dict[str, Any] | None
    calls: dict[str, int]
    throttled: int
    seconds: float
    balanced: bool
    reject_ratio: float
    max_reject_ratio: float
    rejects_file: str
    rejected_at: str = ""
    resumed: bool = False
    preview: list[dict[str, Any]] = []
    plan_hash: str = ""
    would_stop: str = ""
    error: str | None

    def as_dict(self) -> dict[str, Any]:
        """The report as JSON-like data."""
        return self.model_dump()

    @property
    def problem(self) -> str | None:
        """Why the run must count as failed, in a sentence; None if it succeeded."""
        if self.error:
            return self.error
        if self.dry_run:
            return None  # a plan is made, whatever it says
        if miscounted := [each for each in self.imports if each["contradiction"]]:
            return str(miscounted[0]["contradiction"])
        if not self.balanced:
            return f"the verdicts do not account for all {self.rows_read} rows"
        if unknown := self.verdicts[Verdict.UNKNOWN]:
            return f"the outcome of {unknown} rows is unknown"
        return self.too_many_rejects

    @property
    def too_many_rejects(self) -> str | None:
        """That more rows were rejected than the limit allows, in a sentence; None if not."""
        if self.reject_ratio <= self.max_reject_ratio:
            return None
        share = f"{self.reject_ratio:.1%} of the rows were rejected"
        return f"{share}, more than the limit of {self.max_reject_ratio:.1%}"


def tally_up(
    tally: Iterable[tuple[str, str | None, int]],
) -> tuple[dict[str, int], dict[str, dict[str, int]]]:
    """Sum rows by verdict, and by verdict and reason."""
    verdicts = {verdict.value: 0 for verdict in Verdict}
    reasons: dict[str, dict[str, int]] = {}
    for verdict, reason, rows in tally:
        verdicts[verdict] += rows
        if reason:
            known = reasons.setdefault(verdict, {})
            known[reason] = known.get(reason, 0) + rows
    return verdicts, reasons
