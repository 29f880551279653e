"""An import takes hardly longer than GetResponse's limits demand."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.benchmarks

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "import_line.py"


def test_batches_keep_near_to_the_line(tmp_path: Path) -> None:
    results = tmp_path / "results.json"
    words = ["--rows", "3000", "--real-rows", "--output", str(results)]
    subprocess.run([sys.executable, str(SCRIPT), *words], check=True)
    [measured] = json.loads(results.read_text("utf-8"))["virtual time"]

    assert measured["sending_calls"] == measured["planned_calls"] == 3
    assert measured["ratio"] > 0.9
    assert measured["whole_ratio"] > 0.85
