"""What cannot be shown changes nothing of what was done: streams, encodings, files, signals."""

from __future__ import annotations

import errno
import io
import json
import logging
import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

from prefect_getresponse import cli
from prefect_getresponse.cli import console, operations
from prefect_getresponse.client.errors import GetResponseError
from prefect_getresponse.reporting import streams
from prefect_getresponse.reporting.streams import LastingStream, never_stopping
from prefect_getresponse.runtime.run_logs import show_in_runs
from tests.cli.test_commands import account, source
from tests.support.fast_sandbox import CAMPAIGN, FastSandbox

__all__ = ["account", "source"]

FULL = Path("/dev/full")
needs_full = pytest.mark.skipif(not FULL.exists(), reason="a device of Linux")


# By its path, since the whole package takes seconds to import.
PRINTS = (
    f"import runpy, sys; runpy.run_path({streams.__file__!r})['make_output_lasting']();"
    " open('ledger', 'w').write('ledger'); print('\u0141 \u2588 \u2192'); sys.stdout.flush();"
    " print('again'); print('\u0141', file=sys.stderr); sys.exit(7)"
)


def printing(shell: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """What a program does that prints in an environment of a shell's making."""
    return subprocess.run(
        ["bash", "-c", shell, "bash", sys.executable, "-c", PRINTS],
        capture_output=True,
        check=False,
        env={**os.environ, **environment},
        cwd=folder,
    )


@needs_full
@pytest.mark.parametrize(
    ("shell", "said"),
    [
        ('"$@" >&-', ""),
        ('"$@" >/dev/full', "output cannot be written: No space left on device"),
        ('"$@" | true; exit ${PIPESTATUS[0]}', ""),
        ('"$@" 2>&- >/dev/full', ""),
        ('"$@" <&- >&- 2>&-', ""),
    ],
)
def test_output_that_goes_nowhere_changes_no_exit_code(
    shell: str, said: str, tmp_path: Path
) -> None:
    done = printing(shell, tmp_path)
    assert done.returncode == 7
    assert said in done.stderr.decode()
    assert b"Traceback" not in done.stderr
    assert (tmp_path / "ledger").read_text() == "ledger"


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_signs_that_an_encoding_lacks_are_replaced(encoding: str, tmp_path: Path) -> None:
    done = printing('"$@"', tmp_path, PYTHONIOENCODING=encoding)
    assert done.returncode == 7
    assert done.stdout.split(b"\n")[0].strip() == b"? ? ?"
    assert done.stderr.strip() == b"?"


@needs_full
def test_a_report_that_cannot_be_written_is_kept_and_the_import_is_done(
    account: FastSandbox, source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = cli.run(["import", str(source), "--list", CAMPAIGN, "--json", str(FULL)])

    printed = capsys.readouterr()
    (kept,) = (tmp_path / "state").glob("*-report.json")
    assert code == 0
    assert f"it is kept as {kept.name}" in printed.err
    assert json.loads(kept.read_text())["verdicts"]["added"] == 1
    assert kept.stat().st_mode & 0o077 == 0


class Gone(io.StringIO):
    """A stream that fails from some write on."""

    def __init__(self, number: int, after: int = 0) -> None:
        super().__init__()
        self._left, self._number = after, number

    def write(self, text: str) -> int:
        if not self._left:
            raise OSError(self._number, os.strerror(self._number))
        self._left -= 1
        return super().write(text)


@pytest.mark.parametrize("number", [errno.EPIPE, errno.ENOSPC, errno.EIO])
@pytest.mark.parametrize("after", [0, 1, 3])
def test_progress_that_cannot_be_shown_stops_no_import(
    number: int,
    after: int,
    account: FastSandbox,
    source: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for stream in ("stdout", "stderr"):
        monkeypatch.setattr(sys, stream, LastingStream(Gone(number, after)))

    assert cli.run(["import", str(source), "--list", CAMPAIGN]) == 0
    assert len(account.people()) == 1


def test_a_failure_after_the_first_send_is_not_one_before_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    error = GetResponseError("the disk is full")
    error.after_send = True

    def fail() -> int:
        raise error

    monkeypatch.setattr(operations, "operations", fail)
    assert cli.run(["operations"]) == console.FAILED
    error.after_send = False
    assert cli.run(["operations"]) == console.NOT_STARTED
    assert capsys.readouterr().err.count("the disk is full") == 2


@pytest.mark.parametrize("kind", [OSError, MemoryError])
def test_limits_of_the_machine_are_one_line(
    kind: type[Exception], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> int:
        raise kind(errno.EMFILE, "Too many open files")

    monkeypatch.setattr(operations, "operations", fail)
    assert cli.run(["operations"]) == console.NOT_STARTED
    assert len(capsys.readouterr().err.splitlines()) == 1


@pytest.mark.skipif(sys.platform != "linux", reason="limits of Linux")
def test_too_few_files_for_an_event_loop_are_a_sentence(
    capsys: pytest.CaptureFixture[str],
) -> None:
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    with Path(os.devnull).open() as next_one:
        fewest = next_one.fileno() + 2
    resource.setrlimit(resource.RLIMIT_NOFILE, (fewest, limits[1]))
    try:
        code = cli.run(["operations"])
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)
    assert code == console.NOT_STARTED
    (line,) = capsys.readouterr().err.splitlines()
    assert "open no further files" in line


class TestForeignText:
    TEXT = "[red]root:x:0:0 :smile: [/nothing]"

    def test_is_printed_as_it_stands(self, capsys: pytest.CaptureFixture[str]) -> None:
        console.complain(GetResponseError(self.TEXT))
        console.out.print(self.TEXT)
        printed = capsys.readouterr()
        assert self.TEXT in printed.out
        assert self.TEXT in printed.err

    def test_is_logged_as_it_stands(self) -> None:
        shown = io.StringIO()
        handler = logging.StreamHandler(shown)
        handler.console = Console(file=shown)  # type: ignore[attr-defined]
        logger = logging.getLogger("a.logger.of.prefect")
        logger.addHandler(handler)
        try:
            show_in_runs()
            handler.console.print("root:x:0:0", markup=False)  # type: ignore[attr-defined]
        finally:
            logger.removeHandler(handler)
        assert shown.getvalue().strip() == "root:x:0:0"


def test_showing_never_stops_the_work(caplog: pytest.LogCaptureFixture) -> None:
    with never_stopping("the report"):
        raise ConnectionError("jane@example.com")
    assert "the report could not be shown (ConnectionError); the work goes on" in caplog.text
    assert "jane" not in caplog.text


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="signals of POSIX")
@pytest.mark.parametrize("is_ignored", [False, True], ids=["terminal", "nohup"])
def test_a_terminal_that_goes_away_ends_the_work_in_order(
    is_ignored: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []

    def work(_arguments: list[str]) -> int:
        try:
            signal.raise_signal(signal.SIGHUP)
        except KeyboardInterrupt:
            seen.append("interrupted")
        return 7

    kept = {each: signal.getsignal(each) for each in (signal.SIGHUP, signal.SIGTERM, signal.SIGINT)}
    monkeypatch.setattr(cli, "run", work)
    monkeypatch.setattr(cli, "make_output_lasting", lambda: None)
    try:
        signal.signal(signal.SIGHUP, signal.SIG_IGN if is_ignored else signal.SIG_DFL)
        with pytest.raises(SystemExit) as ended:
            cli.main()
    finally:
        for each, handler in kept.items():
            signal.signal(each, handler)
    assert ended.value.code == 7
    assert seen == ([] if is_ignored else ["interrupted"])


def test_an_export_that_cannot_begin_says_so_in_its_json(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    words = ["export", "--to", str(tmp_path / "out"), "--stream", "nothing", "--json", str(report)]
    assert cli.run(words) == 2
    assert "no such stream" in json.loads(report.read_text())["error"]
