"""A long listing costs little more than by bare httpx, and a page than by orjson."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.benchmarks

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "listing.py"


def test_a_listing_costs_little_more_than_by_bare_httpx(tmp_path: Path) -> None:
    results = tmp_path / "results.json"
    subprocess.run([sys.executable, SCRIPT, "--quick", "--output", str(results)], check=True)
    found = json.loads(results.read_text("utf-8"))["results"]

    assert found["decode"]["ratio"] < 2
    assert found["read"]["ratio"] < 2
    assert found["wall"]["refused"] == 0
