"""The report of an import: what became of every row, for programs and for people."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from prefect_getresponse.client.errors import GetResponseError
from prefect_getresponse.contact_import.display.markdown import report_line, report_markdown
from prefect_getresponse.contact_import.report_data import AttentionRow, ReportData, tally_up
from prefect_getresponse.contact_import.verdicts import EXPLANATIONS

_REJECT_COLUMNS = ("row", "verdict", "reason", "field", "address", "key", "explanation", "detail")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


class ImportReport(ReportData):
    """What became of an import; `ReportData` says what it holds."""

    def line(self) -> str:
        """What became of the rows, on one line."""
        return report_line(self)

    def markdown(self, *, goes_on: bool = False) -> str:
        """The report as people like to read it.

        Args:
            goes_on: Whether what it plans is sent next.
        """
        return report_markdown(self, goes_on=goes_on)


class ImportFailed(GetResponseError):
    """An import ended badly after it had begun to send.

    Attributes:
        report: What became of the rows so far.
    """

    report: ImportReport | None = None


class Interrupted(GetResponseError):
    """Somebody ended an import while it was at work."""

    default_advice = "The same import run again resumes where it stopped."


def interrupted() -> Interrupted:
    """The error of an import that somebody ended."""
    return Interrupted("the import was interrupted")


def failure(report: ImportReport) -> ImportFailed:
    """The error that a report with a problem is raised as."""
    problem = report.problem or ""
    advice = "See the report; running the same import again resumes where it stopped."
    if problem == report.too_many_rejects:
        file = report.rejects_file or "the report"
        advice = f"Correct those that {file} names, or raise max_reject_ratio."
    error = ImportFailed(
        f"import of {report.source} into {report.list_name}: {problem.rstrip('.')}", advice=advice
    )
    error.report = report
    return error


def write_rejects(
    path: Path,
    rows: Iterable[AttentionRow],
    columns: Sequence[str] = (),
    cells: Mapping[int, Sequence[str]] | None = None,
) -> int:
    """Write rows that need attention to a new CSV file that only its owner can read.

    Args:
        path: The file; it must not exist.
        rows: The rows.
        columns: Columns of the source, to write rows of it whole.
        cells: Cells of the source by row, if whole rows are wanted.

    Returns:
        Number of rows written.
    """
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    written = 0
    with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL)
        writer.writerow([*_REJECT_COLUMNS, *neutralised(columns)])
        for row in rows:
            explanation = EXPLANATIONS.get(row.reason, "")
            told = [row.verdict, row.reason, row.field, row.address, row.key, explanation]
            whole = (cells or {}).get(row.row, ())
            writer.writerow([row.row, *neutralised([*told, row.detail, *whole])])
            written += 1
    return written


def neutralised(cells: Sequence[str]) -> list[str]:
    """Cells that no spreadsheet takes for a formula."""
    return [f"'{cell}" if cell.startswith(_FORMULA_STARTS) else cell for cell in cells]


__all__ = [
    "AttentionRow",
    "ImportFailed",
    "ImportReport",
    "Interrupted",
    "failure",
    "interrupted",
    "neutralised",
    "tally_up",
    "write_rejects",
]
