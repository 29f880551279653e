"""Output that never stops the work: what cannot be shown is dropped, and said once where possible.

An import that is done is done, whether its report can be printed or not: a full disk, a closed
pipe, a terminal that is gone or an encoding without our signs must not change how it ends.
"""

from __future__ import annotations

import errno
import logging
import os
import sys
from collections.abc import Generator
from contextlib import contextmanager, suppress
from typing import Any, TextIO, cast

logger = logging.getLogger("prefect_getresponse")

_STANDARD = (0, 1, 2)


class LastingStream:
    """A text stream whose writes never fail.

    Args:
        stream: Where to write.
        beside: Where to say that it cannot be written to; None for nowhere.
    """

    def __init__(self, stream: TextIO, beside: TextIO | None = None) -> None:
        self._stream = stream
        self._beside = beside
        self._is_broken = False

    def write(self, text: str) -> int:
        """Write a text; drop it if that cannot be done."""
        if not self._is_broken:
            try:
                self._stream.write(text)
            except (OSError, ValueError) as error:
                self._break(error)
        return len(text)

    def writelines(self, lines: list[str]) -> None:
        """Write texts."""
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        """Write what was held back; drop it if that cannot be done."""
        if not self._is_broken:
            try:
                self._stream.flush()
            except (OSError, ValueError) as error:
                self._break(error)

    def __getattr__(self, name: str) -> Any:
        """Be like the stream in everything else."""
        return getattr(self._stream, name)

    def _break(self, error: Exception) -> None:
        self._is_broken = True
        with suppress(OSError, ValueError):  # what it holds back would fail again at the end
            os.dup2(os.open(os.devnull, os.O_WRONLY), self._stream.fileno())
        if self._beside is None or getattr(error, "errno", errno.EPIPE) == errno.EPIPE:
            return
        with suppress(OSError, ValueError):
            reason = getattr(error, "strerror", "") or type(error).__name__
            self._beside.write(f"output cannot be written: {reason}\n")
            self._beside.flush()


def make_output_lasting() -> None:
    """Let nothing that is printed stop this process, from now on."""
    _occupy()
    stderr = _lasting(sys.stderr, 2, None)
    stdout = _lasting(sys.stdout, 1, cast("TextIO", stderr))
    sys.stdout, sys.stderr = cast("TextIO", stdout), cast("TextIO", stderr)


def _lasting(stream: TextIO | None, number: int, beside: TextIO | None) -> LastingStream:
    if stream is None:  # Python leaves out what its parent had closed
        stream = open(number, "w", encoding="utf-8", closefd=False)  # noqa: SIM115 - stays open
    with suppress(AttributeError, OSError, ValueError):
        cast("Any", stream).reconfigure(errors="replace")
    return LastingStream(stream, beside)


def _occupy() -> None:
    """Open the three standard files, else a ledger could become one of them and be printed into."""
    for number in _STANDARD:
        try:
            os.fstat(number)
        except OSError:
            with suppress(OSError):
                opened = os.open(os.devnull, os.O_RDWR)
                if opened != number:
                    os.dup2(opened, number)
                    os.close(opened)


@contextmanager
def never_stopping(what: str) -> Generator[None]:
    """Go on when something cannot be shown, with a warning in its place.

    Args:
        what: What is shown, such as `the report`.
    """
    try:
        yield
    except Exception as error:  # of whatever shows it
        text = "%s could not be shown (%s); the work goes on"
        logger.warning(text, what, type(error).__name__)
