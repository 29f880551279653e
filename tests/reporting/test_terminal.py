"""Progress on a terminal, and where there is none."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from prefect_getresponse.reporting import terminal
from prefect_getresponse.reporting.terminal import terminal_progress


def shown(*, is_terminal: bool) -> str:
    file = io.StringIO()
    console = Console(file=file, force_terminal=is_terminal, width=100)
    with terminal_progress(console) as progress:
        progress.start("reading", None)
        progress.advance(1500)
        progress.start("sending", 2000)
        progress.advance(2000)
        progress.note("a [bold] word")
    return file.getvalue()


def test_plain_lines_without_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terminal, "SECONDS_BETWEEN_LINES", 0.0)
    assert shown(is_terminal=False).splitlines() == [
        "reading ...",
        "reading: 1,500 rows",
        "sending ...",
        "sending: 2,000 of 2,000 rows",
        "a [bold] word",
    ]


def test_lines_come_now_and_then() -> None:
    assert "1,500" not in shown(is_terminal=False)


def test_bars_on_a_terminal() -> None:
    text = shown(is_terminal=True)
    assert "2,000 of 2,000" in text
    assert "a [bold] word" in text
