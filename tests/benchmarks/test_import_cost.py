"""Importing the package costs little beside Prefect itself."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.benchmarks

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "import_cost.py"


def test_costs_a_small_part_of_prefect(tmp_path: Path) -> None:
    results = tmp_path / "results.json"
    subprocess.run([sys.executable, SCRIPT, "--runs", "1", "--output", results], check=True)
    ratios = {
        label: seen["ratio"] for label, seen in json.loads(results.read_text("utf-8")).items()
    }

    assert ratios["one task module"] < 0.1
    assert ratios["all task modules"] < 0.35
