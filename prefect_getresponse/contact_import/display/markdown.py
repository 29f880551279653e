"""The words of a report: what happened, what became of the rows, and what to do next."""

from __future__ import annotations

from prefect_getresponse.contact_import.planning.routing import Estimate
from prefect_getresponse.contact_import.report_data import ReportData
from prefect_getresponse.contact_import.verdicts import EXPLANATIONS, Verdict
from prefect_getresponse.reporting.markdown import code, flat, text

_BAR = 24
_MOST_NAMED = 20

_ADVICE = {
    Verdict.REJECTED: "Correct the **rejected** rows in the source; the next run sends them.",
    Verdict.UNKNOWN: "Run the same import again: it looks for the **unknown** rows first, and sends"
    " only what provably never arrived.",
    Verdict.NOT_VISIBLE_YET: "Nothing to do about rows **not visible yet**: the next run looks for"
    " them before it sends anything.",
    Verdict.AWAITING_CONFIRMATION: "People **awaiting confirmation** join the list when they follow"
    " the link that GetResponse has mailed them.",
    Verdict.EXCLUDED: "**Excluded** rows are people who must not be written to: nothing to do,"
    " unless a column is not what it was read as (see below; `--map COLUMN=FIELD` says what it"
    " is).",
}

_HOW_FAR = {
    "not_looked_for": "taken by GetResponse and not yet looked for",
    "in_doubt": "in doubt",
    "not_sent": "not sent",
}


def report_markdown(report: ReportData, *, goes_on: bool = False) -> str:
    """A report as people like to read it.

    Args:
        report: The report.
        goes_on: Whether what it plans is sent next.
    """
    kind = "Plan" if report.dry_run else "Import"
    return "\n".join(
        [
            f"# {kind}: {text(report.source)} → {text(report.list_name)}",
            "",
            _summary(report, goes_on),
            "",
            *_verdict_table(report),
            "",
            *_reason_table(report),
            *_preview(report),
            *_next_steps(report, goes_on),
            "## Details",
            "",
            *[f"- {note}" for note in _details(report)],
        ]
    )


def report_line(report: ReportData) -> str:
    """How many rows have which verdict, on one line; of those without one, how far they came.

    Args:
        report: The report.
    """
    counts = {verdict: rows for verdict, rows in report.verdicts.items() if rows}
    if report.error and Verdict.UNKNOWN in counts:
        del counts[Verdict.UNKNOWN]
        counts |= report.reasons.get(Verdict.UNKNOWN, {})
    words = [f"{rows:,} {_HOW_FAR.get(what, _words(what))}" for what, rows in counts.items()]
    return ", ".join(words)


def _summary(report: ReportData, goes_on: bool) -> str:
    if report.problem:
        return f"❌ **Needs attention:** {text(report.problem.rstrip('.'))}."
    if report.would_stop:
        return f"⚠️ **A run would stop before it sends anything:** {text(report.would_stop)}"
    if report.dry_run:
        sent = "Sending starts now." if goes_on else "Nothing was sent."
        return f"📋 **A plan for {report.rows_read:,} rows.** {sent}"
    calls = sum(report.calls.values())
    seconds = f"{report.seconds:,.1f} s"
    took = f" in all, the last part in {seconds}" if report.resumed else f" in {seconds}"
    return (
        f"✅ **Balanced:** all {report.rows_read:,} rows have a verdict. "
        f"{calls:,} calls{took}, {report.throttled:,} of them throttled."
    )


def _verdict_table(report: ReportData) -> list[str]:
    most = max(report.verdicts.values(), default=0) or 1
    lines = ["| verdict | rows | share | |", "|---|---:|---:|---|"]
    for verdict, rows in report.verdicts.items():
        if rows:
            bar = "█" * max(1, round(_BAR * rows / most))
            share = f"{rows / max(report.rows_read, 1):.1%}"
            lines.append(f"| {_words(verdict)} | {rows:,} | {share} | {bar} |")
    return [*lines, f"| **rows read** | **{report.rows_read:,}** | | |"]


def _reason_table(report: ReportData) -> list[str]:
    rows = [
        f"| {_words(verdict)} | {rows:,} | {EXPLANATIONS.get(reason, reason)} |"
        for verdict, reasons in report.reasons.items()
        for reason, rows in reasons.items()
    ]
    return ["| verdict | rows | why |", "|---|---:|---|", *rows, ""] if rows else []


