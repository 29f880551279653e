"""`prefect-getresponse` in a process of its own that need not import anything first: by fork."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, cast

from prefect.context import refresh_global_settings_context

from prefect_getresponse import cli

FORKS = multiprocessing.get_context("forkserver")
"""Makes processes that have imported everything."""
FORKS.set_forkserver_preload(
    [
        "anyio._backends._asyncio",
        "prefect_getresponse.cli.contact_import",
        "prefect_getresponse.contact_import.engine",
        "tests.support.forked_program",
        "tests.support.kept_for_good",
    ]
)


class ForkedProgram:
    """A running command, to be used like a `subprocess.Popen`.

    Args:
        words: Its arguments.
        environment: All of its environment.
        folder: Where its output is kept.
        terminal: Its end of a terminal, for all but stdout; it is closed here.
    """

    def __init__(
        self,
        words: list[str],
        environment: dict[str, str],
        folder: Path,
        terminal: int | None = None,
    ) -> None:
        number = len(list(folder.glob("*.out")))
        self._said = folder / f"{number}.out", folder / f"{number}.err"
        # A connection is what `multiprocessing` carries an open file to another process by.
        its = None if terminal is None else Connection(terminal)
        self._process = FORKS.Process(target=_run, args=(words, environment, *self._said, its))
        self._process.start()
        if its is not None:
            its.close()

    @property
    def returncode(self) -> int | None:
        """Exit code, or the negative number of the signal that ended it; None while it runs."""
        return self._process.exitcode

    def poll(self) -> int | None:
        """The exit code as soon as there is one."""
        return self.returncode

    def send_signal(self, number: signal.Signals) -> None:
        """Send it a signal."""
        os.kill(cast(int, self._process.pid), number)

    def kill(self) -> None:
        """End it with SIGKILL."""
        self._process.kill()

    def communicate(self, timeout: float = 60) -> tuple[str, str]:
        """Wait for its end, and return what it has written to stdout and stderr."""
        self._process.join(timeout)
        assert self._process.exitcode is not None, "it does not end"
        out, err = (file.read_text() if file.exists() else "" for file in self._said)
        return out, err


def _run(
    words: list[str],
    environment: dict[str, str],
    out: Path,
    err: Path,
    terminal: Connection[Any, Any] | None,
) -> None:
    os.setsid()  # the terminal of whoever runs the tests is none of its business
    writing = os.O_WRONLY | os.O_CREAT
    os.dup2(os.open(out, writing), 1)
    os.dup2(os.open(err, writing) if terminal is None else terminal.fileno(), 2)
    if terminal is not None:
        os.dup2(terminal.fileno(), 0)
        sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - `multiprocessing` has shut it
    os.environ.clear()
    os.environ.update(environment)
    refresh_global_settings_context()
    sys.argv = ["prefect-getresponse", *words]
    cli.main()
