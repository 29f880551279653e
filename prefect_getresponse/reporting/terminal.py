"""The progress of an import on a terminal: a bar for people, plain lines for logs."""

from __future__ import annotations

import time
from collections.abc import Generator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars

from prefect_getresponse.reporting.progress import Progress


@contextmanager
def terminal_progress(console: Console, every: float = 5.0) -> Generator[Progress]:
    """Show progress on a console: bars on a terminal, plain lines elsewhere.

    Args:
        console: Where to show it.
        every: Seconds between lines.
    """
    if not console.is_terminal:
        yield _Lines(console, every)
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[count]}"),
        TimeElapsedColumn(),
    )
    with Bars(*columns, console=console) as bars:
        yield _Bars(bars)


class _Lines:
    def __init__(self, console: Console, every: float) -> None:
        self._console = console
        self._every = every
        self._phase = ""
        self._total: int | None = None
        self._unit = ""
        self._shown = 0.0

    def start(self, phase: str, total: int | None, unit: str = "rows") -> None:
        self._phase, self._total, self._unit, self._shown = phase, total, unit, time.monotonic()
        self.note(f"{phase} ...")

    def advance(self, done: int) -> None:
        if time.monotonic() - self._shown >= self._every:
            self._shown = time.monotonic()
            self.note(f"{self._phase}: {_count(done, self._total, self._unit)}")

    def note(self, text: str) -> None:
        self._console.print(text, markup=False, highlight=False, soft_wrap=True)

    def detail(self, text: str) -> None:
        pass


class _Bars:
    def __init__(self, bars: Bars) -> None:
        self._bars = bars
        self._task: TaskID | None = None
        self._total: int | None = None
        self._unit = ""

    def start(self, phase: str, total: int | None, unit: str = "rows") -> None:
        self._finish()
        self._total, self._unit = total, unit
        self._task = self._bars.add_task(phase, total=total, count="")

    def advance(self, done: int) -> None:
        if self._task is not None:
            self._bars.update(
                self._task, completed=done, count=_count(done, self._total, self._unit)
            )

    def note(self, text: str) -> None:
        self._bars.console.print(text, markup=False, highlight=False)

    def detail(self, text: str) -> None:
        pass

    def _finish(self) -> None:
        if self._task is not None and self._total is None:
            self._bars.update(self._task, total=1, completed=1)


def _count(done: int, total: int | None, unit: str) -> str:
    return f"{done:,} of {total:,} {unit}" if total else f"{done:,} {unit}"
