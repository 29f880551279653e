"""Importing the package costs little beside Prefect itself."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parent.parent / "benchmarks" / "import_cost.py"


def test_costs_a_small_part_of_prefect(tmp_path: Path) -> None:
    results = tmp_path / "results.json"
    subprocess.run([sys.executable, SCRIPT, "--runs", "1", "--output", results], check=True)
    ratios = {
        label: seen["ratio"] for label, seen in json.loads(results.read_text("utf-8")).items()
    }

    assert ratios["one task module"] < 0.1
    assert ratios["all task modules"] < 0.35


@pytest.mark.parametrize(
    "module", ["prefect_getresponse.client.send", "prefect_getresponse.client.listings.paginate"]
)
def test_the_client_needs_no_prefect(module: str) -> None:
    script = f"""
import sys, types
package = types.ModuleType("prefect_getresponse")
package.__path__ = [{str(SCRIPT.parent.parent / "prefect_getresponse")!r}]
sys.modules["prefect_getresponse"] = package
import {module}
sys.exit("prefect" in sys.modules)
"""
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_one_task_module_brings_no_other() -> None:
    script = """
import sys
import prefect_getresponse.tasks.contacts
print([name for name in sys.modules if name.startswith("prefect_getresponse.tasks.")])
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert eval(done.stdout) == [
        "prefect_getresponse.tasks.common",
        "prefect_getresponse.tasks.contacts",
    ]
