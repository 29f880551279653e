"""Addresses that rows mention which cannot be imported: whom mode `mirror` must not remove.

`mailto:jane@example.com`, `Jane <jane@example.com>` or `jane @example.com` cannot be sent to.
Who it is about can still be read, and that person is not gone from the source.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from prefect_getresponse.contact_import.active_run import ActiveRun
from prefect_getresponse.contact_import.job import Job
from prefect_getresponse.contact_import.rows.addresses import listed_key
from prefect_getresponse.sources.trimming import INVISIBLE

FEW = 3
"""Rows that nobody can read and that may be about anybody; with more of them nobody is removed."""
_NOTHING = dict.fromkeys(map(ord, INVISIBLE))
_AT = re.compile(r"\s*(?:@|[(\[{]\s*at\s*[)\]}])\s*", re.IGNORECASE)
_ADDRESS = re.compile(r"([^\s<>,;:\"'()\[\]{}|@]+)@([^\s<>,;:\"'()\[\]{}|@]+)")


def mentioned(cells: Sequence[str]) -> set[str]:
    """Comparison keys of all that looks like an address in the cells of a row."""
    text = unicodedata.normalize("NFKC", " ".join(cells)).translate(_NOTHING)
    found = _ADDRESS.findall(_AT.sub("@", text))
    return {listed_key(f"{local.strip('.')}@{domain.strip('.')}") for local, domain in found}


def protect_mentioned(run: ActiveRun) -> str:
    """Keep everybody in the list whom a rejected row of the source may be about.

    Args:
        run: The run.

    Returns:
        Why nobody is to be removed; empty if the others may be.
    """
    removals, job = run.removals, run.job
    wanted = removals.unreadable_rows()
    if not wanted or not removals.waiting():
        return ""
    source = job.open_source()
    email = _email_column(job)
    unreadable, keys = 0, set[str]()
    for row, cells in source.records():
        if row in wanted:
            found = mentioned(cells)
            keys |= found
            # A person without any address was never on the list by one.
            unreadable += not found and email < len(cells) and bool(cells[email].strip())
    removals.protect(keys)
    if source.fingerprint() != run.kept.fingerprint:
        removals.clear()
        return "the source has changed since it was read"
    if unreadable > FEW:
        removals.clear()
        return f"{unreadable:,} rows of the source hold something else than an address"
    return ""


def _email_column(job: Job) -> int:
    """Index of the column of addresses."""
    columns = job.open_source().columns()
    [name] = [each["column"] for each in job.columns if each["field"] == "email"]
    return list(columns).index(name)
