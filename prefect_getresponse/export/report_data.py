"""What a report of an export holds, as data."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel


class TableReport(BaseModel):
    """What became of one table.

    Attributes:
        written: Rows written.
        expected: Things that GetResponse counts, if it says so.
        got: How many of them are in the table.
        late: How many of the difference came or went while they were read, or may still come within
            the look-back.
        unexplained: The rest of the difference.
        gone: Rows whose thing was not found any more.
        note: Anything worth a line: not available, a part only.
        available: Whether the account has it.
    """

    written: int = 0
    expected: int | None = None
    got: int | None = None
    late: int = 0
    unexplained: int = 0
    gone: int = 0
    note: str = ""
    available: bool = True


class PlannedStream(BaseModel):
    """What reading a stream costs.

    Attributes:
        calls: Calls.
        how: What is read, in a few words.
    """

    calls: int
    how: str


class ReportData(BaseModel):
    """What became of an export.

    Attributes:
        run_id: Id of the run.
        account_id: GetResponse's id of the account.
        account_name: Its name in the settings.
        to: Name of the destination, without what is secret.
        dry_run: Whether only the plan was made.
        plan: What each stream costs.
        planned_seconds: How long that takes at 50 calls a second.
        tables: What became of each table.
        details: People with details (`current`), without (`missing`), read now (`read`).
        oldest_details: When the oldest details were read, as ISO 8601; empty if there are none.
        new_members: Members of answers that no column has, by table, with how often they came; they
            are in `_more`.
        made: Tables and columns that were made.
        warnings: What is worth knowing and fails nothing.
        differences: Differences from GetResponse's statistics: warnings, unless proof is strict.
        calls: Calls made, by endpoint.
        throttled: Answers with 429 seen.
        seconds: Duration.
        balanced: Whether the run came to its end and nothing is unexplained.
        strict_proof: Whether differences from statistics fail the run.
        error: Why the run ended early; None if it did not.
    """

    run_id: str
    account_id: str
    account_name: str
    to: str
    dry_run: bool
    plan: dict[str, PlannedStream] = {}
    planned_seconds: float = 0.0
    tables: dict[str, TableReport] = {}
    details: dict[str, int] = {}
    oldest_details: str = ""
    new_members: dict[str, dict[str, int]] = {}
    made: list[str] = []
    warnings: list[str] = []
    differences: list[str] = []
    calls: dict[str, int] = {}
    throttled: int = 0
    seconds: float = 0.0
    balanced: bool = False
    strict_proof: bool = False
    error: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """The report as JSON-like data."""
        return self.model_dump()

    def table(self, name: str) -> TableReport:
        """What became of a table; begins at nothing."""
        return self.tables.setdefault(name, TableReport())

    @property
    def problem(self) -> str | None:
        """Why the run must count as failed, in a sentence; None if it succeeded."""
        if self.error:
            return self.error
        lost = {name: each.unexplained for name, each in self.tables.items() if each.unexplained}
        if lost:
            first = next(iter(lost))
            table = self.tables[first]
            return (
                f"{first}: GetResponse counts {table.expected:,}, {table.got:,} came, and"
                f" {table.unexplained:,} of the difference are unexplained"
            )
        if self.strict_proof and self.differences:
            return self.differences[0]
        return None

    def line(self) -> str:
        """What came, on one line."""
        rows = sum(each.written for each in self.tables.values())
        return f"{rows:,} rows written to {len(self.tables)} tables of {self.to}"
