"""A task for flows of one's own: purge what the state folder of imports holds of people."""

from __future__ import annotations

from prefect import task
from prefect.cache_policies import NO_CACHE

from prefect_getresponse.contact_import.ledger.retention import Purged
from prefect_getresponse.contact_import.purging import purge


@task(name="purge-import-state", task_run_name="purge-import-state", cache_policy=NO_CACHE)
def purge_import_state(
    state_dir: str = "", older_than: float | None = None, dry_run: bool = False
) -> Purged:
    """Purge what the state folder of imports holds of people.

    Args:
        state_dir: The folder; that of the settings if not given.
        older_than: Days; `RETENTION_DAYS` of the settings if not given.
        dry_run: Only count.

    Returns:
        What was purged.
    """
    return purge(state_dir, older_than, dry_run=dry_run)
