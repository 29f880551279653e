"""The progress of a flow run as Prefect shows it."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Self, cast
from uuid import UUID

from prefect import get_run_logger
from prefect.artifacts import create_progress_artifact, update_progress_artifact

SECONDS_BETWEEN_UPDATES = 2.0


class FlowProgress:
    """Progress of a phase in the Prefect UI: an artifact that moves, and a log line now and then.

    Args:
        key: Key of the artifact.
    """

    def __init__(self, key: str) -> None:
        self._key = key
        self._logger = get_run_logger()
        self._phase = ""
        self._total: int | None = None
        self._artifact: UUID | None = None
        self._shown = 0.0
        # Prefect's artifact calls are sync outside of event loops only, and must not hold ours up.
        self._aside = ThreadPoolExecutor(max_workers=1, thread_name_prefix="progress")

    def __enter__(self) -> Self:
        """Begin to show progress."""
        return self

    def __exit__(self, *_: object) -> None:
        """Show the phase as done, and wait until everything is shown."""
        if self._artifact is not None:
            self._show(100.0, f"{self._phase}: done")
        self._aside.shutdown()

    def start(self, phase: str, total: int | None) -> None:
        """Show that a phase begins."""
        self._phase, self._total, self._shown = phase, total, time.monotonic()
        self._logger.info("%s ...", phase)
        self._show(0.0, phase)

    def advance(self, done: int) -> None:
        """Show how far the phase is, every few seconds."""
        if time.monotonic() - self._shown < SECONDS_BETWEEN_UPDATES:
            return
        self._shown = time.monotonic()
        whole = f" of {self._total:,}" if self._total else ""
        self._logger.info("%s: %s%s", self._phase, f"{done:,}", whole)
        share = 100.0 * done / self._total if self._total else 0.0
        self._show(min(share, 100.0), f"{self._phase}: {done:,}{whole}")

    def note(self, text: str) -> None:
        """Show a line."""
        self._logger.info("%s", text)

    def _show(self, share: float, text: str) -> None:
        self._aside.submit(copy_context().run, self._show_now, share, text)

    def _show_now(self, share: float, text: str) -> None:
        if self._artifact is None:
            created = create_progress_artifact(share, key=self._key, description=text)
            self._artifact = cast(UUID, created)
        else:
            update_progress_artifact(self._artifact, share, description=text)
