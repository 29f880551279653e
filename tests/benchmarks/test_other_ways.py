"""In a night of faults and a crash the import loses nobody; programs that prove nothing do harm."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.benchmarks

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "other_ways.py"


def test_nobody_is_lost_doubled_put_back_or_untold(tmp_path: Path) -> None:
    results = tmp_path / "results.json"
    words = ["--rows", "1500", "--task-run", "0", "--ways", "ours", "batches, no proof"]
    subprocess.run([sys.executable, SCRIPT, *words, "--output", str(results)], check=True)
    found = json.loads(results.read_text("utf-8"))["results"]
    harm = {
        way: [figures[each] for each in ("lost", "twice", "put_back", "untold", "refused")]
        for way, figures in found.items()
    }

    assert harm["ours"] == [0, 0, 0, 0, 0]
    assert min(harm["batches, no proof"][1:]) > 0
