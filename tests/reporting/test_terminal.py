"""Progress on a terminal, and where there is none."""

from __future__ import annotations

import io

from rich.console import Console

from prefect_getresponse.reporting.terminal import terminal_progress


def shown(*, is_terminal: bool, every: float = 5.0) -> str:
    file = io.StringIO()
    console = Console(file=file, force_terminal=is_terminal, width=100)
    with terminal_progress(console, every) as progress:
        progress.start("reading", None)
        progress.advance(1500)
        progress.start("sending", 2000)
        progress.advance(2000)
        progress.note("a [bold] word")
    return file.getvalue()


def test_plain_lines_without_a_terminal() -> None:
    assert shown(is_terminal=False, every=0.0).splitlines() == [
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
