"""What every command shares: its streams, its exit codes, and how it tells an error or a report."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any, Protocol

from cyclopts import CycloptsError
from rich.console import Console

from prefect_getresponse.client.errors import InvalidArguments, KnownError

OK, FAILED, NOT_STARTED = 0, 1, 2

# Texts of others are shown as they stand: `root:x:0:0` is no emoji, and `[red]` no colour.
out = Console(markup=False, emoji=False)
err = Console(stderr=True, markup=False, emoji=False)


class Stopped(Exception):
    """Whoever was asked wants to stop."""


def complain(error: Exception) -> None:
    """Print an error on one line; questions are a block of lines."""
    is_block = isinstance(error, KnownError) and error.is_block
    text = str(error) if is_block else one_line(error)
    # What was typed wrongly is no error of a kind that programs look for.
    kind = "" if isinstance(error, CycloptsError) else f"{type(error).__name__}: "
    line = f"error: {kind}{text}"
    err.print(line, markup=False, highlight=False, soft_wrap=True)


def one_line(error: Exception) -> str:
    """Text of an error on one line."""
    return " ".join(str(error).split())


def print_line(text: str) -> None:
    """Print plain text at once."""
    sys.stdout.write(text + os.linesep)
    sys.stdout.flush()


def check_writable(file: Path | None) -> None:
    """Find out before anything is sent whether the report can be written.

    Raises:
        InvalidArguments: It cannot.
    """
    if file is None:
        return
    try:
        place = file if file.exists() else file.absolute().parent
        writable = not file.is_dir() and os.access(place, os.W_OK)
    except OSError:  # a folder on the way to it may not be entered
        writable = False
    if not writable:
        raise InvalidArguments(
            f"--json {file}: it cannot be written", advice="Name a file in an existing folder."
        )


class Report(Protocol):
    """What a command shows in the end."""

    run_id: str
    dry_run: bool

    @property
    def problem(self) -> str | None:
        """Why it counts as failed."""
        ...

    def as_dict(self) -> dict[str, Any]:
        """The report as JSON-like data."""
        ...

    def markdown(self) -> str:
        """The report in words."""
        ...


def show(report: Report, file: Path | None) -> int:
    """Print a report, write it to a file if wanted, and say how it went as an exit code.

    What happened decides the code: a report that cannot be written changes nothing of it.
    """
    if file is not None:
        kept = "" if report.dry_run else f"{report.run_id}-report.json"
        write_json(file, report.as_dict() | {"questions": []}, kept)
    show_markdown(report)
    return FAILED if report.problem else OK


def show_markdown(report: Report) -> None:
    """Print a report."""
    if out.is_terminal:
        from rich.markdown import Markdown

        out.print(Markdown(report.markdown()))
    else:
        print_line(report.markdown())


def write_json(file: Path, value: dict[str, Any], kept: str = "") -> None:
    """Write JSON to a file; say so if that fails.

    Args:
        file: The file.
        value: What is written.
        kept: Name of the file beside the ledger that holds the same; empty if there is none.
    """
    text = json.dumps(value, indent=2, ensure_ascii=False) + "\n"
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        where = f"; it is kept as {kept} beside the ledger" if kept else ""
        err.print(f"--json {file}: not written ({error.strerror}){where}", soft_wrap=True)
