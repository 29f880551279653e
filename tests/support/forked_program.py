"""`prefect-getresponse` in a process of its own that need not import anything first: by fork."""

from __future__ import annotations

import multiprocessing
import os
import sys
from pathlib import Path

from prefect.settings import PREFECT_API_URL, PREFECT_HOME, temporary_settings

from prefect_getresponse import cli

FORKS = multiprocessing.get_context("forkserver")
"""Makes processes that have imported everything."""
FORKS.set_forkserver_preload(
    ["prefect_getresponse.contact_import.engine", "tests.support.forked_program"]
)


class ForkedProgram:
    """A running command, to be used like a `subprocess.Popen`.

    Args:
        words: Its arguments.
        environment: All of its environment.
        folder: Where its output is kept.
    """

    def __init__(self, words: list[str], environment: dict[str, str], folder: Path) -> None:
        number = len(list(folder.glob("*.out")))
        self._said = folder / f"{number}.out", folder / f"{number}.err"
        self._process = FORKS.Process(target=_run, args=(words, environment, *self._said))
        self._process.start()

    @property
    def returncode(self) -> int | None:
        """Exit code, or the negative number of the signal that ended it; None while it runs."""
        return self._process.exitcode

    def kill(self) -> None:
        """End it with SIGKILL."""
        self._process.kill()

    def communicate(self, timeout: float = 60) -> tuple[str, str]:
        """Wait for its end, and return what it has written to stdout and stderr."""
        self._process.join(timeout)
        assert self._process.exitcode is not None, "it does not end"
        out, err = (file.read_text() for file in self._said)
        return out, err


def _run(words: list[str], environment: dict[str, str], out: Path, err: Path) -> None:
    for stream, file in ((1, out), (2, err)):
        os.dup2(os.open(file, os.O_WRONLY | os.O_CREAT), stream)
    os.environ.clear()
    os.environ.update(environment)
    home = Path(environment["PREFECT_HOME"])
    with temporary_settings({PREFECT_HOME: home}, restore_defaults={PREFECT_API_URL}):
        sys.exit(cli.run(words))
