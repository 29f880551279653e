"""The law of repeats as a table of docs/reliability.md, from the table that the client goes by."""

from __future__ import annotations

from itertools import groupby

from prefect_getresponse.client.request import RetryClass
from prefect_getresponse.client.retry import LAW, Decision, Failure

CLASSES = {
    RetryClass.READ: "read",
    RetryClass.DELETE: "delete",
    RetryClass.UPDATE: "update by id",
    RetryClass.KEYED: "create with a key",
    RetryClass.ONCE: "create or send",
    RetryClass.BATCH: "batch",
    RetryClass.IMPORT: "import",
}
BEGIN = "| failure |"
"""Where the table begins in the page; it ends with the paragraph."""


def law_table() -> str:
    """Write the table; failures that follow each other and are treated alike share a row."""
    lines = [f"{BEGIN} {' | '.join(CLASSES.values())} |", "|---" * (len(CLASSES) + 1) + "|"]
    for decisions, failures in groupby(Failure, key=_decisions):
        cells = [_shown(each) for each in decisions]
        lines.append(f"| {', '.join(failures)} | {' | '.join(cells)} |")
    return "\n".join(lines)


def with_law(page: str) -> str:
    """Write the table into the page.

    Args:
        page: The page, with a table of any age in it.
    """
    before, begin, rest = page.partition(BEGIN)
    return before + law_table() + rest[rest.index("\n\n") :] if begin else page


def _decisions(failure: Failure) -> tuple[Decision, ...]:
    return tuple(LAW[failure, each] for each in CLASSES)


def _shown(decision: Decision) -> str:
    return f"**{decision}**" if decision is Decision.UNKNOWN else str(decision)
