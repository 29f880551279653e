"""The progress of a flow run as Prefect shows it: an artifact that moves, and lines of the log."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Mapping
from contextvars import copy_context
from datetime import UTC, datetime, timedelta
from typing import Self, cast
from uuid import UUID

from prefect import get_run_logger
from prefect.artifacts import create_progress_artifact, update_progress_artifact

SECONDS_BETWEEN_UPDATES = 2.0
SECONDS_BETWEEN_LINES = 10.0
_SECONDS_AT_THE_END = 5.0
"""Longest wait for Prefect to take the last update."""
_SECONDS_FOR_A_RATE = 2.0

IMPORT_PHASES: Mapping[str, int] = {
    "reading": 10,
    "reading the list": 10,
    "deciding": 5,
    "comparing contacts": 15,
    "sending": 35,
    "removing": 5,
    "verifying": 20,
}
"""Share of an import that each phase counts for, in percent, in their order."""

WITHOUT_AN_END = frozenset({"verifying"})
"""Phases that wait for others: they have no speed, and nobody knows how long they still take."""

logger = logging.getLogger("prefect_getresponse")


class FlowProgress:
    """Progress of a flow in the Prefect UI: one artifact per flow run, which only goes forward.

    Args:
        key: Key of the artifact.
        phases: Share of the whole run that each phase counts for, in percent, in their order.
    """

    def __init__(self, key: str, phases: Mapping[str, int] = IMPORT_PHASES) -> None:
        self._phases = phases
        self._shown = _Shown(key)
        self._phase = ""
        self._unit = ""
        self._total: int | None = None
        self._done = 0
        self._started = self._logged = 0.0
        self._percent = 0.0

    def __enter__(self) -> Self:
        """Begin to show progress."""
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Show how the run ended, and wait a moment until it is shown."""
        if kind is None:
            self._shown.close(100.0, "done")
        else:
            self._shown.close(self._percent, f"stopped: {self._text(seconds=0.0)}")

    def start(self, phase: str, total: int | None, unit: str = "rows") -> None:
        """Show that a phase begins."""
        self._phase, self._total, self._unit, self._done = phase, total, unit, 0
        self._started = self._logged = time.monotonic()
        get_run_logger().info("%s ...", phase)
        self._show()

    def advance(self, done: int) -> None:
        """Show how far the phase is."""
        self._done = done
        self._show()
        finished = done == self._total
        if finished or time.monotonic() - self._logged >= SECONDS_BETWEEN_LINES:
            self._logged = time.monotonic()
            get_run_logger().info("%s", self._text())

    def note(self, text: str) -> None:
        """Show a line."""
        get_run_logger().info("%s", text)

    def detail(self, text: str) -> None:
        """Show a line."""
        get_run_logger().info("%s", text)

    def _show(self) -> None:
        share = self._done / self._total if self._total else 0.0
        self._percent = round(
            max(self._percent, percent_of_run(self._phase, share, self._phases)), 1
        )
        self._shown.show(self._percent, self._text())

    def _text(self, seconds: float | None = None) -> str:
        if seconds is None:
            seconds = time.monotonic() - self._started
        text = progress_text(
            self._phase, self._done, self._total, self._unit, seconds, datetime.now(UTC)
        )
        # The percentage beside it is that of the whole run.
        number = list(self._phases).index(self._phase) + 1 if self._phase in self._phases else 0
        return f"step {number} of {len(self._phases)}, {text}" if number else text


class _Shown:
    """An artifact that a thread of its own brings up to date: Prefect must not hold an import up.

    Args:
        key: Key of the artifact.
    """

    def __init__(self, key: str) -> None:
        self._key = key
        self._artifact: UUID | None = None
        self._latest = (0.0, "starting")
        self._changed = threading.Event()
        self._closed = threading.Event()
        # The artifact is the flow run's, whatever task it is brought up to date in.
        self._thread = threading.Thread(
            target=copy_context().run, args=(self._keep_up,), name="progress", daemon=True
        )
        self._thread.start()

    def show(self, percent: float, text: str) -> None:
        """Show this as soon as the last update is some seconds old."""
        self._latest = (percent, text)
        self._changed.set()

    def close(self, percent: float, text: str) -> None:
        """Show this at once, and nothing after it."""
        self._latest = (percent, text)
        self._closed.set()
        self._changed.set()
        self._thread.join(_SECONDS_AT_THE_END)

    def _keep_up(self) -> None:
        last = is_told = False
        while not last:
            self._changed.wait()
            self._changed.clear()
            last = self._closed.is_set()
            try:
                self._put(*self._latest)
            except Exception as error:  # a report of progress is no reason to end an import
                # Not at the end: nobody waits for that, and Prefect may be gone by then.
                if not (is_told or last):
                    logger.warning("progress could not be shown (%s)", type(error).__name__)
                    is_told = True
            self._closed.wait(SECONDS_BETWEEN_UPDATES)

    def _put(self, percent: float, text: str) -> None:
        if self._artifact is None:
            created = create_progress_artifact(percent, key=self._key, description=text)
            self._artifact = cast(UUID, created)
        else:
            update_progress_artifact(self._artifact, percent, description=text)


def percent_of_run(phase: str, share: float, phases: Mapping[str, int] = IMPORT_PHASES) -> float:
    """How far a run is, in percent, when a share of a phase is done.

    Args:
        phase: The phase; one that is not known counts as the beginning.
        share: Share of it, 0 to 1.
        phases: Shares of the phases in percent, in their order.
    """
    before = 0
    for name, percent in phases.items():
        if name == phase:
            return before + percent * min(share, 1.0)
        before += percent
    return 0.0


def progress_text(
    phase: str, done: int, total: int | None, unit: str, seconds: float, now: datetime
) -> str:
    """How far a phase is, how fast it goes and when it will end, in words.

    Args:
        phase: The phase.
        done: Units that are done.
        total: Units in all, if known.
        unit: What is counted.
        seconds: Time since the phase began.
        now: The present moment.
    """
    if not done and not total:
        return phase
    whole = f" of {total:,}" if total else ""
    parts = [f"{phase}: {done:,}{whole} {unit}"]
    has_rate = seconds >= _SECONDS_FOR_A_RATE and phase not in WITHOUT_AN_END
    rate = done / seconds if has_rate else 0.0
    if rate:
        parts.append(f"{rate:,.0f} a second" if rate >= 1 else f"{60 * rate:,.1f} a minute")
    if rate and total and done < total:
        left = timedelta(seconds=round((total - done) / rate))
        parts.append(f"about {left} to go, until {now + left:%H:%M} UTC")
    return ", ".join(parts)
