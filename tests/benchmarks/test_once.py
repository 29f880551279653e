"""A call that must not be repeated hardly waits for its connection."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.benchmarks

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "once.py"


def test_a_connection_that_is_opened_ahead_costs_little_time(tmp_path: Path) -> None:
    results = tmp_path / "results.json"
    subprocess.run([sys.executable, SCRIPT, "--quick", "--output", str(results)], check=True)
    found = json.loads(results.read_text("utf-8"))

    assert len(found) == 2 * 2 * 2
    # The processor's time, because a busy machine stretches the clock on the wall; 2.3 is usual.
    paced = [each for each in found if each["pace"] == "paced"]
    assert [each for each in paced if each["cpu_ratio"] > 4] == []
