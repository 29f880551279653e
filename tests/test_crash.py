"""SIGKILL in the middle of the sends, then the same command: nobody lost, nobody sent twice."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from tests.support.fast_sandbox import CAMPAIGN, FastSandbox
from tests.support.forked_program import ForkedProgram

pytestmark = pytest.mark.xdist_group("forks")

PEOPLE = 30
BATCH = 2_500

in_full = pytest.mark.skipif(
    "CRASH_MATRIX" not in os.environ, reason="more of the same: `make crash-matrix` runs it"
)

DELAY: dict[str, Any] = {"method": "POST", "kind": "delay", "seconds": 30.0}
COMMIT_THEN_FAIL: dict[str, Any] = {"method": "POST", "kind": "commit_then_fail", "status": 0}


def command(source: Path, route: str) -> list[str]:
    return ["import", str(source), "--list", CAMPAIGN, "--route", route, "--vouch"]


def kill_when(child: ForkedProgram, sandbox: FastSandbox, path: str, calls: int) -> None:
    """Kill a process as soon as the log shows a number of calls of a path."""
    deadline = time.monotonic() + 30
    while sum(call["path"] == path for call in sandbox.log) < calls:
        assert child.returncode is None, child.communicate()
        assert time.monotonic() < deadline, "the moment did not come"
        time.sleep(0.005)
    child.kill()
    child.communicate()
    assert child.returncode == -signal.SIGKILL


def accepted(sandbox: FastSandbox, path: str) -> int:
    """Calls of a path that were executed: answered with 202, or lost after they were."""
    return sum(call["path"] == path and call["status"] in (0, 202) for call in sandbox.log)


@pytest.mark.parametrize(
    ("fault", "calls"),
    [
        pytest.param([], 5, id="between-calls", marks=in_full),
        pytest.param(
            [DELAY | {"after": 3, "times": 1}], 10, id="one-answer-delayed", marks=in_full
        ),
        # For the whole delay they are too many at once, and the next run waits.
        pytest.param(
            [DELAY | {"after": 0, "times": 10, "seconds": 10.0}], 10, id="ten-answers-delayed"
        ),
        pytest.param([COMMIT_THEN_FAIL | {"after": 2, "times": 1}], 8, id="an-answer-lost"),
    ],
)
def test_kill_while_sending_one_by_one(
    fast: FastSandbox, tmp_path: Path, fault: list[dict[str, Any]], calls: int
) -> None:
    people = {f"person{number}@example.com" for number in range(PEOPLE)}
    source = tmp_path / "people.csv"
    source.write_text("\n".join(["Email", *sorted(people)]))
    words, environment = command(source, "contacts"), fast.settings(tmp_path / "home")
    fast.faults(*(each | {"path": "/v3/contacts"} for each in fault))

    kill_when(ForkedProgram(words, environment, tmp_path), fast, "/v3/contacts", calls)
    fast.faults()
    again = ForkedProgram(words, environment, tmp_path)
    out, err = again.communicate(timeout=60)

    assert again.returncode == 0, err
    assert f"| **rows read** | **{PEOPLE}** |" in out
    assert set(fast.people()) == people
    # One person a call: as many executed calls as people means that nobody was sent twice.
    assert accepted(fast, "/v3/contacts") == PEOPLE


@pytest.mark.parametrize(
    ("fault", "calls"),
    [
        pytest.param([DELAY], 1, id="first-answer-delayed", marks=in_full),
        pytest.param([DELAY | {"after": 1}], 2, id="second-answer-delayed"),
        pytest.param([COMMIT_THEN_FAIL], 1, id="first-answer-lost"),
    ],
)
def test_kill_while_sending_batches(
    fast: FastSandbox, tmp_path: Path, fault: list[dict[str, Any]], calls: int
) -> None:
    people = {f"person{number}@example.com" for number in range(BATCH)}
    source = tmp_path / "people.csv"
    source.write_text("\n".join(["Email", *sorted(people)]))
    words, environment = command(source, "batch"), fast.settings(tmp_path / "home")
    fast.faults(*(each | {"path": "/v3/contacts/batch"} for each in fault))

    kill_when(ForkedProgram(words, environment, tmp_path), fast, "/v3/contacts/batch", calls)
    fast.faults()
    again = ForkedProgram(words, environment, tmp_path)
    _, err = again.communicate(timeout=60)

    assert again.returncode == 0, err
    assert set(fast.people()) == people
    assert accepted(fast, "/v3/contacts/batch") == 3


def test_kill_before_the_first_byte_of_a_send(fast: FastSandbox, tmp_path: Path) -> None:
    source = tmp_path / "people.csv"
    source.write_text("Email,Tags\njane@example.com,vip\n")
    words, environment = command(source, "contacts"), fast.settings(tmp_path / "home")
    fast.faults(DELAY | {"path": "/v3/tags"})

    kill_when(ForkedProgram(words, environment, tmp_path), fast, "/v3/tags", 2)
    fast.faults()
    again = ForkedProgram(words, environment, tmp_path)
    _, err = again.communicate(timeout=60)

    assert again.returncode == 0, err
    assert accepted(fast, "/v3/contacts") == 1
    assert fast.tags(fast.campaign_id) == {"jane@example.com": {"vip"}}


def test_a_second_process_finds_the_list_busy(fast: FastSandbox, tmp_path: Path) -> None:
    source = tmp_path / "people.csv"
    source.write_text("Email\njane@example.com\n")
    words, environment = command(source, "contacts"), fast.settings(tmp_path / "home")
    fast.faults(DELAY | {"path": "/v3/contacts"})
    first = ForkedProgram(words, environment, tmp_path)
    deadline = time.monotonic() + 30
    while not accepted(fast, "/v3/contacts") and time.monotonic() < deadline:
        time.sleep(0.01)

    second = ForkedProgram(words, environment, tmp_path)
    _, err = second.communicate(timeout=60)
    first.kill()
    first.communicate()

    assert second.returncode == 2
    [line] = [line for line in err.splitlines() if line.startswith("error:")]
    assert "LedgerBusy" in line
    assert accepted(fast, "/v3/contacts") == 1
