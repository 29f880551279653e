"""The words of an export's report: what came of each table, and what to do next."""

from __future__ import annotations

from prefect_getresponse.export.report_data import ReportData, TableReport
from prefect_getresponse.reporting.markdown import text

_MOST = 20


def report_markdown(report: ReportData) -> str:
    """A report as people like to read it."""
    kind = "Plan of an export" if report.dry_run else "Export"
    return "\n".join(
        [
            f"# {kind}: {text(report.account_name)} → {text(report.to)}",
            "",
            _summary(report),
            "",
            *(_plan(report) if report.dry_run else _tables(report)),
            "",
            *_notes(report),
        ]
    )


def _summary(report: ReportData) -> str:
    calls = sum(report.calls.values())
    if report.dry_run:
        planned = sum(each.calls for each in report.plan.values())
        seconds = report.planned_seconds
        return f"📋 **About {planned:,} calls, {seconds:,.0f} s.** Nothing was written."
    if report.problem:
        return f"❌ **Needs attention:** {text(report.problem.rstrip('.'))}."
    rows = sum(each.written for each in report.tables.values())
    return (
        f"✅ **Complete:** {rows:,} rows written. {calls:,} calls in {report.seconds:,.1f} s,"
        f" {report.throttled:,} of them throttled."
    )


def _plan(report: ReportData) -> list[str]:
    rows = [f"| {name} | {each.calls:,} | {each.how} |" for name, each in report.plan.items()]
    return ["| what | calls | how |", "|---|---:|---|", *rows]


def _tables(report: ReportData) -> list[str]:
    lines = [
        "| table | written | expected | got | late | unexplained | |",
        "|---|---:|---:|---:|---:|---:|---|",
    ]
    for name, each in report.tables.items():
        if each.written or each.expected or each.gone or each.note:
            numbers = [each.written, each.expected, each.got, each.late, each.unexplained]
            cells = " | ".join("" if number is None else f"{number:,}" for number in numbers)
            lines.append(f"| {name} | {cells} | {_remark(each)} |")
    return lines


def _remark(table: TableReport) -> str:
    gone = f"{table.gone:,} gone" if table.gone else ""
    return "; ".join(filter(None, [gone, text(table.note)]))


def _notes(report: ReportData) -> list[str]:
    notes = [f"Run `{report.run_id}`."]
    if report.details:
        counts = ", ".join(f"{number:,} {what}" for what, number in report.details.items())
        since = (
            f"; the oldest were read at {report.oldest_details}" if report.oldest_details else ""
        )
        notes.append(f"Details of people: {counts}{since}.")
    notes += [text(each.rstrip(".")) + "." for each in report.warnings[:_MOST]]
    notes += [f"Differs: {text(each)}." for each in report.differences[:_MOST]]
    if report.made:
        notes.append(f"Made: {text(', '.join(report.made[:_MOST]))}.")
    return ["## Details", "", *[f"- {note}" for note in notes]]
