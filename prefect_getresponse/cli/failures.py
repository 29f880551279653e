"""How a command that failed ends: one sentence, and the exit code that belongs to it."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from cyclopts import CycloptsError

from prefect_getresponse.cli.console import (
    FAILED,
    NOT_STARTED,
    Stopped,
    complain,
    err,
    one_line,
    write_json,
)
from prefect_getresponse.client.errors import KnownError
from prefect_getresponse.contact_import.ledger.trouble import told_in_a_sentence


@contextmanager
def failures_told_to(file: Path | None) -> Generator[None]:
    """Let a command that ends without a report say why in its JSON.

    Args:
        file: Where `--json` wants it, if at all.
    """
    try:
        yield
    except (KnownError, Stopped) as error:
        if file is not None:
            why = "stopped by you" if isinstance(error, Stopped) else one_line(error)
            write_json(file, {"error": why})
        raise


def told(error: BaseException) -> int:
    """Say what a command failed of.

    Args:
        error: What it raised.

    Returns:
        The exit code.

    Raises:
        BaseException: It is nothing that is known to happen, and so a fault of this program.
    """
    try:
        with told_in_a_sentence():
            raise error
    except Stopped:
        err.print("stopped: nothing was sent")
        return NOT_STARTED
    except (CycloptsError, KnownError) as known:
        complain(known)
        return FAILED if getattr(known, "after_send", False) else NOT_STARTED
    except KeyboardInterrupt:
        err.print("interrupted; the same command resumes where it stopped")
        return FAILED
