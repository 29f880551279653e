"""Ctrl-C and SIGTERM end an import within seconds; the next one goes on, nothing sent twice."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.support.fast_sandbox import CAMPAIGN, FastSandbox
from tests.support.forked_program import ForkedProgram

pytestmark = pytest.mark.xdist_group("forks")

PROGRAM = Path(sys.executable).with_name("prefect-getresponse")
PEOPLE = 30
SECONDS = 20
"""Longer than an interrupted import may take to end, shorter than what it waits for."""

IN_BACKGROUND = ["sh", "-c", 'trap "" INT; exec "$0" "$@"']
"""Starts a program as `program &` in a script does: it ignores SIGINT."""
THROTTLED: dict[str, Any] = {"path": "/v3/contacts", "kind": "status", "status": 429}
DELAYED: dict[str, Any] = {"path": "/v3/contacts", "kind": "delay", "seconds": 300.0}


def accepted(sandbox: FastSandbox) -> int:
    return sum(
        call["path"] == "/v3/contacts" and call["method"] == "POST" and call["status"] in (0, 202)
        for call in sandbox.log
    )


@pytest.mark.parametrize(
    ("by", "fault", "start"),
    [
        pytest.param(signal.SIGINT, THROTTLED, [], id="ctrl-c-while-throttled"),
        pytest.param(signal.SIGTERM, DELAYED, [], id="sigterm-while-sending"),
        pytest.param(signal.SIGTERM, DELAYED, IN_BACKGROUND, id="sigterm-to-a-script's-child"),
    ],
)
def test_an_interrupted_import_ends_soon_and_is_resumed(
    fast: FastSandbox,
    tmp_path: Path,
    by: signal.Signals,
    fault: dict[str, Any],
    start: list[str],
) -> None:
    people = {f"person{number}@example.com" for number in range(PEOPLE)}
    source, result = tmp_path / "people.csv", tmp_path / "report.json"
    source.write_text("\n".join(["Email", *sorted(people)]))
    words = ["import", str(source), "--list", CAMPAIGN, "--vouch", "--route", "contacts"]
    words += ["--json", str(result)]
    environment = fast.settings(tmp_path / "home")
    fast.faults(fault | {"method": "POST", "after": 5, "times": 99})
    child = (
        subprocess.Popen(
            [*start, PROGRAM, *words], env=environment, stderr=subprocess.PIPE, text=True
        )
        if start
        else ForkedProgram(words, environment, tmp_path)
    )
    deadline = time.monotonic() + 60
    while sum(call["path"] == "/v3/contacts" for call in fast.log) < 7:
        assert child.poll() is None, child.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.01)

    child.send_signal(by)
    _, said = child.communicate(timeout=SECONDS)

    assert child.returncode == 1, said
    report = json.loads(result.read_text())
    assert "interrupted" in report["error"]
    assert sum(report["verdicts"].values()) == PEOPLE

    fast.faults()
    again = ForkedProgram(words, environment, tmp_path)
    _, said = again.communicate()
    assert again.returncode == 0, said
    assert json.loads(result.read_text())["run_id"] == report["run_id"]
    assert set(fast.people()) == people
    assert accepted(fast) == PEOPLE


def test_an_import_that_is_interrupted_before_its_first_send_has_sent_nothing(
    fast: FastSandbox, tmp_path: Path
) -> None:
    source, result = tmp_path / "people.csv", tmp_path / "report.json"
    source.write_text("Email\nann@example.com")
    words = ["import", str(source), "--list", CAMPAIGN, "--vouch", "--json", str(result)]
    fast.faults({"path": "/v3/campaigns", "kind": "delay", "seconds": 300.0, "times": 99})
    seen = len(fast.log)
    child = ForkedProgram(words, fast.settings(tmp_path / "home"), tmp_path)
    deadline = time.monotonic() + 60
    while not any(call["path"] == "/v3/campaigns" for call in fast.log[seen:]):
        assert child.poll() is None, child.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.01)

    child.send_signal(signal.SIGINT)
    _, said = child.communicate(timeout=SECONDS)
    fast.faults()

    assert child.returncode == 2, said
    assert "nothing was sent" in said
    assert json.loads(result.read_text())["questions"] == []
    assert not any(call["path"] == "/v3/contacts" for call in fast.log[seen:])
