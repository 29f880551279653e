"""Nights with a large file: the benchmark spends them, and nobody is sent who has not changed."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.benchmarks

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "large_night.py"


def test_nights_are_spent_beside_the_floor(tmp_path: Path) -> None:
    results = tmp_path / "results.json"
    words = ["--people", "1000", "--output", str(results)]
    subprocess.run([sys.executable, str(SCRIPT), *words], check=True)
    [found] = json.loads(results.read_text("utf-8"))["sizes"]
    nights = found["nights"]

    assert nights["first"]["verdicts"] == {"added": 990, "excluded": 10}
    assert nights["unchanged"]["verdicts"] == {"unchanged": 990, "excluded": 10}
    assert nights["changed"]["verdicts"] == {"unchanged": 980, "updated": 10, "excluded": 10}
    assert nights["floor"]["cpu"] > 0
    assert min(nights[night]["cpu_ratio"] for night in ("first", "unchanged", "changed")) > 0
