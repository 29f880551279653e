"""Reports of drains and reconciliations as people like to read them: numbers, no people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from prefect_getresponse.events.draining.report import DrainReport
from prefect_getresponse.events.reconciling.report import ReconcileReport
from prefect_getresponse.reporting.markdown import cell


def drain_markdown(report: DrainReport) -> str:
    """Say what a drain did."""
    facts = {
        "taken from the inbox": report.taken,
        "in the table": report.done,
        "of these, known from another way": report.merged,
        "to be tried again": report.retried,
        "given up": report.dead,
        "taken over by another run": report.taken_over,
        "calls of handlers": report.handled,
        "still waiting": report.waiting,
        "unreadable in the inbox": report.unreadable,
    }
    return "\n".join(
        [
            f"# {report.done:,} of {report.taken:,} events in the table",
            "",
            f"From {_code(report.inbox)} to {_code(report.to)} in {report.seconds:,.1f} s.",
            "",
            *_table(("what", "events"), facts.items()),
            *_counts("type", report.types),
            *_counts("what went wrong", report.errors),
        ]
    )


def reconcile_markdown(report: ReconcileReport) -> str:
    """Say what a reconciliation found."""
    missing = report.added.total()
    lines = [
        f"# {missing:,} of {report.found.total():,} events were missing",
        "",
        f"Read from {report.since} to {report.until}, {report.lists:,} lists,"
        f" {sum(report.calls.values()):,} calls. Rows are in {_code(report.to)}.",
    ]
    if report.is_silent:
        lines += ["", f"**Webhooks did not bring {report.missed.total():,} events** they should."]
    rows = [
        (type_, report.found[type_], report.known[type_], report.added[type_])
        for type_ in sorted(report.found)
    ]
    if rows:
        lines += ["", *_table(("type", "found", "known", "added"), rows)]
    if report.unexplained:
        names = ("day", "type", "expected", "got")
        listed = [tuple(each[name] for name in names) for each in report.unexplained]
        lines += ["", "GetResponse counts more than was found:", "", *_table(names, listed)]
    return "\n".join(lines)


def _counts(name: str, counts: Mapping[str, int]) -> list[str]:
    return ["", *_table((name, "events"), sorted(counts.items()))] if counts else []


def _table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> list[str]:
    names = list(head)
    return [
        f"| {' | '.join(names)} |",
        f"|{'---|' * len(names)}",
        *(f"| {' | '.join(cell(each) for each in row)} |" for row in rows),
    ]


def _code(text: str) -> str:
    return f"`{text.replace('`', chr(39))}`"
