"""A child process in which something is taken out of the package, and some tests run."""

from __future__ import annotations

import io
import multiprocessing
from collections.abc import Callable, Sequence
from contextlib import redirect_stderr, redirect_stdout, suppress

import pytest

_FORK = multiprocessing.get_context("fork")  # what was imported need not be imported again
_KNOWN = "ignore:Module already imported:pytest.PytestAssertRewriteWarning"
_OPTIONS = ("-q", "-p", "no:cacheprovider", "-W", _KNOWN)


class Failures:
    """A plugin that notes which tests have failed."""

    def __init__(self) -> None:
        self.failed: set[str] = set()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note a test that has failed, whatever its parameters."""
        if report.failed:
            self.failed.add(report.nodeid.partition("[")[0])


def failures(
    tests: Sequence[str],
    without: Callable[[pytest.MonkeyPatch], None],
    patience: float | None = None,
) -> set[str]:
    """Which tests fail; all of them if they come to no end.

    Args:
        tests: The tests, by file and name.
        without: Takes something out of the package.
        patience: Seconds after which they will come to none; None to wait for ever.

    Raises:
        RuntimeError: They could not be run.
    """
    receiver, sender = _FORK.Pipe(duplex=False)

    def run() -> None:
        without(pytest.MonkeyPatch())
        noted = Failures()
        nowhere = io.StringIO()
        with redirect_stdout(nowhere), redirect_stderr(nowhere):
            code = pytest.main([*_OPTIONS, *tests], plugins=[noted])
        sender.send((int(code), noted.failed))

    child = _FORK.Process(target=run)
    child.start()
    sender.close()
    if not receiver.poll(patience):
        child.kill()
        child.join()
        return set(tests)
    code, failed = -1, set[str]()
    with suppress(EOFError):
        code, failed = receiver.recv()
    child.join()
    if code not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        raise RuntimeError(f"these tests could not be run ({code}): {', '.join(tests)}")
    return failed
