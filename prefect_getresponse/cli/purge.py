"""`prefect-getresponse purge`."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from prefect_getresponse.cli.console import OK, print_line


def purge(
    *,
    state_dir: str = "",
    older_than: float | None = None,
    dry_run: Annotated[bool, Parameter(negative="")] = False,
) -> int:
    """Delete personal data that imports no longer need.

    That is rows of runs that have ended, people whom no source has had since, and reject files.

    Example: prefect-getresponse purge --older-than 7 --dry-run

    Args:
        state_dir: Folder of the ledgers; <PREFECT_HOME>/getresponse if not given.
        older_than: Days; PREFECT_INTEGRATIONS_GETRESPONSE_RETENTION_DAYS (30) if not given.
        dry_run: Only count.
    """
    from prefect_getresponse.contact_import.purging import purge as purge_state

    done = purge_state(state_dir, older_than, dry_run=dry_run)
    print_line(f"{'to be purged' if dry_run else 'purged'}: {done.sentence()}")
    return OK
