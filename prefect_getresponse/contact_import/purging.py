"""Purge what the state folder of imports holds of people."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from prefect_getresponse.client.errors import InvalidArguments
from prefect_getresponse.contact_import.ledger.retention import Purged, purge_folder
from prefect_getresponse.contact_import.options import state_folder
from prefect_getresponse.limits.budgets import DAY
from prefect_getresponse.settings import GetResponseSettings


def purge(
    state_dir: str = "",
    older_than: float | None = None,
    *,
    dry_run: bool = False,
    clock: Callable[[], float] = time.time,
) -> Purged:
    """Purge what the state folder holds of people.

    Args:
        state_dir: The folder; that of the settings if not given.
        older_than: Days; `RETENTION_DAYS` of the settings if not given.
        dry_run: Only count.
        clock: Seconds since the epoch.

    Returns:
        What was purged.

    Raises:
        InvalidArguments: The folder cannot be read, or one that is given is not there.
    """
    settings = GetResponseSettings()
    folder = Path(state_folder(state_dir)).expanduser()
    _check_folder(folder, must_exist=bool(state_dir))
    days = settings.retention_days if older_than is None else older_than
    return purge_folder(folder, clock() - days * DAY, dry_run=dry_run)


def _check_folder(folder: Path, *, must_exist: bool) -> None:
    try:
        next(folder.iterdir(), None)
    except OSError as error:
        if isinstance(error, FileNotFoundError) and not must_exist:
            return
        raise InvalidArguments(
            f"state folder {folder}: {error.strerror}",
            advice="Name the one of the imports (--state-dir, state_dir); nothing was purged.",
        ) from None
