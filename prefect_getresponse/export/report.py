"""The report of an export: what was expected of each table, what came, and what nobody explains."""

from __future__ import annotations

from prefect_getresponse.client.errors import GetResponseError
from prefect_getresponse.export.markdown import report_markdown
from prefect_getresponse.export.report_data import PlannedStream, ReportData, TableReport


class ExportFailed(GetResponseError):
    """An export came to no good end; carries the report.

    Attributes:
        report: What was done.
    """

    report: ExportReport | None = None


class ExportReport(ReportData):
    """What became of an export; `ReportData` says what it holds."""

    def markdown(self) -> str:
        """The report as people like to read it."""
        return report_markdown(self)


def failure(report: ExportReport) -> ExportFailed:
    """The error of a run that counts as failed."""
    error = ExportFailed(
        str(report.problem),
        advice="The report of the run says what is missing; the same command reads it again.",
    )
    error.report = report
    return error


__all__ = ["ExportFailed", "ExportReport", "PlannedStream", "TableReport", "failure"]