def _preview(report: ReportData) -> list[str]:
    if not report.preview:
        return []
    lines = [
        "## The first rows, as they would be sent",
        "",
        "| row | e-mail | name | tags | fields |",
        "|---:|---|---|---|---|",
    ]
    for row in report.preview:
        fields = ", ".join(f"{name}: {value}" for name, value in row["fields"].items())
        cells = [row["email"], row["name"], ", ".join(row["tags"]), fields]
        lines.append(f"| {row['row']} | {' | '.join(map(text, cells))} |")
    return [*lines, ""]


def _next_steps(report: ReportData, goes_on: bool) -> list[str]:
    steps: list[str] = []
    if report.error and report.dry_run:
        steps.append("Nothing was sent.")
    elif report.dry_run and not goes_on and not report.would_stop:
        steps.append("If this is what you expect, start the import without the dry run.")
    elif report.error:
        steps.append("Remove the cause, and run the same import again: it resumes where it stopped")
        steps[-1] += " and sends nothing twice."
    if report.rejects_file:
        steps.append(f"Look at the rows that need it: `{report.rejects_file}`.")
    if report.rejected_at:
        steps.append(f"Rejected rows alone are in `{report.rejected_at}`.")
    steps += [_note(note) for note in report.notes]
    for column, words in sorted(report.unclear_answers.items()):
        answers = _some([code(word) for word in words])
        steps.append(
            f"Look at the column {code(column)}: {answers} is neither a yes nor a no, so these"
            " rows are excluded. Where it means a yes, write `yes` in the source."
        )
    steps += [
        advice
        for verdict, advice in _ADVICE.items()
        if report.verdicts.get(verdict) and not (report.error and verdict is Verdict.UNKNOWN)
    ]
    if report.too_many_rejects:
        steps.append("Or allow more of them: `max_reject_ratio` (`--max-reject-ratio`).")
    return ["## What to do next", "", *[f"- {step}" for step in steps], ""] if steps else []


def _details(report: ReportData) -> list[str]:
    details = [f"Run `{report.run_id}`."]
    if report.estimate:
        details.append(f"Planned: {Estimate(**report.estimate).sentence()}.")
    if report.removed:
        done = "To be removed" if report.dry_run else "Removed"
        details.append(f"{done} from the list, as gone from the source: {report.removed:,}.")
    for made in report.imports:
        counters = ", ".join(f"{name} {n:,}" for name, n in made["counters"].items() if n)
        details.append(
            f"Import `{made['import_id']}`, {made['status']}: {counters or 'no counts'}."
        )
    if report.renamed_tags:
        pairs = [f"{code(old)} → {code(new)}" for old, new in sorted(report.renamed_tags.items())]
        details.append(f"Tags renamed to what GetResponse can hold: {_some(pairs)}.")
    if report.warnings:
        pairs = [f"{text(what)} ({rows:,})" for what, rows in sorted(report.warnings.items())]
        details.append(f"Cells left out: {_some(pairs)}.")
    taken = [c for c in report.columns if c["field"] not in ("", "-")]
    pairs = [f"{text(c['column'])} → {code(c['field'])}{_remark(c['how'])}" for c in taken]
    details.append(f"Columns: {', '.join(pairs)}.")
    if report.vouched:
        by, at = text(report.vouched["by"]), report.vouched["at"]
        details.append(f"Vouched for by {by}, {at}: everybody in the source has agreed.")
    if report.ignored_columns:
        names = _some([text(name) for name in report.ignored_columns])
        details.append(f"Undecided columns that do not matter, as you said: {names}.")
    if unused := [text(c["column"]) for c in report.columns if c["field"] in ("", "-")]:
        details.append(f"Columns not used: {_some(unused)}.")
    return details


def _remark(how: str) -> str:
    return "" if how in ("recognised", "given") else f" ({how})"


def _some(texts: list[str]) -> str:
    more = f" and {len(texts) - _MOST_NAMED} more" if len(texts) > _MOST_NAMED else ""
    return ", ".join(texts[:_MOST_NAMED]) + more


def _words(verdict: str) -> str:
    return verdict.replace("_", " ")


def _note(note: str) -> str:
    """A note, whose parts between backticks are of the source."""
    parts = flat(note).split("`")
    return "".join(code(part) if at % 2 else text(part) for at, part in enumerate(parts))
