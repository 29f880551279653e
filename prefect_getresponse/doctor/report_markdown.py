"""The findings as people like to read them."""

from __future__ import annotations

from prefect_getresponse.doctor.findings import MARKS, AccountReport, Outcome
from prefect_getresponse.reporting.markdown import cell


def report_markdown(report: AccountReport) -> str:
    """Findings as a table in markdown, the bad ones first.

    Args:
        report: The findings.
    """
    counts = {outcome: len(report.of(outcome)) for outcome in Outcome}
    summary = ", ".join(f"{rows} {outcome}" for outcome, rows in counts.items() if rows)
    order = [Outcome.PROBLEM, Outcome.UNKNOWN, Outcome.WARNING, Outcome.OK]
    rows = sorted(report.findings, key=lambda each: order.index(each.outcome))
    return "\n".join(
        [
            f"# {MARKS[report.outcome]} Account {report.account}",
            "",
            f"{report.endpoint}: {summary}.",
            "",
            "| | check | found | what to do |",
            "|---|---|---|---|",
            *[
                f"| {MARKS[each.outcome]} | {cell(each.check)} | {cell(each.found)}"
                f" | {cell(each.advice)} |"
                for each in rows
            ],
        ]
    )
