"""One artifact for each list that tells how it grows: the last imports, a line each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from prefect_getresponse.contact_import.verdicts import Verdict
from prefect_getresponse.reporting.markdown import text

NIGHTS = 30
"""Imports that are shown."""
_COLUMNS = (Verdict.ADDED, Verdict.UPDATED, Verdict.EXCLUDED, Verdict.REJECTED)
_BAR = 16


def history_markdown(list_name: str, nights: Sequence[tuple[float, int, dict[str, Any]]]) -> str:
    """The last imports of a list as a table, the newest first.

    Args:
        list_name: Name of the list.
        nights: Start, rows read and counts of each.
    """
    largest = max((night["listed"] for *_, night in nights), default=0) or 1
    lines = [
        f"# {text(list_name)}: the last {len(nights)} imports",
        "",
        "| started (UTC) | rows | added | updated | excluded | rejected | removed | on list | |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---|",
    ]
    for started, rows, night in nights:
        when = f"{datetime.fromtimestamp(started, UTC):%Y-%m-%d %H:%M}"
        counts = [night["counts"].get(column, 0) for column in _COLUMNS]
        numbers = [rows, *counts, night["removed"], night["listed"]]
        bar = "█" * round(_BAR * night["listed"] / largest)
        lines.append(f"| {when} | {' | '.join(f'{number:,}' for number in numbers)} | {bar} |")
    return "\n".join(lines)
